import { queryOptions } from '@tanstack/react-query';
import { countToVerify, getFacets, listCompanies, listPeople } from '../../../../server/cards/contract.ts';
import { listBooks } from '../../../../server/delegation/contract.ts';
import { getImport, type ImportRecord, listImports, listSources } from '../../../../server/sources/contract.ts';
import { queryClient, reading, refresh } from '../../queries.ts';

type Moving = ImportRecord & { state: 'analysing' | 'queued' | 'running' };

/** Something still moves on the server. */
export function isMoving(record: ImportRecord): record is Moving {
  return record.state === 'analysing' || record.state === 'queued' || record.state === 'running';
}

/** My latest imports; asked again each second while one of them moves. */
export const importsQuery = queryOptions({
  ...reading(listImports, { limit: 50 }),
  refetchInterval: ({ state }) => (state.data?.items.some(isMoving) ? 1000 : false),
});

export function importQuery(importId: string) {
  return queryOptions({
    ...reading(getImport, { importId }),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? 700 : false),
  });
}

/** An answer of the server about one import becomes the current one everywhere. */
export async function adoptImport(record: ImportRecord): Promise<void> {
  queryClient.setQueryData(reading(getImport, { importId: record.id }).queryKey, record);
  await refresh(listImports);
}

/** What shows contacts is out of date once an import has ended or was taken back. */
export function refreshContacts(): Promise<unknown> {
  return refresh(listPeople, getFacets, countToVerify, listCompanies, listSources, listBooks);
}
