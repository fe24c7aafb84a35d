import { NativeSelect, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listLabels } from '../../../../server/relations/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import classes from './Groups.module.css';

interface LabelChoiceProps {
  label: string;
  live: boolean;
  /** The group is there: who has the label belongs or not, but is not put in once more. */
  fixed: boolean;
  onChange: (label: string, live: boolean) => void;
}

/** A label on cards of mine, or that I may read, and what is to come of it, in words. */
export function LabelChoice({ label, live, fixed, onChange }: LabelChoiceProps) {
  const { data } = useQuery(reading(listLabels, {}));
  const found = data?.items ?? [];
  const here = found.some((one) => one.label === label) || label === '';
  if (data && found.length === 0 && here) return null;
  return (
    <Stack gap={6}>
      <Select
        label={t('groups.label')}
        description={t('groups.labelHint')}
        placeholder={t('groups.labelNone')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('groups.labelNone') }}
        maxDropdownHeight={240}
        value={label || null}
        data={[
          ...(here ? [] : [{ value: label, label }]),
          ...found.map((one) => ({
            value: one.label,
            label: t('groups.labelOption', { label: one.label, count: one.cards }),
          })),
        ]}
        onChange={(chosen) => onChange(chosen ?? '', live)}
      />
      {label !== '' && !fixed && (
        <NativeSelect
          label={t('groups.labelHow')}
          value={live ? 'live' : 'once'}
          data={[
            { value: 'live', label: t('groups.labelLive') },
            { value: 'once', label: t('groups.labelOnce') },
          ]}
          onChange={(event) => onChange(label, event.currentTarget.value === 'live')}
        />
      )}
      {label !== '' && (
        <p className={classes.quiet}>{t(live || fixed ? 'groups.labelLiveText' : 'groups.labelOnceText', { label })}</p>
      )}
    </Stack>
  );
}
