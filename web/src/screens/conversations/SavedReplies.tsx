import { ActionIcon, Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { IconArrowLeft, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  fillReply,
  listSavedReplies,
  removeReply,
  type SavedReply,
  saveReply,
} from '../../../../server/conversations/contract.ts';
import { listTeams } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Conversations.module.css';
import { savedRepliesQuery } from './queries.ts';

const variables =
  '{{ contact.first_name }}, {{ contact.name }}, {{ agent.first_name }}, {{ agent.name }}, {{ conversation.subject }}';

/** Texts for answers that come again. */
export function SavedReplies() {
  const { data, error, refetch } = useQuery(savedRepliesQuery);
  const [editing, edit] = useState<SavedReply | 'new'>();
  return (
    <Page
      title={t('conversations.replies.title')}
      lead={t('conversations.replies.lead', { variables })}
      width="reading"
      actions={
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => edit('new')}>
          {t('conversations.replies.new')}
        </Button>
      }
    >
      <ButtonLink
        to="/conversations"
        variant="subtle"
        color="gray"
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        {t('conversations.back')}
      </ButtonLink>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={4} />}
      {data?.items.length === 0 && <p>{t('conversations.replies.none')}</p>}
      <ul className={classes.replies}>
        {data?.items.map((one) => (
          <li key={one.id}>
            <div>
              <strong>{one.name}</strong>
              {Object.entries(one.texts).map(([language, text]) => (
                <p key={language} lang={language} className={classes.replyText}>
                  {text}
                </p>
              ))}
            </div>
            {one.mine && (
              <Group gap={4} wrap="nowrap">
                <ActionIcon aria-label={`${t('channels.change')}: ${one.name}`} onClick={() => edit(one)}>
                  <IconPencil size={18} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  aria-label={`${t('conversations.replies.remove')}: ${one.name}`}
                  onClick={() => void remove(one)}
                >
                  <IconTrash size={18} aria-hidden />
                </ActionIcon>
              </Group>
            )}
          </li>
        ))}
      </ul>
      {editing && <Editor reply={editing === 'new' ? undefined : editing} onClose={() => edit(undefined)} />}
    </Page>
  );
}

async function remove({ id: replyId, name, texts, audience }: SavedReply): Promise<void> {
  try {
    await call(removeReply, { replyId });
    await refresh(listSavedReplies);
    offerUndo(t('conversations.replies.removed', { name }), async () => {
      await call(saveReply, { name, texts, audience });
      await refresh(listSavedReplies);
    });
  } catch (error) {
    sayError(error);
  }
}

interface Draft {
  name: string;
  fr: string;
  en: string;
  /** `mine`, `workspace`, or a team's id. */
  audience: string;
}

function Editor({ reply, onClose }: { reply: SavedReply | undefined; onClose: () => void }) {
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const audience = reply?.audience.kind === 'team' ? reply.audience.teamId : (reply?.audience.kind ?? 'mine');
  const start: Draft = { name: reply?.name ?? '', fr: reply?.texts.fr ?? '', en: reply?.texts.en ?? '', audience };
  const form = useForm<Draft>(start, async ({ name, fr, en, audience: to }) => {
    await call(saveReply, {
      ...(reply ? { replyId: reply.id } : {}),
      name,
      texts: { ...(fr.trim() ? { fr } : {}), ...(en.trim() ? { en } : {}) },
      audience: to === 'mine' || to === 'workspace' ? { kind: to } : { kind: 'team', teamId: to },
    });
    await refresh(listSavedReplies, fillReply);
    say(t('conversations.replies.saved'));
    onClose();
  });
  const problem = (field: 'fr' | 'en') => (form.problem(field) ? t('conversations.replies.broken') : undefined);
  return (
    <Modal
      opened
      onClose={onClose}
      title={reply?.name ?? t('conversations.replies.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            name="name"
            required
            withAsterisk={false}
            label={t('conversations.replies.name')}
            value={form.values.name}
            error={form.problem('name')}
            onChange={({ currentTarget }) => form.set('name', currentTarget.value)}
          />
          {(['fr', 'en'] as const).map((language) => (
            <Textarea
              key={language}
              label={t(`conversations.replies.${language}`)}
              name={language}
              lang={language}
              autosize
              minRows={3}
              maxRows={12}
              value={form.values[language]}
              error={problem(language)}
              onChange={({ currentTarget }) => form.set(language, currentTarget.value)}
            />
          ))}
          <NativeSelect
            label={t('conversations.replies.audience')}
            value={form.values.audience}
            data={[
              { value: 'mine', label: t('conversations.replies.audience.mine') },
              ...teams.map(({ id, name }) => ({ value: id, label: name })),
              { value: 'workspace', label: t('conversations.replies.audience.workspace') },
            ]}
            onChange={({ currentTarget }) => form.set('audience', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('shell.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
