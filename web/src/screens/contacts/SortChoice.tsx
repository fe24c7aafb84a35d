import { NativeSelect } from '@mantine/core';
import { t } from '../../i18n.ts';
import type { ListState } from './People.tsx';

/** On a phone, where there are no column heads to press. */
export function SortChoice({ state }: { state: ListState }) {
  return (
    <NativeSelect
      hiddenFrom="sm"
      aria-label={t('contacts.sort')}
      value={state.search.sort ?? 'name'}
      onChange={(event) => state.change({ sort: event.currentTarget.value as 'name' | 'organization' | 'recent' })}
      data={(['name', 'organization', 'recent'] as const).map((value) => ({
        value,
        label: t(`contacts.sort.${value}`),
      }))}
    />
  );
}
