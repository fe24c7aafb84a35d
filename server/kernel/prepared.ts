import type { PoolClient, QueryConfig } from 'pg';

/** Plans take memory of the server's process, some 100 kB each under row security. */
const mostPlans = 200;

/** Statements that open a transaction, in one trip; they have no plan to keep. */
const several = /^begin;/;

type Query = (text: unknown, values?: unknown, ...rest: unknown[]) => Promise<unknown>;

/**
 * Has a connection keep the plans of the queries that it is asked again: under row security, planning takes as long as the query. From
 * the second time on a query goes by a name of its own; PostgreSQL plans it for its values still where a plan for all would be worse
 * (`plan_cache_mode`), and anew when policies or tables have changed. Of several statements at once the answer to the last is told.
 */
export function keepPlans(client: PoolClient): void {
  const ask = client.query.bind(client) as Query;
  const names = new Map<string, string | null>();
  let generation = 0;
  let named = 0;

  function nameOf(text: string): string | null {
    const known = names.get(text);
    if (known) return known;
    const name = known === null && named < mostPlans ? `plan ${generation}.${++named}` : null;
    // Texts that are made anew each time would be remembered for nothing.
    if (name !== null || names.size < 10 * mostPlans) names.set(text, name);
    return name;
  }

  client.query = ((text, values, ...rest) => {
    if (typeof text !== 'string' || !Array.isArray(values) || rest.length > 0) return ask(text, values, ...rest);
    if (several.test(text)) return ask(text).then((answers) => (answers as unknown[]).at(-1));
    const name = nameOf(text);
    if (name === null) return ask(text, values);
    return ask({ name, text, values } as QueryConfig).catch((error: { code?: string }) => {
      // A table has other columns than the plan (feature_not_supported): planned anew, under new names.
      if (error.code === '0A000') {
        names.clear();
        generation++;
        named = 0;
      }
      throw error;
    });
  }) as Query as PoolClient['query'];
}
