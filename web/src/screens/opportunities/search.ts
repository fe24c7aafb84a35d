/** What stands in the address of the opportunities. */
export interface OpportunitySearch {
  view?: 'table';
  state?: 'won' | 'lost';
  whose?: 'mine' | 'team';
  q?: string;
}

/** Reads the address; what makes no sense is left out rather than refused. */
export function opportunitySearch(raw: Record<string, unknown>): OpportunitySearch {
  return {
    ...(raw.view === 'table' ? { view: raw.view } : {}),
    ...(raw.state === 'won' || raw.state === 'lost' ? { state: raw.state } : {}),
    ...(raw.whose === 'mine' || raw.whose === 'team' ? { whose: raw.whose } : {}),
    ...(typeof raw.q === 'string' && raw.q !== '' ? { q: raw.q.slice(0, 200) } : {}),
  };
}
