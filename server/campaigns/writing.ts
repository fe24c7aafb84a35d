import type { Context } from '../kernel/http.ts';
import type { Locale } from '../kernel/messages.ts';
import { chooseAddresses, findReachable } from '../outreach/choosing.ts';
import { sendToContacts } from '../outreach/contacts.ts';
import { askGates, type Wish } from '../outreach/gate.ts';
import { findPlansOf } from '../outreach/planning.ts';
import type { Way } from '../outreach/ways-contract.ts';
import type { PlannedCampaign } from '../plan/index.ts';
import { findStillIn } from '../segments/index.ts';
import type { WhyNot } from './contract.ts';
import * as queries from './queries.ts';

type Writer = Pick<Context, 'app' | 'tx' | 'actor'>;
type Waiting = Awaited<ReturnType<typeof queries.takeWaiting>>[number];

/** How the gate is asked for a campaign. */
export const wishOf = (campaignId: string, { purpose, priority }: PlannedCampaign, way: Way) => ({
  ...{ purpose, manner: 'bulk' as const, campaignId, priority, way },
});

/** The contents that were approved, by the number of their variant less one. */
export const approvedOf = (row: queries.SendingRow): { contentId: string; version: number }[] => [
  { contentId: row.approved_content_id!, version: row.approved_version! },
  ...row.approved_variants.map(({ contentId, version }) => ({ contentId, version })),
];

const aside = ({ recipient_id: recipientId }: Waiting, reason: WhyNot): queries.Settled => ({
  ...{ recipientId, state: 'aside', reasons: [reason], contactPointId: null, messageId: null },
});

/**
 * Writes to some people of a campaign in the transaction of its sender: one address is chosen for each, the gate is asked, and what it allows is queued;
 * each then stands with what became of them. With as many queries for hundreds as for one.
 * @returns how many were written to
 */
export async function writeTo(
  writer: Writer,
  row: queries.SendingRow,
  planned: PlannedCampaign,
  waiting: readonly Waiting[],
): Promise<number> {
  if (waiting.length === 0) return 0;
  const { tx, actor } = writer;
  const { workspaceId } = actor;
  const { campaign_id: campaignId } = row;
  const chosen = await choose(writer, row, planned, waiting);
  const { asides } = chosen;
  const fit = row.per_hour === null ? chosen.fit : await keepForLater(writer, row, planned, chosen.fit);
  const points = fit.map(({ contactPointId }) => contactPointId);
  const plans = await findPlansOf(tx, workspaceId, campaignId, points);
  const wishes = fit.map(({ one, contactPointId }): Wish => {
    const planId = plans.get(contactPointId);
    const to = { personId: one.card_id, contactPointId };
    return { ...wishOf(campaignId, planned, row.way), ...to, ...(planId ? { planId } : {}) };
  });
  const words = { subject: planned.name, locale: row.sender_locale as Locale };
  const contents = approvedOf(row);
  const written = await sendToContacts(
    writer,
    wishes.map((one, at) => {
      // To whom none was dealt gets what was chosen, or the only one there is.
      const no = fit[at]!.one.variant_no ?? row.chosen_no ?? 1;
      return { ...one, ...words, content: contents[no - 1]! };
    }),
  );
  const settled = fit.map(({ one: { recipient_id: recipientId }, contactPointId }, at): queries.Settled => {
    const { messageId, reasons } = written[at]!;
    if (messageId === null) return { recipientId, state: 'refused', reasons, contactPointId: null, messageId };
    return { recipientId, state: 'written', reasons: [], contactPointId, messageId };
  });
  await queries.settle(tx, workspaceId, campaignId, [...asides, ...settled]);
  return settled.filter(({ messageId }) => messageId !== null).length;
}

/** Of a campaign with a pace, whom the gate has wait is written to then, at that pace, and not queued now to leave with all others. @returns the others */
async function keepForLater(
  { tx, actor }: Writer,
  { campaign_id: campaignId, way }: queries.SendingRow,
  planned: PlannedCampaign,
  fit: readonly Fit[],
): Promise<Fit[]> {
  const wishes = fit.map(({ one, contactPointId }) => ({
    ...{ ...wishOf(campaignId, planned, way), personId: one.card_id, contactPointId },
  }));
  const answers = await askGates(tx, actor, wishes, 'look');
  const later = fit.flatMap(({ one }, at) => {
    const until = answers[at]?.later?.at;
    return until ? [{ recipientId: one.recipient_id, at: until }] : [];
  });
  await queries.setNotBefore(tx, actor.workspaceId, campaignId, later);
  return fit.filter((_one, at) => !answers[at]?.later);
}

interface Fit {
  one: Waiting;
  contactPointId: string;
}

/** Who can be written to at all, and at which address: nobody twice, by whatever cards, and nobody's address twice. */
async function choose(
  { tx, actor }: Writer,
  row: queries.SendingRow,
  planned: PlannedCampaign,
  waiting: readonly Waiting[],
): Promise<{ fit: Fit[]; asides: queries.Settled[] }> {
  const { asides, there } = await sift({ tx, actor }, row, waiting);
  const { way, ...wish } = wishOf(row.campaign_id, planned, row.way);
  // Of several addresses the gate is asked which; of who has one it is asked when they are written to.
  const several = there.filter(({ points }) => points.length > 1);
  const chosen = await chooseAddresses(
    tx,
    actor,
    several.map(({ one }) => ({ ...wish, personId: one.card_id })),
    way,
  );
  const of = new Map(several.map(({ one }, at) => [one, chosen[at]?.contactPointId]));
  const points = there.map(({ one, points }) => of.get(one) ?? points[0]!);
  const taken = await queries.findWritten(tx, actor.workspaceId, row.campaign_id, points);
  const fit: Fit[] = [];
  for (const [at, { one }] of there.entries()) {
    const contactPointId = points[at]!;
    if (taken.has(contactPointId)) asides.push(aside(one, 'twice'));
    else fit.push({ one, contactPointId });
    taken.add(contactPointId);
  }
  return { fit, asides };
}

/** Who is in the segment still, seen, with an address, and not written to already by another of their cards. */
async function sift(
  { tx, actor }: Pick<Writer, 'tx' | 'actor'>,
  row: queries.SendingRow,
  waiting: readonly Waiting[],
): Promise<{ there: { one: Waiting; points: string[] }[]; asides: queries.Settled[] }> {
  const ids = waiting.map(({ card_id }) => card_id);
  const still = await findStillIn(tx, actor, row.approved_segment_id!, ids);
  const reachable = await findReachable(tx, actor, ids, row.way);
  const cardIds = [...reachable.values()].flatMap((person) => person.cardIds);
  const done = await queries.findWrittenCards(tx, actor.workspaceId, row.campaign_id, cardIds);
  const there: { one: Waiting; points: string[] }[] = [];
  const asides: queries.Settled[] = [];
  for (const one of waiting) {
    const person = reachable.get(one.card_id);
    if (!still.has(one.card_id)) asides.push(aside(one, 'left_segment'));
    else if (!person) asides.push(aside(one, 'out_of_sight'));
    else if (person.points.length === 0) asides.push(aside(one, 'no_address'));
    else if (person.cardIds.some((id) => done.has(id))) asides.push(aside(one, 'twice'));
    else there.push({ one, points: person.points });
    // Those who come after them in this course, too.
    if (person && still.has(one.card_id)) for (const id of person.cardIds) done.add(id);
  }
  return { there, asides };
}
