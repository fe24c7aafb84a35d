import { z } from 'zod';
import { contract } from '../kernel/contract.ts';
import { language, saying } from './blocks-contract.ts';

/**
 * What of a content words are proposed for: of a whole, its subject or opening line, or the text that a provider approves; of a block, what it says, where
 * `sms` is the text of one in an SMS.
 */
const wordedField = z.enum(['subject', 'preheader', 'heading', 'text', 'label', 'sms', 'agreed']);
export type WordedField = z.output<typeof wordedField>;

/** Signs of a text for which words are proposed: of a longer one it would be another text. */
export const longestWorded = 4000;

export const suggestWords = contract({
  name: 'content.suggestWords',
  method: 'POST',
  path: '/contents/suggestions',
  summary:
    'Other words for a text of a content, by the model that the company has chosen, given what the checker says and how the house writes; nothing is kept',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({
    language,
    saying,
    field: wordedField,
    /** Null: of the whole. */
    blockId: z.string().max(20).nullable(),
  }),
  output: z.object({
    /** Each has the variables, links, addresses and long numbers of the text, and is in its language. */
    proposals: z.array(z.string()).max(3),
    /** Those that were thrown away because they had not. */
    dropped: z.number().int(),
    /** Why there are none: today's are used up, or what the model would not do. */
    problem: z.string().nullable(),
    /** What left, octet for octet; null: nothing did. */
    sent: z.string().nullable(),
  }),
});
