import { z } from 'zod';
import { purpose } from '../delegation/contract.ts';
import { contract, id, instant } from '../kernel/contract.ts';
import { estimate, figure } from '../outreach/estimate-contract.ts';

export const simulatePressure = contract({
  name: 'plan.simulatePressure',
  method: 'POST',
  path: '/plan/pressure/simulation',
  summary:
    'What would become of a message to a segment on a day: how many would get it, how many not and why, whose place it would take; nothing is kept',
  input: z.object({
    segmentId: id,
    purpose,
    at: instant,
    /** How it ranks for a last place; left out: as much as it weighs. */
    priority: z.number().int().min(0).max(10).optional(),
  }),
  output: estimate,
  access: 'member',
  scope: 'contacts:read',
});

export const getSegmentPressure = contract({
  name: 'plan.getSegmentPressure',
  method: 'GET',
  path: '/plan/pressure/segments/:segmentId',
  summary: 'How much the people of a segment received, month by month: how many of them how much weight, whoever wrote',
  input: z.object({ segmentId: id }),
  output: z.object({
    people: figure,
    /** The most weight of each class but the last, which has no most: 0, 3, 6… */
    classes: z.array(z.number().int()),
    /** The last twelve months (UTC), the oldest first; of each how many people in each class. */
    months: z.array(z.object({ month: z.string(), people: z.array(z.number().int()) })),
  }),
  access: 'member',
  scope: 'contacts:read',
});
