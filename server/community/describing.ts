import { findPersonsByPoints } from '../cards/facts.ts';
import { nameCards } from '../cards/persons.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import type { Community, Post, Space } from './contract.ts';
import type { PostRow } from './posts.ts';
import * as queries from './queries.ts';

type Viewer = Pick<Context, 'app' | 'tx' | 'actor'>;

const describeSpace = (row: queries.SpaceRow): Space => ({
  ...{ id: row.space_id, kind: row.kind, closesOn: row.closes_on, feedback: row.feedback, ideas: row.ideas },
  name: { fr: row.name_fr, en: row.name_en },
  intro: { fr: row.intro_fr, en: row.intro_en },
});

/** The communities, or one of them. @throws AppError not_found */
export async function describeCommunities({ app, tx, actor }: Viewer, communityId?: string): Promise<Community[]> {
  const rows = await queries.listCommunities(tx, actor, communityId);
  if (communityId && rows.length === 0) throw notFound();
  const spaces = await queries.listSpaces(
    tx,
    actor.workspaceId,
    rows.map((row) => row.community_id),
  );
  return rows.map((row) => ({
    ...{ id: row.community_id, name: row.name, slug: row.slug, url: `${app.config.publicUrl}/c/${row.slug}` },
    intro: { fr: row.intro_fr, en: row.intro_en },
    ...{ invitedOnly: row.invited_only, firstReviewed: row.first_reviewed, closed: row.closed_at !== null },
    moderators: { id: row.moderators_id, name: row.team ?? '' },
    ...{ mine: row.mine, people: row.people, waiting: row.waiting },
    spaces: spaces.filter((one) => one.community_id === row.community_id).map(describeSpace),
  }));
}

export const describeCommunity = async (viewer: Viewer, communityId: string): Promise<Community> =>
  (await describeCommunities(viewer, communityId))[0]!;

interface AuthorRow {
  person_id: string;
  member_id: string | null;
  contact_point_id: string | null;
  banned: boolean;
}

/** Who somebody of a community is: whose contact, as far as the viewer sees them, as any contact point. */
export async function authorsOf({ tx, actor }: Viewer, rows: readonly AuthorRow[]) {
  const persons = await findPersonsByPoints(tx, actor, [...new Set(rows.flatMap((row) => row.contact_point_id ?? []))]);
  const names = await nameCards({ tx, actor }, [...persons.values()].flat(2));
  return (row: AuthorRow, name: string) => {
    const cardIds = row.contact_point_id ? (persons.get(row.contact_point_id)?.[0] ?? []) : [];
    const called = cardIds.map((cardId) => names.get(cardId)).find(Boolean) ?? '';
    return {
      ...{ id: row.person_id, name, staff: row.member_id !== null, banned: row.banned },
      person: cardIds[0] ? { id: cardIds[0], name: called } : null,
    };
  };
}

export async function describePosts(viewer: Viewer, rows: readonly PostRow[]): Promise<Post[]> {
  const authorOf = await authorsOf(viewer, rows);
  return rows.map((row) => ({
    ...{ id: row.post_id, spaceId: row.space_id, ideaId: row.parent_id, title: row.title, text: row.text },
    author: authorOf(row, row.author),
    ...{ state: row.state, reason: row.reason, status: row.status, statusReason: row.status_reason },
    ...{ votes: row.votes, comments: row.comments, at: row.at.toISOString() },
  }));
}
