import { recordAudit } from '../identity/audit.ts';
import { listTeams } from '../identity/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { rounded } from '../kernel/rounded.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { nextPart, partsFor } from './rules.ts';

/** Its teams are teams of the company. @throws AppError invalid_input */
async function checkTeams({ tx, actor }: Context, teamIds: readonly string[]): Promise<void> {
  const known = new Set((await listTeams(tx, actor.workspaceId)).map(({ id }) => id));
  if (!teamIds.every((id) => known.has(id))) throw new AppError('invalid_input', { fields: { teamIds: 'unknown' } });
}

/** A count of a lot's people, never of fewer than five: neither who has done something nor who has not. */
const ofPeople = (count: number, people: number): number | null =>
  people - count > 0 && people - count < 5 ? rounded(people - 5) : rounded(count);

function describeCounts(
  counts: queries.LotCounts | undefined,
): Pick<contracts.Lot, 'people' | 'readiness' | 'figures'> {
  const people = counts?.people ?? 0;
  const few = people < 5;
  const told = (count: number | undefined) => (few ? null : rounded(count ?? 0));
  return {
    people: rounded(people),
    readiness: contracts.checks.map((check) => ({ check, done: few ? null : ofPeople(counts?.[check] ?? 0, people) })),
    figures: {
      active: few ? null : ofPeople(counts?.active ?? 0, people),
      cards: told(counts?.cards),
      lentCards: told(counts?.lent_cards),
      uses: told(counts?.uses),
      introductions: told(counts?.introductions),
    },
  };
}

export const adoptionOperations: Operation[] = [
  implement(contracts.getMyParts, async (_input, { tx, actor }) => ({
    parts: partsFor(
      await queries.findHouse(tx, actor),
      await queries.listLots(tx, actor),
      await queries.listOwnTeams(tx, actor),
    ),
  })),

  implementOutside(contracts.getPlan, async (_input, { actor, asCaller, asSystem }) => {
    const own = await asCaller(async ({ tx }) => ({
      house: await queries.findHouse(tx, actor),
      lots: await queries.listLots(tx, actor),
      lessons: await queries.listLessons(tx, actor),
    }));
    const { counts, standing } = await asSystem('keeper', async (tx) => ({
      counts: await queries.countLots(tx, actor.workspaceId),
      standing: await queries.readStanding(tx, actor.workspaceId),
    }));
    const { allOpen, open } = own.house;
    return {
      lots: own.lots.map((lot) => ({
        ...lot,
        ...describeCounts(counts.find(({ lot_id }) => lot_id === lot.id)),
        lessons: own.lessons
          .filter(({ lot_id }) => lot_id === lot.id)
          .map(({ lot_id: _of, at, ...lesson }) => ({ ...lesson, at: at.toISOString() })),
      })),
      allOpen,
      open,
      next: allOpen ? null : nextPart(open, standing),
    };
  }),

  implement(contracts.openParts, async ({ allOpen, open }, { tx, actor }) => {
    await queries.setHouse(tx, actor, allOpen, open);
    await recordAudit(tx, actor, 'parts.opened', null, { count: allOpen ? contracts.parts.length : open.length });
    return {};
  }),

  implement(contracts.addLot, async (said, context) => {
    await checkTeams(context, said.teamIds);
    const id = newId();
    await queries.addLot(context.tx, context.actor, id, said);
    return { id };
  }),

  implement(contracts.changeLot, async ({ lotId, version, ...said }, context) => {
    const { tx, actor } = context;
    if (!(await queries.listLots(tx, actor)).some(({ id }) => id === lotId)) throw notFound();
    await checkTeams(context, said.teamIds);
    if (!(await queries.changeLot(tx, actor, lotId, version, said))) throw new AppError('conflict');
    return {};
  }),

  implement(contracts.removeLot, async ({ lotId }, { tx, actor }) => {
    if (!(await queries.setRemoved(tx, actor, lotId, true))) throw notFound();
    return {};
  }),

  implement(contracts.restoreLot, async ({ lotId }, { tx, actor }) => {
    if (!(await queries.setRemoved(tx, actor, lotId, false))) throw notFound();
    return {};
  }),

  implement(contracts.addLesson, async ({ lotId, text }, { tx, actor }) => {
    if (!(await queries.listLots(tx, actor)).some(({ id }) => id === lotId)) throw notFound();
    await queries.addLesson(tx, actor, newId(), lotId, text);
    return {};
  }),

  implement(contracts.removeLesson, async ({ lessonId }, { tx, actor }) => {
    if (!(await queries.deleteLesson(tx, actor, lessonId))) throw notFound();
    return {};
  }),
];
