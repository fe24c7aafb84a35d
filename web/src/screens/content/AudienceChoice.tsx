import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Audience } from '../../../../server/content/contract.ts';
import { listTeams } from '../../../../server/identity/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';

/** Who sees it: me, a team of mine, everybody here. */
export function AudienceChoice({ value, onChange }: { value: Audience; onChange: (audience: Audience) => void }) {
  const me = useMe();
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const mine = teams.filter(({ members }) => members.some(({ id }) => id === me.memberId));
  return (
    <NativeSelect
      label={t('content.audience')}
      value={value.kind === 'team' ? value.id : value.kind}
      data={[
        { value: 'mine', label: t('content.audience.mine') },
        ...mine.map(({ id, name }) => ({ value: id, label: name })),
        { value: 'workspace', label: t('content.audience.workspace') },
      ]}
      onChange={({ currentTarget: { value: chosen } }) =>
        onChange(chosen === 'mine' || chosen === 'workspace' ? { kind: chosen } : { kind: 'team', id: chosen })
      }
    />
  );
}
