import type { Kind } from '../contacts/queries.ts';

/** Which pairs one wants to see; stands in the address. */
export interface HuntFilter {
  kind?: Kind;
  mine?: 'true';
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
