import { z } from 'zod';
import { contract, id, instant, page, paging } from '../kernel/contract.ts';
import { outcome, reasons } from './contract.ts';

/**
 * What somebody who was there says of a deal that has ended: what decided it, who else was in it, what we would do otherwise; about the product, the
 * competition, our message, how we are seen; and what the informal word brought later.
 */
export const interviewFields = [
  'decided',
  'others',
  'otherwise',
  'product',
  'competition',
  'message',
  'image',
  'word',
] as const;
type InterviewField = (typeof interviewFields)[number];

const words = z
  .string()
  .trim()
  .max(4000)
  .refine((text) => !text.includes('\u0000'), 'text')
  .default('');
const said = z.object(
  Object.fromEntries(interviewFields.map((field) => [field, words])) as Record<InterviewField, typeof words>,
);
export type Said = z.output<typeof said>;

const interview = z.object({ said, author: z.string(), at: instant });

export const getInterview = contract({
  name: 'opportunities.getInterview',
  method: 'GET',
  path: '/opportunities/:opportunityId/interview',
  summary: 'What was said of an opportunity that has ended; null: nothing yet',
  input: z.object({ opportunityId: id }),
  output: z.object({ interview: interview.nullable() }),
  access: 'member',
  scope: 'contacts:read',
});
export const saveInterview = contract({
  name: 'opportunities.saveInterview',
  method: 'PUT',
  path: '/opportunities/:opportunityId/interview',
  summary: 'Say what decided an opportunity that has ended; each part is heard as a voice with what it was worth',
  input: z.object({ opportunityId: id, said }),
  output: z.object({ interview }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

const allReasons = [...new Set([...reasons.won, ...reasons.lost])] as [string, ...string[]];
const reason = z.enum(allReasons);
/** `2026-Q4`. */
const quarter = z.string().regex(/^\d{4}-Q[1-4]$/);

export const countOutcomes = contract({
  name: 'opportunities.countOutcomes',
  method: 'GET',
  path: '/opportunities/outcomes',
  summary: 'Why we win and lose: ended opportunities that I see, by outcome, reason and quarter, over two years',
  input: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        outcome,
        /** Null: none was said. An opportunity stands in the row of each of its reasons. */
        reason: reason.nullable(),
        quarter,
        count: z.number().int(),
      }),
    ),
    /** Each opportunity once. */
    totals: z.array(z.object({ outcome, quarter, count: z.number().int() })),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const listOutcomes = contract({
  name: 'opportunities.listOutcomes',
  method: 'GET',
  path: '/opportunities/outcomes/words',
  summary: 'The very words: what was said of ended opportunities of one outcome, the last first',
  input: z.object({ outcome, reason: reason.optional(), quarter: quarter.optional(), ...paging }),
  output: page(
    z.object({
      id,
      name: z.string(),
      organization: z.string(),
      closedOn: z.iso.date(),
      reasons: z.array(reason),
      value: z.object({ cents: z.number().int(), currency: z.string() }).nullable(),
      note: z.string(),
      said: said.nullable(),
    }),
  ),
  access: 'member',
  scope: 'contacts:read',
});
