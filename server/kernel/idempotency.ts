import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Contract } from './contract.ts';
import type { Actor, Tx } from './database.ts';
import { AppError } from './errors.ts';
import { sha256 } from './ids.ts';

/** `status` of a request that is being carried out; the key is taken, and there is no answer yet (or, after a crash, ever). */
const inHand = 102;

/**
 * The key of a write that carries `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), unless its answer holds a
 * secret: such answers are not kept.
 */
function keyOf(contract: Contract, request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (contract.method === 'GET' || contract.secret || typeof key !== 'string') return undefined;
  if (key.length > 200) throw new AppError('invalid_input', { fields: { 'Idempotency-Key': 'max 200' } });
  return key;
}

const hashOf = (contract: Contract, input: unknown): Buffer => sha256(JSON.stringify([contract.name, input]));

/** What is kept under a key. Two at once: the second waits for the first. @throws AppError idempotency_mismatch */
async function findKept(tx: Tx, actor: Actor, key: string, hash: Buffer) {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${actor.memberId} ${key}`}, 0))`.execute(tx);
  const kept = await tx
    .selectFrom('kernel.idempotent_answer')
    .select(['request_hash', 'status', 'body'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .where('key', '=', key)
    .executeTakeFirst();
  if (kept && !kept.request_hash.equals(hash)) throw new AppError('idempotency_mismatch');
  return kept;
}

async function keep(tx: Tx, actor: Actor, key: string, hash: Buffer, status: number, body: unknown): Promise<void> {
  await tx
    .insertInto('kernel.idempotent_answer')
    .values({
      workspace_id: actor.workspaceId,
      member_id: actor.memberId,
      key,
      request_hash: hash,
      status,
      body: JSON.stringify(body),
    })
    .execute();
}

/**
 * A write with a key is done once: its answer is kept in the transaction that did it and given again for 24 hours.
 * @throws AppError idempotency_mismatch when the key was used for another request
 */
export async function rememberAnswer(
  tx: Tx,
  actor: Actor,
  contract: Contract,
  request: FastifyRequest,
  input: unknown,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const key = keyOf(contract, request);
  if (key === undefined) return run();
  const hash = hashOf(contract, input);
  const kept = await findKept(tx, actor, key, hash);
  if (kept) return kept.body;
  const body = await run();
  await keep(tx, actor, key, hash, 200, body);
  return body;
}

type InTransaction = <T>(work: (context: { tx: Tx }) => Promise<T>) => Promise<T>;

/**
 * The same for an operation of several transactions: the key is taken before it begins and the answer kept when it is done. It is
 * done once at most: where a crash hid the outcome, asking again under the same key is refused.
 * @throws AppError idempotency_mismatch; already_running while the first one is being carried out
 */
export async function rememberOutside(
  inTransaction: InTransaction,
  actor: Actor,
  contract: Contract,
  request: FastifyRequest,
  input: unknown,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const key = keyOf(contract, request);
  if (key === undefined) return run();
  const hash = hashOf(contract, input);
  const kept = await inTransaction(async ({ tx }) => {
    const found = await findKept(tx, actor, key, hash);
    if (!found) await keep(tx, actor, key, hash, inHand, null);
    return found;
  });
  if (kept?.status === inHand) throw new AppError('already_running');
  if (kept) return kept.body;
  const body = await run().catch(async (error: unknown) => {
    // An operation refuses before it does anything; of any other failure nobody knows what it came after.
    if (error instanceof AppError) await inTransaction(({ tx }) => letGo(tx, actor, key));
    throw error;
  });
  // The answer is right even where it cannot be kept (the caller has just left, say): then the key stays taken.
  await inTransaction(({ tx }) => settle(tx, actor, key, { status: 200, body: JSON.stringify(body) })).catch(() => {});
  return body;
}

async function settle(tx: Tx, actor: Actor, key: string, values: { status: number; body: string }): Promise<void> {
  await tx
    .updateTable('kernel.idempotent_answer')
    .set(values)
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .where('key', '=', key)
    .execute();
}

async function letGo(tx: Tx, actor: Actor, key: string): Promise<void> {
  await tx
    .deleteFrom('kernel.idempotent_answer')
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .where('key', '=', key)
    .execute();
}
