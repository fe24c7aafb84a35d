import { z } from 'zod';
import { channelKind } from '../conversations/contract.ts';
import { introductionPurpose } from '../introductions/contract.ts';
import { type AppScope, id, instant } from '../kernel/contract.ts';

/** Where assistants come in, below the server's own address. */
export const entrance = '/mcp';

/** What each token needs; what it needs besides, the tool says. */
export const everyTool: AppScope = 'contacts:read';

/**
 * A tool of the Model Context Protocol: as an operation's contract, with the words by which an assistant chooses it. Of what it answers, all
 * that people wrote is data, and shortened.
 */
export interface Tool<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  name: string;
  title: string;
  description: string;
  input: I;
  output: O;
  /** What the token must carry besides `everyTool`. */
  scope?: AppScope;
  /** It changes something, in two steps. */
  writes?: true;
}
const tool = <I extends z.ZodObject, O extends z.ZodObject>(record: Tool<I, O>): Tool<I, O> => record;

const named = z.object({ id, name: z.string() });
const band = z.enum(['strong', 'good', 'weak']);
const knowing = z.object({
  member: z.string().describe('A member of the company'),
  me: z.boolean().describe('They are the user'),
  band,
  grounds: z.array(z.string()).describe('What it rests on: held (a card), mail, meetings, introduced, said'),
});
const tied = z.object({ person: named, kind: z.string(), forward: z.boolean(), band });

export const mostFound = 20;
export const searchPeople = tool({
  name: 'search_people',
  title: 'Search people',
  description:
    'Finds persons and organisations among the contacts lent to you, by name, company, title, city, e-mail address or number; forgives accents and typos. Other tools take the ids.',
  input: z.object({
    query: z.string().trim().min(1).max(200),
    kind: z.enum(['person', 'organization']).optional(),
    limit: z.number().int().min(1).max(mostFound).default(10),
    after: z.string().max(2000).optional().describe('`next` of the page before'),
  }),
  output: z.object({
    people: z.array(
      z.object({
        id,
        kind: z.enum(['person', 'organization']),
        name: z.string(),
        organization: z.string().nullable(),
        title: z.string().nullable(),
        city: z.string().nullable(),
        seenAt: instant,
      }),
    ),
    next: z.string().nullable(),
  }),
});

export const whoKnows = tool({
  name: 'who_knows',
  title: 'Who knows them',
  description:
    'Which members of the company know a person, how well and by what, and with whom the person is tied; by `personId`, or of everybody whom a `query` finds (a title, a company, a city).',
  input: z.object({
    personId: id.optional(),
    query: z.string().trim().min(2).max(200).optional(),
  }),
  output: z.object({
    people: z.array(
      z.object({
        person: named,
        knownBy: z.array(knowing),
        ties: z.array(tied),
        paths: z
          .array(z.object({ steps: z.array(z.string()), strength: z.number().int() }))
          .describe('From the user to the person, by whom one may be asked; for one person only'),
      }),
    ),
  }),
  scope: 'assistant:read',
});

export const briefPerson = tool({
  name: 'brief_person',
  title: 'Brief before a meeting',
  description:
    'What the user may know of a person before they meet: the reference values with where they come from and how likely they are still right, consent by channel, who knows them, open opportunities, last conversations, last notes.',
  input: z.object({ personId: id }),
  output: z.object({
    person: named.extend({ kind: z.enum(['person', 'organization']), freshness: z.number().nullable() }),
    values: z.array(
      z.object({
        kind: z.string(),
        text: z.string(),
        why: z
          .string()
          .describe('Why this one was chosen: only, confirmed, corrected, recent, trusted, frequent, preferred'),
        likely: z.number().nullable().describe('0 to 1: how likely it is still right'),
        sources: z.array(z.object({ holder: z.string(), source: z.string(), seenAt: instant })),
      }),
    ),
    consent: z.array(
      z.object({
        channel: z.string(),
        text: z.string(),
        consent: z.enum(['unknown', 'given', 'objected']),
        health: z.enum(['unknown', 'good', 'failing', 'dead']),
      }),
    ),
    knownBy: z.array(knowing),
    ties: z.array(tied),
    opportunities: z.array(
      z.object({
        name: z.string(),
        owner: z.string(),
        openedOn: z.iso.date(),
        expectedOn: z.iso.date().nullable(),
        value: z.object({ cents: z.number().int(), currency: z.string() }).nullable(),
      }),
    ),
    conversations: z.array(
      z.object({
        channel: channelKind,
        subject: z.string(),
        status: z.string(),
        lastAt: instant,
        lastWord: z.enum(['in', 'out', 'note', 'event']).describe('in: theirs; out: ours'),
        waitingSince: instant.nullable(),
      }),
    ),
    notes: z.array(z.object({ at: instant, author: z.string(), text: z.string() })),
  }),
  scope: 'assistant:read',
});

