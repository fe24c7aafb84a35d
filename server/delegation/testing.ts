import type { z } from 'zod';
import type { Member } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

/** Says anew to whom a book is lent: what stood is withdrawn, and these grants made. @returns their ids */
export async function lend(
  holder: Member,
  bookId: string,
  ...wanted: z.input<typeof contracts.grantTerms>[]
): Promise<string[]> {
  const { items } = await holder.call(contracts.listGrants, { bookId });
  for (const { id } of items) await holder.call(contracts.endGrant, { grantId: id });
  const ids: string[] = [];
  for (const terms of wanted) ids.push((await holder.call(contracts.createGrant, { bookId, ...terms })).id);
  return ids;
}
