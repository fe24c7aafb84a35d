import { findCardsOfPersons, summarise } from '../cards/persons.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { findWorkZone } from '../outreach/gate.ts';
import { getPlannedCampaign } from '../plan/index.ts';
import * as contracts from './contract.ts';
import { countsOf, describeApproaches, describeHunt, getHuntRow, leads } from './describing.ts';
import * as queries from './queries.ts';
import { timesFor, wrongIn } from './rules.ts';

const wrong = (field: string, why: string) => new AppError('invalid_input', { fields: { [field]: why } });

/** @throws AppError forbidden for who neither plans nor owns the programme */
async function getLed(context: Context, campaignId: string) {
  const { tx, actor } = context;
  const campaign = await getPlannedCampaign(tx, actor, campaignId);
  if (!leads(context, campaign)) throw new AppError('forbidden');
  return campaign;
}

/** @throws AppError invalid_input for marks that cannot be read, or a last day that has passed */
function checkWords({ subject, letter, endsOn }: { subject: string; letter: string; endsOn: string }): void {
  for (const [field, text] of Object.entries({ subject, letter }))
    if (wrongIn(text).length > 0) throw wrong(field, `variable ${wrongIn(text)[0]}`);
  if (endsOn < new Date().toISOString().slice(0, 10)) throw wrong('endsOn', 'past');
}

/** A hunt that goes on. @throws AppError not_found, conflict where it has ended */
async function getOpen(context: Context, huntId: string): Promise<queries.HuntRow> {
  const hunt = await getHuntRow(context, huntId);
  if (hunt.ended_at) throw new AppError('conflict');
  return hunt;
}

const cursorOf = ({ position, approach_id }: queries.ApproachRow): string => `${position} ${approach_id}`;

/** @throws AppError invalid_input for a cursor that is none of ours */
function readCursor(after: string | undefined): readonly [string, string] | null {
  if (after === undefined) return null;
  const [, position, id] = /^(\d{2,6}) ([0-9a-f-]{36})$/.exec(after) ?? [];
  if (!position || !id) throw wrong('after', 'cursor');
  return [position, id];
}

/** Which states a decision is made from: what is written is not called back. */
const from = {
  accept: ['proposed', 'postponed', 'refused'],
  postpone: ['proposed', 'accepted', 'refused'],
  withdraw: ['proposed', 'postponed', 'accepted', 'refused'],
  back: ['postponed', 'withdrawn', 'accepted', 'refused'],
} as const satisfies Record<string, readonly contracts.ApproachState[]>;

async function acceptAll(
  { tx, actor }: Context,
  hunt: queries.HuntRow,
  approachIds: readonly string[],
): Promise<Date | null> {
  const now = new Date();
  const times = timesFor(approachIds.length, {
    ...{ now, last: await queries.findLastTime(tx, actor), pace: hunt.pace },
    zone: await findWorkZone(tx, actor.workspaceId, now),
  });
  await queries.accept(
    tx,
    actor,
    hunt.hunt_id,
    approachIds.map((approachId, at) => ({ approachId, at: times[at]! })),
  );
  return times.at(-1) ?? null;
}

const follow = ({ app, tx, actor }: Context, huntId: string) =>
  app.enqueue(tx, {
    ...{ workspaceId: actor.workspaceId, task: 'hunting.followTask', payload: { huntId, holderId: actor.memberId } },
  });

