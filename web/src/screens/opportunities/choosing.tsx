import { Autocomplete, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Entry, listPeople } from '../../../../server/cards/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { organizationBeside } from '../contacts/values.ts';

function useFound(kind: Entry['kind'], typed: string): Entry[] {
  const [q] = useDebouncedValue(typed.trim(), 150);
  const found = useQuery({
    ...reading(listPeople, { q, kind, limit: 8 }),
    enabled: q.length > 0,
    placeholderData: keepPreviousData,
  });
  return typed.trim() === '' ? [] : (found.data?.items ?? []);
}

export interface ChosenOrganization {
  id: string | null;
  name: string;
}

/** One of my contacts that is an organisation, or any name. */
export function OrganizationChoice({
  value,
  onChange,
}: {
  value: ChosenOrganization;
  onChange: (value: ChosenOrganization) => void;
}) {
  const found = useFound('organization', value.id === null ? value.name : '');
  const byName = new Map(found.map((one) => [one.name, one]));
  return (
    <Autocomplete
      label={t('opportunities.field.organization')}
      description={t('opportunities.field.organizationHint')}
      maxLength={300}
      value={value.name}
      data={[...byName.keys()].filter(Boolean)}
      filter={({ options }) => options}
      onChange={(name) => onChange({ id: null, name })}
      onOptionSubmit={(name) => onChange({ id: byName.get(name)?.id ?? null, name })}
    />
  );
}

/** One of the persons that I may see. */
export function PersonChoice({
  onChange,
  label = t('opportunities.participants.person'),
  focus = true,
}: {
  onChange: (personId: string | null) => void;
  label?: string;
  focus?: boolean;
}) {
  const [typed, type] = useState('');
  const [chosen, choose] = useState<{ value: string; label: string } | null>(null);
  const found = useFound('person', chosen?.label === typed ? '' : typed).map((one) => ({
    value: one.id,
    label: [one.name || t('contacts.nameless'), organizationBeside(one)].filter(Boolean).join(' · '),
  }));
  const data = chosen && !found.some(({ value }) => value === chosen.value) ? [chosen, ...found] : found;
  return (
    <Select
      data-autofocus={focus || undefined}
      searchable
      label={label}
      placeholder={t('opportunities.participants.find')}
      nothingFoundMessage={typed.trim() === '' ? undefined : t('opportunities.participants.nobody')}
      value={chosen?.value ?? null}
      searchValue={typed}
      onSearchChange={type}
      data={data}
      filter={({ options }) => options}
      onChange={(value) => {
        choose(data.find((one) => one.value === value) ?? null);
        onChange(value);
      }}
    />
  );
}
