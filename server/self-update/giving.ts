import { randomBytes } from 'node:crypto';
import type { Context } from '../kernel/http.ts';
import { newId, sha256 } from '../kernel/ids.ts';
import type { Locale } from '../kernel/messages.ts';
import { linkDays } from './contract.ts';
import * as queries from './queries.ts';
import { writeToken } from './rules.ts';
import { findOwnCard, page } from './sending.ts';

// Links to their own page for people to whom another module writes: in a message of the holder's, under the same rules as those that a round sends.

type Sender = Pick<Context, 'app' | 'tx' | 'actor'>;

/** A link that is drawn and not kept yet. */
export interface DrawnLink {
  url: string;
  linkId: string;
  secret: Buffer;
  cardId: string;
  contactPointId: string;
}

/** Why somebody gets none: no card of the actor's own bears the address; a link to it stands; it was asked within a year. */
export type NoLink = 'no_own_card' | 'link_stands' | 'asked_lately';

/**
 * Draws a link for an address on a card of the actor's own. With `take` it takes the one time in a year that the address is asked in bulk: `giveLinkBack`
 * where nothing is sent after all, `keepLink` where it is, in the same transaction.
 */
export async function drawLink(
  { app, tx, actor }: Sender,
  { personId, contactPointId }: { personId: string; contactPointId: string },
  how: 'look' | 'take',
): Promise<DrawnLink | NoLink> {
  const { workspaceId } = actor;
  const card = await findOwnCard({ tx, actor }, personId, contactPointId);
  if (!card) return 'no_own_card';
  if (how === 'take') await queries.endOverdue(tx, actor, contactPointId);
  if (await queries.hasOpenLink(tx, actor, contactPointId)) return 'link_stands';
  const free =
    how === 'take'
      ? await queries.takeYear(tx, workspaceId, contactPointId)
      : !(await queries.wasAskedThisYear(tx, workspaceId, contactPointId));
  if (!free) return 'asked_lately';
  const [linkId, secret] = [newId(), randomBytes(32)];
  const url = `${app.config.publicUrl}${page}#token=${writeToken(workspaceId, linkId, secret)}`;
  return { url, linkId, secret, cardId: card.cardId, contactPointId };
}

/** Keeps a link that goes with a message. */
export async function keepLink(
  { tx, actor }: Pick<Sender, 'tx' | 'actor'>,
  { linkId, secret, cardId, contactPointId }: DrawnLink,
  messageId: string,
  locale: Locale,
): Promise<void> {
  await queries.addLink(tx, {
    ...{ workspace_id: actor.workspaceId, link_id: linkId, holder_id: actor.memberId, card_id: cardId, locale },
    ...{ contact_point_id: contactPointId, message_id: messageId, secret_hash: sha256(secret) },
    expires_at: new Date(Date.now() + linkDays * 86_400_000),
  });
}

/** Nothing was sent: the time in the year is there again. In the transaction that took it. */
export const giveLinkBack = ({ tx, actor }: Pick<Sender, 'tx' | 'actor'>, { contactPointId }: DrawnLink) =>
  queries.giveYearBack(tx, actor.workspaceId, contactPointId);
