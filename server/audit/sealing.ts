import type { App } from '../kernel/app.ts';
import type { Break } from './contract.ts';
import * as queries from './queries.ts';
import { beginning, breakOf, fingerprintOf, firstIdOf, macOf, type Seal } from './rules.ts';

/** What sealing and verifying need of the application; `entregent verify` has no more. */
export type Sealer = Pick<App, 'db' | 'secrets'>;

/** Milliseconds by which the clocks of processes may differ: an id tells the time of the process that made it. */
const skew = 60_000;
/** Uses of one seal: some seconds of one statement. */
const most = 200_000;
/** Seals read at a time. */
const page = 500;
/** Breaks that are told: where more is wrong, more are of no use. */
const toldAtMost = 50;

/**
 * Seals in each workspace what was written down since the last seal and long enough ago to be complete. Two that seal at once make one
 * seal: its number is the key.
 * @param only this workspace
 */
export async function sealAll(app: App, margin = skew, only?: string): Promise<void> {
  const oldest = await app.db.asOwner(queries.readOldestBeginning);
  const until = firstIdOf(new Date(oldest.getTime() - margin));
  for (const workspaceId of only ? [only] : await app.db.asSystem('keeper', queries.listWorkspaces))
    while (await sealNext(app, workspaceId, until));
}

/** @returns whether more is left */
async function sealNext(app: App, workspaceId: string, until: string): Promise<boolean> {
  const made = await app.db.asSystem('keeper', async (tx): Promise<Seal | undefined> => {
    const last = await queries.findLastSeal(tx, workspaceId);
    const fromId = last?.untilId ?? beginning;
    // A clock that was set back: until it has come this far again, nothing is old enough.
    if (until <= fromId) return undefined;
    const untilId = await queries.findEnd(tx, workspaceId, fromId, until, most);
    const found = await queries.digestRange(tx, workspaceId, fromId, untilId);
    if (found.entries + found.uses === 0) return undefined;
    const sealed = { ...found, sealNo: (last?.sealNo ?? 0) + 1, fromId, untilId, sealedAt: new Date() };
    const seal = { ...sealed, mac: macOf(app.secrets.audit, workspaceId, sealed, last?.mac ?? Buffer.alloc(0)) };
    return (await queries.addSeal(tx, workspaceId, seal)) ? seal : undefined;
  });
  if (!made) return false;
  // Logs usually leave the machine: whoever cuts the chain's end off later would have to change them, too.
  app.log.info('audit sealed', { workspaceId, sealNo: made.sealNo, fingerprint: fingerprintOf(made.mac) });
  return made.untilId < until;
}

export interface Verified extends queries.Verification {
  /** Of the last seal; null: nothing is sealed. */
  fingerprint: string | null;
}

/**
 * Goes through the whole chain of a workspace and compares each seal with what it was made of.
 * @param known a fingerprint that somebody kept: it must be one of the chain's
 */
export async function verifyChain(
  app: Sealer,
  workspaceId: string,
  known?: string,
): Promise<Verified & { known: boolean }> {
  const breaks: Break[] = [];
  const counts = { seals: 0, entries: 0, uses: 0 };
  let before: Seal | undefined;
  let found = known === undefined;
  for (;;) {
    const after = before?.sealNo ?? 0;
    const seals = await app.db.asSystem('keeper', (tx) => queries.listSeals(tx, workspaceId, after, page));
    if (seals.length === 0) break;
    for (const seal of seals) {
      const range = await app.db.asSystem('keeper', (tx) =>
        queries.digestRange(tx, workspaceId, seal.fromId, seal.untilId),
      );
      const wrong = breakOf(app.secrets.audit, workspaceId, seal, before, range);
      if (wrong && breaks.length < toldAtMost) breaks.push(wrong);
      if (known !== undefined && seal.mac.toString('hex').startsWith(known)) found = true;
      counts.seals++;
      counts.entries += range.entries;
      counts.uses += range.uses;
      before = seal;
    }
  }
  return { ...counts, breaks, fingerprint: before ? fingerprintOf(before.mac) : null, known: found };
}

/** Seals what is due, verifies, and writes down what was found. */
export async function verifyWorkspace(app: App, workspaceId: string): Promise<void> {
  await sealAll(app, skew, workspaceId);
  const { seals, entries, uses, breaks } = await verifyChain(app, workspaceId);
  if (breaks.length > 0) app.log.error('audit does not verify', { workspaceId, breaks: breaks.length });
  await app.db.asSystem('keeper', async (tx) => {
    const last = await queries.findLastVerification(tx, workspaceId);
    await queries.addVerification(tx, workspaceId, { seals, entries, uses, breaks });
    // Once, and again when it is another break.
    if (breaks.length === 0 || JSON.stringify(breaks) === JSON.stringify(last?.breaks)) return;
    await app.enqueue(tx, { workspaceId, task: 'audit.tellBreak', payload: {} });
  });
}
