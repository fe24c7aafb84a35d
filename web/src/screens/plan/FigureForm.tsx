import { Button, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { type Objective, recordFigure } from '../../../../server/plan/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { today } from './days.ts';
import { refreshPlan } from './queries.ts';
import { figureWords } from './words.ts';

/** Says where an objective stands that is measured by hand. */
export function FigureForm({ objective, onClose }: { objective: Objective; onClose: () => void }) {
  const { id: objectiveId, name } = objective;
  const form = useForm({ value: '' as number | '', day: today() }, async ({ value, day }) => {
    const { before } = await call(recordFigure, { objectiveId, day, value: Number(value) });
    await refreshPlan();
    onClose();
    offerUndo(t('plan.figure.said', { name, value: figureWords(objective, Number(value)) }), async () => {
      await call(recordFigure, { objectiveId, day, value: before });
      await refreshPlan();
    });
  });
  const { values, set, problem } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('plan.figure.say', { name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <NumberInput
            name="value"
            required
            withAsterisk={false}
            label={t('plan.figure.value')}
            suffix={objective.unit ? `\u00a0${objective.unit}` : ''}
            value={values.value}
            error={problem('value')}
            onChange={(value) => set('value', value === '' ? '' : Number(value))}
          />
          <TextInput
            name="day"
            type="date"
            required
            withAsterisk={false}
            label={t('plan.figure.day')}
            description={t('plan.figure.day.hint')}
            value={values.day}
            error={problem('day')}
            onChange={({ currentTarget }) => set('day', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
