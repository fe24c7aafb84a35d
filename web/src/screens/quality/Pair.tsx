import type { Proposal } from '../../../../server/matching/contract.ts';
import { t } from '../../i18n.ts';
import { Comparison } from './Comparison.tsx';
import classes from './Hunt.module.css';
import { Reasons } from './Reasons.tsx';
import { chanceOf, chanceWords, nameOf } from './words.ts';

/** Two cards side by side, how probable it is that they are one, and why. */
export function Pair({ proposal }: { proposal: Proposal }) {
  const { left, right, probability, kind, reasons } = proposal;
  return (
    <article aria-label={t('quality.pair', { one: nameOf(left), other: nameOf(right) })} className={classes.pair}>
      <div className={classes.verdict} role="status">
        <p className={classes.chance} data-chance={chanceOf(probability)}>
          {chanceWords(probability, kind)}
        </p>
        <span className="unseen">{t('quality.pair', { one: nameOf(left), other: nameOf(right) })}</span>
      </div>
      <Reasons reasons={reasons} />
      <Comparison proposal={proposal} />
    </article>
  );
}
