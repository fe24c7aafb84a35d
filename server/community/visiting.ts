import { randomBytes } from 'node:crypto';
import { contactPointId } from '../cards/writing.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId, newToken, sha256 } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { mailAsked } from '../outreach/asked.ts';
import { hearIdea, hearVote } from './hearing.ts';
import * as posts from './posts.ts';
import * as queries from './queries.ts';
import {
  cleanName,
  cleanText,
  isOpen,
  lasts,
  most,
  mostPosts,
  nameKey,
  poses,
  readToken,
  same,
  writeToken,
} from './rules.ts';

export type Place = NonNullable<Awaited<ReturnType<typeof queries.findBySlug>>>;

/** What became of something that somebody did on a page: a word for it, or that it is done. */
export type Deed = 'done' | 'pending' | 'name_taken' | 'name_empty' | 'too_many' | 'empty' | 'over' | 'unknown' | 'own';

const openSession = async (tx: Tx, workspaceId: string, person: queries.PersonRow): Promise<string> => {
  const word = newToken();
  await queries.addSession(tx, workspaceId, person, sha256(word), lasts.sessionDays);
  return word;
};

/**
 * Sends somebody who gives an address a link by which they come in; whoever gave theirs learns nothing of whether it was. An address that somebody
 * typed is kept, sealed, nowhere but in the mail until it has left and in the link until it is used or has expired; at most an hour longer.
 */
export async function askIn(
  app: App,
  place: Place,
  said: { email: string; code: string; locale: Locale },
): Promise<boolean> {
  const address = normaliseEmail(said.email);
  if (!address || address.length > 254) return false;
  const { workspace_id: workspaceId, community_id: communityId } = place;
  const pointId = contactPointId(app.secrets, workspaceId, { channel: 'email', address });
  await app.db.asSystem('keeper', async (tx) => {
    const known = await queries.findByPoint(tx, workspaceId, communityId, pointId);
    if (known?.banned) return;
    if (place.invited_only && !known && !(await queries.isInvited(tx, workspaceId, communityId, pointId))) return;
    const referrer = known ? undefined : await queries.findByCode(tx, workspaceId, communityId, said.code);
    const [linkId, secret] = [newId(), randomBytes(32)];
    const t = translator(said.locale);
    const words = { community: place.name, workspace: place.workspace, minutes: lasts.linkMinutes };
    const url = `${app.config.publicUrl}/c/${place.slug}/enter/${writeToken(linkId, secret)}`;
    const queued = await mailAsked(app, tx, workspaceId, {
      ...{ contactPointId: pointId, address, kind: 'sign_in', locale: said.locale },
      letter: {
        subject: t('community.mail.subject', words),
        paragraphs: [t('community.mail.text', words)],
        action: { label: t('community.mail.button'), url },
        footer: t('community.mail.footer', words),
      },
    });
    if (!queued) return;
    await queries.addLink(tx, workspaceId, {
      ...{ link_id: linkId, community_id: communityId, contact_point_id: pointId, locale: said.locale },
      ...{
        address: app.secrets.encrypt(address),
        referrer_id: referrer?.person_id ?? null,
        secret_hash: sha256(secret),
      },
      expires_at: new Date(Date.now() + lasts.linkMinutes * 60_000),
    });
  });
  return true;
}

/** A link that stands, and who comes by it. Changes nothing: scanners of mail follow links. */
export function lookAtLink(app: App, place: Place, token: string) {
  return app.db.asSystem('keeper', async (tx) => {
    const link = await openLink(tx, place, token);
    if (!link) return null;
    const known = await queries.findByPoint(tx, place.workspace_id, place.community_id, link.contact_point_id);
    return { known: known?.name ?? null, locale: link.locale };
  });
}

async function openLink(tx: Tx, { workspace_id, community_id }: Place, token: string) {
  const given = readToken(token);
  const link = given && (await queries.lockLink(tx, workspace_id, community_id, given.linkId));
  return link && same(link.secret_hash, given!.secretHash) ? link : null;
}

