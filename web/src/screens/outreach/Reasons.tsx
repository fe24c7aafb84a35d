import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { Reason } from '../../../../server/outreach/contract.ts';
import { t } from '../../i18n.ts';
import { Why } from '../../ui/Why.tsx';
import classes from './Outreach.module.css';
import { reasonWhy, reasonWords } from './words.ts';

/** The gate's answer: yes, or every reason against it. */
export function GateAnswer({ allowed, reasons }: { allowed: boolean; reasons: readonly Reason[] }) {
  return (
    <div className={classes.answer} data-allowed={allowed || undefined} role="status">
      <p>
        {allowed ? <IconCheck size={20} aria-hidden /> : <IconAlertTriangle size={20} aria-hidden />}
        {t(allowed ? 'gate.allowed' : 'gate.refused')}
      </p>
      {reasons.length > 0 && <Reasons reasons={reasons} />}
    </div>
  );
}

export function Reasons({ reasons }: { reasons: readonly Reason[] }) {
  return (
    <ul>
      {reasons.map((reason) => (
        <li key={reason}>
          {reasonWords(reason)} <Why what={reasonWords(reason)}>{reasonWhy(reason)}</Why>
        </li>
      ))}
    </ul>
  );
}
