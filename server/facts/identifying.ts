import { listForgotten } from '../cards/suppression.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { stir } from '../kernel/stirring.ts';
import * as aliases from './aliases.ts';
import { loadPointConsents } from './queries.ts';
import { subjectOf } from './recording.ts';
import type { Who } from './rules.ts';

export type Via = 'signed' | 'told' | 'form' | 'survey' | 'link' | 'chat' | 'file';

/**
 * Says whose a browser or a customer number is. What it did until then becomes theirs; where it had somebody before, only what it does from now on.
 * As the keeper. Who objected is not joined to what tracking knows, nor who was erased to anything: it stays nobody's.
 * @returns how many facts hang on somebody else now; null where nothing was joined
 */
export async function identify(
  app: Pick<AppInside, 'secrets'>,
  tx: Tx,
  workspaceId: string,
  { alias, is, via, since = new Date() }: { alias: Who; is: Who; via: Via; since?: Date },
): Promise<number | null> {
  const [aliasId, subjectId] = [subjectOf(app, workspaceId, alias), subjectOf(app, workspaceId, is)];
  if (alias.channel === 'visitor' && !(await mayBeKnown(tx, workspaceId, aliasId, subjectId))) return null;
  return joinTo(tx, workspaceId, { aliasId, subjectId, via, since });
}

/** As `identify`, of a browser by its number, once it is known at which contact point whoever sits there is. */
export async function identifyVisitor(
  app: Pick<AppInside, 'secrets'>,
  tx: Tx,
  workspaceId: string,
  { visitor, subjectId, via, since }: { visitor: string; subjectId: string; via: Via; since: Date },
): Promise<void> {
  const aliasId = subjectOf(app, workspaceId, { channel: 'visitor', address: visitor });
  if (await mayBeKnown(tx, workspaceId, aliasId, subjectId))
    await joinTo(tx, workspaceId, { aliasId, subjectId, via, since });
}

/** A browser and whoever sits there: neither has said that they do not want to be followed. */
async function mayBeKnown(tx: Tx, workspaceId: string, visitorId: string, subjectId: string): Promise<boolean> {
  const consent = (await loadPointConsents(tx, workspaceId, [subjectId])).get(subjectId)?.consent;
  return consent !== 'objected' && !(await aliases.isWithdrawn(tx, workspaceId, visitorId));
}

async function joinTo(
  tx: Tx,
  workspaceId: string,
  { aliasId, subjectId, via, since }: { aliasId: string; subjectId: string; via: Via; since: Date },
): Promise<number | null> {
  if (aliasId === subjectId) return null;
  await aliases.lockAlias(tx, workspaceId, aliasId);
  // What they are called elsewhere may be somebody's already: two steps are one.
  const owner = (await aliases.findOwner(tx, workspaceId, subjectId)) ?? subjectId;
  if ((await listForgotten(tx, workspaceId, [owner])).size > 0) return null;
  const last = await aliases.findOwner(tx, workspaceId, aliasId);
  if (owner === aliasId || last === owner) return 0;
  await aliases.addAlias(tx, workspaceId, { aliasId, subjectId: owner, via, since });
  const from = last === undefined ? [aliasId] : [aliasId, last];
  await stir(tx, workspaceId, 'fact', [...from, owner]);
  return aliases.moveFacts(tx, workspaceId, { from, aliasId, to: owner, since: last === undefined ? null : since });
}

/**
 * It was not them: what an alias told of a subject goes back to being nobody's, and the alias is theirs no more. As the keeper.
 * @returns how many facts that was
 */
export async function detachFrom(tx: Tx, workspaceId: string, aliasId: string, subjectId: string): Promise<number> {
  await aliases.lockAlias(tx, workspaceId, aliasId);
  await aliases.endAlias(tx, workspaceId, aliasId, subjectId);
  await stir(tx, workspaceId, 'fact', [aliasId, subjectId]);
  return aliases.moveFacts(tx, workspaceId, { from: [subjectId], aliasId, to: aliasId, since: null });
}
