import type { Tx } from '../kernel/database.ts';
import { hashedId } from '../kernel/ids.ts';
import { heardElsewhere } from '../voices/index.ts';
import { listVoters, type PostRow } from './posts.ts';
import type { PersonRow } from './queries.ts';

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
/** Everybody of the workspace sees what stands in its communities. */
const place = (workspaceId: string, postId: string) => ({ originId: postId, audienceId: workspaceId });

/** An idea is a voice of whoever had it, and each vote one of whoever gave it, as long as it is shown; ours are none. As the keeper. */
export async function hearIdea(tx: Tx, workspaceId: string, post: PostRow): Promise<void> {
  const topicIds = await hearAuthor(tx, workspaceId, post);
  for (const voter of await listVoters(tx, workspaceId, post.post_id))
    await keepVote(tx, workspaceId, post, voter, post.state === 'shown' ? topicIds : null);
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
  voter: PersonRow,
  wants: boolean,
): Promise<void> {
  await keepVote(tx, workspaceId, post, voter, wants ? await hearAuthor(tx, workspaceId, post) : null);
}

/** @param topicIds those of the idea; null: nothing is left of it */
function keepVote(
  tx: Tx,
  workspaceId: string,
  { post_id }: PostRow,
  { person_id, contact_point_id }: { person_id: string; contact_point_id: string | null },
  topicIds: readonly string[] | null,
) {
  return heardElsewhere(tx, workspaceId, {
    ...{ origin: 'vote', itemId: hashedId(`${post_id} ${person_id}`), ...place(workspaceId, post_id) },
    ...{ contactPointId: contact_point_id, saidOn: dayOf(new Date()), text: '' },
    ...(topicIds ? { topicIds } : {}),
  });
}
