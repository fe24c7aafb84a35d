import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { id } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { mailAsked } from '../outreach/asked.ts';
import * as contracts from './contract.ts';
import { authorsOf, describeCommunities, describeCommunity, describePosts } from './describing.ts';
import { hearIdea, hearVotesOf } from './hearing.ts';
import { inviteAll, previewAll } from './inviting.ts';
import * as posts from './posts.ts';
import * as queries from './queries.ts';
import { cleanText, most, nameKey } from './rules.ts';

const byId = z.tuple([id]);

/** @throws AppError not_found; forbidden for who does not moderate it */
async function getModerated(context: Context, communityId: string): Promise<contracts.Community> {
  const one = await describeCommunity(context, communityId);
  if (!one.mine) throw new AppError('forbidden');
  return one;
}

/** Judges as the caller, then writes as the keeper. */
async function moderate<T>(
  { actor, asCaller, asSystem }: OutsideContext,
  communityId: string,
  work: (tx: Tx, actor: Actor, community: contracts.Community) => Promise<T>,
): Promise<T> {
  const community = await asCaller((context) => getModerated(context, communityId));
  return asSystem('keeper', (tx) => work(tx, actor, community));
}

/** @throws AppError not_found */
async function getPost(tx: Tx, { workspaceId }: Actor, communityId: string, postId: string): Promise<posts.PostRow> {
  const post = await posts.findPost(tx, workspaceId, communityId, postId);
  if (!post) throw notFound();
  return post;
}

async function hearAnew(tx: Tx, actor: Actor, post: posts.PostRow): Promise<void> {
  if (post.parent_id !== null) return;
  await hearIdea(tx, actor.workspaceId, await getPost(tx, actor, post.community_id, post.post_id));
}

/** @throws AppError invalid_input for no team of this workspace */
async function checkTeam({ tx, actor }: Context, teamId: string | null): Promise<string> {
  if (teamId === null) return actor.workspaceId;
  const teams = await queries.findTeam(tx, actor, teamId);
  if (!teams) throw new AppError('invalid_input', { fields: { moderatorTeamId: 'unknown' } });
  return teamId;
}

type Said = Partial<z.output<typeof contracts.updateCommunity.input>>;
const columnsOf = ({ name, intro, invitedOnly, firstReviewed, closed }: Said) => ({
  ...(name === undefined ? {} : { name }),
  ...(intro === undefined ? {} : { intro_fr: intro.fr, intro_en: intro.en }),
  ...(invitedOnly === undefined ? {} : { invited_only: invitedOnly }),
  ...(firstReviewed === undefined ? {} : { first_reviewed: firstReviewed }),
  ...(closed === undefined ? {} : { closed_at: closed ? new Date() : null }),
});

/** The first space of a community, in its readers' language. */
const firstSpace = (communityId: string): queries.NewSpace => ({
  ...{ space_id: newId(), community_id: communityId, kind: 'ideas', closes_on: null, intro_fr: '', intro_en: '' },
  name_fr: translator('fr')('community.firstSpace'),
  name_en: translator('en')('community.firstSpace'),
});

async function tellProposers(
  app: App,
  tx: Tx,
  { workspaceId }: Actor,
  community: contracts.Community,
  spaceId: string,
  text: string,
) {
  let told = 0;
  for (const { contact_point_id, address, locale } of await queries.listProposers(tx, workspaceId, spaceId)) {
    const space = community.spaces.find((one) => one.id === spaceId)!;
    const words = { call: space.name[locale as Locale], community: community.name };
    const t = translator(locale);
    const queued = await mailAsked(app, tx, workspaceId, {
      ...{ contactPointId: contact_point_id, address: app.secrets.decrypt(address), kind: 'feedback', locale },
      letter: {
        subject: t('community.feedback.subject', words),
        paragraphs: [t('community.feedback.text', words), text],
        action: { label: t('community.feedback.button'), url: `${community.url}/s/${spaceId}` },
        footer: t('community.feedback.footer', words),
      },
    });
    if (queued) told++;
  }
  return told;
}

