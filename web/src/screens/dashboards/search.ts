import { boards, periods } from '../../../../server/dashboards/contract.ts';

/** What stands in the address of a board: how far back it looks. */
export interface BoardSearch {
  days?: (typeof periods)[number];
}

/** Reads the address; what makes no sense is left out rather than refused. */
export function boardSearch(raw: Record<string, unknown>): BoardSearch {
  const days = periods.find((period) => String(period) === String(raw.days));
  return days ? { days } : {};
}

export const isBoard = (text: string): boolean => (boards as readonly string[]).includes(text);
