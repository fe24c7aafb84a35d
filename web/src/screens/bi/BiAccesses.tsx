import { Button } from '@mantine/core';
import { IconChartBar, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Access,
  endAccess,
  fillAccess,
  listAccesses,
  renewPassword,
  type WithPassword,
} from '../../../../server/bi/contract.ts';
import { call } from '../../api.ts';
import { ago, longDate, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { queryClient, reading, refresh } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { RemoveDialog } from '../../ui/RemoveDialog.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import settings from '../settings/Settings.module.css';
import classes from './Bi.module.css';
import { Connecting } from './Connecting.tsx';
import { NewAccess } from './NewAccess.tsx';
import { Seen } from './Seen.tsx';

/** Asked again while the first fill runs. */
const accessesQuery = {
  ...reading(listAccesses, {}),
  refetchInterval: ({ state }: { state: { data?: { items: Access[] } | undefined } }) =>
    state.data?.items.some(({ filledAt }) => filledAt === null) ? 1500 : (false as const),
};

/** Logins by which BI programs read what one may take along. */
export function BiAccesses() {
  const { data, error, refetch } = useQuery(accessesQuery);
  const [making, make] = useState(false);
  const [made, setMade] = useState<WithPassword | null>(null);
  const none = data?.items.length === 0;
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => make(true)}>
      {t('bi.new')}
    </Button>
  );
  return (
    <Page title={t('bi.title')} lead={t('bi.lead')} width="reading" actions={!none && add}>
      {data && data.place.host === null && <p className={classes.closed}>{t('bi.noPort')}</p>}
      {made && <Connecting made={made} />}
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {none && <EmptyState icon={<IconChartBar />} title={t('bi.empty')} text={t('bi.emptyText')} action={add} />}
      {data && !none && (
        <Lines>
          {data.items.map((access) => (
            <AccessLine key={access.id} access={access} onRenewed={setMade} />
          ))}
        </Lines>
      )}
      {making && <NewAccess onClose={() => make(false)} onMade={setMade} />}
    </Page>
  );
}

function AccessLine({ access, onRenewed }: { access: Access; onRenewed: (made: WithPassword) => void }) {
  const { id: accessId, name, grantee, filledAt, endsAt, login, mine } = access;
  const [ending, end] = useState(false);
  const [seen, see] = useState(false);
  const renew = async () => {
    try {
      onRenewed(await call(renewPassword, { accessId }));
      await refresh(listAccesses);
    } catch (error) {
      sayError(error);
    }
  };
  const fill = async () => {
    try {
      const { rows } = await call(fillAccess, { accessId });
      await refresh(listAccesses);
      await queryClient.invalidateQueries({ queryKey: ['bi.seeAccess'] });
      say(t('bi.filledNow', { count: rows, text: number(rows) }));
    } catch (error) {
      sayError(error);
    }
  };
  const facts = [
    t(`bi.for.${grantee.kind}`, { name: grantee.name }),
    filledAt === null
      ? t('bi.filling')
      : t('bi.filled', { when: ago(filledAt), count: access.rows, text: number(access.rows) }),
    t('bi.until', { date: longDate(endsAt) }),
  ];
  return (
    <li className={classes.access}>
      <div className={settings.main}>
        <strong dir="auto">{name}</strong>
        <span className={settings.quiet}>{facts.join(' · ')}</span>
        <span className={settings.quiet}>
          <code>{login}</code>
          {!mine && ` · ${t('bi.madeBy', { name: access.createdBy })}`}
        </span>
      </div>
      <div className={classes.actions}>
        <Button variant="subtle" size="compact-md" aria-expanded={seen} onClick={() => see(!seen)}>
          {t('bi.see')}
        </Button>
        <Button variant="subtle" size="compact-md" onClick={() => void fill()}>
          {t('bi.fill')}
        </Button>
        {mine && (
          <Button variant="subtle" size="compact-md" onClick={() => void renew()}>
            {t('bi.renew')}
          </Button>
        )}
        <Button variant="subtle" size="compact-md" color="red" onClick={() => end(true)}>
          {t('bi.end')}
        </Button>
      </div>
      {seen && <Seen accessId={accessId} grantee={grantee.name} />}
      {ending && (
        <RemoveDialog
          title={t('bi.endTitle', { name })}
          text={t('bi.endText')}
          action={t('bi.end')}
          done={t('bi.ended', { name })}
          remove={() => call(endAccess, { accessId }).then(() => refresh(listAccesses))}
          onClose={() => end(false)}
        />
      )}
    </li>
  );
}
