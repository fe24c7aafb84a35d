import { useQuery } from '@tanstack/react-query';
import type { Connection } from '../../../../server/connectors/contract.ts';
import { listTeams } from '../../../../server/identity/contract.ts';
import { countBrought } from '../../../../server/opportunities/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ButtonLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from './Connections.module.css';

/** Milliseconds after a synchronisation in which what it read may still be taken in. */
const takenWithin = 30_000;
const isFresh = ({ running, syncedAt }: Connection): boolean =>
  running || (syncedAt !== null && Date.now() - Date.parse(syncedAt) < takenWithin);

/** What becomes of a connection's deals, for whom, and how many have come. */
export function DealsOf({ connection, deals }: { connection: Connection; deals: NonNullable<Connection['deals']> }) {
  const me = useMe();
  const teams = useQuery(reading(listTeams, {})).data?.items;
  const { data } = useQuery({
    ...reading(countBrought, { connectionId: connection.id }),
    // What was read is taken in behind it.
    refetchInterval: () => (isFresh(connection) ? 1500 : false),
  });
  const { visibility } = deals;
  const team = visibility.kind === 'team' ? (teams?.find(({ id }) => id === visibility.teamId)?.name ?? '') : '';
  return (
    <Section title={t('connections.dealsTitle')}>
      <p className={classes.deals}>
        {t('connections.does.deals', { who: visibility.kind, team, workspace: me.workspace.name })}{' '}
        {data && t('connections.dealsHere', { count: data.here })}
      </p>
      {data && data.here > 0 && (
        <ButtonLink to="/opportunities" variant="default">
          {t('connections.dealsSee')}
        </ButtonLink>
      )}
    </Section>
  );
}