export const huntingOperations: Operation[] = [
  implement(contracts.getHunt, async ({ campaignId }, context) => {
    const { tx, actor } = context;
    await getPlannedCampaign(tx, actor, campaignId);
    const row = await queries.findHunt(tx, actor.workspaceId, { campaignId });
    return { hunt: row ? await describeHunt(context, row) : null };
  }),

  implementOutside(contracts.openHunt, async ({ campaignId, ...said }, outside) => {
    const segmentId = await outside.asCaller(async (context) => (await getLed(context, campaignId)).segmentId);
    const { workspaceId } = outside.actor;
    const shared =
      segmentId !== null &&
      (await outside.asSystem('keeper', (tx) => queries.isOfEverybody(tx, workspaceId, segmentId)));
    const huntId = newId();
    const cause = await outside.asCaller(async (context) => {
      const { app, tx, actor } = context;
      const campaign = await getLed(context, campaignId);
      checkWords(said);
      if (campaign.segmentId === null || !shared || campaign.segmentId !== segmentId)
        throw wrong('segment', 'not_shared');
      if (campaign.kind !== 'campaign' || campaign.channel !== 'email') throw wrong('campaignId', 'kind');
      if (campaign.archived || !campaign.done.includes('approval')) throw wrong('campaignId', 'not_approved');
      if (!(await queries.addHunt(tx, actor, { huntId, campaignId, ...said }))) throw new AppError('conflict');
      return app.enqueue(tx, { workspaceId, task: 'hunting.shareOut', payload: { huntId }, delaySeconds: 5 });
    });
    await outside.app.runNow(workspaceId, cause, 'hunting.shareOut');
    return outside.asCaller(async (context) => describeHunt(context, await getHuntRow(context, huntId)));
  }),

  implementOutside(contracts.changeHunt, async ({ huntId, version, ...said }, outside) => {
    const { workspaceId } = outside.actor;
    const isNew = await outside.asCaller(async (context) => {
      const { tx, actor } = context;
      const before = await getOpen(context, huntId);
      await getLed(context, before.campaign_id);
      checkWords(said);
      if (!(await queries.changeHunt(tx, actor.workspaceId, huntId, version, said))) throw new AppError('conflict');
      return before.subject !== said.subject || before.letter !== said.letter;
    });
    // Nobody's name stands under words that they have not read.
    if (isNew) await outside.asSystem('keeper', (tx) => queries.proposeChanged(tx, workspaceId, huntId));
    return outside.asCaller(async (context) => describeHunt(context, await getHuntRow(context, huntId)));
  }),

  implement(contracts.endHunt, async ({ huntId }, context) => {
    const { app, tx, actor } = context;
    const before = await getOpen(context, huntId);
    await getLed(context, before.campaign_id);
    if (!(await queries.endHunt(tx, actor.workspaceId, huntId))) throw new AppError('conflict');
    await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'hunting.endTasks', payload: { huntId } });
    return describeHunt(context, await getHuntRow(context, huntId));
  }),

  implement(contracts.listWritten, async ({ huntId, after, limit }, context) => {
    const { tx, actor } = context;
    await getHuntRow(context, huntId);
    const rows = await queries.listWritten(tx, actor, huntId, after ?? null, limit + 1);
    const page = rows.slice(0, limit);
    const persons = await findCardsOfPersons(
      tx,
      actor,
      page.map(({ card_id }) => card_id),
    );
    const lines = new Map(
      (await summarise({ tx, actor }, [...persons.values()], false)).map((one) => [one.personId, one]),
    );
    return {
      items: page.flatMap(({ card_id, holder_id, holder, outcome }) => {
        const line = lines.get(persons.get(card_id)?.[0] ?? '');
        if (!line) return [];
        const { name, organization } = line;
        return { personId: card_id, name, organization, holder: { id: holder_id, name: holder }, outcome };
      }),
      next: rows.length > limit ? page.at(-1)!.approach_id : null,
    };
  }),

  implement(contracts.listHunts, async (_input, { tx, actor }) => {
    const counts = Map.groupBy(await queries.countMine(tx, actor), ({ hunt_id }) => hunt_id);
    const items = [];
    for (const [huntId, of] of counts) {
      const row = await queries.findHunt(tx, actor.workspaceId, { huntId });
      if (!row) continue;
      const { name } = await getPlannedCampaign(tx, actor, row.campaign_id);
      const said = {
        id: huntId,
        campaign: name,
        endsOn: row.ends_on,
        ended: row.ended_at !== null,
        openedBy: row.opener,
      };
      items.push({ ...said, counts: countsOf(of) });
    }
    return { items: items.sort((a, b) => Number(a.ended) - Number(b.ended) || a.endsOn.localeCompare(b.endsOn)) };
  }),

  implement(contracts.listApproaches, async ({ huntId, states, after, limit }, { tx, actor }) => {
    const hunt = await getHuntRow({ tx, actor }, huntId);
    const counts = await queries.countMine(tx, actor, huntId);
    const which = { states, after: readCursor(after), limit: limit + 1 };
    const rows = await queries.listApproaches(tx, actor, huntId, which);
    const page = rows.slice(0, limit);
    const { name } = await getPlannedCampaign(tx, actor, hunt.campaign_id);
    return {
      items: await describeApproaches({ tx, actor }, hunt, page),
      next: rows.length > limit ? cursorOf(page.at(-1)!) : null,
      counts: countsOf(counts),
      ...{ ended: hunt.ended_at !== null, campaign: name, endsOn: hunt.ends_on },
    };
  }),

  implement(contracts.decide, async ({ huntId, approachIds, decision, untilOn }, context) => {
    const { tx, actor } = context;
    const hunt =
      decision === 'accept' || decision === 'postpone'
        ? await getOpen(context, huntId)
        : await getHuntRow(context, huntId);
    if (decision === 'postpone' && (!untilOn || untilOn <= new Date().toISOString().slice(0, 10)))
      throw wrong('untilOn', 'day');
    if (decision === 'postpone' && untilOn! > hunt.ends_on) throw wrong('untilOn', 'after_end');
    const ids = await queries.lockMine(tx, actor, huntId, approachIds, from[decision]);
    let lastAt: Date | null = null;
    if (decision === 'accept') lastAt = await acceptAll(context, hunt, ids);
    else if (decision === 'postpone')
      await queries.setState(tx, actor, huntId, ids, { state: 'postponed', untilOn: untilOn! });
    else await queries.setState(tx, actor, huntId, ids, { state: decision === 'back' ? 'proposed' : 'withdrawn' });
    if (ids.length > 0) await follow(context, huntId);
    return { decided: ids.length, lastAt: lastAt?.toISOString() ?? null };
  }),

  implement(contracts.editApproach, async ({ huntId, approachId, ...changes }, context) => {
    const { tx, actor } = context;
    const [row] = await queries.listApproaches(tx, actor, huntId, { ids: [approachId], limit: 1 });
    if (!row) throw notFound();
    for (const field of ['subject', 'letter'] as const)
      if (changes[field] && wrongIn(changes[field]).length > 0) throw wrong(field, 'variable');
    const [locked] = await queries.lockMine(
      tx,
      actor,
      huntId,
      [approachId],
      ['proposed', 'postponed', 'accepted', 'refused'],
    );
    if (!locked) throw new AppError('conflict');
    await queries.edit(tx, actor, huntId, approachId, changes);
    return {};
  }),

  implementOutside(contracts.contribute, async ({ huntId, personIds }, outside) => {
    const { workspaceId, memberId } = outside.actor;
    const own = await outside.asCaller(async (context) => {
      const { tx, actor } = context;
      await getOpen(context, huntId);
      const persons = await findCardsOfPersons(tx, actor, personIds);
      const cards = new Map(
        (await queries.findOwnCards(tx, actor, [...persons.values()].flat())).map((one) => [one.card_id, one]),
      );
      return personIds.map((personId) => ({
        personId,
        card: persons.get(personId)?.flatMap((cardId) => cards.get(cardId) ?? [])[0] ?? null,
      }));
    });
    // Of a person nobody is on two lists; whose list it is stays unsaid.
    const added = await outside.asSystem('keeper', async (tx) => {
      await queries.lockHunt(tx, workspaceId, huntId);
      const clusters = own.flatMap(({ card }) => card?.cluster_id ?? []);
      const there = await queries.listInHunt(tx, workspaceId, huntId, memberId, clusters);
      const wanted = own.filter(({ card }) => card && !there.has(card.cluster_id));
      const cards = [...new Map(wanted.map(({ card }) => [card!.cluster_id, card!.card_id])).values()];
      const many = await queries.addApproaches(
        tx,
        workspaceId,
        huntId,
        cards.map((cardId) => ({ holderId: memberId, cardId })),
        true,
      );
      return { many, there };
    });
    const leftOut = own.flatMap(({ personId, card }) => {
      if (!card) return { personId, reason: 'not_mine' as const };
      return added.there.has(card.cluster_id) ? { personId, reason: 'in_it' as const } : [];
    });
    return { added: added.many, leftOut };
  }),

  implement(contracts.sayOutcome, async ({ huntId, approachId, outcome }, { tx, actor }) => {
    const [row] = await queries.listApproaches(tx, actor, huntId, { ids: [approachId], limit: 1 });
    if (!row) throw notFound();
    if (!(await queries.setOutcome(tx, actor, huntId, approachId, outcome))) throw new AppError('conflict');
    return {};
  }),
];
