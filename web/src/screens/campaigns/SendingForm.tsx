import { Button, Checkbox, Group, Modal, NativeSelect, NumberInput, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Sending, saveSending } from '../../../../server/campaigns/contract.ts';
import { channelOf } from '../../../../server/outreach/ways-contract.ts';
import type { FullCampaign } from '../../../../server/plan/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { useForm } from '../../ui/useForm.ts';
import { contentsQuery } from '../content/queries.ts';
import { useMemberChoices } from '../plan/Forms.tsx';
import classes from '../plan/Plan.module.css';
import { refreshPlan } from '../plan/queries.ts';
import { refreshSending } from './queries.ts';

interface SendingFormProps {
  campaignId: string;
  /** By which way the plan has it go. */
  channel: FullCampaign['channel'];
  sending: Sending | null;
  onClose: () => void;
}

/** Which content a campaign sends, how fast, and who gets a copy. */
export function SendingForm({ campaignId, channel, sending, onClose }: SendingFormProps) {
  const all = useQuery(contentsQuery).data?.items ?? [];
  const contents = all.filter(({ kind }) => channelOf(kind) === channel);
  const members = useMemberChoices();
  const first = {
    contentId: sending?.content.id ?? '',
    perHour: (sending?.pace.perHour ?? '') as number | '',
    lots: (sending?.pace.lots ?? 1) as number | '',
    overHours: (sending?.pace.overHours ?? 0) as number | '',
    seedIds: sending?.seeds.map(({ id }) => id) ?? [],
    holdPercent: (sending?.holdout.percent ?? 0) as number | '',
    watchDays: (sending?.holdout.days ?? 30) as number | '',
    inMyName: false,
  };
  const form = useForm(first, async ({ perHour, lots, overHours, holdPercent, watchDays, ...said }) => {
    const pace = { perHour: perHour || null, lots: lots || 1, overHours: overHours || 0 };
    const holdout = { percent: holdPercent || 0, days: watchDays || 30 };
    await call(saveSending, { ...said, pace, holdout, campaignId, ...(sending ? { edition: sending.edition } : {}) });
    await Promise.all([refreshSending(), refreshPlan()]);
    onClose();
  });
  const { values, set, problem } = form;
  const count = (key: 'perHour' | 'lots' | 'overHours' | 'holdPercent' | 'watchDays') => ({
    name: key,
    value: values[key],
    error: problem(key),
    allowDecimal: false,
    onChange: (value: string | number) => set(key, value === '' ? '' : Number(value)),
  });
  const known = contents.some(({ id }) => id === values.contentId) || values.contentId === '';
  return (
    <Modal opened onClose={onClose} title={t('campaigns.form')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <NativeSelect
            name="contentId"
            label={t('campaigns.content')}
            description={t('campaigns.content.hint')}
            required
            value={values.contentId}
            error={problem('contentId')}
            data={[
              { value: '', label: t('campaigns.content.choose') },
              ...(known ? [] : [{ value: values.contentId, label: t('campaigns.content.hidden') }]),
              ...contents.map(({ id, name, kind }) => ({
                value: id,
                label: kind === 'email' ? name : `${name} (${t(`content.kind.${kind}`)})`,
              })),
            ]}
            onChange={({ currentTarget }) => set('contentId', currentTarget.value)}
          />
          <NumberInput label={t('campaigns.pace.perHour')} min={1} max={1_000_000} {...count('perHour')} />
          <div className={classes.pair}>
            <NumberInput label={t('campaigns.pace.inLots')} min={1} max={100} {...count('lots')} />
            <NumberInput label={t('campaigns.pace.overHours')} min={0} max={720} {...count('overHours')} />
          </div>
          <NumberInput
            label={t('campaigns.holdout.percent')}
            description={t('campaigns.holdout.hint')}
            min={0}
            max={50}
            {...count('holdPercent')}
          />
          <NumberInput label={t('campaigns.holdout.days')} min={1} max={365} {...count('watchDays')} />
          <ManyChoice
            label={t('campaigns.copies')}
            description={t('campaigns.copies.hint')}
            data={members}
            searchable
            maxValues={20}
            value={values.seedIds}
            onChange={(chosen) => set('seedIds', chosen)}
          />
          {sending && !sending.mine && (
            <Checkbox
              label={t('campaigns.inMyName')}
              description={t('campaigns.inMyName.hint')}
              checked={values.inMyName}
              onChange={({ currentTarget }) => set('inMyName', currentTarget.checked)}
            />
          )}
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending} disabled={values.contentId === ''}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
