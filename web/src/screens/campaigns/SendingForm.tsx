import { Button, Checkbox, Group, Modal, NativeSelect, NumberInput, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Sending, saveSending } from '../../../../server/campaigns/contract.ts';
import { channelOf } from '../../../../server/outreach/ways-contract.ts';
import type { FullCampaign } from '../../../../server/plan/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { useForm } from '../../ui/useForm.ts';
import { contentsQuery } from '../content/queries.ts';
import { useMemberChoices } from '../plan/Forms.tsx';
import classes from '../plan/Plan.module.css';
import { refreshPlan } from '../plan/queries.ts';
import { refreshSending } from './queries.ts';
import { VariantsFields, type Varied } from './VariantsFields.tsx';

interface SendingFormProps {
  campaignId: string;
  /** By which way the plan has it go. */
  channel: FullCampaign['channel'];
  sending: Sending | null;
  onClose: () => void;
}

const variedOf = (sending: Sending | null): Varied => ({
  variants: (sending?.variants ?? []).slice(1).map(({ content, share }) => ({ contentId: content.id, share })),
  testShare: sending?.testShare ?? 100,
  aim: sending?.aim ?? 'replied',
});

/** What the server says against a field of this form, in its own words. */
const whyOf = (error: unknown, field: string): string | undefined => {
  const why = error instanceof ApiError ? error.fields[field] : undefined;
  return why ? (told(`campaigns.not.${field}.${why}`) ?? undefined) : undefined;
};

/** Which content a campaign sends, how fast, and who gets a copy. */
export function SendingForm({ campaignId, channel, sending, onClose }: SendingFormProps) {
  const all = useQuery(contentsQuery).data?.items ?? [];
  const contents = all.filter(({ kind }) => kind !== 'page' && channelOf(kind) === channel);
  const members = useMemberChoices();
  const first = {
    contentId: sending?.content.id ?? '',
    perHour: (sending?.pace.perHour ?? '') as number | '',
    lots: (sending?.pace.lots ?? 1) as number | '',
    overHours: (sending?.pace.overHours ?? 0) as number | '',
    seedIds: sending?.seeds.map(({ id }) => id) ?? [],
    addresses: sending?.seedAddresses.join('\n') ?? '',
    holdPercent: (sending?.holdout.percent ?? 0) as number | '',
    watchDays: (sending?.holdout.days ?? 30) as number | '',
    inMyName: false,
    varied: variedOf(sending),
  };
  const form = useForm(
    first,
    async ({ perHour, lots, overHours, holdPercent, watchDays, varied, addresses, ...said }) => {
      const seedAddresses = addresses.split(/[\s,;]+/).filter(Boolean);
      const variants = varied.variants.map(({ contentId, share }) => ({ contentId, share: share || 1 }));
      const compared = { variants, testShare: variants.length > 0 ? varied.testShare || 100 : 100, aim: varied.aim };
      const pace = { perHour: perHour || null, lots: lots || 1, overHours: overHours || 0 };
      const holdout = { percent: holdPercent || 0, days: watchDays || 30 };
      await call(saveSending, {
        ...said,
        ...compared,
        seedAddresses,
        pace,
        holdout,
        campaignId,
        ...(sending ? { edition: sending.edition } : {}),
      });
      await Promise.all([refreshSending(), refreshPlan()]);
      onClose();
    },
  );
  const { values, set, problem } = form;
  const count = (key: 'perHour' | 'lots' | 'overHours' | 'holdPercent' | 'watchDays') => ({
    name: key,
    value: values[key],
    error: problem(key),
    allowDecimal: false,
    onChange: (value: string | number) => set(key, value === '' ? '' : Number(value)),
  });
  const hidden = [values.contentId, ...values.varied.variants.map(({ contentId }) => contentId)].filter(
    (id) => id !== '' && !contents.some((one) => one.id === id),
  );
  const choices = [
    ...[...new Set(hidden)].map((value) => ({ value, label: t('campaigns.content.hidden') })),
    ...contents.map(({ id, name, kind }) => ({
      value: id,
      label: kind === 'email' ? name : `${name} (${t(`content.kind.${kind}`)})`,
    })),
  ];
  const complete = values.contentId !== '' && values.varied.variants.every(({ contentId }) => contentId !== '');
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
            data={[{ value: '', label: t('campaigns.content.choose') }, ...choices]}
            onChange={({ currentTarget }) => set('contentId', currentTarget.value)}
          />
          <VariantsFields
            value={values.varied}
            contents={choices}
            problem={(field) => whyOf(form.error, field)}
            onChange={(changed) => set('varied', { ...values.varied, ...changed })}
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
          <Textarea
            name="seedAddresses"
            autosize
            minRows={2}
            label={t('campaigns.copies.addresses')}
            description={t('campaigns.copies.addresses.hint')}
            value={values.addresses}
            error={whyOf(form.error, 'seedAddresses')}
            onChange={({ currentTarget }) => set('addresses', currentTarget.value)}
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
            <Button type="submit" loading={form.sending} disabled={!complete}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
