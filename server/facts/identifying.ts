import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import * as aliases from './aliases.ts';
import { loadPointConsents } from './queries.ts';
import { subjectOf } from './recording.ts';
import type { Who } from './rules.ts';

export type Via = 'signed' | 'told' | 'form' | 'survey' | 'link' | 'chat' | 'file';

/**
 * Says whose a browser or a customer number is. What it did until then becomes theirs; where it had somebody before, only what it does from now on.
 * As the keeper. Who objected is not joined to what tracking knows: it stays nobody's.
 * @returns how many facts hang on somebody else now; null where nothing was joined
 */
export async function identify(
  app: Pick<AppInside, 'secrets'>,
  tx: Tx,
  workspaceId: string,
  { alias, is, via, since = new Date() }: { alias: Who; is: Who; via: Via; since?: Date },
): Promise<number | null> {
  const [aliasId, subjectId] = [subjectOf(app, workspaceId, alias), subjectOf(app, workspaceId, is)];
  return joinTo(tx, workspaceId, { aliasId, subjectId, via, since });
}

/** As `identify`, by ids. */
export async function joinTo(
  tx: Tx,
  workspaceId: string,
  { aliasId, subjectId, via, since }: { aliasId: string; subjectId: string; via: Via; since: Date },
): Promise<number | null> {
  if (aliasId === subjectId) return null;
  const consent = (await loadPointConsents(tx, workspaceId, [subjectId])).get(subjectId);
  const visitor = await aliases.findVisitor(tx, workspaceId, aliasId);
  if (visitor && (consent?.consent === 'objected' || visitor.withdrawn_at)) return null;
  await aliases.lockAlias(tx, workspaceId, aliasId);
  // What they are called elsewhere may be somebody's already: two steps are one.
  const owner = (await aliases.findOwner(tx, workspaceId, subjectId)) ?? subjectId;
  const last = await aliases.findOwner(tx, workspaceId, aliasId);
  if (owner === aliasId || last === owner) return 0;
  await aliases.addAlias(tx, workspaceId, { aliasId, subjectId: owner, via, since });
  if (last === undefined) return aliases.moveFacts(tx, workspaceId, { from: [aliasId], aliasId, to: owner, since: null });
  return aliases.moveFacts(tx, workspaceId, { from: [aliasId, last], aliasId, to: owner, since });
}

/**
 * It was not them: what an alias told of a subject goes back to being nobody's, and the alias is theirs no more. As the keeper.
 * @returns how many facts that was
 */
export async function detachFrom(tx: Tx, workspaceId: string, aliasId: string, subjectId: string): Promise<number> {
  await aliases.lockAlias(tx, workspaceId, aliasId);
  await aliases.endAlias(tx, workspaceId, aliasId, subjectId);
  return aliases.moveFacts(tx, workspaceId, { from: [subjectId], aliasId, to: aliasId, since: null });
}
