import type { listPeople } from '../../../../server/cards/contract.ts';
import type { Input } from '../../../../server/kernel/contract.ts';

/** What stands in the address of a list: its filter, its order and who is open beside it. */
export type ListSearch = Omit<Input<typeof listPeople>, 'after' | 'limit' | 'kind'> & { open?: string };
export type Filter = Omit<ListSearch, 'open' | 'sort'>;

const freshness = ['quarter', 'year', 'three_years', 'older'] as const;
const sorts = ['name', 'organization', 'recent'] as const;

/** Reads the address; what makes no sense is left out rather than refused. */
export function listSearch(raw: Record<string, unknown>): ListSearch {
  const text = (key: string) => (typeof raw[key] === 'string' && raw[key] !== '' ? raw[key] : undefined);
  // A filter that is missing here would be read from no address.
  const found = {
    q: text('q'),
    bookId: text('bookId'),
    sourceId: text('sourceId'),
    organization: text('organization'),
    freshness: freshness.find((value) => value === raw.freshness),
    toVerify: raw.toVerify === 'yes' ? 'yes' : undefined,
    sort: sorts.find((value) => value === raw.sort),
    open: text('open'),
  } satisfies { [Key in keyof Required<ListSearch>]: ListSearch[Key] | undefined };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** The part that narrows the list, in a stable order, so that equal filters make equal keys. */
export function filterOf({ q, bookId, sourceId, organization, freshness, toVerify }: ListSearch): Filter {
  return { q, bookId, sourceId, organization, freshness, toVerify } satisfies Required<{
    [Key in keyof Required<Filter>]: Filter[Key] | undefined;
  }>;
}