/** Comes in by a link, once; who is new says how they want to be called. @returns the word of their session */
export function enter(
  app: App,
  place: Place,
  token: string,
  name: string,
): Promise<{ deed: Deed; word: string | null }> {
  const { workspace_id: workspaceId, community_id: communityId } = place;
  return app.db.asSystem('keeper', async (tx) => {
    const link = await openLink(tx, place, token);
    if (!link) return { deed: 'unknown', word: null };
    const known = await queries.findByPoint(tx, workspaceId, communityId, link.contact_point_id);
    if (known?.banned) return { deed: 'unknown', word: null };
    if (!known) {
      const shown = cleanName(name);
      const refused = await refuseName(tx, place, shown);
      if (refused) return { deed: refused, word: null };
      const added = await queries.addPerson(tx, workspaceId, {
        ...{ community_id: communityId, person_id: newId(), contact_point_id: link.contact_point_id },
        ...{ address: link.address, locale: link.locale, referrer_id: link.referrer_id },
        ...{ name: shown, name_key: nameKey(shown), code: randomBytes(9).toString('base64url') },
      });
      if (!added) return { deed: 'name_taken', word: null };
    }
    const person = (await queries.findByPoint(tx, workspaceId, communityId, link.contact_point_id))!;
    await queries.spendLink(tx, workspaceId, link.link_id);
    return { deed: 'done', word: await openSession(tx, workspaceId, person) };
  });
}

async function refuseName(tx: Tx, { workspace_id, workspace }: Place, name: string): Promise<Deed | null> {
  const key = nameKey(name);
  if (key === '') return 'name_empty';
  const staff = (await queries.listStaffNames(tx, workspace_id)).map(nameKey);
  return poses(key, staff, nameKey(workspace)) ? 'name_taken' : null;
}

export function rename(app: App, place: Place, person: queries.PersonRow, name: string): Promise<Deed> {
  return app.db.asSystem('keeper', async (tx) => {
    const shown = cleanName(name);
    const refused = await refuseName(tx, place, shown);
    if (refused) return refused;
    return (await queries.renamePerson(tx, place.workspace_id, person, shown, nameKey(shown))) ? 'done' : 'name_taken';
  });
}

/** Writes an idea, or something about one. The first of somebody waits for a moderator where the community has it so. */
export function write(
  app: App,
  place: Place,
  person: queries.PersonRow,
  said: { spaceId: string; parentId: string | null; title: string; text: string },
): Promise<{ deed: Deed; postId: string | null }> {
  const { workspace_id: workspaceId, community_id: communityId } = place;
  const refuse = (deed: Deed) => ({ deed, postId: null });
  return app.db.asSystem('keeper', async (tx) => {
    if (said.parentId === null) await posts.lockIdeas(tx, workspaceId, communityId);
    const [title, text] = [cleanText(said.title, most.title).replaceAll('\n', ' '), cleanText(said.text, most.text)];
    if (text === '' || (said.parentId === null && title === '')) return refuse('empty');
    const parent = said.parentId ? await posts.findPost(tx, workspaceId, communityId, said.parentId) : undefined;
    if (said.parentId && (parent?.state !== 'shown' || parent.parent_id !== null)) return refuse('unknown');
    const spaces = await queries.listSpaces(tx, workspaceId, [communityId]);
    const space = spaces.find(({ space_id }) => space_id === (parent?.space_id ?? said.spaceId));
    if (!space) return refuse('unknown');
    if (!parent && !isOpen(space, today())) return refuse('over');
    const { ten, day } = await posts.countPosts(tx, workspaceId, person.person_id);
    if (ten >= mostPosts.tenMinutes || day >= mostPosts.day) return refuse('too_many');
    const state = place.first_reviewed && !person.trusted ? ('pending' as const) : ('shown' as const);
    const postId = newId();
    await posts.addPost(tx, workspaceId, {
      ...{ post_id: postId, community_id: communityId, space_id: space.space_id, parent_id: parent?.post_id ?? null },
      ...{ person_id: person.person_id, title: parent ? '' : title, text, state },
    });
    if (!parent && state === 'shown')
      await hearIdea(tx, workspaceId, (await posts.findPost(tx, workspaceId, communityId, postId))!);
    return { deed: state === 'pending' ? 'pending' : 'done', postId };
  });
}

