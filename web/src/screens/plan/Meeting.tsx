import { IconAlertTriangle } from '@tabler/icons-react';
import type { Campaign } from '../../../../server/plan/contract.ts';
import { t } from '../../i18n.ts';
import classes from './Plan.module.css';

/** That a campaign meets others for the same people in the same week. */
export function Meeting({ others }: { others: readonly Campaign[] | undefined }) {
  if (!others) return null;
  return (
    <span className={classes.meeting}>
      <IconAlertTriangle size={14} aria-hidden />{' '}
      {t('plan.meets', { names: others.map(({ name }) => name).join(', '), count: others.length })}
    </span>
  );
}
