import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import type { TableName } from './contract.ts';
import { loginOf, schemaOf } from './rules.ts';

/** The tables of an access, for its program to read and nobody else: names and types stay, whoever wrote a report relies on them. */
export interface BiTable {
  name: TableName;
  /** Column → type. */
  columns: Record<string, string>;
  /** Ends the table's definition. */
  keys: string;
}

export const tables: readonly BiTable[] = [
  {
    name: 'persons',
    columns: {
      person_id: 'uuid not null',
      name: 'text not null',
      organisation: 'text',
      title: 'text',
      email: 'text',
      phone: 'text',
      city: 'text',
      cards: 'int not null',
      sources: 'int not null',
      last_seen: 'date not null',
    },
    keys: 'constraint persons_pk primary key (person_id)',
  },
  {
    name: 'organisations',
    columns: {
      organisation_id: 'uuid not null',
      name: 'text not null',
      email: 'text',
      phone: 'text',
      city: 'text',
      cards: 'int not null',
      sources: 'int not null',
      last_seen: 'date not null',
    },
    keys: 'constraint organisations_pk primary key (organisation_id)',
  },
  {
    name: 'ties',
    columns: { person_id: 'uuid not null', colleague: 'text not null', band: 'text not null' },
    keys: `constraint ties_pk primary key (person_id, colleague),
      constraint ties_person_fk foreign key (person_id) references persons on delete cascade`,
  },
  {
    name: 'segments',
    columns: {
      segment_id: 'uuid not null',
      name: 'text not null',
      description: 'text not null',
      kind: 'text not null',
      members: 'int',
    },
    keys: 'constraint segments_pk primary key (segment_id)',
  },
  {
    name: 'segment_members',
    columns: { segment_id: 'uuid not null', person_id: 'uuid not null', since: 'timestamptz' },
    keys: `constraint segment_members_pk primary key (segment_id, person_id),
      constraint segment_members_segment_fk foreign key (segment_id) references segments on delete cascade,
      constraint segment_members_person_fk foreign key (person_id) references persons on delete cascade`,
  },
  {
    name: 'facts',
    columns: {
      person_id: 'uuid not null',
      fact_id: 'uuid not null',
      kind: 'text not null',
      occurred_at: 'timestamptz not null',
      amount: 'numeric',
      currency: 'text',
      fields: 'jsonb',
    },
    keys: `constraint facts_pk primary key (person_id, fact_id),
      constraint facts_person_fk foreign key (person_id) references persons on delete cascade`,
  },
  {
    name: 'conversations',
    columns: {
      month: 'date not null',
      channel: 'text not null',
      topic: 'text not null',
      opened: 'int not null',
      answered: 'int not null',
      closed: 'int not null',
    },
    keys: 'constraint conversations_pk primary key (month, channel, topic)',
  },
  {
    name: 'voices',
    columns: {
      month: 'date not null',
      channel: 'text not null',
      topic: 'text not null',
      voices: 'int not null',
      negative: 'int not null',
      neutral: 'int not null',
      positive: 'int not null',
    },
    keys: 'constraint voices_pk primary key (month, channel, topic)',
  },
  {
    name: 'fills',
    columns: { table_name: 'text not null', row_count: 'int not null', filled_at: 'timestamptz not null' },
    keys: 'constraint fills_pk primary key (table_name)',
  },
];

/** What a table, or a column of it, holds, in the company's language. */
export function meaningOf(locale: Locale, table: TableName, column?: string): string {
  return translator(locale)(`bi.table.${table}${column ? `.${column}` : ''}`);
}