const today = (): string => new Date().toISOString().slice(0, 10);

/** Votes for somebody else's idea, or takes it back. */
export function vote(app: App, place: Place, person: queries.PersonRow, postId: string): Promise<Deed> {
  const { workspace_id: workspaceId, community_id: communityId } = place;
  return app.db.asSystem('keeper', async (tx) => {
    await posts.lockIdeas(tx, workspaceId, communityId);
    const post = await posts.findPost(tx, workspaceId, communityId, postId);
    if (post?.state !== 'shown' || post.parent_id !== null) return 'unknown';
    if (post.person_id === person.person_id) return 'own';
    const wants = await posts.toggleVote(tx, workspaceId, postId, person.person_id);
    await hearVote(tx, workspaceId, post, { ...person, at: new Date() }, wants);
    return 'done';
  });
}

export function report(
  app: App,
  place: Place,
  person: queries.PersonRow,
  postId: string,
  reason: string,
): Promise<Deed> {
  const { workspace_id: workspaceId, community_id: communityId } = place;
  return app.db.asSystem('keeper', async (tx) => {
    const why = cleanText(reason, most.reason);
    if (why === '') return 'empty';
    const post = await posts.findPost(tx, workspaceId, communityId, postId);
    if (post?.state !== 'shown') return 'unknown';
    await posts.addReport(tx, workspaceId, {
      ...{ post_id: postId, person_id: person.person_id, community_id: communityId, reason: why },
    });
    return 'done';
  });
}

/** Shares a story, with the words to which they agree. */
export function tell(
  app: App,
  place: Place,
  person: queries.PersonRow,
  said: { text: string; agrees: boolean; consent: string },
): Promise<Deed> {
  const { workspace_id: workspaceId, community_id: communityId } = place;
  return app.db.asSystem('keeper', async (tx) => {
    const text = cleanText(said.text, most.story);
    if (text === '' || !said.agrees) return 'empty';
    const mine = await posts.listStories(tx, workspaceId, communityId, { personId: person.person_id });
    if (mine.length >= mostPosts.tenMinutes) return 'too_many';
    await posts.addStory(tx, workspaceId, {
      ...{ story_id: newId(), community_id: communityId, person_id: person.person_id, text, consent: said.consent },
    });
    return 'done';
  });
}

export async function withdraw(app: App, place: Place, person: queries.PersonRow, storyId: string): Promise<Deed> {
  await app.db.asSystem('keeper', (tx) => posts.withdrawStory(tx, place.workspace_id, person.person_id, storyId));
  return 'done';
}

/** Leaves for good, with all that they wrote, voted, reported and told; nothing of it is a voice any more. */
export async function leave(
  app: App,
  { workspace_id: workspaceId, community_id: communityId }: Place,
  person: queries.PersonRow,
): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    await posts.lockIdeas(tx, workspaceId, communityId);
    for (const postId of await posts.listTouched(tx, workspaceId, person.person_id)) {
      const post = await posts.findPost(tx, workspaceId, communityId, postId);
      if (!post) continue;
      if (post.person_id === person.person_id) await hearIdea(tx, workspaceId, { ...post, state: 'hidden' });
      else await hearVote(tx, workspaceId, post, { ...person, at: new Date() }, false);
    }
    await queries.removePerson(tx, workspaceId, person.person_id);
  });
}
