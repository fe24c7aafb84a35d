import { z } from 'zod';
import { channelKind, refusal, sendingState } from '../conversations/contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';
import { messageState, reason } from '../outreach/contract.ts';
import { tone } from '../voices/contract.ts';

const ofCase = { caseId: id };
const member = z.object({ id, name: z.string() });

const answer = z.object({
  /** `introduction`: asked for, not answered yet; `handed`: a colleague has it in hand; `not_answered`: somebody said why not. */
  kind: z.enum(['reply', 'mail', 'introduction', 'handed', 'not_answered']),
  /** Of what was written; null: nothing was. */
  state: z.union([sendingState, messageState]).nullable(),
  by: member,
  to: member.nullable(),
  text: z.string(),
  reason: z.string(),
  at: instant,
});

const raised = z.object({
  /** Whom an answer is for: their contact point on this case, or the card where there is none. */
  key: id,
  person: member.nullable(),
  name: z.string(),
  account: z.string().nullable(),
  conversationId: id.nullable(),
  channel: z.object({ id, kind: channelKind, name: z.string() }).nullable(),
  text: z.string(),
  at: instant,
  tone,
  /** Whom of us they know; null: nobody that I know of. */
  colleague: member.nullable(),
  because: z.enum(['tie', 'assignee']).nullable(),
  answer: answer.nullable(),
  answered: z.boolean(),
  /** What they said next. */
  reactions: z.array(z.object({ conversationId: id, messageId: id, text: z.string(), tone, at: instant })),
});
export type Raised = z.output<typeof raised>;

export const listRaised = contract({
  name: 'decisions.listRaised',
  method: 'GET',
  path: '/voices/cases/:caseId/raised',
  summary:
    'All who raised the point, as far as I hear them, with whom of us they know, their answer, and what they said next',
  input: z.object({ ...ofCase, which: z.enum(['unanswered', 'answered', 'all']).default('all'), ...paging }),
  output: page(raised),
  access: 'member',
  scope: 'contacts:read',
});

/** Liquid: {{ contact.first_name }}, {{ contact.name }}, {{ agent.name }}, {{ conversation.channel }}. */
const text = z.string().trim().max(10_000);
const texts = z.object({ fr: text.optional(), en: text.optional() }).refine(({ fr, en }) => fr || en, 'required');
const keys = z.array(id).min(1).max(100);

const planned = z.object({
  key: id,
  name: z.string(),
  language: z.enum(['fr', 'en']),
  text: z.string(),
  way: z.enum(['reply', 'mail', 'introduction', 'handed', 'none']),
  to: member.nullable(),
  /** Why neither a reply nor a mail may leave: all reasons. */
  refusals: z.array(refusal),
  reasons: z.array(reason),
  /** The last message of their conversations as they were looked at: sent back, nothing leaves where it is another by then. */
  seen: id.nullable(),
});
export type Planned = z.output<typeof planned>;

export const previewAnswers = contract({
  name: 'decisions.previewAnswers',
  method: 'POST',
  path: '/voices/cases/:caseId/answers/preview',
  summary: 'What each of them would be told, how, by whom, or all reasons why they would not; nothing leaves',
  input: z.object({
    ...ofCase,
    texts,
    keys,
    /** Each by the colleague they know, where that is somebody else who tends the channel. */
    byColleagues: z.boolean().default(true),
  }),
  output: z.object({ items: z.array(planned) }),
  access: 'member',
  scope: 'contacts:read',
});

const outcome = z.object({
  key: id,
  /** `earlier`: they have had their answer; `newer`: they said something else meanwhile; `refused`: see the preview. */
  became: z.enum(['reply', 'mail', 'introduction', 'handed', 'refused', 'earlier', 'newer']),
});

export const sendAnswers = contract({
  name: 'decisions.sendAnswers',
  method: 'POST',
  path: '/voices/cases/:caseId/answers',
  summary: 'Answer all these, each where they spoke, or through the gate; nobody is written to twice',
  input: z.object({
    ...ofCase,
    texts,
    targets: z
      .array(z.object({ key: id, seen: id.nullable() }))
      .min(1)
      .max(100),
    byColleagues: z.boolean().default(true),
  }),
  output: z.object({ items: z.array(outcome) }),
  access: 'member',
  scope: 'messages:write',
});

export const leaveUnanswered = contract({
  name: 'decisions.leaveUnanswered',
  method: 'PUT',
  path: '/voices/cases/:caseId/raised/:key/reason',
  summary: 'Say why somebody is not answered: it stands in the list for all who see them',
  input: z.object({ ...ofCase, key: id, reason: z.string().trim().min(3).max(500) }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});
