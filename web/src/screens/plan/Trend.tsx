import type { Objective } from '../../../../server/plan/contract.ts';
import { calendarDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { today } from './days.ts';
import classes from './Plan.module.css';
import { figureWords } from './words.ts';

const [width, height, edge] = [260, 64, 6];

/** How an objective went, week by week, beside the straight path that it was to take; the same as a table for who does not see it. */
export function Trend({ objective }: { objective: Objective }) {
  const { trend, from, to, startsOn, dueOn } = objective;
  if (trend.length === 0) return null;
  const first = Math.min(Date.parse(startsOn), Date.parse(trend[0]!.week));
  const last = Math.max(Date.parse(dueOn), Date.parse(trend.at(-1)!.week));
  const values = [from, to, ...trend.map(({ value }) => value)];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = (day: string) => edge + ((width - 2 * edge) * (Date.parse(day) - first)) / (last - first);
  const y = (value: number) => height - edge - ((height - 2 * edge) * (value - least)) / (most - least || 1);
  const told = figureWords(objective, trend.at(-1)!.value);
  const now = today();
  return (
    <div className={classes.trend}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={t('plan.trend.of', { count: trend.length, now: told })}
      >
        <line className={classes.path} x1={x(startsOn)} y1={y(from)} x2={x(dueOn)} y2={y(to)} />
        {now > startsOn && now < dueOn && (
          <line className={classes.now} x1={x(now)} y1={edge} x2={x(now)} y2={height - edge} />
        )}
        <polyline points={trend.map(({ week, value }) => `${x(week)},${y(value)}`).join(' ')} />
        <circle cx={x(trend.at(-1)!.week)} cy={y(trend.at(-1)!.value)} r={3.5} />
      </svg>
      <table className="unseen">
        <caption>{t('plan.trend')}</caption>
        <tbody>
          {trend.map(({ week, value }) => (
            <tr key={week}>
              <th scope="row">{t('plan.weekOf', { day: calendarDay(week) })}</th>
              <td>{figureWords(objective, value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
