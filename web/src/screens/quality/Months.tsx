import { number } from '../../format.ts';
import { spoken, t } from '../../i18n.ts';
import classes from './Health.module.css';
import type { HealthReport } from './Health.tsx';

type Month = HealthReport['months'][number];

const series = ['linked', 'decidedSame', 'decidedDifferent'] as const;

/** Twelve months as columns; the same as a table for those who hear it, or want the figures. */
export function Months({ months }: { months: Month[] }) {
  const highest = Math.max(1, ...months.map(sumOf));
  if (months.every((month) => sumOf(month) === 0)) return <p className={classes.quiet}>{t('quality.months.none')}</p>;
  return (
    <>
      <div className={classes.chart} aria-hidden>
        {months.map((month) => (
          <div key={month.month} className={classes.month}>
            <div className={classes.column}>
              {series
                .filter((one) => month[one] > 0)
                .map((one) => (
                  <span key={one} data-series={one} style={{ height: `${(100 * month[one]) / highest}%` }} />
                ))}
            </div>
            <span className={classes.label}>{monthWord(month.month, 'short')}</span>
          </div>
        ))}
      </div>
      <ul className={classes.legend} aria-hidden>
        {series.map((one) => (
          <li key={one}>
            <span data-series={one} /> {t(`quality.months.${one}`)}
          </li>
        ))}
      </ul>
      <details className={classes.table}>
        <summary>{t('quality.months.table')}</summary>
        <MonthTable months={months} />
      </details>
    </>
  );
}

function MonthTable({ months }: { months: Month[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t('quality.months.month')}</th>
          {series.map((one) => (
            <th key={one} scope="col">
              {t(`quality.months.${one}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {months.map((month) => (
          <tr key={month.month}>
            <th scope="row">{monthWord(month.month, 'long')}</th>
            {series.map((one) => (
              <td key={one}>{number(month[one])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const sumOf = (month: Month) => series.reduce((sum, one) => sum + month[one], 0);

/** "sept." or "septembre 2026" from `2026-09` (with or without a day). */
function monthWord(month: string, length: 'short' | 'long'): string {
  const date = new Date(`${month.slice(0, 7)}-01T00:00:00Z`);
  const year = length === 'long' ? ({ year: 'numeric' } as const) : {};
  return new Intl.DateTimeFormat(spoken(), { month: length, ...year, timeZone: 'UTC' }).format(date);
}
