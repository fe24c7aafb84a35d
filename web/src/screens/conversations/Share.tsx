import { ActionIcon, Button, Menu, Modal, Select } from '@mantine/core';
import { IconCheck, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FullConversation } from '../../../../server/conversations/contract.ts';
import { listMembers, listTeams } from '../../../../server/identity/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import classes from './Conversations.module.css';
import { shareWith } from './queries.ts';

type Readers = Parameters<typeof shareWith>[1];

/** Who reads along besides those who tend the channel; null: nobody. */
export function readersOf({ sharing }: Pick<FullConversation, 'sharing'>, company: string): string | null {
  if (!sharing.with) return null;
  return sharing.with.name || t('conversations.share.everybody', { company });
}

/** Who reads along, and letting others do so or no longer: of my own mailbox, or of a channel that I tend. */
export function Share({ conversation }: { conversation: FullConversation }) {
  const { workspace } = useMe();
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const [picking, pick] = useState(false);
  const { with: shared } = conversation.sharing;
  const { ownChannel: own } = conversation;
  const now = readersOf(conversation, workspace.name);
  const choices = [
    {
      id: null,
      name: t(own ? 'conversations.share.nobody' : 'conversations.share.nobody.channel'),
      readers: { kind: 'nobody' as const },
    },
    ...teams.map(({ id, name }) => ({ id, name, readers: { kind: 'team' as const, teamId: id } })),
    {
      id: workspace.id,
      name: t('conversations.share.everybody', { company: workspace.name }),
      readers: { kind: 'workspace' as const },
    },
  ];
  const share = (readers: Readers, name: string | null) =>
    void shareWith(
      conversation,
      readers,
      name === null ? t('conversations.share.undone') : t('conversations.share.done', { name }),
    );
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          {now === null ? (
            <ActionIcon aria-label={t('conversations.share')} title={t('conversations.share')}>
              <IconUsers size={18} aria-hidden />
            </ActionIcon>
          ) : (
            <Button variant="default" size="compact-md" leftSection={<IconUsers size={16} aria-hidden />}>
              {t('conversations.share.with', { name: now })}
            </Button>
          )}
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label maw={300}>{t(own ? 'conversations.share.lead' : 'conversations.share.lead.channel')}</Menu.Label>
          {choices.map(({ id, name, readers }) => (
            <Menu.Item
              key={id ?? 'nobody'}
              leftSection={
                (shared?.id ?? null) === id ? <IconCheck size={16} aria-hidden /> : <span className={classes.noSign} />
              }
              aria-current={(shared?.id ?? null) === id}
              onClick={() => share(readers, id === null ? null : name)}
            >
              {name}
            </Menu.Item>
          ))}
          <Menu.Item leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => pick(true)}>
            {t('conversations.share.colleague')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {picking && (
        <PickColleague
          onClose={() => pick(false)}
          onPick={(memberId, name) => {
            pick(false);
            share({ kind: 'member', memberId }, name);
          }}
        />
      )}
    </>
  );
}

function PickColleague({ onClose, onPick }: { onClose: () => void; onPick: (memberId: string, name: string) => void }) {
  const { memberId: mine } = useMe();
  const members = (useQuery(reading(listMembers, {})).data?.items ?? []).filter(
    ({ id, status }) => status === 'active' && id !== mine,
  );
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('conversations.share.pick')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Select
        data-autofocus
        searchable
        aria-label={t('conversations.share.pick')}
        data={members.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(picked) => onPick(picked ?? '', members.find(({ id }) => id === picked)?.name ?? '')}
      />
    </Modal>
  );
}
