import { useQuery } from '@tanstack/react-query';
import { listProcesses, listTeams } from '../../../../server/identity/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';

/** For whom something leaves: oneself, a team one is in, a use that one runs; as one value of a list. */
export function useGrantees() {
  const { memberId } = useMe();
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const uses = useQuery(reading(listProcesses, {})).data?.items ?? [];
  const inIt = ({ members }: { members: { id: string }[] }) => members.some(({ id }) => id === memberId);
  return [
    { value: `member ${memberId}`, label: t('webhooks.me') },
    ...teams.filter(inIt).map(({ id, name }) => ({ value: `team ${id}`, label: t('webhooks.for.team', { name }) })),
    ...uses
      .filter((use) => !use.over && inIt(use))
      .map(({ id, name }) => ({ value: `process ${id}`, label: t('webhooks.for.process', { name }) })),
  ];
}
