// What server/kernel/db-types.ts says of a migrated database (written by `npm run generate`).
// (kysely-codegen 0.20 does not run beside TypeScript 7; leave this file when it does.)
import { join } from 'node:path';
import type pg from 'pg';
import { ownSchemas } from '../server/kernel/migrate.ts';
import { root } from '../server/kernel/root.ts';

export const typesFile = join(root, 'server/kernel/db-types.ts');

/** Those that our migrations make; `auth` belongs to the sign-in library. */
const schemas = ownSchemas.filter((name) => name !== 'auth');

const types: Record<string, string> = {
  uuid: 'string', text: 'string', tsvector: 'string', int2: 'number', int4: 'number', int8: 'number', numeric: 'string', float8: 'number', bool: 'boolean', jsonb: 'unknown', bytea: 'Buffer', date: 'string',
  timestamptz: 'Date', bit: 'string', _text: 'string[]', _uuid: 'string[]', _timestamptz: 'Date[]', _int4: 'number[]',
};

interface Column {
  table_schema: string;
  table_name: string;
  column_name: string;
  udt_name: string;
  is_nullable: string;
  column_default: string | null;
  is_generated: string;
}

function columnType(column: Column): string {
  const base = types[column.udt_name];
  if (!base) throw new Error(`No TypeScript type for ${column.udt_name} (${column.table_name}.${column.column_name})`);
  const nullable = column.is_nullable === 'YES' ? `${base} | null` : base;
  if (column.udt_name === 'timestamptz') {
    const written = column.is_nullable === 'YES' ? 'Date | string | null' : 'Date | string';
    return `ColumnType<${nullable}, ${written}${column.column_default || column.is_nullable === 'YES' ? ' | undefined' : ''}, ${written}>`;
  }
  if (column.is_generated === 'ALWAYS') return `GeneratedAlways<${nullable}>`;
  return column.column_default ? `Generated<${nullable}>` : nullable;
}

/** The text of db-types.ts for the database behind this connection. */
export async function describeTypes(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<Column>(
    `select table_schema, table_name, column_name, udt_name, is_nullable, column_default, is_generated from information_schema.columns
     where table_schema = any($1) order by table_schema, table_name, ordinal_position`,
    [schemas],
  );
  const tables = Map.groupBy(rows, (row) => `${row.table_schema}.${row.table_name}`);
  const lines = ['// Written by tools/db-types.ts from the migrated schema; do not edit.', "import type { ColumnType, Generated, GeneratedAlways } from 'kysely';", '', 'export interface DB {'];
  for (const [name, columns] of tables) {
    lines.push(`  '${name}': {`, ...columns.map((column) => `    ${column.column_name}: ${columnType(column)};`), '  };');
  }
  return `${[...lines, '}'].join('\n')}\n`;
}
