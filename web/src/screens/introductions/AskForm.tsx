import { Button, Modal, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { askForIntroduction, introductionPurpose, listRequests } from '../../../../server/introductions/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import type { Kind } from '../contacts/queries.ts';

type Purpose = (typeof introductionPurpose.options)[number];

/** Asks whoever here knows what a search found. */
export default function AskForm({ sought, kind, onClose }: { sought: string; kind: Kind; onClose: () => void }) {
  const empty: { purpose: Purpose; message: string } = { purpose: 'prospecting', message: '' };
  const form = useForm(empty, async (values) => {
    await call(askForIntroduction, { sought, kind, ...values });
    await refresh(listRequests);
    say(t('introductions.sent'));
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('introductions.askTitle')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <Text>{t('introductions.askLead', { sought })}</Text>
          <NativeSelect
            label={t('introductions.field.purpose')}
            value={form.values.purpose}
            data={introductionPurpose.options.map((value) => ({ value, label: t(`introductions.purpose.${value}`) }))}
            onChange={(event) => form.set('purpose', event.currentTarget.value as Purpose)}
          />
          <Textarea
            data-autofocus
            name="message"
            label={t('introductions.field.message')}
            placeholder={t('introductions.field.messageExample')}
            autosize
            minRows={4}
            maxRows={12}
            required
            withAsterisk={false}
            value={form.values.message}
            error={form.problem('message')}
            onChange={(event) => form.set('message', event.currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('introductions.send')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