/** Makes those tables of an access that are not there yet (all, or what a newer version adds), each documented. As the keeper. */
export async function makeTables(tx: Tx, workspaceId: string, short: string, locale: Locale): Promise<void> {
  const [schema, login] = [schemaOf(short), loginOf(short)];
  for (const { name, columns, keys } of tables) {
    const table = `${schema}.${name}`;
    const { rows } = await sql<{ there: string | null }>`select to_regclass(${table})::text as there`.execute(tx);
    if (rows[0]?.there) continue;
    const comment = (of: string, meaning: string) => `comment on ${of} is '${meaning.replaceAll("'", "''")}'`;
    const statements = [
      `create table ${table} (${Object.entries(columns)
        .map(([column, type]) => `${column} ${type}`)
        .join(', ')}, ${keys.replaceAll(/references (\w+)/g, `references ${schema}.$1`)})`,
      `alter table ${table} enable row level security`,
      // The login reads its own table whole, whatever it sets; who changes a grant may take rows back, of their own workspace.
      `create policy of_login on ${table} for select to ${login} using (true)`,
      `grant select on ${table} to ${login}`,
      `create policy taken_back on ${table} to entregent_member
        using ('${workspaceId}' = current_setting('app.workspace', true) and current_setting('app.role', true) is distinct from 'app')`,
      ...(takenBackBy[name] ? [`grant select (${takenBackBy[name]}), delete on ${table} to entregent_member`] : []),
      comment(`table ${table}`, meaningOf(locale, name)),
      ...Object.keys(columns).map((column) => comment(`column ${table}.${column}`, meaningOf(locale, name, column))),
    ];
    for (const statement of statements) await sql.raw(statement).execute(tx);
  }
  await sql.raw(`grant usage on schema ${schema} to ${login}, entregent_member`).execute(tx);
}

/** Those whose rows follow grants, by the column that `bi.row` calls `row_id`. */
const idOf: Partial<Record<TableName, string>> = { persons: 'person_id', organisations: 'organisation_id' };

/** By what column rows are taken back in the transaction that closes them; what hangs on these goes with them. */
const takenBackBy: Partial<Record<TableName, string>> = { ...idOf, segments: 'segment_id', facts: 'kind' };

/** Deletes what a column says, as the keeper, or as who closes it. */
export async function dropWhere(tx: Tx, short: string, name: 'segments' | 'facts', value: string): Promise<void> {
  const schema = schemaOf(short);
  // It is made with the first fill of a version that has it.
  const { rows } = await sql`select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and c.relname = ${name}`.execute(tx);
  // No workspace: the schema is of one access.
  if (rows.length > 0)
    await sql`delete from ${sql.raw(`${schema}.${name} where ${takenBackBy[name]}::text`)} = ${value}`.execute(tx);
}

/** Deletes segments that are not among these, with their members. */
export async function keepSegments(tx: Tx, short: string, ids: readonly string[]): Promise<void> {
  // No workspace: the schema is of one access.
  await sql`delete from ${sql.raw(`${schemaOf(short)}.segments`)} where segment_id <> all(${ids}::uuid[])`.execute(tx);
}

/** Deletes rows by their id; what hangs on them goes with them. As the keeper, or as who changes a grant. */
export async function dropRows(
  tx: Tx,
  short: string,
  ids: readonly string[],
  from: readonly ('persons' | 'organisations')[] = ['persons', 'organisations'],
): Promise<void> {
  // No workspace: the schema is of one access.
  for (const name of from)
    await sql`delete from ${sql.raw(`${schemaOf(short)}.${name} where ${idOf[name]}`)} = any(${ids}::uuid[])`.execute(
      tx,
    );
}

/** Writes rows of a table that are new or changed. @returns the ids of those */
export async function putRows(
  tx: Tx,
  short: string,
  name: 'persons' | 'organisations' | 'segments',
  rows: readonly Record<string, unknown>[],
): Promise<string[]> {
  const { columns } = tables.find((table) => table.name === name)!;
  const names = Object.keys(columns);
  const typed = names.map((column) => `${column} ${columns[column]!.split(' ')[0]!}`).join(', ');
  const key = takenBackBy[name]!;
  const rest = names.filter((column) => column !== key);
  const { rows: written } = await sql<{ id: string }>`
    insert into ${sql.raw(`${schemaOf(short)}.${name}`)} as t (${sql.raw(names.join(', '))})
    select ${sql.raw(names.join(', '))} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (${sql.raw(typed)})
    on conflict (${sql.raw(key)}) do update set ${sql.raw(rest.map((column) => `${column} = excluded.${column}`).join(', '))}
    where (${sql.raw(rest.map((column) => `t.${column}`).join(', '))}) is distinct from
      (${sql.raw(rest.map((column) => `excluded.${column}`).join(', '))})
    returning ${sql.raw(key)} as id`.execute(tx);
  return written.map(({ id }) => id);
}

