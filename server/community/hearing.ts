import type { Tx } from '../kernel/database.ts';
import { hashedId } from '../kernel/ids.ts';
import { heardElsewhere } from '../voices/index.ts';
import { findPost, listVoters, listVotesOf, type PostRow, type Voter } from './posts.ts';

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
/** Everybody of the workspace sees what stands in its communities. */
const place = (workspaceId: string, postId: string) => ({ originId: postId, audienceId: workspaceId });

// In transactions that hold `lockIdeas`: what was heard is taken away and heard anew.

/**
 * An idea is a voice of whoever had it, and each vote one of whoever gave it, on the day they gave it, as long as it is shown; ours are none, nor
 * are votes of who is kept out. As the keeper.
 */
export async function hearIdea(tx: Tx, workspaceId: string, post: PostRow): Promise<void> {
  const topicIds = await hearAuthor(tx, workspaceId, post);
  for (const voter of await listVoters(tx, workspaceId, post.post_id))
    await keepVote(tx, workspaceId, post, voter, post.state === 'shown' && !voter.banned ? topicIds : null);
}

/** Somebody is kept out, or let in again: their votes are heard no longer, or again. As the keeper. */
export async function hearVotesOf(tx: Tx, workspaceId: string, communityId: string, personId: string): Promise<void> {
  for (const vote of await listVotesOf(tx, workspaceId, personId)) {
    const post = await findPost(tx, workspaceId, communityId, vote.post_id);
    if (post?.state === 'shown') await hearVote(tx, workspaceId, post, vote, !vote.banned);
  }
}

async function hearAuthor(tx: Tx, workspaceId: string, post: PostRow): Promise<string[]> {
  const heard = await heardElsewhere(tx, workspaceId, {
    ...{ origin: 'idea', itemId: post.post_id, ...place(workspaceId, post.post_id), saidOn: dayOf(post.at) },
    contactPointId: post.contact_point_id,
    text: post.state === 'shown' && post.member_id === null ? `${post.title}\n\n${post.text}` : '',
  });
  return heard?.topicIds ?? [];
}

/** Somebody wants an idea, or no longer. As the keeper. */
export async function hearVote(
  tx: Tx,
  workspaceId: string,
  post: PostRow,
  voter: Omit<Voter, 'banned'>,
  wants: boolean,
): Promise<void> {
  await keepVote(tx, workspaceId, post, voter, wants ? await hearAuthor(tx, workspaceId, post) : null);
}

/** @param topicIds those of the idea; null: nothing is left of it */
function keepVote(
  tx: Tx,
  workspaceId: string,
  { post_id }: PostRow,
  { person_id, contact_point_id, at }: Omit<Voter, 'banned'>,
  topicIds: readonly string[] | null,
) {
  return heardElsewhere(tx, workspaceId, {
    ...{ origin: 'vote', itemId: hashedId(`${post_id} ${person_id}`), ...place(workspaceId, post_id) },
    ...{ contactPointId: contact_point_id, saidOn: dayOf(at), text: '' },
    ...(topicIds ? { topicIds } : {}),
  });
}
