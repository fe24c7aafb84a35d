import { sql } from 'kysely';
import type { Freshness } from './contract.ts';

/** Days since a person was last seen, below which they count as so fresh. */
const limits: Record<Exclude<Freshness, 'older'>, number> = { quarter: 92, year: 366, three_years: 1096 };

/** The span of time of a freshness, as filters of `find_entries`. */
export function spanOf(freshness: Freshness): { seenFrom?: string; seenBefore?: string } {
  const at = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const steps = ['quarter', 'year', 'three_years'] as const;
  const fresher = steps[(freshness === 'older' ? steps.length : steps.indexOf(freshness)) - 1];
  return {
    ...(freshness !== 'older' && { seenFrom: at(limits[freshness]) }),
    ...(fresher && { seenBefore: at(limits[fresher]) }),
  };
}

/** The freshness of a row that has `seen_at`, in SQL. */
export const freshnessOf = sql.raw(`case when seen_at > now() - interval '${limits.quarter} days' then 'quarter'
  when seen_at > now() - interval '${limits.year} days' then 'year'
  when seen_at > now() - interval '${limits.three_years} days' then 'three_years' else 'older' end`);
