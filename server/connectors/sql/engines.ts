import type { Asked, Database, Page } from './asking.ts';
import { readPages as readPostgresql } from './database.ts';
import { readPages as readMysql } from './mysql.ts';
import { since } from './rows.ts';

// Databases of both makes, asked for rows in the order in which they came: what modules above read from.

type Engine = 'postgresql' | 'mysql';

/** By what rows are known to be newer: a column of the result, and what it holds. */
export interface Order {
  column: string;
  type: 'time' | 'number';
}

const quote = {
  postgresql: (name: string) => `"${name.replaceAll('"', '""')}"`,
  mysql: (name: string) => `\`${name.replaceAll('`', '``')}\``,
};
/** The parameter stands in its type, so that an index on the column serves. */
const parameter = {
  postgresql: { time: '$1::timestamptz', number: '$1::bigint' },
  mysql: { time: 'cast(? as datetime(6))', number: 'cast(? as signed)' },
};

/**
 * A query in the words of its engine: its rows, the oldest first, so many at most. Where `:since` stands, a parameter is bound; it is never pasted.
 * The query stands on lines of its own: a comment at its end takes nothing away.
 */
export function toAsked(
  engine: Engine,
  query: string,
  { column, type }: Order,
  from: string,
  most: { rows: number; octets: number },
): Asked {
  const inner = query.trim().replace(/;\s*$/, '');
  const places = inner.match(since)?.length ?? 0;
  const text = inner.replace(since, () => parameter[engine][type]);
  const name = quote[engine](column);
  return {
    text: `select * from (\n${text}\n) as entregent_rows order by ${name} limit ${most.rows}`,
    // PostgreSQL has one parameter wherever it stands, MySQL one for each place.
    values: engine === 'postgresql' ? (places > 0 ? [from] : []) : Array.from({ length: places }, () => from),
    zone: 'UTC',
    most,
  };
}

/** @throws Trouble | Unreached */
export const readFrom = (engine: Engine, access: Database, asked: Asked): AsyncGenerator<Page> =>
  (engine === 'mysql' ? readMysql : readPostgresql)(access, asked);
