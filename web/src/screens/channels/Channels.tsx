import { Alert, Badge, Button, Menu } from '@mantine/core';
import { IconMail, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type ChannelSummary,
  endChannel,
  listChannels,
  updateChannel,
} from '../../../../server/conversations/channels-contract.ts';
import { type ChannelKind, countConversations } from '../../../../server/conversations/contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { RemoveDialog } from '../../ui/RemoveDialog.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { ChannelIcon } from '../conversations/ChannelIcon.tsx';
import { channelsQuery } from '../conversations/queries.ts';
import { ChannelEditor } from './ChannelEditor.tsx';
import classes from './Channels.module.css';
import { kindsToOpen } from './fields.ts';

export const refreshChannels = () => refresh(listChannels, countConversations);

/** The channels of the company: what comes by each, who tends it, whether it works. */
export function Channels() {
  const admin = useMe().role === 'admin';
  const { data, error, refetch } = useQuery(channelsQuery);
  const [editing, edit] = useState<{ kind: ChannelKind; id?: string; own?: boolean }>();
  return (
    <Page
      title={t('channels.title')}
      lead={t('channels.lead')}
      width="reading"
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconMail size={18} aria-hidden />}
            onClick={() => edit({ kind: 'mail', own: true })}
          >
            {t('channels.ownMailbox')}
          </Button>
          {admin && (
            <ButtonLink to="/settings/channels/import" variant="default">
              {t('channels.import.open')}
            </ButtonLink>
          )}
          {admin && <Open onOpen={(kind) => edit({ kind })} />}
        </>
      }
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={4} />}
      {data?.items.length === 0 && <p>{t('channels.none')}</p>}
      <ul className={classes.channels}>
        {data?.items.map((one) => (
          <li key={one.id}>
            <Line
              channel={one}
              mayChange={admin || one.mine}
              onEdit={() => edit({ kind: one.kind, id: one.id, own: one.mine })}
            />
          </li>
        ))}
      </ul>
      {editing && <ChannelEditor key={editing.id} {...editing} onClose={() => edit(undefined)} />}
    </Page>
  );
}

function Open({ onOpen }: { onOpen: (kind: ChannelKind) => void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button leftSection={<IconPlus size={18} aria-hidden />}>{t('channels.open')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kindsToOpen.map((kind) => (
          <Menu.Item key={kind} leftSection={<ChannelIcon kind={kind} size={18} />} onClick={() => onOpen(kind)}>
            {t(`conversations.kind.${kind}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface LineProps {
  channel: ChannelSummary;
  mayChange: boolean;
  onEdit: () => void;
}

function Line({ channel, mayChange, onEdit }: LineProps) {
  const { kind, name, state, problem, heardAt, access, mine } = channel;
  const who = access.map((one) => (one.kind === 'workspace' ? t('channels.everybody') : one.name)).join(', ');
  return (
    <div className={classes.line}>
      <ChannelIcon kind={kind} size={22} />
      <div className={classes.words}>
        <strong>{name}</strong> {state !== 'working' && <Badge color="gray">{t(`channels.state.${state}`)}</Badge>}
        <p>{mine ? t('channels.mine') : who === '' ? t('channels.nobody') : t('channels.tendedBy', { who })}</p>
        {heardAt && <p>{t('channels.heard', { when: ago(heardAt) })}</p>}
        {problem && (
          <Alert color="amber" variant="light" mt={4}>
            {told(`connections.problem.${problem.code}`) ?? t('channels.failed')}
          </Alert>
        )}
      </div>
      {mayChange && kind !== 'note' && state !== 'ended' && <Acts channel={channel} onEdit={onEdit} />}
    </div>
  );
}

function Acts({ channel, onEdit }: Omit<LineProps, 'mayChange'>) {
  const [ending, end] = useState(false);
  const { id: channelId, name, state } = channel;
  const rest = async (next: 'working' | 'paused') => {
    try {
      await call(updateChannel, { channelId, state: next });
      await refreshChannels();
      if (next === 'paused') offerUndo(t('channels.rests', { name }), () => rest('working'));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <div className={classes.acts}>
      <Button variant="default" size="compact-md" onClick={onEdit}>
        {t('channels.change')}
      </Button>
      <Button variant="subtle" size="compact-md" onClick={() => void rest(state === 'paused' ? 'working' : 'paused')}>
        {t(state === 'paused' ? 'channels.wake' : 'channels.pause')}
      </Button>
      <Button variant="subtle" color="red" size="compact-md" onClick={() => end(true)}>
        {t('channels.end')}
      </Button>
      {ending && (
        <RemoveDialog
          title={t('channels.end.title', { name })}
          text={t('channels.end.text')}
          action={t('channels.end')}
          onClose={() => end(false)}
          done={t('channels.ended')}
          remove={async () => {
            await call(endChannel, { channelId });
            await refreshChannels();
          }}
        />
      )}
    </div>
  );
}
