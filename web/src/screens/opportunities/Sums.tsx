import type { Output } from '../../../../server/kernel/contract.ts';
import type { getSums } from '../../../../server/opportunities/contract.ts';
import { money } from '../../format.ts';
import { t } from '../../i18n.ts';
import classes from './Opportunities.module.css';

export type Sum = Output<typeof getSums>['items'][number];

/** Sums by currency: what is of different moneys is not added up. */
export function byCurrency(items: readonly Sum[]): { currency: string; cents: number; likelyCents: number }[] {
  const sums = Map.groupBy(items, ({ currency }) => currency);
  return [...sums].flatMap(([currency, all]) =>
    currency === null
      ? []
      : [
          {
            currency,
            cents: all.reduce((sum, { cents }) => sum + cents, 0),
            likelyCents: all.reduce((sum, { likelyCents }) => sum + likelyCents, 0),
          },
        ],
  );
}

export const countOf = (items: readonly Sum[]): number => items.reduce((sum, { count }) => sum + count, 0);

/** How many there are, and what they are worth; what is closed is likely no more. */
export function Sums({ items, open }: { items: readonly Sum[]; open: boolean }) {
  return (
    <p className={classes.sums}>
      <strong>{t('opportunities.count', { count: countOf(items) })}</strong>
      {byCurrency(items).map(({ currency, cents, likelyCents }) => (
        <span key={currency}>
          {money({ cents, currency })}{' '}
          {open && (
            <span className={classes.quiet} title={t('opportunities.likelyWhy')}>
              ({t('opportunities.likely', { value: money({ cents: Math.round(likelyCents / 100) * 100, currency }) })})
            </span>
          )}
        </span>
      ))}
    </p>
  );
}
