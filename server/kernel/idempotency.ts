import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Contract } from './contract.ts';
import type { Actor, Tx } from './database.ts';
import { AppError } from './errors.ts';
import { sha256 } from './ids.ts';

/**
 * A write that carries `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header) is done once: its answer is kept in the
 * transaction that did it and given again for 24 hours. Two at once: the second waits for the first.
 * Answers that hold a secret are not kept: there the key is ignored.
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
  const key = request.headers['idempotency-key'];
  if (contract.method === 'GET' || contract.secret || typeof key !== 'string') return run();
  if (key.length > 200) throw new AppError('invalid_input', { fields: { 'Idempotency-Key': 'max 200' } });
  const hash = sha256(JSON.stringify([contract.name, input]));
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${actor.memberId} ${key}`}, 0))`.execute(tx);
  const kept = await tx
    .selectFrom('kernel.idempotent_answer')
    .select(['request_hash', 'body'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .where('key', '=', key)
    .executeTakeFirst();
  if (kept) {
    if (!kept.request_hash.equals(hash)) throw new AppError('idempotency_mismatch');
    return kept.body;
  }
  const body = await run();
  await tx
    .insertInto('kernel.idempotent_answer')
    .values({
      workspace_id: actor.workspaceId,
      member_id: actor.memberId,
      key,
      request_hash: hash,
      status: 200,
      body: JSON.stringify(body),
    })
    .execute();
  return body;
}
