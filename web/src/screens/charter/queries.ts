import { getCharter, getDocument, listAcceptances } from '../../../../server/charter/contract.ts';
import type { Input } from '../../../../server/kernel/contract.ts';
import { reading } from '../../queries.ts';

export const charterQuery = reading(getCharter, {});
export const acceptancesQuery = reading(listAcceptances, {});
export const documentQuery = (document: Input<typeof getDocument>['document'], locale: 'fr' | 'en') =>
  reading(getDocument, { document, locale });
