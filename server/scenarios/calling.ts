import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { openGuarded, Unreached } from '../kernel/guarded.ts';
import * as effects from './effects.ts';

/** Calls that one job makes. */
const together = 100;

/** Wakes the jobs that make calls, in the transaction that wrote them. */
export async function queueCalls(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  effectIds: readonly string[],
  delaySeconds = 0,
): Promise<void> {
  for (let from = 0; from < effectIds.length; from += together) {
    const payload = { effectIds: effectIds.slice(from, from + together) };
    // Of each workspace one after the other: whom we call is not called a hundred times at once.
    const queue = `scenario calls ${workspaceId}`;
    await app.enqueue(tx, { workspaceId, task: 'scenarios.call', payload, delaySeconds, queue });
  }
}

/** Seconds until it is tried again, where it is sure that nothing has arrived; undefined: no more. */
const pauses = [10, 60, 300, 1800, 7200];

type Outcome = { state: 'sent' | 'failed' | 'in_doubt' | 'later'; answer: string | null };

/** Makes calls, each claimed and committed before it: what a crash, or silence, leaves unknown is in doubt, and never made again by itself. */
export async function makeCalls(
  app: App,
  workspaceId: string,
  effectIds: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  for (const effectId of effectIds) {
    signal.throwIfAborted();
    const claimed = await asKeeper((tx) => effects.claimEffect(tx, workspaceId, effectId));
    if (!claimed) continue;
    const { state, answer } = await call(app, effectId, claimed, signal);
    const pause = state === 'later' ? pauses[claimed.attempts - 1] : undefined;
    await asKeeper(async (tx) => {
      const settled = state === 'later' ? (pause === undefined ? 'failed' : 'queued') : state;
      await effects.settleEffect(tx, workspaceId, effectId, settled, answer);
      if (pause !== undefined) await queueCalls(app, tx, workspaceId, [effectId], pause);
    });
  }
}

/** What Node says where no connection came about, so that nothing has left. */
const unconnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * The key is the same at each attempt (draft-ietf-httpapi-idempotency-key-header): who keeps to it does nothing twice. Only ids are told: who may
 * know more asks the API.
 */
async function call(app: App, effectId: string, { url, body }: effects.Claimed, signal: AbortSignal): Promise<Outcome> {
  try {
    const answer = await openGuarded(app.config.privateNetworks).fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `"${effectId}"`, 'user-agent': 'Entregent' },
      body: JSON.stringify(body),
      ...{ seconds: 20, limit: 64 * 1024, signal },
    });
    await answer.body?.cancel();
    const { status } = answer;
    if (answer.ok) return { state: 'sent', answer: String(status) };
    // RFC 9110, 15.5 and RFC 6585, 4: what is refused, or asked for later, was not done. Of what broke on the way nobody knows.
    if (status === 429 || status === 503) return { state: 'later', answer: String(status) };
    return { state: status < 500 ? 'failed' : 'in_doubt', answer: String(status) };
  } catch (error) {
    if (!(error instanceof Unreached)) return { state: 'in_doubt', answer: null };
    const { code } = error;
    if (code === 'unreachable' || code === 'certificate') {
      const cause = (error.cause as { code?: string } | undefined)?.code ?? '';
      if (code === 'certificate' || unconnected.has(cause)) return { state: 'later', answer: code };
      return { state: 'in_doubt', answer: code };
    }
    return { state: code === 'timeout' || code === 'too_large' ? 'in_doubt' : 'failed', answer: code };
  }
}
