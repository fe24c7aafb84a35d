import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

/** Which messages a model is asked of: none, those of which nothing certain was read here, or all. */
const asks = z.enum(['none', 'unclear', 'all']);

const model = z.object({
  /** The address of an interface like OpenAI's, without "/chat/completions". */
  url: z.string(),
  name: z.string(),
  state: z.enum(['working', 'paused']),
  asks,
  /** It proposes words to who writes contents, and asks it to. */
  suggests: z.boolean(),
  mostADay: z.number().int(),
  /** Messages and texts that left: today (UTC), and since it was set up. */
  today: z.number().int(),
  asked: z.number().int(),
  problem: z.object({ code: z.string(), since: instant }).nullable(),
  changedBy: z.string(),
  changedAt: instant,
});
export type Model = z.output<typeof model>;

export const getModel = contract({
  name: 'voices.getModel',
  method: 'GET',
  path: '/voices/model',
  summary: 'The model that is asked what messages say, and how much left for it; null: nothing leaves',
  input: nothing,
  output: z.object({ model: model.nullable() }),
  access: 'member',
  scope: 'workspace:read',
});

export const setModel = contract({
  name: 'voices.setModel',
  method: 'PUT',
  path: '/voices/model',
  summary:
    'Have messages on the company’s channels read by a model of one’s choice, too; it is asked once whether it answers',
  input: z.object({
    url: z.url({ protocol: /^https?$/ }).max(500),
    name: z.string().trim().min(1).max(200),
    /** Left out: as it is kept. For another address it is needed anew, or said to be empty. */
    key: z.string().max(1000).optional(),
    state: z.enum(['working', 'paused']).default('working'),
    asks,
    suggests: z.boolean().default(false),
    mostADay: z.number().int().min(1).max(100_000),
  }),
  output: z.object({ model }),
  access: 'admin',
  scope: 'workspace:write',
  errors: ['connection_failed'],
});

export const removeModel = contract({
  name: 'voices.removeModel',
  method: 'DELETE',
  path: '/voices/model',
  summary: 'Nothing leaves any more; its key is forgotten, what it said stays until the messages are read anew',
  input: nothing,
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

export const previewRequest = contract({
  name: 'voices.previewRequest',
  method: 'GET',
  path: '/voices/model/request',
  summary: 'What would leave for a message, octet for octet; of a made-up one where none is said',
  input: z.object({ conversationId: id.optional(), messageId: id.optional(), name: z.string().trim().min(1).max(200) }),
  output: z.object({ body: z.string() }),
  access: 'member',
  scope: 'contacts:read',
});
