import { z } from 'zod';
import { listParticipants, removeParticipants, setOpportunityAudience, setParticipant } from '../cards/participants.ts';
import { findUsedCards } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import type { App } from '../kernel/app.ts';
import { id } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { closingOperations } from './closing.ts';
import * as contracts from './contract.ts';
import { describeOpportunities, describeOpportunity } from './describing.ts';
import { cardFor, cardsOf, getOpenStage, getOpportunity, today } from './finding.ts';
import { importOperations } from './importing.ts';
import { interviewOperations, queueHearing, queueHearings } from './interviewing.ts';
import { setInterviewAudience } from './interviews.ts';
import * as queries from './queries.ts';
import { audienceOf, decides, isCurrency, isShared, reversedDate, visibilityOf } from './rules.ts';
import { ensureStages, loadStages, lockStages, type StageRow, saveStages } from './stages.ts';

type Viewer = Pick<Context, 'tx' | 'actor'>;

const describeStages = (rows: readonly StageRow[]) => ({
  items: rows.map(({ stage_id, key, name, probability, ended_at }) => ({
    id: stage_id,
    ...{ key, name, probability },
    ended: ended_at !== null,
  })),
});

type Said = Partial<Omit<z.output<typeof contracts.updateOpportunity.input>, 'opportunityId' | 'version'>>;

/** What is said of an opportunity, as columns. @throws AppError not_found for an organisation that the actor does not see, invalid_input */
async function toColumns(viewer: Viewer, said: Said, before: queries.OpportunityRow | null) {
  const { name, organizationId, organizationName, value, expectedOn, openedOn, note, ownerId, visibility } = said;
  if (value && !isCurrency(value.currency)) throw new AppError('invalid_input', { fields: { currency: 'unknown' } });
  const organization = typeof organizationId === 'string' ? await cardFor(viewer, organizationId) : organizationId;
  const seen = await toSeen(viewer, ownerId, visibility, before);
  const columns = {
    ...(name === undefined ? {} : { name }),
    ...(organization === undefined ? {} : { organization_card: organization?.card_id ?? null }),
    ...(organizationName === undefined ? {} : { organization_name: organizationName }),
    ...(value === undefined ? {} : { value_cents: value?.cents ?? null, currency: value?.currency ?? null }),
    ...(expectedOn === undefined ? {} : { expected_on: expectedOn }),
    ...(openedOn === undefined ? {} : { opened_on: openedOn }),
    ...(note === undefined ? {} : { note }),
    ...seen,
  };
  const dates = {
    openedOn: openedOn ?? before?.opened_on ?? today(),
    expectedOn: expectedOn === undefined ? (before?.expected_on ?? null) : expectedOn,
    closedOn: before?.closed_on ?? null,
  };
  const reversed = reversedDate(dates);
  if (reversed)
    throw new AppError('invalid_input', { fields: { [reversed === 'closedOn' ? 'openedOn' : reversed]: 'reversed' } });
  return { columns, organization: organization ?? null };
}

/** Owner and audience where one of them is said. What only its owner sees is seen by the next owner alone. @throws AppError invalid_input for a team that is not there */
async function toSeen(
  { tx, actor }: Viewer,
  ownerId: string | undefined,
  visibility: contracts.Visibility | undefined,
  before: queries.OpportunityRow | null,
): Promise<{ owner_id?: string; audience_id?: string }> {
  if (before && ownerId === undefined && visibility === undefined) return {};
  const owner = ownerId ?? before?.owner_id ?? actor.memberId;
  const to = visibility ?? (before ? visibilityOf(before, actor.workspaceId) : { kind: 'owner' as const });
  if (visibility?.kind === 'team' && !(await queries.findTeamName(tx, actor, visibility.teamId)))
    throw new AppError('invalid_input', { fields: { teamId: 'unknown' } });
  return { owner_id: owner, audience_id: audienceOf(to, owner, actor.workspaceId) };
}

/** Whether the actor sees an opportunity with this owner and audience. */
async function sees({ tx, actor }: Viewer, { owner_id, audience_id }: { owner_id: string; audience_id: string }) {
  if (owner_id === actor.memberId || audience_id === actor.workspaceId) return true;
  return audience_id !== owner_id && ((await queries.findTeamName(tx, actor, audience_id))?.mine ?? false);
}

/** Those who lend the contacts of an opportunity hear that others see them in it from now on. */
async function tellHolders({ tx, actor }: Viewer, opportunityId: string, organizationCard: string | null) {
  const parts = await listParticipants(tx, actor, opportunityId);
  const cardIds = [...parts.map(({ card_id }) => card_id), ...(organizationCard ? [organizationCard] : [])];
  await recordUses(tx, actor, 'opportunity', await findUsedCards(tx, actor, cardIds));
}

