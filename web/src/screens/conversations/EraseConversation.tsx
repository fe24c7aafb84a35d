import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { countConversations, eraseConversation, listConversations } from '../../../../server/conversations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';

interface EraseConversationProps {
  conversationId: string;
  onClose: () => void;
  onDone: () => void;
}

/** What was said cannot be brought back: so this says what goes, and asks for a typed word. */
export function EraseConversation({ conversationId, onClose, onDone }: EraseConversationProps) {
  const word = t('conversations.erase.word');
  const form = useForm({ word: '' }, async () => {
    await call(eraseConversation, { conversationId });
    say(t('conversations.erased'));
    onDone();
    await refresh(listConversations, countConversations);
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('conversations.erase.title')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <p>{t('conversations.erase.lead')}</p>
          <TextInput
            data-autofocus
            autoComplete="off"
            label={t('conversations.erase.type', { word })}
            value={form.values.word}
            onChange={({ currentTarget }) => form.set('word', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" color="red" disabled={form.values.word.trim() !== word} loading={form.sending}>
            {t('conversations.erase.do')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
