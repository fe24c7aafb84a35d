import type { Sharing } from '../../../../server/delegation/contract.ts';

/** How far a book is open to a grantee; private is the absence of a grant. */
export type Level = 'private' | Sharing['level'];

const isFor = (teamId: string | null) => (one: Sharing) =>
  one.grantee.kind === 'workspace' ? teamId === null : one.grantee.teamId === teamId;

/** The level of a team, or of the whole workspace (`null`). */
export function levelFor(sharing: readonly Sharing[], teamId: string | null): Level {
  return sharing.find(isFor(teamId))?.level ?? 'private';
}

/** The same sharing with one grantee's level changed. */
export function withLevel(sharing: readonly Sharing[], teamId: string | null, level: Level): Sharing[] {
  const others = sharing.filter((one) => !isFor(teamId)(one));
  if (level === 'private') return others;
  const grantee: Sharing['grantee'] = teamId === null ? { kind: 'workspace' } : { kind: 'team', teamId };
  return [...others, { grantee, level }];
}
