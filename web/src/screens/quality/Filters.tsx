import { SegmentedControl, Switch } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import classes from './Hunt.module.css';
import type { HuntFilter } from './search.ts';

/** Which pairs one wants to see. */
export function Filters({ filter }: { filter: HuntFilter }) {
  const navigate = useNavigate();
  const change = (search: HuntFilter) => void navigate({ to: '.', search, replace: true });
  const mine = filter.mine && { mine: filter.mine };
  const kind = filter.kind && { kind: filter.kind };
  return (
    <div className={classes.filters}>
      <SegmentedControl
        aria-label={t('quality.filter.kind')}
        value={filter.kind ?? 'all'}
        onChange={(value) =>
          change({ ...mine, ...(value === 'person' || value === 'organization' ? { kind: value } : {}) })
        }
        data={[
          { value: 'all', label: t('quality.filter.all') },
          { value: 'person', label: t('shell.people') },
          { value: 'organization', label: t('shell.organizations') },
        ]}
      />
      <Switch
        label={t('quality.filter.mine')}
        checked={filter.mine === 'true'}
        onChange={(event) => change({ ...kind, ...(event.currentTarget.checked ? { mine: 'true' } : {}) })}
      />
    </div>
  );
}