/** What a change by the caller comes to, once it is known to be allowed. */
interface Change {
  before: queries.OpportunityRow;
  columns: Awaited<ReturnType<typeof toColumns>>['columns'];
  /** Other owner or audience: with what hangs on it, which the actor need not see, that is the keeper's to write. */
  seen: { owner_id: string; audience_id: string } | null;
  stays: boolean;
}

async function prepare(context: Context, input: z.output<typeof contracts.updateOpportunity.input>): Promise<Change> {
  const { opportunityId, version, ...said } = input;
  const { actor, role } = context;
  const before = await getOpportunity(context, opportunityId);
  if ((said.ownerId !== undefined || said.visibility !== undefined) && !decides(before, actor, role))
    throw new AppError('forbidden');
  if (before.version !== version) throw new AppError('conflict');
  const { columns, organization } = await toColumns(context, said, before);
  const to = { owner_id: columns.owner_id ?? before.owner_id, audience_id: columns.audience_id ?? before.audience_id };
  const changes = to.owner_id !== before.owner_id || to.audience_id !== before.audience_id;
  if (isShared(to) && !isShared(before))
    await tellHolders(context, opportunityId, organization?.card_id ?? before.organization_card);
  else if (isShared(to) && organization && organization.card_id !== before.organization_card)
    await recordUses(context.tx, actor, 'opportunity', [organization]);
  return { before, columns, seen: changes ? to : null, stays: await sees(context, to) };
}

/** Whom an opportunity is handed to is told. */
async function tellOwner(app: Pick<App, 'enqueue'>, tx: Tx, actor: Actor, opportunityId: string, ownerId: string) {
  if (ownerId === actor.memberId) return;
  const payload = {
    kind: 'opportunity_given',
    memberIds: [ownerId],
    subjectId: opportunityId,
    actorId: actor.memberId,
  };
  await app.enqueue(tx, {
    workspaceId: actor.workspaceId,
    task: 'notices.tell',
    payload: { ...payload, occasion: newId() },
  });
}

async function handOn(app: Pick<App, 'enqueue'>, tx: Tx, actor: Actor, { before, columns, seen }: Change) {
  await queries.updateOpportunity(tx, actor, before, columns);
  const to = { opportunity_id: before.opportunity_id, ...seen! };
  await setOpportunityAudience(tx, actor.workspaceId, to);
  await queries.setMovesAudience(tx, actor.workspaceId, to);
  await setInterviewAudience(tx, actor.workspaceId, to);
  await queueHearing(app, tx, actor.workspaceId, before.opportunity_id);
  if (to.owner_id !== before.owner_id) await tellOwner(app, tx, actor, before.opportunity_id, to.owner_id);
}

/** The day by which the last of a page stands, and its id. */
const page = z.tuple([z.union([z.iso.date(), z.literal('')]), id]);

