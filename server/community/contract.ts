import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';
import { reason as gateReason } from '../outreach/contract.ts';

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !text.includes('\u0000'), 'text');
const optional = (most: number) => z.string().trim().max(most).default('');
const both = (most: number) => z.object({ fr: line(most), en: line(most) });
const bothOptional = (most: number) => z.object({ fr: optional(most), en: optional(most) });

/** Where ideas stand. Declined ones say why. */
export const statuses = ['new', 'considered', 'planned', 'done', 'declined'] as const;
export const status = z.enum(statuses);
export type Status = z.output<typeof status>;

const space = z.object({
  id,
  kind: z.enum(['ideas', 'call']),
  name: both(80),
  intro: z.object({ fr: z.string(), en: z.string() }),
  /** Of a call: the last day for proposals (UTC). */
  closesOn: z.iso.date().nullable(),
  /** What became of the proposals of a call. */
  feedback: z.string(),
  ideas: z.number().int(),
});
export type Space = z.output<typeof space>;

export const community = z.object({
  id,
  name: z.string(),
  url: z.string(),
  slug: z.string(),
  intro: z.object({ fr: z.string(), en: z.string() }),
  invitedOnly: z.boolean(),
  firstReviewed: z.boolean(),
  /** Everybody here, or a team. */
  moderators: z.object({ id, name: z.string() }),
  closed: z.boolean(),
  /** I moderate it. */
  mine: z.boolean(),
  people: z.number().int(),
  /** Posts, reports and stories that wait for a moderator. */
  waiting: z.number().int(),
  spaces: z.array(space),
});
export type Community = z.output<typeof community>;

export const listCommunities = contract({
  name: 'community.listCommunities',
  method: 'GET',
  path: '/communities',
  summary: 'The communities of our customers',
  input: nothing,
  output: z.object({ items: z.array(community) }),
  access: 'member',
  scope: 'contacts:read',
});

const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]$/);
const said = {
  name: line(80),
  intro: bothOptional(3000),
  invitedOnly: z.boolean(),
  firstReviewed: z.boolean(),
  /** A team; null: everybody here. Admins always do. */
  moderatorTeamId: id.nullable(),
};
export const addCommunity = contract({
  name: 'community.addCommunity',
  method: 'POST',
  path: '/communities',
  summary: 'Open a community at /c/<slug>, with a first space for ideas',
  input: z.object({ slug, ...said }),
  output: community,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});
