import { findPersonCards } from '../cards/persons.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import * as facts from './facts.ts';
import { findSender } from './queries.ts';
import { beginOf, decide, type GateAnswer, type GrantFacts, isPrivateAddress } from './rules.ts';

/** What somebody wants to do. */
export interface Wish {
  /** A person as the author sees them, or any card of theirs. */
  personId: string;
  contactPointId: string;
  purpose: string;
  /** The law has them told, about their own request. */
  ofRight?: boolean;
}

export interface Asked extends GateAnswer {
  /** The address, as the author's visible cards say it. */
  address: string;
  /** The card of the person that stands for them in lists: the author's own where they have one with this address. */
  cardId: string;
  /** The lent cards by which it goes, with what each takes of its grant's quota. */
  uses: { sighting: facts.Sighting; grant: GrantFacts; counter: facts.Counter | null }[];
}

/**
 * Asks the gate, as the author, in their transaction: it knows what they see and nothing else.
 * - `look`: only to know;
 * - `take`: to write now: counters stay locked, so that the answer holds until the end of the transaction;
 * - a set of grants: to leave now, under the grants whose quota the message has taken already.
 * @returns null when the person, or the address on their cards, is not there for the author
 */
export async function askGate(
  tx: Tx,
  actor: Actor,
  { personId, contactPointId, purpose, ofRight = false }: Wish,
  how: 'look' | 'take' | ReadonlySet<string>,
): Promise<Asked | null> {
  const person = await findPersonCards(tx, actor, personId);
  const sightings = person ? await facts.findSightings(tx, actor, person.cardIds, contactPointId) : [];
  const own = sightings.find((one) => one.mine && !one.copied);
  const first = own ?? sightings[0];
  if (!person || !first) return null;
  const lent = sightings.filter((one) => !one.mine);
  const now = new Date();
  const offers = own ? [] : await findOffers(tx, actor, lent, how, now);
  const answer = decide(
    {
      purpose,
      channel: 'email',
      hasMailServer: (await findSender(tx, actor.workspaceId)) !== undefined,
      own: own !== undefined,
      grants: offers.map(({ grant }) => grant),
      ...(await facts.findStanding(tx, actor.workspaceId, contactPointId)),
      privateAddress: isPrivateAddress(sightings),
      ofRight,
    },
    now,
  );
  const uses = answer.through.map((grant) => offers.find((offer) => offer.grant === grant)!);
  return { ...answer, address: first.address, cardId: first.cardId, uses };
}

type Offer = Asked['uses'][number];

/** Each grant for writing with the card it opens; quotas read in one order, so that two writers do not wait in a circle. */
async function findOffers(
  tx: Tx,
  actor: Actor,
  lent: readonly facts.Sighting[],
  how: Parameters<typeof askGate>[3],
  now: Date,
): Promise<Offer[]> {
  const grants = await facts.findContactGrants(tx, actor, [...new Set(lent.map((one) => one.bookId))]);
  const offers: Offer[] = [];
  for (const grant of grants) {
    if (typeof how === 'object' && !how.has(grant.grant_id)) continue;
    const sighting = lent.find((one) => one.bookId === grant.book_id)!;
    const counter = typeof how === 'object' ? null : counterOf(grant, sighting.cardId, now);
    const used = counter && (await facts.readCounter(tx, actor.workspaceId, counter, how === 'take'));
    offers.push({ sighting, grant: toFacts(grant, sighting, used), counter });
  }
  return offers;
}

function counterOf(grant: facts.ContactGrant, cardId: string, now: Date): facts.Counter | null {
  if (!grant.quota_count || !grant.quota_period) return null;
  return {
    grantId: grant.grant_id,
    cardId: grant.quota_each ? cardId : grant.grant_id,
    period: grant.quota_period,
    beginsOn: beginOf(grant.quota_period, now),
    granteeId: grant.grantee_id,
  };
}

function toFacts(grant: facts.ContactGrant, sighting: facts.Sighting, used: number | null): GrantFacts {
  return {
    grantId: grant.grant_id,
    version: grant.version,
    cardId: sighting.cardId,
    bookId: grant.book_id,
    distance: grant.distance,
    startsAt: grant.starts_at,
    endsAt: grant.ends_at,
    askFirst: grant.ask_first,
    purposes: grant.purposes,
    channels: grant.channels,
    mask: grant.field_mask,
    fieldClass: sighting.fieldClass,
    quota: used === null ? null : { count: grant.quota_count!, used },
  };
}
