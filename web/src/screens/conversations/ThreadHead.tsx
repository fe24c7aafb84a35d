import { ActionIcon, Button, Menu, NativeSelect } from '@mantine/core';
import {
  IconArrowLeft,
  IconBell,
  IconBellOff,
  IconCheck,
  IconClock,
  IconDots,
  IconRotate,
  IconUser,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  countConversations,
  type FullConversation,
  listConversations,
  markSeen,
} from '../../../../server/conversations/contract.ts';
import { listTeams } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { sayError } from '../../ui/undo.tsx';
import { ChannelIcon } from './ChannelIcon.tsx';
import classes from './Conversations.module.css';
import type { Inbox } from './Conversations.tsx';
import { EraseConversation } from './EraseConversation.tsx';
import { PersonDrawer } from './PersonBeside.tsx';
import { decideStatus, give, setFollowing } from './queries.ts';
import { readersOf, Share } from './Share.tsx';
import { addressOf, clock, nameOf, sleeps } from './words.ts';

interface ThreadHeadProps {
  conversation: FullConversation;
  inbox: Inbox;
  narrow: boolean;
}

/** With whom, on which channel, who deals with it, and what one decides. */
export function ThreadHead({ conversation, inbox, narrow }: ThreadHeadProps) {
  const { subject, channel, claimed, status, snoozedUntil, mayAnswer } = conversation;
  const shown = addressOf(conversation);
  const [person, showPerson] = useState(false);
  const readers = readersOf(conversation, useMe().workspace.name);
  return (
    <header className={classes.threadHead}>
      <div className={classes.heading}>
        {narrow && (
          <ActionIcon size="lg" aria-label={t('conversations.back')} onClick={() => inbox.show(undefined)}>
            <IconArrowLeft size={20} aria-hidden />
          </ActionIcon>
        )}
        <div className={classes.headline}>
          <h2>{subject || nameOf(conversation)}</h2>
          <p className={classes.under}>
            <ChannelIcon kind={channel.kind} size={14} />
            <span>{channel.name}</span>
            {subject !== '' && <span>{nameOf(conversation)}</span>}
            {shown !== null && <span>{shown}</span>}
            {claimed && <span className={classes.claimed}>{t('conversations.ofPerson.claimed')}</span>}
            {/* It leaves the list of open ones when it is answered: its own page says where it stands. */}
            {status !== 'open' && status !== 'snoozed' && <span>{t(`conversations.is.${status}`)}</span>}
          </p>
          {!mayAnswer && readers !== null && (
            <p className={classes.under}>
              {conversation.ownChannel
                ? t('conversations.share.reading', { name: readers })
                : t('conversations.share.reading.channel', { channel: channel.name })}
            </p>
          )}
          {snoozedUntil && (
            <p className={classes.under}>{t('conversations.snooze.until', { when: longInstant(snoozedUntil) })}</p>
          )}
        </div>
        {narrow && (
          <ActionIcon size="lg" aria-label={t('conversations.person')} onClick={() => showPerson(true)}>
            <IconUser size={20} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {mayAnswer && (
        <div className={classes.acts}>
          <Assignee conversation={conversation} />
          <Teams conversation={conversation} />
          <Snooze conversation={conversation} />
          {status === 'closed' || status === 'spam' ? (
            <Button
              variant="default"
              size="compact-md"
              leftSection={<IconRotate size={16} aria-hidden />}
              onClick={() => void decideStatus(conversation, 'open')}
            >
              {t(status === 'spam' ? 'conversations.notSpam' : 'conversations.reopen')}
            </Button>
          ) : (
            <Button
              variant="default"
              size="compact-md"
              leftSection={<IconCheck size={16} aria-hidden />}
              onClick={() => void decideStatus(conversation, 'closed')}
            >
              {t('conversations.close')}
            </Button>
          )}
          {conversation.sharing.mine && <Share conversation={conversation} />}
          <More conversation={conversation} inbox={inbox} />
        </div>
      )}
      {!mayAnswer && (
        <div className={classes.acts}>
          <Follow conversation={conversation} />
        </div>
      )}
      {person && <PersonDrawer conversation={conversation} onClose={() => showPerson(false)} />}
    </header>
  );
}

function Assignee({ conversation }: { conversation: FullConversation }) {
  const me = useMe();
  const { assignee, colleagues } = conversation;
  const known = assignee && !colleagues.some(({ id }) => id === assignee.id) ? [assignee] : [];
  return (
    <NativeSelect
      size="xs"
      className={classes.choice}
      aria-label={t('conversations.assign')}
      value={assignee?.id ?? ''}
      data={[
        { value: '', label: t('conversations.assign.nobody') },
        { value: me.memberId, label: t('conversations.assign.me') },
        ...[...known, ...colleagues]
          .filter(({ id }) => id !== me.memberId)
          .map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={({ currentTarget }) => void give(conversation, { memberId: currentTarget.value || null })}
    />
  );
}

function Teams({ conversation }: { conversation: FullConversation }) {
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  if (teams.length === 0) return null;
  return (
    <NativeSelect
      size="xs"
      className={classes.choice}
      aria-label={t('conversations.team')}
      value={conversation.team?.id ?? ''}
      data={[
        { value: '', label: t('conversations.team.none') },
        ...teams.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={({ currentTarget }) => void give(conversation, { teamId: currentTarget.value || null })}
    />
  );
}

function Snooze({ conversation }: { conversation: FullConversation }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="compact-md" leftSection={<IconClock size={16} aria-hidden />}>
          {t('conversations.snooze')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {sleeps().map(({ key, until }) => (
          <Menu.Item key={key} onClick={() => void decideStatus(conversation, 'snoozed', until.toISOString())}>
            {t(`conversations.snooze.${key}`, { when: clock(until) })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Follow({ conversation }: { conversation: FullConversation }) {
  const { follows } = conversation;
  return (
    <Button
      variant="default"
      size="compact-md"
      leftSection={follows ? <IconBellOff size={16} aria-hidden /> : <IconBell size={16} aria-hidden />}
      onClick={() => void setFollowing(conversation, !follows)}
    >
      {t(follows ? 'conversations.unfollow' : 'conversations.follow')}
    </Button>
  );
}

function More({ conversation, inbox }: { conversation: FullConversation; inbox: Inbox }) {
  const { id, status, follows, mayErase } = conversation;
  const [erasing, erase] = useState(false);
  const unread = async () => {
    try {
      await call(markSeen, { conversationId: id, unread: true });
      inbox.show(undefined);
      await refresh(listConversations, countConversations);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t('conversations.more')}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void unread()}>{t('conversations.markUnread')}</Menu.Item>
          <Menu.Item onClick={() => void setFollowing(conversation, !follows)}>
            {t(follows ? 'conversations.unfollow' : 'conversations.follow')}
          </Menu.Item>
          {status !== 'spam' && (
            <Menu.Item onClick={() => void decideStatus(conversation, 'spam')}>{t('conversations.spam')}</Menu.Item>
          )}
          {mayErase && <Menu.Item onClick={() => erase(true)}>{t('conversations.erase')}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {erasing && (
        <EraseConversation conversationId={id} onClose={() => erase(false)} onDone={() => inbox.show(undefined)} />
      )}
    </>
  );
}
