import { Button, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { lookUp } from '../../../../server/apps/contract.ts';
import { ApiError } from '../../api.ts';
import { t } from '../../i18n.ts';
import { meQuery, reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useTitle } from '../../ui/Page.tsx';
import { PersonHead } from '../contacts/PersonHead.tsx';
import { PersonValues } from '../contacts/PersonValues.tsx';
import classes from './Embed.module.css';
import { Facts } from './Facts.tsx';

const keptAs = 'entregent.panel';

const onHash = (changed: () => void) => {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
};

/** Who is asked for: behind the #, where no server and no log sees an address; kept meanwhile for who has to sign in first. */
function readAsked(): string {
  const asked = location.hash.slice(1) || (sessionStorage.getItem(keptAs) ?? '');
  try {
    return decodeURIComponent(asked).trim();
  } catch {
    return asked;
  }
}

/** A person in little room: in a frame of a mailbox, or a small window beside it. Another one is shown when the # changes. */
export function Embed() {
  const asked = useSyncExternalStore(onHash, readAsked);
  const me = useQuery({ ...meQuery, retry: false });
  useTitle(t('apps.panel'));
  if (me.isPending) return <Loader size="sm" role="status" aria-label={t('shell.loading')} m="md" />;
  return <main className={classes.panel}>{me.data ? <Found key={asked} q={asked} /> : <SignIn />}</main>;
}

/** Browsers keep the sign-in from frames of other sites: a window of its own has it. */
function SignIn() {
  const framed = window.self !== window.top;
  const here = location.pathname + location.hash;
  return (
    <>
      <p>{t(framed ? 'apps.panelFramed' : 'apps.panelSignIn')}</p>
      {framed ? (
        <Button component="a" href={here} target="_blank" rel="noopener">
          {t('apps.panelOpen')}
        </Button>
      ) : (
        <Button
          component="a"
          href={`/sign-in?back=${encodeURIComponent(location.pathname)}`}
          onClick={() => sessionStorage.setItem(keptAs, location.hash.slice(1))}
        >
          {t('identity.signIn.submit')}
        </Button>
      )}
    </>
  );
}

function Found({ q }: { q: string }) {
  const { data, error, isPending } = useQuery({
    ...reading(lookUp, q.includes('@') ? { email: q } : { phone: q }),
    retry: false,
  });
  if (isPending) return <Loader size="sm" role="status" aria-label={t('shell.loading')} />;
  if (error instanceof ApiError && error.code === 'not_found') return <p>{t('apps.panelNobody', { q })}</p>;
  if (!data) return <ErrorNotice error={error} />;
  return (
    <>
      <PersonHead person={data} level={1} />
      <PersonValues person={data} />
      <Facts personId={data.id} />
      <Button component="a" variant="light" href={`/people/${data.id}`} target="_blank" rel="noopener">
        {t('contacts.fullPage')}
      </Button>
    </>
  );
}
