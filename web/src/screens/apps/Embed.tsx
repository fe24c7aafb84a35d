import { Button, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
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

/** A person in little room: in a frame of a mailbox, or a small window beside it. */
export function Embed() {
  const { q = '' } = useSearch({ from: '/embed/person' });
  const me = useQuery({ ...meQuery, retry: false });
  useTitle(t('apps.panel'));
  if (me.isPending) return <Loader size="sm" role="status" aria-label={t('shell.loading')} m="md" />;
  return <main className={classes.panel}>{me.data ? <Found q={q.trim()} /> : <SignIn />}</main>;
}

/** Browsers keep the sign-in from frames of other sites: a window of its own has it. */
function SignIn() {
  const framed = window.self !== window.top;
  const here = location.pathname + location.search;
  return (
    <>
      <p>{t(framed ? 'apps.panelFramed' : 'apps.panelSignIn')}</p>
      {framed ? (
        <Button component="a" href={here} target="_blank" rel="noopener">
          {t('apps.panelOpen')}
        </Button>
      ) : (
        <Button component="a" href={`/sign-in?back=${encodeURIComponent(here)}`}>
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
