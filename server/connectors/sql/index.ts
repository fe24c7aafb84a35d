import { z } from 'zod';
import { type Batch, type Connector, type Since, Trouble } from '../connector.ts';
import { type KeySecret, keySecret } from '../records/asking.ts';
import { lag, listEvery, vanished } from '../records/walking.ts';
import type { Page } from './asking.ts';
import { readPages, type Settings, type SqlAccess, settings } from './database.ts';
import { type Plan, planRows, toItem, toStatement } from './rows.ts';

const column = z.object({
  header: z.string(),
  column: z.number(),
  target: z.string(),
  confidence: z.number(),
  reason: z.enum(['layout', 'header', 'values', 'user', 'none']),
});
const cursor = z.object({
  /** Milliseconds since 1970: what was changed before is read. */
  since: z.number(),
  /** When all was read last. */
  listed: z.number(),
  plan: z.object({
    headers: z.array(z.string()),
    mapping: z.array(column),
    kind: z.enum(['person', 'organization']).optional(),
  }),
});

const isPlanOf = (plan: Plan | undefined, { headers }: Page): plan is Plan =>
  plan !== undefined && JSON.stringify(plan.headers) === JSON.stringify(headers);

/** @param since milliseconds since 1970 */
function toAsked(query: string, since: number) {
  const statement = toStatement(query);
  return { text: statement.text, values: statement.since ? [new Date(since).toISOString()] : [] };
}

/** Rows that have changed since last time; without `:since`, and once a day, all of them, and who is among them no more. */
async function* pull(access: SqlAccess, since: Since): AsyncGenerator<Batch> {
  const { key, query } = access.settings;
  const last = cursor.safeParse(since.cursor).data;
  const isWhole = !toStatement(query).since || !last || Date.now() - last.listed > listEvery;
  const known = await since.known();
  const seen = new Set<string>();
  let plan: Plan | undefined = last?.plan;
  let began = 0;
  for await (const page of readPages(access, toAsked(query, isWhole ? 0 : last.since))) {
    if (!isPlanOf(plan, page)) plan = planRows(page.headers, page.rows, key);
    began = page.began;
    const items = page.rows.flatMap((row) => {
      const item = toItem(plan!, row, key, access.country);
      // Of two rows with one key the first counts.
      if (!item || seen.has(item.key)) return [];
      seen.add(item.key);
      return known.get(item.key) === item.state ? [] : [item];
    });
    if (items.length > 0) yield { items, gone: [] };
  }
  const next = { since: began - lag, listed: isWhole ? Date.now() : last.listed, plan };
  yield { items: [], gone: isWhole ? vanished(known, seen) : [], cursor: next };
}

/** The rows of a query in a PostgreSQL of the company: an ERP, a CRM of its own. */
export const sql: Connector<Settings, KeySecret> = {
  kind: 'sql',
  settings,
  secret: keySecret,
  every: 3600,
  ofCompany: true,
  async connect(access) {
    for await (const page of readPages(access, toAsked(access.settings.query, 0))) {
      planRows(page.headers, page.rows, access.settings.key);
      return [{ id: 'rows', name: access.settings.database, writable: false }];
    }
    throw new Trouble('no_contacts');
  },
  pull,
};
