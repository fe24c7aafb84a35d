/** What stands in the address of the list of tasks. */
export interface TaskSearch {
  state?: 'open' | 'done';
  whose?: 'mine' | 'given' | undefined;
}

/** Reads the address; what makes no sense is left out rather than refused. */
export function taskSearch(raw: Record<string, unknown>): TaskSearch {
  return {
    ...(raw.state === 'done' ? { state: 'done' as const } : {}),
    ...(raw.whose === 'mine' || raw.whose === 'given' ? { whose: raw.whose } : {}),
  };
}
