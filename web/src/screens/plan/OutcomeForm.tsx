import { Button, Group, Modal, NumberInput, Stack, Textarea, TextInput } from '@mantine/core';
import { type FullCampaign, reportOutcome } from '../../../../server/plan/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Plan.module.css';
import { refreshPlan } from './queries.ts';
import { centsOf, euros } from './words.ts';

/** When a campaign began and ended, what it cost and what it brought. */
export function OutcomeForm({ campaign, onClose }: { campaign: FullCampaign; onClose: () => void }) {
  const { id: campaignId, version, beganOn, endedOn, spentCents, brought } = campaign;
  const first = { beganOn: beganOn ?? '', endedOn: endedOn ?? '', spent: euros(spentCents), brought };
  const form = useForm(first, async (said) => {
    const send = ({ spent, ...draft }: typeof first, at: number) =>
      call(reportOutcome, {
        ...{ campaignId, version: at, brought: draft.brought, spentCents: centsOf(spent) },
        ...{ beganOn: draft.beganOn || null, endedOn: draft.endedOn || null },
      });
    await send(said, version);
    await refreshPlan();
    onClose();
    offerUndo(t('plan.outcome.saved'), async () => {
      await send(first, version + 1);
      await refreshPlan();
    });
  });
  const { values, set, problem } = form;
  return (
    <Modal opened onClose={onClose} title={t('plan.happened')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <div className={classes.pair}>
            {(['beganOn', 'endedOn'] as const).map((field) => (
              <TextInput
                key={field}
                name={field}
                type="date"
                label={t(field === 'beganOn' ? 'plan.began' : 'plan.ended')}
                value={values[field]}
                error={problem(field)}
                onChange={({ currentTarget }) => set(field, currentTarget.value)}
              />
            ))}
          </div>
          <NumberInput
            label={t('plan.spent')}
            min={0}
            decimalScale={2}
            value={values.spent}
            onChange={(value) => set('spent', value === '' ? '' : Number(value))}
          />
          <Textarea
            label={t('plan.brought')}
            autosize
            minRows={2}
            maxLength={2000}
            value={values.brought}
            onChange={({ currentTarget }) => set('brought', currentTarget.value)}
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
