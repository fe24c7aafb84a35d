import { useQuery } from '@tanstack/react-query';
import { getMyParts, type Part } from '../../server/adoption/contract.ts';
import { reading } from './queries.ts';

/** Asked for with who one is, before anything is drawn. */
export const partsQuery = { ...reading(getMyParts, {}), staleTime: 5 * 60_000 };

/** Whether the interface shows a part of the product. What is hidden is there all the same: no right depends on it. */
export function useParts(): (part: Part | undefined) => boolean {
  const shown = useQuery(partsQuery).data?.parts ?? [];
  return (part) => part === undefined || shown.includes(part);
}
