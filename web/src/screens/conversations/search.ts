import { type Status, statuses } from '../../../../server/conversations/contract.ts';

/** What stands in the address of the inbox. */
export interface InboxSearch {
  view?: 'mine' | 'unassigned' | 'mentioned';
  status?: Exclude<Status, 'open'>;
  channel?: string;
  q?: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Reads the address; what makes no sense is left out rather than refused. */
export function inboxSearch(raw: Record<string, unknown>): InboxSearch {
  const said = statuses.find((one) => one === raw.status);
  return {
    ...(raw.view === 'mine' || raw.view === 'unassigned' || raw.view === 'mentioned' ? { view: raw.view } : {}),
    ...(said && said !== 'open' ? { status: said } : {}),
    ...(typeof raw.channel === 'string' && uuid.test(raw.channel) ? { channel: raw.channel } : {}),
    ...(typeof raw.q === 'string' && raw.q.trim() !== '' ? { q: raw.q.slice(0, 200) } : {}),
  };
}

/** What the server is asked for. */
export const filterOf = ({ view, status: said, channel }: InboxSearch) => ({
  whose: view ?? ('all' as const),
  status: said ?? ('open' as const),
  ...(channel ? { channelId: channel } : {}),
});
