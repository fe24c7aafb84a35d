import { IconAlertTriangle, IconCheck, IconClock } from '@tabler/icons-react';
import type { LaterReason, Reason } from '../../../../server/outreach/contract.ts';
import { t } from '../../i18n.ts';
import { Why } from '../../ui/Why.tsx';
import classes from './Outreach.module.css';
import { laterWords, reasonWhy, reasonWords, whenLater } from './words.ts';

interface Answer {
  allowed: boolean;
  reasons: readonly Reason[];
  /** It may, but not before then. */
  laterAt?: string | null;
  laterReasons?: readonly LaterReason[];
}

/** The gate's answer: yes, yes but later, or every reason against it. */
export function GateAnswer({ allowed, reasons, laterAt = null, laterReasons = [] }: Answer) {
  const Icon = !allowed ? IconAlertTriangle : laterAt ? IconClock : IconCheck;
  return (
    <div className={classes.answer} data-allowed={allowed || undefined} role="status">
      <p>
        <Icon size={20} aria-hidden />
        {!allowed ? t('gate.refused') : laterAt ? whenLater(laterAt) : t('gate.allowed')}
      </p>
      {reasons.length > 0 && <Reasons reasons={reasons} />}
      {allowed && laterReasons.length > 0 && <LaterReasons reasons={laterReasons} />}
    </div>
  );
}

/** Why something waits. */
export function LaterReasons({ reasons }: { reasons: readonly LaterReason[] }) {
  return (
    <ul>
      {reasons.map((reason) => (
        <li key={reason}>{laterWords(reason)}</li>
      ))}
    </ul>
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
