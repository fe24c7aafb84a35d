/** What each program is given to connect. Pure, so that it can be tested without a page. */
export interface Login {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  schema: string;
}

export const programs = ['psql', 'metabase', 'superset', 'excel'] as const;
export type Program = (typeof programs)[number];

/** In braces, as ODBC wants what may hold its own signs. */
const braced = (text: string): string => `{${text.replaceAll('}', '}}')}`;

export function stringFor(program: Program, { host, port, database, user, password, schema }: Login): string {
  const at = `${user}:${encodeURIComponent(password)}@${host.includes(':') ? `[${host}]` : host}:${port}/${encodeURIComponent(database)}`;
  if (program === 'psql') return `psql "postgresql://${at}"`;
  if (program === 'superset') return `postgresql+psycopg2://${at}`;
  if (program === 'excel')
    return `Driver={PostgreSQL Unicode(x64)};Server=${host};Port=${port};Database=${braced(database)};Uid=${user};Pwd=${braced(password)};ReadOnly=1;`;
  return [
    `Host: ${host}`,
    `Port: ${port}`,
    `Database name: ${database}`,
    `Username: ${user}`,
    `Password: ${password}`,
    `Schemas: only these → ${schema}`,
  ].join('\n');
}
