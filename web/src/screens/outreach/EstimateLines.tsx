import type { Estimate, Figure } from '../../../../server/outreach/estimate-contract.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import classes from './Outreach.module.css';

/** A number, and within which margin it lies. */
export const about = ({ people, margin }: Figure): string =>
  margin === 0 ? number(people) : t('pressure.margin', { people: number(people), margin: number(margin) });

/** What the gate says of many people, in sentences: who would get it, later, or not, and why. */
export function EstimateLines({ estimate }: { estimate: Estimate }) {
  const { people, allowed, refused, reasons, later, yields, displaces, exact } = estimate;
  const line = (key: Parameters<typeof t>[0], one: Figure) =>
    one.people > 0 ? <li>{t(key, { count: one.people, people: about(one) })}</li> : null;
  return (
    <div role="status">
      <ul className={classes.kinds}>
        <li>{t('pressure.wouldGet', { count: allowed.people, people: about(allowed), all: about(people) })}</li>
        {line('pressure.wouldWait', later)}
        {line('pressure.wouldNot', refused)}
        {line('pressure.wouldYield', yields)}
        {line('pressure.wouldDisplace', displaces)}
      </ul>
      {reasons.length > 0 && (
        <details className={classes.quiet}>
          <summary>{t('pressure.whyNot')}</summary>
          <ul className={classes.kinds}>
            {reasons.map(({ reason, ...one }) => (
              <li key={reason}>
                {reason === 'no_address' ? t('pressure.noAddress') : t(`gate.${reason}`)} · {about(one)}
              </li>
            ))}
          </ul>
          {reasons.reduce((all, one) => all + one.people, 0) > refused.people && <p>{t('pressure.several')}</p>}
        </details>
      )}
      {!exact && <p className={classes.quiet}>{t('pressure.estimated')}</p>}
    </div>
  );
}