export const listSegments = tool({
  name: 'list_segments',
  title: 'List segments',
  description: 'The segments and lists that the user sees, by name.',
  input: z.object({}),
  output: z.object({
    segments: z.array(named.extend({ kind: z.enum(['filter', 'list']), description: z.string() })),
    more: z.boolean(),
  }),
  scope: 'assistant:read',
});

export const countSegment = tool({
  name: 'count_segment',
  title: 'Count a segment',
  description:
    'How many people of a segment are among the contacts lent to you, and the first of them by name. `more`: the segment is larger than was looked at.',
  input: z.object({ segmentId: id, people: z.number().int().min(0).max(50).default(10) }),
  output: z.object({ count: z.number().int(), more: z.boolean(), people: z.array(named) }),
  scope: 'assistant:read',
});

const fingerprint = z
  .string()
  .max(500)
  .optional()
  .describe(
    'Left out: nothing is done, and the answer says what would be. Given, with the same arguments: it is done.',
  );
/** What a tool that writes answers. */
const outcome = z.object({
  done: z.boolean(),
  summary: z
    .string()
    .describe('What would be done, or was, in the user’s language. Show it to them before confirming.'),
  fingerprint: z.string().nullable().describe('To be given back to do it, once, within ten minutes'),
  expiresAt: instant.nullable(),
  id: id.nullable().describe('Of what was made'),
});
export type Outcome = z.output<typeof outcome>;
const twoSteps =
  'Two steps: call without `fingerprint` to see what would be done; show that to the user; once they agree, call again with the same arguments and the fingerprint.';
const text = (most: number) => z.string().trim().min(1).max(most);

export const logNote = tool({
  name: 'log_note',
  title: 'Log a note',
  description: `Writes a dated note on a person, in the user's name; whoever reads the card it hangs on can read it. ${twoSteps}`,
  input: z.object({ personId: id, text: text(5000), fingerprint }),
  output: outcome,
  scope: 'assistant:write',
  writes: true,
});

export const proposeDuplicate = tool({
  name: 'propose_duplicate',
  title: 'Propose a duplicate',
  description: `Proposes to the user, as a task of theirs, that two contacts may be one. It merges nothing: people decide. ${twoSteps}`,
  input: z.object({ personId: id, otherId: id, reason: text(1000), fingerprint }),
  output: outcome,
  scope: 'assistant:write',
  writes: true,
});

export const draftIntroduction = tool({
  name: 'draft_introduction',
  title: 'Draft an introduction',
  description: `Drafts a request for an introduction to a contact that a colleague holds, as a task of the user's. It asks nobody: the user sends it, or not. ${twoSteps}`,
  input: z.object({ personId: id, purpose: introductionPurpose, message: text(4000), fingerprint }),
  output: outcome,
  scope: 'assistant:write',
  writes: true,
});

export const tools: readonly Tool[] = [
  searchPeople,
  whoKnows,
  briefPerson,
  listSegments,
  countSegment,
  logNote,
  proposeDuplicate,
  draftIntroduction,
];
