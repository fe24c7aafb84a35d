import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { addEvent, type Event, kinds, updateEvent } from '../../../../server/events/contract.ts';
import { listTeams } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { instantOf, wallOf, zones } from '../../ui/zones.ts';
import classes from './Events.module.css';
import { refreshEvents } from './queries.ts';

interface Draft {
  kind: Event['kind'];
  nameFr: string;
  nameEn: string;
  introFr: string;
  introEn: string;
  place: string;
  onlineUrl: string;
  zone: string;
  startsAt: string;
  endsAt: string;
  answersUntil: string;
  seats: number | '';
  mostCompanions: number;
  waitingList: boolean;
  remindDays: number | '';
  quotas: { teamId: string; seats: number }[];
  audience: string;
  tell: boolean;
}

/** In a fortnight, at nine, for two hours. */
function begin(zone: string): Pick<Draft, 'startsAt' | 'endsAt'> {
  const day = wallOf(new Date(Date.now() + 14 * 86_400_000), zone).slice(0, 10);
  return { startsAt: `${day}T09:00`, endsAt: `${day}T11:00` };
}

function draftOf(event: Event | undefined): Draft {
  const zone = event?.zone ?? zones()[0]!;
  const wall = (instant: string | null | undefined) => (instant ? wallOf(new Date(instant), zone) : '');
  return {
    ...{ kind: event?.kind ?? 'seminar', nameFr: event?.name.fr ?? '', nameEn: event?.name.en ?? '' },
    ...{ introFr: event?.intro.fr ?? '', introEn: event?.intro.en ?? '', place: event?.place ?? '', zone },
    ...{ onlineUrl: event?.onlineUrl ?? '', answersUntil: wall(event?.answersUntil), tell: true },
    ...(event ? { startsAt: wall(event.startsAt), endsAt: wall(event.endsAt) } : begin(zone)),
    ...{ seats: event?.seats ?? ('' as const), mostCompanions: event?.mostCompanions ?? 0 },
    ...{ waitingList: event?.waitingList ?? true, remindDays: event ? (event.remindDays ?? '') : 2 },
    quotas: event?.quotas.map(({ teamId, seats }) => ({ teamId, seats })) ?? [],
    audience: 'mine',
  };
}

function saidOf(draft: Draft) {
  const { nameFr, nameEn, introFr, introEn, zone, startsAt, endsAt, answersUntil, seats, remindDays, ...same } = draft;
  const { audience: _audience, tell: _tell, ...said } = same;
  return {
    ...{ ...said, zone, name: { fr: nameFr, en: nameEn || nameFr }, intro: { fr: introFr, en: introEn || introFr } },
    ...{ startsAt: instantOf(startsAt, zone).toISOString(), endsAt: instantOf(endsAt, zone).toISOString() },
    answersUntil: answersUntil ? instantOf(answersUntil, zone).toISOString() : null,
    ...{ seats: seats === '' ? null : seats, remindDays: remindDays === '' ? null : remindDays },
  };
}

const audienceOf = (chosen: string) =>
  chosen === 'mine' || chosen === 'workspace'
    ? { kind: chosen as 'mine' | 'workspace' }
    : { kind: 'team' as const, id: chosen };

