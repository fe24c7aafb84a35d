import { Button, Group, UnstyledButton } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { channel as channels, purpose as purposes } from '../../../../server/delegation/contract.ts';
import {
  type Cap,
  type GateRules,
  getGateRules,
  type Profile,
  saveGateRules,
} from '../../../../server/outreach/contract.ts';
import { call } from '../../api.ts';
import { number, shortDay } from '../../format.ts';
import { type MessageKey, t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { BlankChoice, BlankDate, BlankNumber, BlankText } from '../../ui/Blank.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { say } from '../../ui/undo.tsx';
import classes from './Outreach.module.css';

interface Form {
  rules: GateRules;
  set(change: Partial<GateRules>): void;
  /** Else the sentences are read. */
  mayChange: boolean;
}

/** The rules of the gate as sentences; whoever may fills the blanks. */
export function GateRulesForm({ rules: kept, mayChange }: { rules: GateRules; mayChange: boolean }) {
  const [rules, setRules] = useState(kept);
  const [error, setError] = useState<unknown>(null);
  const [sending, setSending] = useState(false);
  const form: Form = { rules, mayChange, set: (change) => setRules({ ...rules, ...change }) };
  const save = async () => {
    setSending(true);
    try {
      await call(saveGateRules, rules);
      setError(null);
      say(t('pressure.saved'));
      await refresh(getGateRules);
    } catch (failed) {
      setError(failed);
    }
    setSending(false);
  };
  return (
    <>
      <Section title={t('pressure.caps')} lead={t('pressure.capsLead')}>
        {rules.profiles.map((profile, at) => (
          <ProfileRules key={profile.key} form={form} profile={profile} at={at} />
        ))}
        {mayChange && <AddProfile form={form} />}
      </Section>
      <Section title={t('pressure.weights')} lead={t('pressure.weightsLead')}>
        <Weights form={form} />
      </Section>
      <Section title={t('pressure.quiet')} lead={t('pressure.quietLead')}>
        <QuietRules form={form} />
      </Section>
      <Section title={t('pressure.others')}>
        <Others form={form} />
      </Section>
      <ErrorNotice error={error} />
      {mayChange && (
        <Group justify="flex-end" mt="md">
          <Button loading={sending} disabled={rules === kept} onClick={() => void save()}>
            {t('pressure.save')}
          </Button>
        </Group>
      )}
    </>
  );
}

interface CountProps {
  form: Form;
  label: MessageKey;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max?: number;
}

function Count({ form, label, value, onChange, min = 0, max = 1000 }: CountProps) {
  if (!form.mayChange) return <strong>{number(value)}</strong>;
  return <BlankNumber label={t(label)} value={value} min={min} max={max} onChange={onChange} />;
}

interface ChoiceProps {
  form: Form;
  label: MessageKey;
  value: string;
  choices: { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Choice({ form, label, value, choices, onChange }: ChoiceProps) {
  if (!form.mayChange) return <strong>{choices.find((choice) => choice.value === value)?.label ?? value}</strong>;
  return <BlankChoice label={t(label)} value={value} choices={choices} onChange={onChange} />;
}

const channelChoices = () => [
  { value: '', label: t('pressure.allChannels') },
  ...channels.options.map((value) => ({ value, label: t(`grant.channel.${value}`) })),
];

/** A profile: whom it is for, and its caps. */
function ProfileRules({ form, profile, at }: { form: Form; profile: Profile; at: number }) {
  const change = (next: Partial<Profile>) =>
    form.set({ profiles: form.rules.profiles.map((one, index) => (index === at ? { ...one, ...next } : one)) });
  const setCap = (index: number, next: Partial<Cap>) =>
    change({ caps: profile.caps.map((cap, one) => (one === index ? { ...cap, ...next } : cap)) });
  return (
    <div className={classes.profile}>
      <ProfileHead form={form} profile={profile} change={change} />
      <ul className={classes.kinds}>
        {profile.caps.length === 0 && <li>{t('pressure.noCap')}</li>}
        {profile.caps.map((cap, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: caps do not move
          <li key={index}>
            <Sentence
              of="pressure.capSentence"
              blanks={{
                most: (
                  <Count
                    form={form}
                    label="pressure.blank.most"
                    value={cap.most}
                    onChange={(most) => setCap(index, { most })}
                  />
                ),
                days: (
                  <Count
                    form={form}
                    label="pressure.blank.days"
                    value={cap.days}
                    min={1}
                    max={365}
                    onChange={(days) => setCap(index, { days })}
                  />
                ),
                channel: (
                  <Choice
                    form={form}
                    label="pressure.blank.channel"
                    value={cap.channel ?? ''}
                    choices={channelChoices()}
                    onChange={(value) => setCap(index, { channel: (value || null) as Cap['channel'] })}
                  />
                ),
              }}
            />
            {form.mayChange && (
              <Remove
                label={t('pressure.removeCap')}
                onClick={() => change({ caps: profile.caps.toSpliced(index, 1) })}
              />
            )}
          </li>
        ))}
      </ul>
      {form.mayChange && profile.caps.length < 6 && (
        <Add
          label={t('pressure.addCap')}
          onClick={() => change({ caps: [...profile.caps, { days: 30, channel: null, most: 10 }] })}
        />
      )}
    </div>
  );
}

function Remove({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <UnstyledButton className={classes.remove} aria-label={label} onClick={onClick}>
      <IconX size={16} aria-hidden />
    </UnstyledButton>
  );
}

function Add({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={onClick}>
      {label}
    </Button>
  );
}

/** Whom it is for: everybody, or messages for a purpose to private or business addresses. */
function ProfileHead({
  form,
  profile,
  change,
}: {
  form: Form;
  profile: Profile;
  change: (next: Partial<Profile>) => void;
}) {
  if (profile.key === 'default') return <p className={classes.subject}>{t('pressure.everybody')}</p>;
  const { fits } = profile;
  const setFits = (next: Partial<NonNullable<Profile['fits']>>) => fits && change({ fits: { ...fits, ...next } });
  const purposeChoices = [
    { value: '', label: t('pressure.anyPurpose') },
    ...purposes.options.map((value) => ({ value, label: t(`grant.purpose.${value}`) })),
  ];
  const addressChoices = (['', 'private', 'business'] as const).map((value) => ({
    value,
    label: t(`pressure.address.${value || 'any'}`),
  }));
  return (
    <p className={classes.subject}>
      {form.mayChange ? (
        <BlankText
          label={t('pressure.blank.name')}
          value={profile.name}
          onChange={(name) => change({ name })}
          onDone={() => {}}
        />
      ) : (
        profile.name
      )}{' '}
      {fits ? (
        <Sentence
          of="pressure.fits"
          blanks={{
            purpose: (
              <Choice
                form={form}
                label="pressure.blank.purpose"
                value={fits.purposes[0] ?? ''}
                choices={purposeChoices}
                onChange={(value) => setFits({ purposes: value ? [value as (typeof purposes.options)[number]] : [] })}
              />
            ),
            address: (
              <Choice
                form={form}
                label="pressure.blank.address"
                value={fits.address ?? ''}
                choices={addressChoices}
                onChange={(value) => setFits({ address: (value || null) as 'private' | null })}
              />
            ),
          }}
        />
      ) : (
        t('pressure.assigned')
      )}
      {form.mayChange && (
        <Remove
          label={t('pressure.removeProfile', { name: profile.name })}
          onClick={() => form.set({ profiles: form.rules.profiles.filter((one) => one !== profile) })}
        />
      )}
    </p>
  );
}

function AddProfile({ form }: { form: Form }) {
  const add = () => {
    const taken = new Set(form.rules.profiles.map(({ key }) => key));
    let at = 1;
    while (taken.has(`profile_${at}`)) at++;
    const fits = { purposes: [], address: 'private' as const };
    const name = t('pressure.newProfile', { number: at });
    form.set({
      profiles: [
        ...form.rules.profiles,
        { key: `profile_${at}`, name, fits, caps: [{ days: 30, channel: null, most: 6 }] },
      ],
    });
  };
  return form.rules.profiles.length < 20 ? <Add label={t('pressure.addProfile')} onClick={add} /> : null;
}

function Weights({ form }: { form: Form }) {
  return (
    <ul className={classes.kinds}>
      {purposes.options.map((purpose) => (
        <li key={purpose}>
          <Sentence
            of="pressure.weight"
            values={{ purpose: t(`grant.purpose.${purpose}`) }}
            blanks={{
              weight: (
                <Count
                  form={form}
                  label="pressure.blank.weight"
                  value={form.rules.weights[purpose]}
                  max={10}
                  onChange={(weight) => form.set({ weights: { ...form.rules.weights, [purpose]: weight } })}
                />
              ),
            }}
          />
        </li>
      ))}
    </ul>
  );
}

const hours = () =>
  Array.from({ length: 48 }, (_, at) => `${String(at >> 1).padStart(2, '0')}:${at % 2 ? '30' : '00'}`);
const timeChoices = (value: string) =>
  [...new Set([...hours(), value])].sort().map((time) => ({ value: time, label: time }));
const yesNo = (of: 'personal' | 'ticket') =>
  ['yes', 'no'].map((value) => ({ value, label: t(`pressure.${of}.${value as 'yes'}`) }));
/** 5 January 2026 was a Monday. */
const weekdayName = (day: number) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2026, 0, 4 + day),
  );

function QuietRules({ form }: { form: Form }) {
  const { quiet } = form.rules;
  if (!quiet)
    return (
      <>
        <p>{t('pressure.quietNone')}</p>
        {form.mayChange && (
          <Add
            label={t('pressure.quietAdd')}
            onClick={() =>
              form.set({ quiet: { from: '20:00', to: '08:00', weekdays: [7], dates: [], personal: false, zone: null } })
            }
          />
        )}
      </>
    );
  const set = (next: Partial<typeof quiet>) => form.set({ quiet: { ...quiet, ...next } });
  const zones = [
    { value: '', label: t('pressure.zoneOfCountry') },
    ...[...new Set([...Intl.supportedValuesOf('timeZone'), ...(quiet.zone ? [quiet.zone] : [])])].map((zone) => ({
      value: zone,
      label: zone.replaceAll('_', ' '),
    })),
  ];
  return (
    <>
      <p>
        <Sentence
          of="pressure.quietHours"
          blanks={{
            from: (
              <Choice
                form={form}
                label="pressure.blank.from"
                value={quiet.from}
                choices={timeChoices(quiet.from)}
                onChange={(from) => set({ from })}
              />
            ),
            to: (
              <Choice
                form={form}
                label="pressure.blank.to"
                value={quiet.to}
                choices={timeChoices(quiet.to)}
                onChange={(to) => set({ to })}
              />
            ),
          }}
        />
      </p>
      <QuietDays form={form} quiet={quiet} set={set} />
      <p>
        <Choice
          form={form}
          label="pressure.blank.personal"
          value={quiet.personal ? 'yes' : 'no'}
          choices={yesNo('personal')}
          onChange={(value) => set({ personal: value === 'yes' })}
        />
      </p>
      <p>
        <Sentence
          of="pressure.zone"
          blanks={{
            zone: (
              <Choice
                form={form}
                label="pressure.blank.zone"
                value={quiet.zone ?? ''}
                choices={zones}
                onChange={(zone) => set({ zone: zone || null })}
              />
            ),
          }}
        />
      </p>
      {form.mayChange && (
        <Button variant="subtle" size="compact-sm" onClick={() => form.set({ quiet: null })}>
          {t('pressure.quietRemove')}
        </Button>
      )}
    </>
  );
}

type Quiet = NonNullable<GateRules['quiet']>;

/** Days of the week, and single ones: holidays are written down, no calendar of them comes with the product. */
function QuietDays({ form, quiet, set }: { form: Form; quiet: Quiet; set: (next: Partial<Quiet>) => void }) {
  const [date, setDate] = useState('');
  const toggle = (day: number) =>
    set({
      weekdays: quiet.weekdays.includes(day)
        ? quiet.weekdays.filter((one) => one !== day)
        : [...quiet.weekdays, day].sort(),
    });
  return (
    <>
      <p>{t('pressure.quietDays')}</p>
      <Group gap="xs">
        {[1, 2, 3, 4, 5, 6, 7].map((day) => (
          <Button
            key={day}
            size="compact-sm"
            variant={quiet.weekdays.includes(day) ? 'filled' : 'default'}
            aria-pressed={quiet.weekdays.includes(day)}
            disabled={!form.mayChange || (!quiet.weekdays.includes(day) && quiet.weekdays.length === 6)}
            onClick={() => toggle(day)}
          >
            {weekdayName(day)}
          </Button>
        ))}
      </Group>
      <ul className={classes.kinds}>
        {quiet.dates.map((one) => (
          <li key={one}>
            {shortDay(one)}{' '}
            {form.mayChange && (
              <Remove
                label={t('pressure.removeDay')}
                onClick={() => set({ dates: quiet.dates.filter((other) => other !== one) })}
              />
            )}
          </li>
        ))}
      </ul>
      {form.mayChange && (
        <Group gap="xs" mb="sm">
          <BlankDate label={t('pressure.blank.date')} value={date} onChange={setDate} />
          <Button
            size="compact-sm"
            variant="default"
            disabled={!date || quiet.dates.includes(date)}
            onClick={() => {
              set({ dates: [...quiet.dates, date].sort() });
              setDate('');
            }}
          >
            {t('pressure.addDay')}
          </Button>
        </Group>
      )}
    </>
  );
}

/** Cooling-off, retention, and how much leaves at once. */
function Others({ form }: { form: Form }) {
  const { rules, set } = form;
  return (
    <ul className={classes.kinds}>
      <li>
        <Sentence
          of="pressure.complaint"
          blanks={{
            days: (
              <Count
                form={form}
                label="pressure.blank.days"
                value={rules.complaintDays}
                max={3650}
                onChange={(complaintDays) => set({ complaintDays })}
              />
            ),
          }}
        />
      </li>
      <li>
        <Choice
          form={form}
          label="pressure.blank.ticket"
          value={rules.openTicket ? 'yes' : 'no'}
          choices={yesNo('ticket')}
          onChange={(value) => set({ openTicket: value === 'yes' })}
        />
      </li>
      <li>
        <Sentence
          of="pressure.retention"
          blanks={{
            months: (
              <Count
                form={form}
                label="pressure.blank.months"
                value={rules.retentionMonths}
                max={120}
                onChange={(retentionMonths) => set({ retentionMonths })}
              />
            ),
          }}
        />
      </li>
      <li>
        <Sentence
          of="pressure.domain"
          blanks={{
            count: (
              <Count
                form={form}
                label="pressure.blank.count"
                value={rules.domainPerHour ?? 0}
                max={1_000_000}
                onChange={(count) => set({ domainPerHour: count || null })}
              />
            ),
          }}
        />
      </li>
      <li>
        <Sentence
          of="pressure.mailbox"
          blanks={{
            count: (
              <Count
                form={form}
                label="pressure.blank.count"
                value={rules.mailboxPerDay ?? 0}
                max={10_000_000}
                onChange={(count) => set({ mailboxPerDay: count || null })}
              />
            ),
          }}
        />
      </li>
    </ul>
  );
}
