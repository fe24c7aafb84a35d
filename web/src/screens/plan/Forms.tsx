import {
  Button,
  Group,
  Modal,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { channel, purpose } from '../../../../server/delegation/contract.ts';
import {
  type Campaign,
  campaignKinds,
  colours,
  isFlow,
  isStock,
  type Measure,
  measures,
  type Objective,
  objectiveKinds,
  type Programme,
  saveCampaign,
  saveObjective,
  saveProgramme,
  setArchived,
} from '../../../../server/plan/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { segmentsQuery } from '../segments/queries.ts';
import { addDays, today } from './days.ts';
import classes from './Plan.module.css';
import { membersQuery, refreshPlan } from './queries.ts';
import { centsOf, euros } from './words.ts';

interface FrameProps<D extends object> {
  title: string;
  form: Form<D>;
  /** What goes into the archive, where something is changed. */
  archives?: { part: 'objective' | 'programme' | 'campaign'; id: string; name: string } | undefined;
  onClose: () => void;
  children: ReactNode;
}

/** Puts something into the archive, or takes it back. */
async function archive(
  part: 'objective' | 'programme' | 'campaign',
  { id, name }: { id: string; name: string },
): Promise<void> {
  const set = async (archived: boolean) => {
    await call(setArchived, { part, id, archived });
    await refreshPlan();
  };
  await set(true);
  offerUndo(t('plan.archived.done', { name }), () => set(false));
}

function Frame<D extends object>({ title, form, archives, onClose, children }: FrameProps<D>) {
  return (
    <Modal opened onClose={onClose} size="lg" title={title} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          {children}
          <ErrorNotice error={form.error} />
          <Group justify="space-between">
            {archives ? (
              <Button
                variant="subtle"
                color="gray"
                onClick={() => void archive(archives.part, archives).then(onClose, sayError)}
              >
                {t('plan.archive')}
              </Button>
            ) : (
              <span />
            )}
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** The active members, to choose one. */
export function useMemberChoices(): { value: string; label: string }[] {
  const members = useQuery(membersQuery).data?.items ?? [];
  return members.filter(({ status }) => status === 'active').map(({ id, name }) => ({ value: id, label: name }));
}

/** Segments to choose from; one that is named already and not shown to the viewer stays what it is. */
export function SegmentChoice({
  label,
  value,
  named,
  only,
  error,
  none,
  onChange,
}: {
  label: string;
  value: string;
  named?: { id: string; name: string | null } | null | undefined;
  /** Only those of the whole company: whose numbers everybody may know. */
  only?: 'company';
  error?: string | undefined;
  none: string;
  onChange: (segmentId: string) => void;
}) {
  const segments = (useQuery(segmentsQuery).data?.items ?? []).filter(
    ({ audience }) => only !== 'company' || audience.kind === 'workspace',
  );
  const hidden = named && !segments.some(({ id }) => id === named.id) ? [named] : [];
  return (
    <NativeSelect
      label={label}
      value={value}
      error={error}
      data={[
        { value: '', label: none },
        ...[...hidden, ...segments].map(({ id, name }) => ({ value: id, label: name ?? t('plan.segment.hidden') })),
      ]}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function Text<D extends Record<K, string>, K extends keyof D & string>({
  form,
  field,
  label,
  most,
  required = false,
  description,
}: {
  form: Form<D>;
  field: K;
  label: string;
  most: number;
  required?: boolean;
  description?: string;
}) {
  return (
    <TextInput
      name={field}
      label={label}
      description={description}
      required={required}
      withAsterisk={false}
      maxLength={most}
      value={form.values[field]}
      error={form.problem(field)}
      onChange={({ currentTarget }) => form.set(field, currentTarget.value as D[K])}
    />
  );
}

function Day<D extends Record<K, string>, K extends keyof D & string>({
  form,
  field,
  label,
  required = false,
}: {
  form: Form<D>;
  field: K;
  label: string;
  required?: boolean;
}) {
  return (
    <TextInput
      type="date"
      name={field}
      label={label}
      required={required}
      withAsterisk={false}
      value={form.values[field]}
      error={form.problem(field)}
      onChange={({ currentTarget }) => form.set(field, currentTarget.value as D[K])}
    />
  );
}

function Long<D extends Record<K, string>, K extends keyof D & string>({
  form,
  field,
  label,
}: {
  form: Form<D>;
  field: K;
  label: string;
}) {
  return (
    <Textarea
      name={field}
      label={label}
      autosize
      minRows={2}
      maxLength={2000}
      value={form.values[field]}
      onChange={({ currentTarget }) => form.set(field, currentTarget.value as D[K])}
    />
  );
}

function Owner<D extends { ownerId: string }>({ form, label }: { form: Form<D>; label: string }) {
  return (
    <NativeSelect
      label={label}
      value={form.values.ownerId}
      error={form.problem('ownerId')}
      data={useMemberChoices()}
      onChange={({ currentTarget }) => form.set('ownerId', currentTarget.value as D['ownerId'])}
    />
  );
}

function Currency<D extends { currency: string }>({ form }: { form: Form<D> }) {
  return (
    <NativeSelect
      label={t('plan.currency')}
      value={form.values.currency}
      error={form.problem('currency')}
      data={['EUR', 'CHF', 'GBP', 'USD', 'CAD', 'XOF']}
      onChange={({ currentTarget }) => form.set('currency', currentTarget.value as D['currency'])}
    />
  );
}

const objectiveDraft = (objective: Objective | undefined, memberId: string) => ({
  ...{ name: objective?.name ?? '', kind: objective?.kind ?? ('winning' as const), why: objective?.why ?? '' },
  ...{ measuredBy: objective?.measuredBy ?? ('hand' as const), unit: objective?.unit ?? '' },
  ...{ segmentId: objective?.segment?.id ?? '', baseSegmentId: objective?.base?.id ?? '' },
  currency: objective?.currency ?? 'EUR',
  ...{ from: (objective?.from ?? 0) as number | '', to: (objective?.to ?? '') as number | '' },
  ...{ startsOn: objective?.startsOn ?? today(), dueOn: objective?.dueOn ?? addDays(today(), 365) },
  ownerId: objective?.owner.id ?? memberId,
});

/** What the company wants to win or keep, with its figure. */
export function ObjectiveForm({ objective, onClose }: { objective?: Objective | undefined; onClose: () => void }) {
  const me = useMe();
  const form = useForm(objectiveDraft(objective, me.memberId), async (said) => {
    const send = (draft: typeof said, version?: number) =>
      call(saveObjective, {
        ...(objective ? { objectiveId: objective.id, version: version ?? objective.version } : {}),
        ...draft,
        unit: draft.measuredBy === 'hand' ? draft.unit : '',
        currency: draft.measuredBy === 'won_amount' ? draft.currency : null,
        segmentId: isStock(draft.measuredBy) ? draft.segmentId || null : null,
        baseSegmentId: draft.measuredBy === 'share' ? draft.baseSegmentId || null : null,
        from: Number(draft.from),
        to: Number(draft.to),
      });
    await send(said);
    await refreshPlan();
    onClose();
    if (objective)
      offerUndo(t('plan.changed', { name: said.name }), async () => {
        await send(objectiveDraft(objective, me.memberId), objective.version + 1);
        await refreshPlan();
      });
  });
  const { values, set, problem } = form;
  return (
    <Frame
      title={t(objective ? 'plan.objective.change' : 'plan.add.objective')}
      form={form}
      archives={objective && { part: 'objective', id: objective.id, name: objective.name }}
      onClose={onClose}
    >
      <Text form={form} field="name" label={t('plan.objective.name')} most={120} required />
      <div className={classes.pair}>
        <NativeSelect
          label={t('plan.objective.kind')}
          value={values.kind}
          data={objectiveKinds.map((value) => ({ value, label: t(`plan.kind.${value}`) }))}
          onChange={({ currentTarget }) => set('kind', currentTarget.value as (typeof objectiveKinds)[number])}
        />
        <NativeSelect
          label={t('plan.objective.measuredBy')}
          value={values.measuredBy}
          data={measures.map((value) => ({ value, label: t(`plan.measure.${value}`) }))}
          onChange={({ currentTarget }) => set('measuredBy', currentTarget.value as Measure)}
        />
      </div>
      {values.measuredBy === 'hand' && <Text form={form} field="unit" label={t('plan.objective.unit')} most={30} />}
      {isFlow(values.measuredBy) && <p className={classes.quiet}>{t('plan.objective.flow')}</p>}
      {values.measuredBy === 'won_amount' && <Currency form={form} />}
      {isStock(values.measuredBy) && (
        <SegmentChoice
          label={t('plan.segment')}
          value={values.segmentId}
          named={objective?.segment}
          only="company"
          error={problem('segmentId')}
          none={t('plan.segment.choose')}
          onChange={(segmentId) => set('segmentId', segmentId)}
        />
      )}
      {values.measuredBy === 'share' && (
        <SegmentChoice
          label={t('plan.objective.base')}
          value={values.baseSegmentId}
          named={objective?.base}
          only="company"
          error={problem('baseSegmentId')}
          none={t('plan.objective.base.all')}
          onChange={(segmentId) => set('baseSegmentId', segmentId)}
        />
      )}
      <div className={classes.pair}>
        {(['from', 'to'] as const).map((field) => (
          <NumberInput
            key={field}
            name={field}
            required
            withAsterisk={false}
            label={t(`plan.objective.${field}`)}
            value={values[field]}
            error={problem(field)}
            onChange={(value) => set(field, value === '' ? '' : Number(value))}
          />
        ))}
        <Day form={form} field="startsOn" label={t('plan.objective.startsOn')} required />
        <Day form={form} field="dueOn" label={t('plan.objective.dueOn')} required />
      </div>
      <Owner form={form} label={t('plan.objective.owner')} />
      <Long form={form} field="why" label={t('plan.why')} />
    </Frame>
  );
}

const programmeDraft = (programme: Programme | undefined, memberId: string, objectiveId?: string) => ({
  ...{ name: programme?.name ?? '', why: programme?.why ?? '' },
  objectiveIds: programme?.objectiveIds ?? (objectiveId ? [objectiveId] : []),
  ...{ segmentId: programme?.segment?.id ?? '', target: programme?.target ?? '' },
  ...{ priority: programme?.priority ?? 3, budget: euros(programme?.budgetCents ?? null) },
  ...{ currency: programme?.currency ?? 'EUR', ownerId: programme?.owner.id ?? memberId },
  ...{ colour: programme?.colour ?? ('teal' as const) },
  ...{ startsOn: programme?.startsOn ?? '', endsOn: programme?.endsOn ?? '' },
});

/** What serves objectives: for whom, with what budget, by whom. */
export function ProgrammeForm({
  programme,
  objectiveId,
  objectives,
  onClose,
}: {
  programme?: Programme | undefined;
  objectiveId?: string | undefined;
  objectives: readonly Objective[];
  onClose: () => void;
}) {
  const me = useMe();
  const form = useForm(programmeDraft(programme, me.memberId, objectiveId), async (said) => {
    const send = ({ budget, ...draft }: typeof said, version?: number) =>
      call(saveProgramme, {
        ...(programme ? { programmeId: programme.id, version: version ?? programme.version } : {}),
        ...draft,
        segmentId: draft.segmentId || null,
        budgetCents: centsOf(budget),
        startsOn: draft.startsOn || null,
        endsOn: draft.endsOn || null,
      });
    await send(said);
    await refreshPlan();
    onClose();
    if (programme)
      offerUndo(t('plan.changed', { name: said.name }), async () => {
        await send(programmeDraft(programme, me.memberId), programme.version + 1);
        await refreshPlan();
      });
  });
  const { values, set, problem } = form;
  return (
    <Frame
      title={t(programme ? 'plan.programme.change' : 'plan.add.programme')}
      form={form}
      archives={programme && { part: 'programme', id: programme.id, name: programme.name }}
      onClose={onClose}
    >
      <Text form={form} field="name" label={t('plan.programme.name')} most={120} required />
      <MultiSelect
        label={t('plan.programme.serves')}
        searchable
        data={objectives.map(({ id, name }) => ({ value: id, label: name }))}
        value={values.objectiveIds}
        onChange={(next) => set('objectiveIds', next)}
      />
      <ForWhom form={form} named={programme?.segment} />
      <div className={classes.pair}>
        <Priority form={form} />
        <NativeSelect
          label={t('plan.programme.colour')}
          value={values.colour}
          data={colours.map((value) => ({ value, label: t(`plan.colour.${value}`) }))}
          onChange={({ currentTarget }) => set('colour', currentTarget.value as (typeof colours)[number])}
        />
        <NumberInput
          label={t('plan.budget')}
          min={0}
          decimalScale={2}
          value={values.budget}
          error={problem('budget')}
          onChange={(value) => set('budget', value === '' ? '' : Number(value))}
        />
        <Currency form={form} />
        <Day form={form} field="startsOn" label={t('plan.programme.startsOn')} />
        <Day form={form} field="endsOn" label={t('plan.programme.endsOn')} />
      </div>
      <Owner form={form} label={t('plan.programme.owner')} />
      <Long form={form} field="why" label={t('plan.why')} />
    </Frame>
  );
}

function ForWhom<D extends { segmentId: string; target: string }>({
  form,
  named,
}: {
  form: Form<D>;
  named: Programme['segment'] | undefined;
}) {
  return (
    <div className={classes.pair}>
      <SegmentChoice
        label={t('plan.forSegment')}
        value={form.values.segmentId}
        named={named}
        error={form.problem('segmentId')}
        none={t('plan.segment.none')}
        onChange={(segmentId) => form.set('segmentId', segmentId as D['segmentId'])}
      />
      <TextInput
        label={t('plan.forWords')}
        maxLength={200}
        value={form.values.target}
        onChange={({ currentTarget }) => form.set('target', currentTarget.value as D['target'])}
      />
    </div>
  );
}

function Priority<D extends { priority: number }>({ form }: { form: Form<D> }) {
  return (
    <NativeSelect
      label={t('plan.priority')}
      value={String(form.values.priority)}
      data={[5, 4, 3, 2, 1].map((value) => ({ value: String(value), label: t('plan.priority.value', { value }) }))}
      onChange={({ currentTarget }) => form.set('priority', Number(currentTarget.value) as D['priority'])}
    />
  );
}

const campaignDraft = (campaign: Campaign | undefined, programmeId: string, priority: number, plannedOn?: string) => ({
  ...{ programmeId: campaign?.programmeId ?? programmeId, kind: campaign?.kind ?? ('campaign' as const) },
  ...{ name: campaign?.name ?? '', purpose: campaign?.purpose ?? ('newsletter' as const) },
  ...{ channel: campaign?.channel ?? ('email' as const), segmentId: campaign?.segment?.id ?? '' },
  ...{ target: campaign?.target ?? '', plannedOn: campaign ? (campaign.plannedOn ?? '') : (plannedOn ?? '') },
  ...{ plannedTime: campaign?.plannedTime ?? '', priority: campaign?.priority ?? priority },
  budget: euros(campaign?.budgetCents ?? null),
});

/** What is done once, or by itself: for whom, by which channel, when. */
export function CampaignForm({
  campaign,
  programme,
  programmes,
  plannedOn,
  onClose,
  onSaved,
}: {
  campaign?: Campaign | undefined;
  programme: Programme;
  programmes: readonly Programme[];
  plannedOn?: string | undefined;
  onClose: () => void;
  onSaved?: (campaignId: string) => void;
}) {
  const [first] = useState(() => campaignDraft(campaign, programme.id, programme.priority, plannedOn));
  const form = useForm(first, async (said) => {
    const send = ({ budget, ...draft }: typeof said, version?: number) =>
      call(saveCampaign, {
        ...(campaign ? { campaignId: campaign.id, version: version ?? campaign.version } : {}),
        ...draft,
        segmentId: draft.segmentId || null,
        plannedOn: draft.plannedOn || null,
        plannedTime: draft.plannedTime || null,
        budgetCents: centsOf(budget),
      });
    const { id } = await send(said);
    await refreshPlan();
    onClose();
    onSaved?.(id);
    if (campaign)
      offerUndo(t('plan.changed', { name: said.name }), async () => {
        await send(first, campaign.version + 1);
        await refreshPlan();
      });
  });
  const { values, set, problem } = form;
  const mine = programmes.filter((one) => one.mine || one.id === programme.id);
  return (
    <Frame
      title={t(campaign ? 'plan.campaign.change' : 'plan.add.campaign')}
      form={form}
      archives={campaign && { part: 'campaign', id: campaign.id, name: campaign.name }}
      onClose={onClose}
    >
      <Text form={form} field="name" label={t('plan.campaign.name')} most={120} required />
      <div className={classes.pair}>
        <NativeSelect
          label={t('plan.campaign.kind')}
          value={values.kind}
          data={campaignKinds.map((value) => ({ value, label: t(`plan.campaignKind.${value}`) }))}
          onChange={({ currentTarget }) => set('kind', currentTarget.value as (typeof campaignKinds)[number])}
        />
        <NativeSelect
          label={t('plan.programme')}
          value={values.programmeId}
          error={problem('programmeId')}
          data={mine.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={({ currentTarget }) => set('programmeId', currentTarget.value)}
        />
        <NativeSelect
          label={t('plan.campaign.purpose')}
          value={values.purpose}
          data={purpose.options.map((value) => ({ value, label: t(`grant.purposeName.${value}`) }))}
          onChange={({ currentTarget }) => set('purpose', currentTarget.value as Campaign['purpose'])}
        />
        <NativeSelect
          label={t('plan.campaign.channel')}
          value={values.channel}
          data={channel.options.map((value) => ({ value, label: t(`plan.channel.${value}`) }))}
          onChange={({ currentTarget }) => set('channel', currentTarget.value as Campaign['channel'])}
        />
      </div>
      <ForWhom form={form} named={campaign?.segment} />
      <div className={classes.pair}>
        <Day form={form} field="plannedOn" label={t('plan.campaign.plannedOn')} />
        <TextInput
          type="time"
          label={t('plan.campaign.plannedTime')}
          value={values.plannedTime}
          error={problem('plannedTime')}
          onChange={({ currentTarget }) => set('plannedTime', currentTarget.value)}
        />
        <Priority form={form} />
        <NumberInput
          label={t('plan.budget')}
          min={0}
          decimalScale={2}
          value={values.budget}
          onChange={(value) => set('budget', value === '' ? '' : Number(value))}
        />
      </div>
    </Frame>
  );
}
