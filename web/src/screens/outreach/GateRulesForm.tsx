import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { purpose as purposes } from '../../../../server/delegation/contract.ts';
import { type GateRules, getGateRules, saveGateRules } from '../../../../server/outreach/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { say } from '../../ui/undo.tsx';
import classes from './Outreach.module.css';
import { AddProfile, ProfileRules } from './ProfileRules.tsx';
import { QuietRules } from './QuietRules.tsx';
import { Choice, Count, type Form, yesNo } from './ruleBlanks.tsx';

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

function Weights({ form }: { form: Form }) {
  return (
    <ul className={classes.kinds}>
      {purposes.options.map((purpose) => (
        <li key={purpose}>
          <Sentence
            of="pressure.weight"
            values={{ purpose: t(`grant.purposeName.${purpose}`) }}
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
        <Choice
          form={form}
          label="pressure.blank.tracking"
          value={rules.askTracking ? 'yes' : 'no'}
          choices={yesNo('tracking')}
          onChange={(value) => set({ askTracking: value === 'yes' })}
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
