import { Alert, Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { listMembers, listTeams } from '../../../../server/identity/contract.ts';
import {
  createOpportunity,
  type FullOpportunity,
  getOpportunity,
  maxCents,
  setParticipant,
  updateOpportunity,
  type Visibility,
} from '../../../../server/opportunities/contract.ts';
import { ApiError, call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { queryClient, reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { type ChosenOrganization, OrganizationChoice } from './choosing.tsx';
import { opportunityQuery, refreshOpportunities, stagesQuery } from './queries.ts';
import { centsOf, commonCurrencies, stageName, today, typedOf } from './words.ts';

interface Draft {
  name: string;
  organization: ChosenOrganization;
  stageId: string;
  amount: string;
  currency: string;
  openedOn: string;
  expectedOn: string;
  ownerId: string;
  visibility: string;
  note: string;
}

export const visibilityOf = (chosen: string): Visibility =>
  chosen === 'owner' || chosen === 'workspace' ? { kind: chosen } : { kind: 'team', teamId: chosen };

const chosenOf = (visibility: Visibility): string => (visibility.kind === 'team' ? visibility.teamId : visibility.kind);

function draftOf(one: FullOpportunity | undefined, me: string, about: EditorProps['about']): Draft {
  const organization = about?.kind === 'organization' ? { id: about.id, name: about.name } : { id: null, name: '' };
  if (!one)
    return {
      ...{ name: '', organization, stageId: '', amount: '', currency: 'EUR', openedOn: today(), expectedOn: '' },
      ...{ ownerId: me, visibility: 'owner', note: '' },
    };
  return {
    name: one.name,
    organization: one.organization,
    stageId: one.stageId,
    amount: one.value ? typedOf(one.value.cents) : '',
    currency: one.value?.currency ?? 'EUR',
    openedOn: one.openedOn,
    expectedOn: one.expectedOn ?? '',
    ownerId: one.owner.id,
    visibility: chosenOf(one.visibility),
    note: one.note,
  };
}

interface EditorProps {
  /** To be changed; left out: a new one. */
  opportunity?: FullOpportunity;
  /** Whom a new one is about. */
  about?: { id: string; kind: 'person' | 'organization'; name: string };
  onClose: () => void;
}

/** What of a draft differs from what it began as: of the rest nothing is said, so that it is not written over. */
function changesIn(draft: Draft, before: Draft) {
  const has = (...keys: (keyof Draft)[]) =>
    keys.some((key) => JSON.stringify(draft[key]) !== JSON.stringify(before[key]));
  const cents = centsOf(draft.amount);
  return {
    ...(has('name') ? { name: draft.name } : {}),
    ...(has('organization')
      ? { organizationId: draft.organization.id, organizationName: draft.organization.name }
      : {}),
    ...(has('amount', 'currency')
      ? { value: typeof cents === 'number' ? { cents, currency: draft.currency } : null }
      : {}),
    ...(has('openedOn') ? { openedOn: draft.openedOn } : {}),
    ...(has('expectedOn') ? { expectedOn: draft.expectedOn || null } : {}),
    ...(has('note') ? { note: draft.note } : {}),
    ...(has('ownerId') ? { ownerId: draft.ownerId } : {}),
    ...(has('visibility') ? { visibility: visibilityOf(draft.visibility) } : {}),
  };
}

/** An amount that is none is refused as the server would. */
function checkAmount(amount: string): void {
  const cents = centsOf(amount);
  if (cents === undefined || (cents !== null && cents > maxCents))
    throw new ApiError({ code: 'invalid_input', fields: { amount: 'invalid' } });
}

/** Writes an opportunity down, or changes it. What is typed stays when somebody else was quicker. */
export function OpportunityEditor({ opportunity, about, onClose }: EditorProps) {
  const me = useMe();
  const navigate = useNavigate();
  // As it stood when the writing began: held against what somebody else wrote since, all that they changed would look changed here.
  const [before] = useState(() => draftOf(opportunity, me.memberId, about));
  const form = useForm<Draft>(before, async (draft) => {
    checkAmount(draft.amount);
    if (opportunity) await change(opportunity, changesIn(draft, before));
    else await create(draft);
    onClose();
  });
  async function create(draft: Draft): Promise<void> {
    const changes = changesIn(draft, draftOf(undefined, me.memberId, undefined));
    const made = await call(createOpportunity, {
      ...changes,
      name: draft.name,
      openedOn: draft.openedOn || today(),
      ...(draft.stageId ? { stageId: draft.stageId } : {}),
    });
    if (about?.kind === 'person') await call(setParticipant, { opportunityId: made.id, personId: about.id, roles: [] });
    await refreshOpportunities();
    await navigate({ to: '/opportunities/$opportunityId', params: { opportunityId: made.id } });
  }
  async function change(one: FullOpportunity, changes: ReturnType<typeof changesIn>): Promise<void> {
    // The version that stands now: after a conflict it was read anew.
    const version =
      queryClient.getQueryData<FullOpportunity>(opportunityQuery(one.id).queryKey)?.version ?? one.version;
    try {
      const { opportunity: now } = await call(updateOpportunity, { opportunityId: one.id, version, ...changes });
      if (now === null) await navigate({ to: '/opportunities' });
      else queryClient.setQueryData(opportunityQuery(one.id).queryKey, now);
      say(t(now === null ? 'opportunities.handedOn' : 'opportunities.saved'));
    } finally {
      await queryClient.refetchQueries({ queryKey: reading(getOpportunity, { opportunityId: one.id }).queryKey });
      await refreshOpportunities();
    }
  }
  const conflict = form.error instanceof ApiError && form.error.code === 'conflict';
  const title = t(opportunity ? 'opportunities.edit' : 'opportunities.new');
  return (
    <Modal
      opened
      onClose={onClose}
      // Escape closes the choices; once something was typed, the cross alone closes the whole.
      closeOnEscape={JSON.stringify(form.values) === JSON.stringify(before)}
      title={title}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            name="name"
            label={t('opportunities.field.name')}
            placeholder={t('opportunities.field.nameExample')}
            required
            withAsterisk={false}
            maxLength={300}
            value={form.values.name}
            error={form.problem('name')}
            onChange={(event) => form.set('name', event.currentTarget.value)}
          />
          <OrganizationChoice
            value={form.values.organization}
            onChange={(organization) => form.set('organization', organization)}
          />
          {!opportunity && <StageChoice form={form} />}
          <Money form={form} />
          <Dates form={form} />
          {(!opportunity || opportunity.mine) && <Seen form={form} />}
          <Textarea
            name="note"
            label={t('opportunities.field.note')}
            autosize
            minRows={2}
            maxLength={10_000}
            value={form.values.note}
            onChange={(event) => form.set('note', event.currentTarget.value)}
          />
          {conflict ? (
            <Alert color="amber" role="alert">
              {opportunity?.changed
                ? t('opportunities.changedMeanwhileBy', {
                    who: opportunity.changed.by.name,
                    when: longInstant(opportunity.changed.at),
                  })
                : t('opportunities.changedMeanwhile')}
            </Alert>
          ) : (
            <ErrorNotice error={form.error} />
          )}
          <Button type="submit" loading={form.sending}>
            {t('shell.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function StageChoice({ form }: { form: Form<Draft> }) {
  const stages = (useQuery(stagesQuery).data?.items ?? []).filter(({ ended }) => !ended);
  return (
    <NativeSelect
      label={t('opportunities.field.stage')}
      value={form.values.stageId}
      data={stages.map((stage, at) => ({ value: at === 0 ? '' : stage.id, label: stageName(stage) }))}
      onChange={(event) => form.set('stageId', event.currentTarget.value)}
    />
  );
}

function Money({ form }: { form: Form<Draft> }) {
  const { amount, currency } = form.values;
  const codes = [...new Set([currency, ...commonCurrencies])];
  return (
    <Group grow align="flex-start" preventGrowOverflow={false}>
      <TextInput
        name="amount"
        inputMode="decimal"
        label={t('opportunities.field.amount')}
        value={amount}
        error={form.problem('amount')}
        onChange={(event) => form.set('amount', event.currentTarget.value)}
      />
      <NativeSelect
        label={t('opportunities.field.currency')}
        value={currency}
        data={codes}
        onChange={(event) => form.set('currency', event.currentTarget.value)}
      />
    </Group>
  );
}

function Dates({ form }: { form: Form<Draft> }) {
  return (
    <Group grow align="flex-start">
      {(['openedOn', 'expectedOn'] as const).map((key) => (
        <TextInput
          key={key}
          type="date"
          name={key}
          required={key === 'openedOn'}
          withAsterisk={false}
          label={t(`opportunities.field.${key}`)}
          value={form.values[key]}
          error={form.problem(key)}
          onChange={(event) => form.set(key, event.currentTarget.value)}
        />
      ))}
    </Group>
  );
}

/** Whose it is, and who sees it: a sentence to choose. */
function Seen({ form }: { form: Form<Draft> }) {
  const me = useMe();
  const members = (useQuery(reading(listMembers, {})).data?.items ?? []).filter(({ status }) => status === 'active');
  return (
    <>
      <VisibilityChoice
        label={t('opportunities.field.visibility')}
        value={form.values.visibility}
        error={form.problem('visibility')}
        onChange={(chosen) => form.set('visibility', chosen)}
      />
      {members.length > 1 && (
        <NativeSelect
          label={t('opportunities.field.owner')}
          value={form.values.ownerId}
          error={form.problem('ownerId')}
          data={[
            { value: me.memberId, label: t('tasks.field.me') },
            ...members.filter(({ id }) => id !== me.memberId).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => form.set('ownerId', event.currentTarget.value)}
        />
      )}
    </>
  );
}

interface VisibilityChoiceProps {
  label: string;
  value: string;
  error?: string | undefined;
  /** Those of mine alone; else every team. */
  mineOnly?: boolean;
  onChange: (value: string) => void;
}

/** Who sees an opportunity beside its owner. */
export function VisibilityChoice({ label, value, error, mineOnly = false, onChange }: VisibilityChoiceProps) {
  const me = useMe();
  const teams = (useQuery(reading(listTeams, {})).data?.items ?? []).filter(
    ({ members }) => !mineOnly || members.some(({ id }) => id === me.memberId),
  );
  return (
    <NativeSelect
      label={label}
      description={t('opportunities.seeHint')}
      value={value}
      error={error}
      data={[
        { value: 'owner', label: t('opportunities.choose.owner') },
        ...teams.map(({ id, name }) => ({ value: id, label: t('opportunities.choose.team', { team: name }) })),
        { value: 'workspace', label: t('opportunities.choose.workspace', { workspace: me.workspace.name }) },
      ]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
