// What db/schema.sql says of a migrated database (written by `npm run generate`). For reading only: databases are made by the
// migrations.
import { join } from 'node:path';
import type pg from 'pg';
import { ownSchemas } from '../server/kernel/migrate.ts';
import { root } from '../server/kernel/root.ts';

export const schemaFile = join(root, 'db/schema.sql');

/** Those that our migrations make; `auth` belongs to the sign-in library. */
const schemas = ownSchemas.filter((name) => name !== 'auth');

/** Each gives rows of (place, line): lines are sorted by place, then by text. `$1` holds the schemas. */
const queries: Record<string, string> = {
  column: `select c.oid::regclass || ' ' || lpad(a.attnum::text, 4, '0') as place,
      '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
        || coalesce(case when a.attgenerated = 's' then ' generated always as (' else ' default (' end
          || pg_get_expr(d.adbin, d.adrelid) || ')', '') as line, c.oid::regclass::text as owner
    from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = any($1::regnamespace[]) and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped`,
  constraint: `select conrelid::regclass || ' ' || conname as place,
      '  constraint ' || conname || ' ' || pg_get_constraintdef(oid) as line, conrelid::regclass::text as owner
    from pg_constraint where connamespace = any($1::regnamespace[]) and contype <> 'n'`,
  index: `select i.indrelid::regclass || ' ' || c.relname as place, '  ' || pg_get_indexdef(i.indexrelid) as line,
      i.indrelid::regclass::text as owner
    from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = any($1::regnamespace[])
      and not exists (select from pg_constraint where conindid = i.indexrelid)`,
  policy: `select polrelid::regclass || ' ' || polname as place, '  policy ' || polname || ' for '
        || case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end
        || ' to ' || (select string_agg(rolname, ', ' order by rolname) from pg_roles where oid = any(polroles))
        || coalesce(' using ' || pg_get_expr(polqual, polrelid), '')
        || coalesce(' with check ' || pg_get_expr(polwithcheck, polrelid), '') as line, polrelid::regclass::text as owner
    from pg_policy join pg_class c on c.oid = polrelid where c.relnamespace = any($1::regnamespace[])`,
  grant: `select c.oid::regclass || ' ' || r.rolname as place, '  grant ' || string_agg(lower(g.privilege_type), ', '
        order by g.privilege_type) || ' to ' || r.rolname as line, c.oid::regclass::text as owner
    from pg_class c cross join aclexplode(c.relacl) g join pg_roles r on r.oid = g.grantee
    where c.relnamespace = any($1::regnamespace[]) and c.relkind in ('r', 'p', 'v') and r.rolname like 'entregent%'
    group by c.oid, r.rolname`,
};

const functions = `select p.oid::regprocedure || ' returns ' || pg_get_function_result(p.oid)
    || case p.provolatile when 'i' then ' immutable' when 's' then ' stable' else '' end
    || case when p.prosecdef then ' security definer' else '' end as line
  from pg_proc p where p.pronamespace = any($1::regnamespace[]) order by p.proname collate "C", 1`;

interface Line {
  place: string;
  line: string;
  owner: string;
}

const byPlace = (a: Line, b: Line): number => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0);
const oneLine = (text: string): string => text.trimEnd().replace(/(?<=\S)\s+/g, ' ');

/** The text of db/schema.sql for the database behind this connection. */
export async function describeSchema(client: pg.ClientBase): Promise<string> {
  await client.query('set search_path = pg_catalog');
  const ask = async (sql: string): Promise<Line[]> => (await client.query<Line>(sql, [schemas])).rows.sort(byPlace);
  const parts: Line[][] = [];
  for (const sql of Object.values(queries)) parts.push(await ask(sql));
  const owners = [...new Set(parts[0]!.map(({ owner }) => owner))];
  const tables = owners.map((owner) =>
    [
      owner,
      ...parts.flatMap((lines) => lines.filter((one) => one.owner === owner).map(({ line }) => oneLine(line))),
    ].join('\n'),
  );
  const { rows } = await client.query<{ line: string }>(functions, [schemas]);
  const head =
    '-- Written by tools/schema.ts from the migrated schema; do not edit. For reading: databases are made by the migrations.';
  return `${[head, ...tables, ['functions', ...rows.map(({ line }) => `  ${oneLine(line)}`)].join('\n')].join('\n\n')}\n`;
}
