import { Button, Modal, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { askForIntroduction, introductionPurpose, listRequests } from '../../../../server/introductions/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import type { Kind } from '../contacts/queries.ts';

type Purpose = (typeof introductionPurpose.options)[number];

/** The one colleague who is asked, because a way leads through a card that they lend. */
interface Asked {
  cardId: string;
  name: string;
  /** Ready to be changed. */
  message: string;
}

interface AskFormProps {
  /** The words that found somebody, or their name. */
  sought: string;
  kind: Kind;
  /** Left out: whoever here knows what a search found. */
  asked?: Asked;
  onClose: () => void;
}

/** Asks for an introduction. */
export default function AskForm({ sought, kind, asked, onClose }: AskFormProps) {
  const navigate = useNavigate();
  const empty: { purpose: Purpose; message: string } = { purpose: 'prospecting', message: asked?.message ?? '' };
  const form = useForm(empty, async (values) => {
    const wish = { sought, kind, ...(asked ? { cardId: asked.cardId } : {}), ...values };
    const { earlier, createdAt } = await call(askForIntroduction, wish);
    await refresh(listRequests);
    onClose();
    if (earlier) {
      say(t('introductions.askedBefore', { when: longInstant(createdAt) }));
      await navigate({ to: '/introductions' });
    } else say(asked ? t('network.ask.sent', { who: asked.name }) : t('introductions.sent'));
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={asked ? t('network.ask.title', { who: asked.name }) : t('introductions.askTitle')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <Text>{asked ? t('network.ask.lead', { who: asked.name }) : t('introductions.askLead', { sought })}</Text>
          <NativeSelect
            label={t('introductions.field.purpose')}
            value={form.values.purpose}
            data={introductionPurpose.options.map((value) => ({ value, label: t(`introductions.purpose.${value}`) }))}
            onChange={(event) => form.set('purpose', event.currentTarget.value as Purpose)}
          />
          <Textarea
            data-autofocus
            name="message"
            label={t(asked ? 'network.ask.message' : 'introductions.field.message')}
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
            {t(asked ? 'network.ask.send' : 'introductions.send')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
