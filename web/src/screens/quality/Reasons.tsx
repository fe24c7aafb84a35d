import { IconMinus, IconPlus } from '@tabler/icons-react';
import type { Reason } from '../../../../server/matching/contract.ts';
import { t } from '../../i18n.ts';
import { Why } from '../../ui/Why.tsx';
import classes from './Reasons.module.css';
import { byWeight, reasonWords, strengthOf, timesOf } from './words.ts';

/** What speaks for one person and what against, each with how much it counts. */
export function Reasons({ reasons }: { reasons: Reason[] }) {
  if (reasons.length === 0) return <p className={classes.none}>{t('quality.reasons.none')}</p>;
  return (
    <ul className={classes.reasons} aria-label={t('quality.reasons')}>
      {byWeight(reasons).map((reason) => (
        <li key={reason.feature} data-against={reason.weight < 0 || undefined}>
          {reason.weight < 0 ? <IconMinus size={14} aria-hidden /> : <IconPlus size={14} aria-hidden />}
          <span>{reasonWords(reason)}</span>
          <Why what={reasonWords(reason)}>
            <Weight reason={reason} />
          </Why>
        </li>
      ))}
    </ul>
  );
}

/** The weight of a reason in words: how strong, and how many times as likely. */
function Weight({ reason: { weight } }: { reason: Reason }) {
  const strength = strengthOf(weight);
  return (
    <>
      <p className={classes.strength}>{t(`quality.strength.${strength}`)}</p>
      {timesOf(weight) >= 2 && (
        <p className={classes.detail}>
          {t('quality.times', { direction: weight < 0 ? 'less' : 'more', times: timesOf(weight) })}
        </p>
      )}
    </>
  );
}