export const updateCommunity = contract({
  name: 'community.updateCommunity',
  method: 'PATCH',
  path: '/communities/:communityId',
  summary: 'Change a community, close it or open it again',
  input: z.object({ communityId: id, ...z.object(said).partial().shape, closed: z.boolean().optional() }),
  output: community,
  access: 'admin',
  scope: 'workspace:write',
});
export const saveSpace = contract({
  name: 'community.saveSpace',
  method: 'PUT',
  path: '/communities/:communityId/spaces/:spaceId',
  summary: 'Make or change a space for ideas, or a call for proposals until a day',
  input: z.object({
    communityId: id,
    spaceId: id,
    kind: z.enum(['ideas', 'call']),
    name: both(80),
    intro: bothOptional(3000),
    closesOn: z.iso.date().nullable().default(null),
  }),
  output: community,
  access: 'member',
  scope: 'messages:write',
});
export const giveFeedback = contract({
  name: 'community.giveFeedback',
  method: 'POST',
  path: '/communities/:communityId/spaces/:spaceId/feedback',
  summary: 'Say what became of the proposals of a call: on its page, and by mail to all who proposed something, once',
  input: z.object({ communityId: id, spaceId: id, text: line(5000) }),
  output: z.object({ told: z.number().int() }),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

const author = z.object({
  id,
  name: z.string(),
  /** One of ours. */
  staff: z.boolean(),
  banned: z.boolean(),
  /** Whose address it is among my contacts, as far as I see them. */
  person: z.object({ id, name: z.string() }).nullable(),
});
const post = z.object({
  id,
  spaceId: id,
  ideaId: id.nullable(),
  title: z.string(),
  text: z.string(),
  author,
  state: z.enum(['pending', 'shown', 'hidden']),
  reason: z.string(),
  status,
  statusReason: z.string(),
  votes: z.number().int(),
  comments: z.number().int(),
  at: instant,
});
export type Post = z.output<typeof post>;

const story = z.object({
  id,
  author,
  text: z.string(),
  consent: z.string(),
  consentedAt: instant,
  state: z.enum(['pending', 'shown', 'hidden']),
});

export const getQueue = contract({
  name: 'community.getQueue',
  method: 'GET',
  path: '/communities/:communityId/queue',
  summary: 'What waits for a moderator: first posts, what was reported and why, stories',
  input: z.object({ communityId: id }),
  output: z.object({
    posts: z.array(post),
    reports: z.array(z.object({ post, reasons: z.array(z.string()) })),
    stories: z.array(story),
  }),
  access: 'member',
  scope: 'contacts:read',
});
export const listIdeas = contract({
  name: 'community.listIdeas',
  method: 'GET',
  path: '/communities/:communityId/ideas',
  summary: 'Ideas and proposals, the newest first',
  input: z.object({ communityId: id, spaceId: id.optional(), status: status.optional(), ...paging }),
  output: page(post),
  access: 'member',
  scope: 'contacts:read',
});
export const getIdea = contract({
  name: 'community.getIdea',
  method: 'GET',
  path: '/communities/:communityId/ideas/:postId',
  summary: 'An idea with what is said about it',
  input: z.object({ communityId: id, postId: id }),
  output: z.object({ idea: post, comments: z.array(post) }),
  access: 'member',
  scope: 'contacts:read',
});
const ofPost = { communityId: id, postId: id };
export const decidePost = contract({
  name: 'community.decidePost',
  method: 'POST',
  path: '/communities/:communityId/posts/:postId/decision',
  summary: 'Show a post, or hide it with a reason that its author reads; what was reported of it is settled',
  input: z
    .object({ ...ofPost, show: z.boolean(), reason: optional(500) })
    .refine((one) => one.show || one.reason !== '', { path: ['reason'], message: 'required' }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});
export const setStatus = contract({
  name: 'community.setStatus',
  method: 'POST',
  path: '/communities/:communityId/posts/:postId/status',
  summary: 'Say where an idea stands; a declined one says why',
  input: z
    .object({ ...ofPost, status, reason: optional(1000) })
    .refine((one) => one.status !== 'declined' || one.reason !== '', { path: ['reason'], message: 'required' }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});
export const answerPost = contract({
  name: 'community.answerPost',
  method: 'POST',
  path: '/communities/:communityId/posts/:postId/answers',
  summary: 'Say something about an idea as one of ours, marked so',
  input: z.object({ ...ofPost, text: line(4000) }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});
export const decideStory = contract({
  name: 'community.decideStory',
  method: 'POST',
  path: '/communities/:communityId/stories/:storyId/decision',
  summary: 'Show a story that a customer shares, or not',
  input: z.object({ communityId: id, storyId: id, show: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});
export const banPerson = contract({
  name: 'community.banPerson',
  method: 'POST',
  path: '/communities/:communityId/people/:personId/ban',
  summary: 'Keep somebody out, with a reason, or let them in again; what they wrote stays until it is hidden',
  input: z.object({ communityId: id, personId: id, banned: z.boolean(), reason: line(500) }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});
export const listPeople = contract({
  name: 'community.listPeople',
  method: 'GET',
  path: '/communities/:communityId/people',
  summary: 'Who belongs to a community, whose contact they are, and who came through whom',
  input: z.object({ communityId: id, ...paging }),
  output: page(author.extend({ joinedAt: instant, cameThrough: z.string().nullable(), brought: z.number().int() })),
  access: 'member',
  scope: 'contacts:read',
});
export const listActs = contract({
  name: 'community.listActs',
  method: 'GET',
  path: '/communities/:communityId/acts',
  summary: 'What moderators did and why, the last first',
  input: z.object({ communityId: id }),
  output: z.object({
    items: z.array(
      z.object({ id, member: z.string(), kind: z.string(), subject: z.string(), reason: z.string(), at: instant }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});

const refusal = z.enum([...gateReason.options, 'no_address']);
export type Refusal = z.output<typeof refusal>;
const invited = z.object({
  items: z.array(z.object({ personId: id, name: z.string(), allowed: z.boolean(), reasons: z.array(refusal) })),
});
const personIds = z.array(id).min(1).max(100);
export const previewInvitations = contract({
  name: 'community.previewInvitations',
  method: 'POST',
  path: '/communities/:communityId/preview',
  summary:
    'Whom of these contacts the gate lets be invited, with all reasons against the others; nothing is sent or kept',
  input: z.object({ communityId: id, personIds }),
  output: invited,
  access: 'member',
  scope: 'contacts:read',
});
export const invite = contract({
  name: 'community.invite',
  method: 'POST',
  path: '/communities/:communityId/invitations',
  summary: 'Invite contacts by mail, to the whole or to a call; to those whom the gate refuses nothing is sent',
  input: z.object({
    communityId: id,
    spaceId: id.nullable().default(null),
    personIds,
    subject: line(200),
    text: line(10_000),
    locale: z.enum(['fr', 'en']),
  }),
  output: invited,
  access: 'member',
  scope: 'messages:write',
});