/** Plans an event, or changes one. */
export function EventForm({ event, onClose }: { event?: Event; onClose: () => void }) {
  const navigate = useNavigate();
  const form = useForm(draftOf(event), async (draft) => {
    const said = saidOf(draft);
    const kept = event
      ? await call(updateEvent, { eventId: event.id, ...said, tell: draft.tell })
      : await call(addEvent, { audience: audienceOf(draft.audience), ...said });
    await refreshEvents();
    say(t('events.saved'));
    onClose();
    if (!event) void navigate({ to: '/plan/events/$eventId', params: { eventId: kept.id } });
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(event ? 'events.change' : 'events.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          {!event && <Audience form={form} />}
          <What form={form} />
          <When form={form} />
          <Seats form={form} />
          {event && event.counts.coming + event.counts.waiting > 0 && (
            <Checkbox
              label={t('events.tell')}
              checked={form.values.tell}
              onChange={({ currentTarget }) => form.set('tell', currentTarget.checked)}
            />
          )}
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t(event ? 'shell.save' : 'events.add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type Part = { form: Form<Draft> };

function Audience({ form }: Part) {
  const me = useMe();
  const teams = useQuery(reading(listTeams, {}));
  const mine = (teams.data?.items ?? []).filter(({ id }) => me.teams.some((one) => one.id === id));
  const all = me.role === 'admin' || me.role === 'marketing';
  return (
    <NativeSelect
      label={t('events.audience')}
      description={t('events.audience.help')}
      value={form.values.audience}
      data={[
        { value: 'mine', label: t('surveys.audience.mine') },
        ...mine.map(({ id, name }) => ({ value: id, label: name })),
        ...(all ? [{ value: 'workspace', label: t('surveys.audience.workspace') }] : []),
      ]}
      onChange={({ currentTarget }) => form.set('audience', currentTarget.value)}
    />
  );
}

function What({ form: { values, set, problem } }: Part) {
  const text = (name: 'nameFr' | 'nameEn' | 'place' | 'onlineUrl', required: boolean, most: number) => (
    <TextInput
      name={name}
      type={name === 'onlineUrl' ? 'url' : 'text'}
      required={required}
      withAsterisk={false}
      maxLength={most}
      label={t(`events.field.${name}`)}
      value={values[name]}
      error={problem(name)}
      onChange={({ currentTarget }) => set(name, currentTarget.value)}
    />
  );
  return (
    <>
      <NativeSelect
        label={t('events.kind')}
        value={values.kind}
        data={kinds.map((one) => ({ value: one, label: t(`events.kind.${one}`) }))}
        onChange={({ currentTarget }) => set('kind', currentTarget.value as Draft['kind'])}
      />
      <div className={classes.pair}>
        {text('nameFr', true, 160)}
        {text('nameEn', false, 160)}
        {(['introFr', 'introEn'] as const).map((name) => (
          <Textarea
            key={name}
            autosize
            minRows={2}
            maxLength={3000}
            label={t(`events.field.${name}`)}
            value={values[name]}
            onChange={({ currentTarget }) => set(name, currentTarget.value)}
          />
        ))}
        {text('place', false, 300)}
        {text('onlineUrl', false, 1000)}
      </div>
    </>
  );
}

function When({ form: { values, set, problem } }: Part) {
  return (
    <div className={classes.pair}>
      {(['startsAt', 'endsAt', 'answersUntil'] as const).map((name) => (
        <TextInput
          key={name}
          name={name}
          type="datetime-local"
          required={name !== 'answersUntil'}
          withAsterisk={false}
          label={t(`events.field.${name}`)}
          value={values[name]}
          error={problem(name)}
          onChange={({ currentTarget }) => set(name, currentTarget.value)}
        />
      ))}
      <NativeSelect
        label={t('events.field.zone')}
        value={values.zone}
        data={zones()}
        onChange={({ currentTarget }) => set('zone', currentTarget.value)}
      />
    </div>
  );
}

const amount = (value: string | number): number | '' => (value === '' ? '' : Number(value));

function Seats({ form: { values, set, problem } }: Part) {
  const field = (name: 'seats' | 'mostCompanions' | 'remindDays', min: number, max: number) => (
    <NumberInput
      name={name}
      min={min}
      max={max}
      allowDecimal={false}
      label={t(`events.field.${name}`)}
      description={t(`events.field.${name}.help`)}
      value={values[name]}
      error={problem(name)}
      onChange={(value) => (name === 'mostCompanions' ? set(name, Number(value) || 0) : set(name, amount(value)))}
    />
  );
  return (
    <>
      <div className={classes.pair}>
        {field('seats', 1, 100_000)}
        {field('mostCompanions', 0, 10)}
        {field('remindDays', 0, 30)}
      </div>
      <Checkbox
        label={t('events.field.waitingList')}
        checked={values.waitingList}
        onChange={({ currentTarget }) => set('waitingList', currentTarget.checked)}
      />
      <Quotas quotas={values.quotas} onChange={(quotas) => set('quotas', quotas)} />
    </>
  );
}

/** Seats that are kept for those whom a team invites. */
function Quotas({ quotas, onChange }: { quotas: Draft['quotas']; onChange: (quotas: Draft['quotas']) => void }) {
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const free = teams.filter(({ id }) => !quotas.some(({ teamId }) => teamId === id));
  const nameOf = (teamId: string) => teams.find(({ id }) => id === teamId)?.name ?? '';
  return (
    <>
      {quotas.map(({ teamId, seats }) => (
        <Group key={teamId} gap="xs" align="flex-end">
          <NumberInput
            min={1}
            max={100_000}
            allowDecimal={false}
            label={t('events.quota', { team: nameOf(teamId) })}
            value={seats}
            onChange={(value) =>
              onChange(quotas.map((one) => (one.teamId === teamId ? { teamId, seats: Number(value) || 1 } : one)))
            }
          />
          <ActionIcon
            size={36}
            aria-label={t('events.quota.remove', { team: nameOf(teamId) })}
            onClick={() => onChange(quotas.filter((one) => one.teamId !== teamId))}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      {free.length > 0 && (
        <NativeSelect
          label={t('events.quota.add')}
          value=""
          data={[
            { value: '', label: t('events.quota.none') },
            ...free.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget }) =>
            currentTarget.value && onChange([...quotas, { teamId: currentTarget.value, seats: 10 }])
          }
        />
      )}
    </>
  );
}
