import type { DeadReason } from '../../../../server/cards/contract.ts';
import type { Kind } from '../contacts/queries.ts';

/** Which pairs one wants to see; stands in the address. */
export interface HuntFilter {
  kind?: Kind;
  mine?: 'true';
}
/** Which cards one looks at in the archive; stands in the address. */
export interface ArchiveSearch {
  /** Those archived already, instead of those that look dead. */
  shown?: 'archived';
  reason?: DeadReason;
  months?: string;
}
export const deadReasons = ['ended', 'empty', 'unreachable', 'closed'] as const satisfies readonly DeadReason[];
export const quietFor = ['6', '12', '24', '36'] as const;

export function archiveSearch(raw: Record<string, unknown>): ArchiveSearch {
  const reason = deadReasons.find((known) => known === raw.reason);
  return {
    ...(raw.shown === 'archived' ? { shown: 'archived' } : {}),
    ...(reason && { reason }),
    ...(quietFor.some((months) => months === String(raw.months)) ? { months: String(raw.months) } : {}),
  };
}

export type GroupSearch = HuntFilter & { group?: string };

export function huntSearch(raw: Record<string, unknown>): HuntFilter {
  return {
    ...(raw.kind === 'person' || raw.kind === 'organization' ? { kind: raw.kind } : {}),
    ...(raw.mine === 'true' ? { mine: 'true' } : {}),
  };
}

export function groupSearch(raw: Record<string, unknown>): GroupSearch {
  return { ...huntSearch(raw), ...(typeof raw.group === 'string' && raw.group !== '' ? { group: raw.group } : {}) };
}
