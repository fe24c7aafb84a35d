import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { loginOf, schemaOf, verifierOf } from './rules.ts';

/** What a login takes of the machine at most. All but the connections it may set otherwise: these are manners, no guard. */
const manners = {
  default_transaction_read_only: 'on',
  statement_timeout: "'60s'",
  lock_timeout: "'2s'",
  idle_in_transaction_session_timeout: "'60s'",
  work_mem: "'16MB'",
  max_parallel_workers_per_gather: '0',
};
const connections = 5;

/**
 * Makes the login of an access and its schema, as who owns the database. It may log in and look into its schema, nothing else:
 * it belongs to no role that has a right.
 */
export async function makeLogin(tx: Tx, short: string, password: string, endsAt: Date): Promise<void> {
  const [login, schema] = [loginOf(short), schemaOf(short)];
  await closeHouse(tx);
  for (const statement of [
    `create role ${login} login noinherit nosuperuser nocreatedb nocreaterole noreplication connection limit ${connections}
      password '${verifierOf(password)}' valid until '${endsAt.toISOString()}'`,
    `grant entregent_bi to ${login}`,
    // So that its sessions can be ended where the owner is no superuser.
    `grant ${login} to current_user`,
    ...Object.entries(manners).map(([name, value]) => `alter role ${login} set ${name} = ${value}`),
    `create schema ${schema} authorization entregent_keeper`,
    `alter role ${login} set search_path = ${schema}`,
  ])
    await sql.raw(statement).execute(tx);
}

export async function setPassword(tx: Tx, short: string, password: string): Promise<void> {
  await sql.raw(`alter role ${loginOf(short)} password '${verifierOf(password)}'`).execute(tx);
  await endSessions(tx, short);
}

/** Takes the schema with all its tables away, then the login. Done again it finds nothing more to do. */
export async function dropLogin(tx: Tx, short: string): Promise<void> {
  const login = loginOf(short);
  await sql.raw(`drop schema if exists ${schemaOf(short)} cascade`).execute(tx);
  const { rows } = await sql`select from pg_catalog.pg_roles where rolname = ${login}`.execute(tx);
  if (rows.length === 0) return;
  await sql.raw(`alter role ${login} nologin`).execute(tx);
  await endSessions(tx, short);
  await sql.raw(`drop owned by ${login}`).execute(tx);
  await sql.raw(`drop role ${login}`).execute(tx);
}

async function endSessions(tx: Tx, short: string): Promise<void> {
  await sql`select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where usename = ${loginOf(short)}`.execute(
    tx,
  );
}

/**
 * Takes from everybody what PostgreSQL gives to all: temporary tables, and, where the owner is a superuser (the embedded one is), large objects
 * and the locks by which instances of ours know each other. Said again it changes nothing.
 */
async function closeHouse(tx: Tx): Promise<void> {
  await sql
    .raw(`do $$
    declare
      one regprocedure;
    begin
      execute format('revoke temporary on database %I from public', current_database());
      if not (select rolsuper from pg_catalog.pg_roles where rolname = session_user) then
        return;
      end if;
      for one in
        select oid::regprocedure from pg_catalog.pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^lo_|^pg_(try_)?advisory_'
          and has_function_privilege('entregent_bi', oid, 'execute')
      loop
        execute format('revoke execute on function %s from public', one);
        execute format('grant execute on function %s to entregent_none, entregent_member, entregent_identity, entregent_keeper', one);
      end loop;
    end $$`)
    .execute(tx);
}