export const opportunitiesOperations: Operation[] = [
  ...closingOperations,
  ...importOperations,
  ...interviewOperations,

  implement(contracts.listStages, async (_input, { tx, actor }) => describeStages(await loadStages(tx, actor))),

  implement(contracts.saveStages, async ({ stages }, { tx, actor }) => {
    await lockStages(tx, actor);
    const here = await ensureStages(tx, actor);
    const known = new Set(here.map(({ stage_id }) => stage_id));
    const unknown = stages.some((one) => (one.id === undefined ? one.name === undefined : !known.has(one.id)));
    const twice = new Set(stages.flatMap((one) => one.id ?? [])).size < stages.filter((one) => one.id).length;
    if (unknown || twice) throw new AppError('invalid_input', { fields: { stages: 'unknown' } });
    const wanted = stages.map((one) => ({
      stageId: one.id ?? newId(),
      name: one.name ?? null,
      probability: one.probability,
    }));
    await saveStages(tx, actor, here, wanted);
    return describeStages(await loadStages(tx, actor));
  }),

  implement(contracts.listOpportunities, async ({ after, limit, personId, ...filter }, context) => {
    const cursor = after ? decodeCursor(after, page) : null;
    const cardIds = personId ? await cardsOf(context, personId) : undefined;
    const { tx, actor } = context;
    const rows = await queries.listOpportunities(tx, actor, { ...filter, cardIds }, cursor, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: await describeOpportunities(context, rows.slice(0, limit)),
      next: last ? encodeCursor([last.closed_on ?? last.expected_on ?? '', last.opportunity_id]) : null,
    };
  }),

  implement(contracts.getSums, async (filter, { tx, actor }) => ({
    items: (await queries.sumOpportunities(tx, actor, filter)).map(({ stage_id, likely, ...sum }) => ({
      stageId: stage_id,
      ...sum,
      likelyCents: likely,
    })),
  })),

  implement(contracts.getOpportunity, ({ opportunityId }, context) => describeOpportunity(context, opportunityId)),

  implement(contracts.createOpportunity, async ({ stageId, ...said }, context) => {
    const { tx, actor } = context;
    const stage = await getOpenStage(context, stageId);
    const { columns, organization } = await toColumns(context, said, null);
    const seen = { owner_id: columns.owner_id!, audience_id: columns.audience_id! };
    // What its writer would not see themself is not written.
    if (!(await sees(context, seen))) throw new AppError('invalid_input', { fields: { ownerId: 'unseen' } });
    const opportunityId = newId();
    const row = { ...columns, ...seen, name: said.name, opportunity_id: opportunityId, stage_id: stage };
    await queries.addOpportunities(tx, actor, [{ ...row, opened_on: columns.opened_on ?? today() }]);
    await queries.addMoves(tx, actor, [{ of: row, kind: 'opened', to: stage }]);
    if (organization && isShared(seen)) await recordUses(tx, actor, 'opportunity', [organization]);
    await tellOwner(context.app, tx, actor, opportunityId, seen.owner_id);
    return describeOpportunity(context, opportunityId);
  }),

  implementOutside(contracts.updateOpportunity, async (input, { app, actor, asCaller, asSystem }) => {
    const change = await asCaller(async (context) => {
      const prepared = await prepare(context, input);
      if (prepared.seen) return prepared;
      await queries.updateOpportunity(context.tx, actor, prepared.before, prepared.columns);
      if (input.value !== undefined) await queueHearings(context.tx, actor, [input.opportunityId]);
      return prepared;
    });
    if (change.seen) await asSystem('keeper', (tx) => handOn(app, tx, actor, change));
    if (!change.stays) return { opportunity: null };
    return { opportunity: await asCaller((context) => describeOpportunity(context, input.opportunityId)) };
  }),

  implement(contracts.moveOpportunity, async ({ opportunityId, version, stageId }, context) => {
    const { tx, actor } = context;
    const before = await getOpportunity(context, opportunityId);
    if (before.version !== version || before.outcome !== null) throw new AppError('conflict');
    if (before.stage_id !== stageId) {
      const to = await getOpenStage(context, stageId);
      await queries.updateOpportunity(tx, actor, before, { stage_id: to });
      await queries.addMoves(tx, actor, [{ of: before, kind: 'moved', from: before.stage_id, to }]);
    }
    return describeOpportunity(context, opportunityId);
  }),

  implement(contracts.removeOpportunity, async ({ opportunityId }, context) => {
    const row = await getOpportunity(context, opportunityId);
    if (!decides(row, context.actor, context.role)) throw new AppError('forbidden');
    await queries.updateOpportunity(context.tx, context.actor, row, { removed_at: new Date() });
    await queueHearing(context.app, context.tx, context.actor.workspaceId, opportunityId);
    return {};
  }),

  implement(contracts.restoreOpportunity, async ({ opportunityId }, context) => {
    const { tx, actor, role } = context;
    const restorableDays = contracts.restorableFor;
    const row = await queries.findOpportunity(tx, actor, opportunityId, { restorableDays });
    if (!row) throw notFound();
    if (!decides(row, actor, role)) throw new AppError('forbidden');
    await queries.updateOpportunity(tx, actor, row, { removed_at: null });
    await queueHearing(context.app, tx, actor.workspaceId, opportunityId);
    return describeOpportunity(context, opportunityId);
  }),

  implement(contracts.setParticipant, async ({ opportunityId, personId, roles }, context) => {
    const { tx, actor } = context;
    const row = await getOpportunity(context, opportunityId);
    const cardIds = await cardsOf(context, personId);
    const cards = await findUsedCards(tx, actor, cardIds);
    const parts = new Set((await listParticipants(tx, actor, opportunityId)).map(({ card_id }) => card_id));
    const standing = cards.filter(({ card_id }) => parts.has(card_id));
    const on = standing[0] ?? cards.find(({ mine }) => mine) ?? cards[0]!;
    if (standing.length === 0 && parts.size >= mostPeople)
      throw new AppError('invalid_input', { fields: { personId: 'too_many' } });
    for (const each of standing.length > 0 ? standing : [on]) await setParticipant(tx, actor, row, each, roles);
    if (standing.length === 0 && isShared(row)) await recordUses(tx, actor, 'opportunity', [on]);
    return describeOpportunity(context, opportunityId);
  }),

  implement(contracts.removeParticipant, async ({ opportunityId, personId }, context) => {
    const row = await getOpportunity(context, opportunityId);
    const cardIds = await cardsOf(context, personId);
    if (!(await removeParticipants(context.tx, context.actor, row.opportunity_id, cardIds))) throw notFound();
    return describeOpportunity(context, opportunityId);
  }),
];

/** More people than that are a list, not an opportunity. */
const mostPeople = 200;
