import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { type GateRules, holidayCountry } from '../../../../server/outreach/contract.ts';
import { countryName, shortDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { BlankDate } from '../../ui/Blank.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import classes from './Outreach.module.css';
import { Add, Choice, type Form, Remove, yesNo } from './ruleBlanks.tsx';

const hours = () =>
  Array.from({ length: 48 }, (_, at) => `${String(at >> 1).padStart(2, '0')}:${at % 2 ? '30' : '00'}`);
const timeChoices = (value: string) =>
  [...new Set([...hours(), value])].sort().map((time) => ({ value: time, label: time }));
/** 5 January 2026 was a Monday. */
const weekdayName = (day: number) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2026, 0, 4 + day),
  );

export function QuietRules({ form }: { form: Form }) {
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

/** Days of the week, public holidays of countries, and single ones. */
function QuietDays({ form, quiet, set }: { form: Form; quiet: Quiet; set: (next: Partial<Quiet>) => void }) {
  const [date, setDate] = useState('');
  const holidays = quiet.holidays ?? [];
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
      <p>{t('pressure.quietHolidays')}</p>
      <Group gap="xs">
        {holidayCountry.options.map((country) => (
          <Button
            key={country}
            size="compact-sm"
            variant={holidays.includes(country) ? 'filled' : 'default'}
            aria-pressed={holidays.includes(country)}
            disabled={!form.mayChange}
            onClick={() =>
              set({
                holidays: holidays.includes(country)
                  ? holidays.filter((one) => one !== country)
                  : [...holidays, country].sort(),
              })
            }
          >
            {countryName(country)}
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
