import { Button, Group, Modal, NativeSelect, NumberInput, Stack, Textarea, TextInput } from '@mantine/core';
import { changeHunt, type Hunt, openHunt } from '../../../../server/hunting/contract.ts';
import { call } from '../../api.ts';
import { spoken, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { refreshPlan } from '../plan/queries.ts';
import { refreshHunts } from './queries.ts';

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Of Liquid: in a message they would begin a blank. */
const marks = { openMark: '{{', closeMark: '}}' };

interface HuntFormProps {
  campaignId: string;
  /** Left out: it is to be opened. */
  hunt?: Hunt;
  onClose: () => void;
}

/** The letter that holders find, until when they choose, and how slowly letters leave. */
export function HuntForm({ campaignId, hunt, onClose }: HuntFormProps) {
  const initial = hunt ?? {
    ...{ language: spoken(), subject: '', letter: t('hunting.letter.example', marks), endsOn: inDays(14), pace: 6 },
  };
  const { language, subject, letter, endsOn, pace } = initial;
  const form = useForm({ language, subject, letter, endsOn, pace }, async (said) => {
    if (hunt) await call(changeHunt, { huntId: hunt.id, version: hunt.version, ...said });
    else {
      const { holders } = await call(openHunt, { campaignId, ...said });
      say(t('hunting.opened', { holders: holders.length }));
    }
    await Promise.all([refreshHunts(), refreshPlan()]);
    onClose();
  });
  const { values, set } = form;
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t(hunt ? 'hunting.change' : 'hunting.open')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <p style={{ margin: 0 }}>{t('hunting.open.text')}</p>
          <NativeSelect
            label={t('hunting.language')}
            value={values.language}
            data={(['fr', 'en'] as const).map((one) => ({ value: one, label: t(`content.language.${one}`) }))}
            onChange={({ currentTarget }) => set('language', currentTarget.value as 'fr' | 'en')}
          />
          <TextInput
            name="subject"
            required
            withAsterisk={false}
            maxLength={300}
            label={t('hunting.subject')}
            value={values.subject}
            error={form.problem('subject')}
            onChange={({ currentTarget }) => set('subject', currentTarget.value)}
          />
          <Textarea
            name="letter"
            required
            withAsterisk={false}
            autosize
            minRows={7}
            maxLength={10_000}
            label={t('hunting.letter')}
            description={t('hunting.letter.hint', marks)}
            value={values.letter}
            error={form.problem('letter')}
            onChange={({ currentTarget }) => set('letter', currentTarget.value)}
          />
          <TextInput
            name="endsOn"
            type="date"
            required
            withAsterisk={false}
            label={t('hunting.endsOn')}
            value={values.endsOn}
            error={form.problem('endsOn')}
            onChange={({ currentTarget }) => set('endsOn', currentTarget.value)}
          />
          <NumberInput
            name="pace"
            min={1}
            max={240}
            label={t('hunting.pace')}
            description={t('hunting.pace.hint')}
            value={values.pace}
            error={form.problem('pace')}
            onChange={(value) => set('pace', Number(value) || 1)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t(hunt ? 'shell.save' : 'hunting.open.do')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
