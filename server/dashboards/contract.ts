import { z } from 'zod';
import { contract } from '../kernel/contract.ts';

export const boards = ['reference', 'relations', 'conversations', 'plan'] as const;
export type Board = (typeof boards)[number];

/** Days back from today. */
export const periods = [30, 90, 365] as const;

/** Bars lie, one a name; columns stand, one a week or month; lines run over these, one a series. */
export const forms = ['bars', 'columns', 'lines'] as const;
export const units = ['count', 'hours', 'money', 'percent'] as const;

const chart = z.object({
  /** What it shows: `reference.freshness`. */
  key: z.string(),
  form: z.enum(forms),
  unit: z.enum(units),
  /** Of money. */
  currency: z.string().nullable(),
  /**
   * What each point has a value of: one, or several that add up (of lines: that stand beside each other, each with the list behind it). A name, or null
   * where the key is a code.
   */
  series: z.array(z.object({ key: z.string(), name: z.string().nullable(), to: z.string().nullable() })),
  points: z.array(
    z.object({
      key: z.string(),
      name: z.string().nullable(),
      values: z.array(z.number()),
      /** The list behind it, as an address of the interface. */
      to: z.string(),
    }),
  ),
});
export type Chart = z.output<typeof chart>;

export const getBoard = contract({
  name: 'dashboards.getBoard',
  method: 'GET',
  path: '/dashboards/:board',
  summary: 'A board of charts: the reference, relations, conversations or the plan, of what I may see',
  input: z.object({
    board: z.enum(boards),
    days: z.coerce
      .number()
      .int()
      .refine((days) => (periods as readonly number[]).includes(days), 'period')
      .default(90),
  }),
  output: z.object({ charts: z.array(chart) }),
  access: 'member',
  scope: 'contacts:read',
});
