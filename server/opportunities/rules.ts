import type { Actor } from '../kernel/database.ts';
import type { Visibility } from './contract.ts';

/** Codes of ISO 4217, those of money that is gone included: old deals are in francs. */
const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
export const isCurrency = (code: string): boolean => currencies.has(code);

export interface Dates {
  openedOn: string;
  expectedOn: string | null;
  closedOn: string | null;
}

/** Which date stands before the day on which the opportunity was opened; null: none. */
export function reversedDate({ openedOn, expectedOn, closedOn }: Dates): 'expectedOn' | 'closedOn' | null {
  if (closedOn !== null && closedOn < openedOn) return 'closedOn';
  return expectedOn !== null && expectedOn < openedOn ? 'expectedOn' : null;
}

interface Seen {
  owner_id: string;
  audience_id: string;
}

/** Whom an opportunity is shown to beside its owner: a team, the workspace by its id, or nobody, by the owner's. */
export function audienceOf(visibility: Visibility, ownerId: string, workspaceId: string): string {
  if (visibility.kind === 'team') return visibility.teamId;
  return visibility.kind === 'workspace' ? workspaceId : ownerId;
}

export function visibilityOf({ owner_id, audience_id }: Seen, workspaceId: string): Visibility {
  if (audience_id === owner_id) return { kind: 'owner' };
  return audience_id === workspaceId ? { kind: 'workspace' } : { kind: 'team', teamId: audience_id };
}

/** Somebody beside its owner sees it. */
export const isShared = ({ owner_id, audience_id }: Seen): boolean => audience_id !== owner_id;

/** Who may hand an opportunity on, say who sees it and remove it: its owner, and an admin who sees it, since owners leave. */
export const decides = ({ owner_id }: Seen, actor: Actor, role: string): boolean =>
  owner_id === actor.memberId || role === 'admin';

/** A day some months later, at the latest the last of its month: three months after 30 November is 28 February. */
export function monthsAfter(day: string, months: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}