const managing: Operation[] = [
  implement(contracts.listCommunities, async (_input, context) => ({ items: await describeCommunities(context) })),

  implementOutside(
    contracts.addCommunity,
    async ({ slug, moderatorTeamId, ...said }, { actor, asCaller, asSystem }) => {
      const moderators = await asCaller((context) => checkTeam(context, moderatorTeamId));
      const communityId = newId();
      await asSystem('keeper', async (tx) => {
        const row = { ...columnsOf(said), slug, moderators_id: moderators } as queries.NewCommunity;
        const place = { workspace_id: actor.workspaceId, community_id: communityId };
        if (!(await queries.addCommunity(tx, { ...row, ...place }))) throw new AppError('conflict');
        await queries.keepSpace(tx, actor.workspaceId, firstSpace(communityId));
      });
      return asCaller((context) => describeCommunity(context, communityId));
    },
  ),

  implementOutside(contracts.updateCommunity, async ({ communityId, moderatorTeamId, ...said }, context) => {
    const { actor, asCaller, asSystem } = context;
    const moderators = await asCaller(async (inside) => {
      await describeCommunity(inside, communityId);
      return moderatorTeamId === undefined ? undefined : checkTeam(inside, moderatorTeamId);
    });
    const set = { ...columnsOf(said), ...(moderators ? { moderators_id: moderators } : {}) };
    await asSystem('keeper', (tx) => queries.updateCommunity(tx, actor.workspaceId, communityId, set));
    return asCaller((inside) => describeCommunity(inside, communityId));
  }),

  implementOutside(contracts.saveSpace, async ({ communityId, spaceId, kind, name, intro, closesOn }, context) => {
    await moderate(context, communityId, async (tx, { workspaceId }) => {
      const row = { space_id: spaceId, community_id: communityId, kind, closes_on: kind === 'call' ? closesOn : null };
      const words = { name_fr: name.fr, name_en: name.en, intro_fr: intro.fr, intro_en: intro.en };
      if (!(await queries.keepSpace(tx, workspaceId, { ...row, ...words }))) throw notFound();
    });
    return context.asCaller((inside) => describeCommunity(inside, communityId));
  }),

  implementOutside(contracts.giveFeedback, ({ communityId, spaceId, text }, context) =>
    moderate(context, communityId, async (tx, actor, community) => {
      if (!community.spaces.some((one) => one.id === spaceId)) throw notFound();
      if (!(await queries.keepFeedback(tx, actor.workspaceId, communityId, spaceId, text)))
        throw new AppError('conflict');
      return { told: await tellProposers(context.app, tx, actor, community, spaceId, text) };
    }),
  ),

  implement(contracts.previewInvitations, async ({ communityId, personIds }, context) => {
    await describeCommunity(context, communityId);
    return { items: await previewAll(context, personIds) };
  }),

  implement(contracts.invite, async ({ communityId, spaceId, personIds, ...words }, context) => {
    const { app, tx, actor, afterCommit } = context;
    const one = await describeCommunity(context, communityId);
    if (spaceId && !one.spaces.some((space) => space.id === spaceId)) throw notFound();
    const url = spaceId && !one.invitedOnly ? `${one.url}/s/${spaceId}` : `${one.url}/join`;
    const { items, points } = await inviteAll(context, url, personIds, words);
    // Who was written to may come in: noted with the mails, whatever happens in between.
    const payload = { memberId: actor.memberId, communityId, spaceId, contactPointIds: points };
    const cause = await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'community.noteInvited', payload });
    afterCommit(() => app.runNow(actor.workspaceId, cause, 'community.noteInvited'));
    return { items };
  }),
];

