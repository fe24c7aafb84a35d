import { z } from 'zod';
import { contract, nothing } from '../kernel/contract.ts';

// What stands at the head of the company's letters, beside its name.

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'text');

const letterhead = z.object({
  /** The sender's address and numbers, line by line. */
  lines: z.array(line(60).min(1)).max(8),
  /** Where letters are written, before the date: a town. */
  place: line(40),
});
export type Letterhead = z.output<typeof letterhead>;
const kept = letterhead.extend({ version: z.number().int() });

export const getLetterhead = contract({
  name: 'content.getLetterhead',
  method: 'GET',
  path: '/letterhead',
  summary: 'What stands at the head of the company’s letters',
  access: 'member',
  scope: 'workspace:read',
  input: nothing,
  output: kept,
});

export const saveLetterhead = contract({
  name: 'content.saveLetterhead',
  method: 'PUT',
  path: '/letterhead',
  summary: 'Says what stands at the head of the company’s letters',
  access: 'admin',
  scope: 'workspace:write',
  input: letterhead.extend({ version: z.number().int() }),
  output: kept,
  errors: ['conflict'],
});