/** Puts these rows in the place of all that a table held. */
export async function replaceRows(
  tx: Tx,
  short: string,
  name: 'ties' | 'conversations' | 'voices' | 'fills',
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  const { columns } = tables.find((table) => table.name === name)!;
  const names = Object.keys(columns);
  const typed = names.map((column) => `${column} ${columns[column]!.split(' ')[0]!}`).join(', ');
  const table = sql.raw(`${schemaOf(short)}.${name}`);
  // No workspace: the schema is of one access.
  await sql`delete from ${table}`.execute(tx);
  await sql`insert into ${table} (${sql.raw(names.join(', '))})
    select ${sql.raw(names.join(', '))} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (${sql.raw(typed)})`.execute(
    tx,
  );
}

/** How many rows each table holds. */
export async function countRows(tx: Tx, short: string): Promise<Map<TableName, number>> {
  const counts = new Map<TableName, number>();
  for (const { name } of tables) {
    // No workspace: the schema is of one access.
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.raw(`${schemaOf(short)}.${name}`)}`.execute(tx);
    counts.set(name, rows[0]!.count);
  }
  return counts;
}

/**
 * Puts these rows in the place of all that a table held of some (of persons their facts, of a segment its members), and leaves what is as it was.
 * Rows of persons who are not there (any more) are left out.
 * @returns the persons of whom something is new or says something else
 */
export async function replaceOf(
  tx: Tx,
  short: string,
  name: 'facts' | 'segment_members',
  of: readonly string[],
  rows: readonly Record<string, unknown>[],
): Promise<string[]> {
  const { columns } = tables.find((table) => table.name === name)!;
  const names = Object.keys(columns);
  const typed = names.map((column) => `${column} ${columns[column]!.split(' ')[0]!}`).join(', ');
  const [owner, other] = name === 'facts' ? ['person_id', 'fact_id'] : ['segment_id', 'person_id'];
  const rest = names.filter((column) => column !== owner && column !== other);
  const said = JSON.stringify(rows);
  const [table, persons] = [`${schemaOf(short)}.${name}`, `${schemaOf(short)}.persons`];
  // No workspace: the schema is of one access.
  await sql`delete from ${sql.raw(`${table} t`)} where ${sql.raw(`t.${owner}`)} = any(${of}::uuid[])
    and (${sql.raw(`t.${owner}, t.${other}`)}) not in (
      select ${sql.raw(`r.${owner}, r.${other}`)} from jsonb_to_recordset(${said}::jsonb) r (${sql.raw(typed)}))`.execute(
    tx,
  );
  const { rows: written } = await sql<{ person_id: string }>`
    insert into ${sql.raw(`${table} as t`)} (${sql.raw(names.join(', '))})
    select ${sql.raw(names.map((column) => `r.${column}`).join(', '))} from jsonb_to_recordset(${said}::jsonb) r (${sql.raw(typed)})
    join ${sql.raw(`${persons} p`)} on p.person_id = r.person_id
    on conflict (${sql.raw(`${owner}, ${other}`)}) do update set ${sql.raw(rest.map((column) => `${column} = excluded.${column}`).join(', '))}
    where (${sql.raw(rest.map((column) => `t.${column}`).join(', '))}) is distinct from
      (${sql.raw(rest.map((column) => `excluded.${column}`).join(', '))})
    returning t.person_id`.execute(tx);
  return [...new Set(written.map((row) => row.person_id))];
}