const moderating: Operation[] = [
  implement(contracts.getQueue, async ({ communityId }, context) => {
    const { tx, actor } = context;
    await getModerated(context, communityId);
    const reported = await posts.listReported(tx, actor.workspaceId, communityId);
    const described = await describePosts(context, reported);
    const stories = await posts.listStories(tx, actor.workspaceId, communityId, { state: 'pending' });
    const authorOf = await authorsOf(context, stories);
    return {
      posts: await describePosts(context, await posts.listPending(tx, actor.workspaceId, communityId)),
      reports: described.map((post, at) => ({ post, reasons: reported[at]!.reasons })),
      stories: stories.map((row) => ({
        ...{ id: row.story_id, author: authorOf(row, row.author), text: row.text, consent: row.consent },
        ...{ consentedAt: row.consented_at.toISOString(), state: row.state },
      })),
    };
  }),

  implementOutside(contracts.decidePost, ({ communityId, postId, show, reason }, context) =>
    moderate(context, communityId, async (tx, actor) => {
      await posts.lockIdeas(tx, actor.workspaceId, communityId);
      const post = await getPost(tx, actor, communityId, postId);
      await posts.decidePost(tx, actor.workspaceId, post, show, reason);
      await hearAnew(tx, actor, post);
      const kind = show ? 'shown' : 'hidden';
      await queries.addAct(tx, actor, { community_id: communityId, kind, subject_id: postId, reason });
      return {};
    }),
  ),

  implementOutside(contracts.setStatus, ({ communityId, postId, status, reason }, context) =>
    moderate(context, communityId, async (tx, actor) => {
      const post = await getPost(tx, actor, communityId, postId);
      if (post.parent_id !== null) throw notFound();
      await posts.setStatus(tx, actor.workspaceId, postId, status, reason);
      await queries.addAct(tx, actor, { community_id: communityId, kind: status, subject_id: postId, reason });
      return {};
    }),
  ),

  implementOutside(contracts.answerPost, ({ communityId, postId, text }, context) =>
    moderate(context, communityId, async (tx, actor) => {
      const post = await getPost(tx, actor, communityId, postId);
      if (post.parent_id !== null) throw notFound();
      const personId = await queries.staffPerson(tx, actor, communityId, nameKey);
      await posts.addPost(tx, actor.workspaceId, {
        ...{ post_id: newId(), community_id: communityId, space_id: post.space_id, parent_id: postId },
        ...{ person_id: personId, title: '', text: cleanText(text, most.text), state: 'shown' },
      });
      return {};
    }),
  ),

  implementOutside(contracts.decideStory, ({ communityId, storyId, show }, context) =>
    moderate(context, communityId, async (tx, actor) => {
      if (!(await posts.decideStory(tx, actor.workspaceId, communityId, storyId, show))) throw notFound();
      const kind = show ? 'story_shown' : 'story_hidden';
      await queries.addAct(tx, actor, { community_id: communityId, kind, subject_id: storyId, reason: '' });
      return {};
    }),
  ),

  implementOutside(contracts.banPerson, ({ communityId, personId, banned, reason }, context) =>
    moderate(context, communityId, async (tx, actor) => {
      await posts.lockIdeas(tx, actor.workspaceId, communityId);
      if (!(await queries.setBanned(tx, actor.workspaceId, communityId, personId, banned))) throw notFound();
      await hearVotesOf(tx, actor.workspaceId, communityId, personId);
      const kind = banned ? 'banned' : 'unbanned';
      await queries.addAct(tx, actor, { community_id: communityId, kind, subject_id: personId, reason });
      return {};
    }),
  ),

  implement(contracts.listActs, async ({ communityId }, context) => {
    await getModerated(context, communityId);
    const rows = await queries.listActs(context.tx, context.actor, communityId);
    return { items: rows.map(({ act_id, at, ...act }) => ({ id: act_id, ...act, at: at.toISOString() })) };
  }),
];

export const communityOperations: Operation[] = [
  ...managing,
  ...moderating,

  implement(contracts.listIdeas, async ({ communityId, spaceId, status, after, limit }, context) => {
    await describeCommunity(context, communityId);
    const before = after ? decodeCursor(after, byId)[0] : undefined;
    const filter = { spaceId, status, before };
    const rows = await posts.listIdeas(context.tx, context.actor.workspaceId, communityId, filter, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      items: await describePosts(context, shown),
      next: rows.length > limit ? encodeCursor([shown.at(-1)!.post_id]) : null,
    };
  }),

  implement(contracts.getIdea, async ({ communityId, postId }, context) => {
    const { tx, actor } = context;
    await describeCommunity(context, communityId);
    const post = await getPost(tx, actor, communityId, postId);
    if (post.parent_id !== null) throw notFound();
    const comments = await posts.listComments(tx, actor.workspaceId, postId, null, true);
    const [idea, ...said] = await describePosts(context, [post, ...comments]);
    return { idea: idea!, comments: said };
  }),

  implement(contracts.listPeople, async ({ communityId, after, limit }, context) => {
    await describeCommunity(context, communityId);
    const before = after ? decodeCursor(after, byId)[0] : null;
    const rows = await queries.listPeople(context.tx, context.actor, communityId, before, limit + 1);
    const shown = rows.slice(0, limit);
    const authorOf = await authorsOf(context, shown);
    return {
      items: shown.map((row) => ({
        ...authorOf(row, row.name),
        ...{ joinedAt: row.joined_at.toISOString(), cameThrough: row.came_through, brought: row.brought },
      })),
      next: rows.length > limit ? encodeCursor([shown.at(-1)!.person_id]) : null,
    };
  }),
];
