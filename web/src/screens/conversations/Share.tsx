import { Button, Menu } from '@mantine/core';
import { IconCheck, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { FullConversation } from '../../../../server/conversations/contract.ts';
import { listMembers, listTeams } from '../../../../server/identity/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { shareWith } from './queries.ts';

/** Who reads along in a thread of somebody's own mailbox; null: nobody. */
export function readersOf({ sharing }: Pick<FullConversation, 'sharing'>, company: string): string | null {
  if (!sharing.with) return null;
  return sharing.with.name || t('conversations.share.everybody', { company });
}

/** Of a thread of my own mailbox: who reads along, and letting others do so or no longer. */
export function Share({ conversation }: { conversation: FullConversation }) {
  const { workspace, memberId } = useMe();
  const colleagues = (useQuery(reading(listMembers, {})).data?.items ?? []).filter(
    ({ id, status }) => status === 'active' && id !== memberId,
  );
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const { with: shared } = conversation.sharing;
  const now = readersOf(conversation, workspace.name);
  const choices = [
    { id: null, name: t('conversations.share.nobody'), readers: { kind: 'nobody' as const } },
    ...teams.map(({ id, name }) => ({ id, name, readers: { kind: 'team' as const, teamId: id } })),
    ...colleagues.map(({ id, name }) => ({ id, name, readers: { kind: 'member' as const, memberId: id } })),
    {
      id: workspace.id,
      name: t('conversations.share.everybody', { company: workspace.name }),
      readers: { kind: 'workspace' as const },
    },
  ];
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button variant="default" size="compact-md" leftSection={<IconUsers size={16} aria-hidden />}>
          {now === null ? t('conversations.share') : t('conversations.share.with', { name: now })}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        <Menu.Label>{t('conversations.share.lead')}</Menu.Label>
        {choices.map(({ id, name, readers }) => (
          <Menu.Item
            key={id ?? 'nobody'}
            leftSection={(shared?.id ?? null) === id ? <IconCheck size={16} aria-hidden /> : <span />}
            aria-current={(shared?.id ?? null) === id}
            onClick={() =>
              void shareWith(
                conversation,
                readers,
                id === null ? t('conversations.share.undone') : t('conversations.share.done', { name }),
              )
            }
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
