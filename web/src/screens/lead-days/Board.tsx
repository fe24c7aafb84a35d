import type { Score } from '../../../../server/lead-days/contract.ts';
import { t } from '../../i18n.ts';
import { Lines } from '../../ui/Lines.tsx';
import type { Day } from './LeadDayPage.tsx';
import classes from './LeadDays.module.css';

export const countsOf = ({ points: _points, ...counts }: Score): string => t('leadDays.counts', counts);

/** Sums by team; a name only beside the numbers of who wants it there. */
export function Board({ day: { scores } }: { day: Day }) {
  const most = Math.max(1, ...scores.map(({ total }) => total?.points ?? 0));
  return (
    <Lines>
      {scores.map(({ team, entrants, total, named }) => (
        <li key={team.id} className={classes.team}>
          <div className={classes.head}>
            <strong>{team.name}</strong>
            <span className={classes.quiet}>{t('leadDays.entrants', { count: entrants })}</span>
            {total && <span className={classes.points}>{t('leadDays.points', { points: total.points })}</span>}
          </div>
          {total ? (
            <>
              <div className={classes.bar} aria-hidden>
                <div style={{ width: `${(100 * total.points) / most}%` }} />
              </div>
              <p className={classes.quiet}>{countsOf(total)}</p>
            </>
          ) : (
            entrants > 0 && <p className={classes.quiet}>{t('leadDays.tooFew')}</p>
          )}
          {named.length > 0 && (
            <ul className={classes.named}>
              {named.map(({ name, score }) => (
                <li key={name}>
                  {name} · {t('leadDays.points', { points: score.points })}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </Lines>
  );
}
