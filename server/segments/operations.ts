import { z } from 'zod';
import { findPersonCards } from '../cards/persons.ts';
import { id } from '../kernel/contract.ts';
import { AppError } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { pickLocale } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { stir } from '../kernel/stirring.ts';
import { isClosed } from '../relations/knowing.ts';
import { add } from './adding.ts';
import * as computing from './computing.ts';
import * as contracts from './contract.ts';
import { tellFollowers } from './copies.ts';
import { countIt } from './counting.ts';
import {
  audienceOf,
  benchFor,
  describeLanguage,
  describeSegments,
  getSegment,
  openPerson,
  readFilter,
} from './describing.ts';
import { parseFilter, printFilter } from './language-contract.ts';
import * as queries from './queries.ts';
import { queueBuild } from './queueing.ts';
import { partsOf, problemOf } from './rules.ts';
import { type Looking, narrowing, seenBy } from './seeing.ts';

const byName = z.tuple([z.string(), id]);
const byTime = z.tuple([z.string(), id]);

/** Persons of whom a sample shows. */
const shown = 8;

/** @throws AppError invalid_input where the condition cannot be read */
function asKept(text: string): string {
  try {
    return printFilter(parseFilter(text));
  } catch (error) {
    throw new AppError('invalid_input', { fields: { filter: problemOf(error).problem } });
  }
}

/** What is the company's, or a team's, is made by who addresses contacts for the company, or who belongs to the team. */
async function checkAudience({ tx, actor, role }: Context, wanted: contracts.Audience) {
  if (wanted.kind === 'workspace' && role !== 'admin' && role !== 'marketing') throw new AppError('forbidden');
  return audienceOf(tx, actor, wanted);
}

/** @throws AppError invalid_input for a team that is not there */
async function idsOf({ tx, actor }: Context, shownTo: readonly contracts.Audience[]): Promise<string[]> {
  const ids = [
    ...new Set(
      shownTo.map((one) =>
        one.kind === 'workspace' ? actor.workspaceId : one.kind === 'team' ? one.id : actor.memberId,
      ),
    ),
  ];
  if ((await queries.nameAudiences(tx, actor, ids)).size < ids.length)
    throw new AppError('invalid_input', { fields: { shownTo: 'unknown' } });
  return ids;
}

const looking = (context: OutsideContext): Looking => ({
  viewer: context.actor,
  audience: { kind: 'member', id: context.actor.memberId },
  asViewer: (work) => context.asCaller(({ tx }) => work(tx)),
  asKeeper: (work) => context.asSystem('keeper', work),
});

const personOf = ({ person_id, name, organization, title }: Omit<queries.MemberRow, 'since' | 'sort_name'>) => ({
  ...{ id: person_id, name, organization, title },
});

async function listSome(context: OutsideContext, segmentId: string, after: string | undefined, limit: number) {
  const { narrowed, personIds } = await seenBy(looking(context), segmentId);
  const cursor = after ? decodeCursor(after, byName) : null;
  const from = cursor && { name: cursor[0], id: cursor[1] };
  if (narrowed && personIds?.length === 0) return { items: [], next: null };
  return context.asCaller(async ({ tx, actor }) => {
    const rows = personIds
      ? (await queries.listPersons(tx, actor, personIds, from, limit + 1)).map((row) => ({ ...row, since: null }))
      : await queries.listMembers(tx, actor, segmentId, from, limit + 1);
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1)! : null;
    return {
      items: items.map((row) => ({ ...personOf(row), since: row.since?.toISOString() ?? null })),
      next: last && encodeCursor([last.sort_name, last.person_id]),
    };
  });
}

export const segmentsOperations: Operation[] = [
  implement(contracts.listSegments, async (_input, context) => ({ items: await describeSegments(context) })),

  implementOutside(contracts.getSegment, async ({ segmentId }, context) => {
    const { narrowed, personIds } = await seenBy(looking(context), segmentId);
    return context.asCaller(async (inside) => {
      const segment = await getSegment(inside, segmentId);
      const days = narrowed ? [] : await queries.listDays(inside.tx, inside.actor, segmentId, 90);
      return {
        ...segment,
        // What is kept from them is not nothing.
        ...(personIds && { members: narrowed === 'grants' ? personIds.length : null }),
        narrowed,
        days: days.map(({ day, members, entered, gone }) => ({ day, members, entered, left: gone })),
      };
    });
  }),

  implement(contracts.addSegment, async (input, context) => {
    const audience = await checkAudience(context, input.audience);
    if ((input.kind === 'filter') !== (input.filter !== undefined))
      throw new AppError('invalid_input', { fields: { filter: 'filter' } });
    return add(context, {
      ...{ name: input.name, key: input.key, description: input.description, kind: input.kind },
      filter: input.filter === undefined ? '' : asKept(input.filter),
      ...{ audienceKind: audience.kind, audienceId: audience.id, shownTo: await idsOf(context, input.shownTo) },
    });
  }),

  implement(contracts.changeSegment, async ({ segmentId, version, ...said }, context) => {
    const { tx, actor } = context;
    const [row] = await queries.listSegments(tx, actor, segmentId);
    if (!row?.mine) throw new AppError('not_found');
    if (row.kind === 'list' && said.filter !== undefined)
      throw new AppError('invalid_input', { fields: { filter: 'filter' } });
    const done = await queries.changeSegment(tx, actor, segmentId, version, {
      name: said.name ?? row.name,
      description: said.description ?? row.description,
      filter: said.filter === undefined ? row.filter : asKept(said.filter),
      shownTo: said.shownTo ? await idsOf(context, said.shownTo) : row.shown_to,
    });
    if (!done) throw new AppError('conflict');
    await tellFollowers(tx, actor.workspaceId, segmentId);
    // Others may be made of it.
    await queueBuild(context);
    return {};
  }),

  implement(contracts.endSegment, async ({ segmentId }, context) => {
    if (!(await queries.endSegment(context.tx, context.actor, segmentId, true))) throw new AppError('not_found');
    await tellFollowers(context.tx, context.actor.workspaceId, segmentId);
    await queueBuild(context);
    return {};
  }),

  implement(contracts.restoreSegment, async ({ segmentId }, context) => {
    if (await queries.isKeyTaken(context.tx, context.actor, segmentId)) throw new AppError('conflict');
    if (!(await queries.endSegment(context.tx, context.actor, segmentId, false))) throw new AppError('not_found');
    await queueBuild(context);
    return {};
  }),

  implementOutside(contracts.listMembers, ({ segmentId, after, limit }, context) =>
    listSome(context, segmentId, after, limit),
  ),

  implement(contracts.listMovements, async ({ segmentId, after, limit }, { tx, actor }) => {
    const { narrowed } = await narrowing(tx, actor, segmentId);
    if (narrowed) return { items: [], next: null };
    const cursor = after ? decodeCursor(after, byTime) : null;
    const rows = await queries.listMovements(
      tx,
      actor,
      segmentId,
      cursor && { at: cursor[0], id: cursor[1] },
      limit + 1,
    );
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1)! : null;
    return {
      items: items.map((row) => ({ ...personOf(row), entered: row.entered, at: row.at.toISOString() })),
      next: last && encodeCursor([last.at.toISOString(), last.movement_id]),
    };
  }),

  implementOutside(contracts.keepSnapshot, async ({ segmentId, name }, context) => {
    const { row, narrowed } = await context.asCaller(({ tx, actor }) => narrowing(tx, actor, segmentId));
    // Of what one sees only in part, one keeps nothing whole.
    if (narrowed) throw new AppError('not_found');
    const made = await context.asCaller((inside) =>
      add(inside, {
        ...{ name, description: '', kind: 'list', filter: '' },
        ...{ audienceKind: row.audience_kind, audienceId: row.audience_id, shownTo: [] },
      }),
    );
    await context.asSystem('keeper', (tx) =>
      queries.copyMembers(tx, context.actor, segmentId, made.id, row.audience_id),
    );
    await context.asCaller((inside) => queueBuild(inside, made.id));
    return made;
  }),

  implement(contracts.listPeople, async ({ segmentId, add: added, remove }, { tx, actor }) => {
    const [row] = await queries.listSegments(tx, actor, segmentId);
    if (!row?.belongs || row.kind !== 'list') throw new AppError('not_found');
    const cardsOf = async (persons: readonly string[]) => {
      const cardIds: string[] = [];
      for (const one of persons) {
        const found = await findPersonCards(tx, actor, one);
        if (!found) throw new AppError('not_found');
        cardIds.push(...found.cardIds);
      }
      return cardIds;
    };
    // By all that the viewer sees of them: which of these the list's audience sees, is not theirs to know.
    const come = await cardsOf(added);
    const gone = await cardsOf(remove);
    await queries.addListed(tx, actor, segmentId, row.audience_id, come);
    await queries.removeListed(tx, actor, segmentId, gone);
    await stir(tx, actor.workspaceId, 'list', [...come, ...gone]);
    return {};
  }),

  implement(contracts.compareSegments, async ({ ids }, { tx, actor }) => {
    const asked = [...new Set(ids.split(','))];
    const found: Awaited<ReturnType<typeof getSegment>>[] = [];
    for (const one of asked) found.push(await getSegment({ tx, actor }, one));
    // Persons of one audience are the same persons: those of two are not.
    const together = found.filter(({ members, audience }) => members !== null && audience.id === found[0]!.audience.id);
    if (together.length < asked.length) throw new AppError('invalid_input', { fields: { ids: 'audience' } });
    return {
      segments: together.map(({ id: segmentId, name, members }) => ({ id: segmentId, name, members: members! })),
      overlaps: await queries.listOverlaps(tx, actor, asked),
    };
  }),

  implementOutside(contracts.getLanguage, async ({ audience, teamId }, context) => {
    if (audience === 'team' && !teamId) throw new AppError('invalid_input', { fields: { teamId: 'required' } });
    const bench = await benchFor(context, audience === 'team' ? { kind: 'team', id: teamId! } : { kind: audience });
    return describeLanguage(bench, pickLocale(context.request.headers['accept-language']));
  }),

  implementOutside(contracts.countFilter, async ({ filter: text, audience, exact }, context) => {
    const bench = await benchFor(context, audience);
    const read = readFilter(bench.dictionary, text);
    if ('problem' in read) return { problem: read.problem, text: null, people: 0, of: 0, between: null, sample: [] };
    // What others let be known of ties is not counted for who lets nothing be known.
    const asksTies = await context.asCaller(({ tx, actor }) => isClosed(tx, actor));
    if (asksTies && computing.asksTies(bench.dictionary, read.filter)) throw new AppError('forbidden');
    const { ids, ...counted } = await context.asSystem('keeper', (tx) =>
      countIt(tx, bench.dictionary, read.filter, bench.scope, { exact, shown }),
    );
    const rows = await context.asCaller(({ tx, actor }) => queries.listPersons(tx, actor, ids, null, shown));
    return { problem: null, text: printFilter(read.filter), ...counted, sample: rows.map(personOf) };
  }),

  implementOutside(contracts.explainFilter, async ({ filter: text, audience, personId }, context) => {
    const bench = await benchFor(context, audience);
    const read = readFilter(bench.dictionary, text);
    if ('problem' in read) throw new AppError('invalid_input', { fields: { filter: read.problem.problem } });
    const closed = await context.asCaller(({ tx, actor }) => isClosed(tx, actor));
    if (closed && computing.asksTies(bench.dictionary, read.filter)) throw new AppError('forbidden');
    const cardIds = await context.asCaller(({ tx, actor }) => openPerson(tx, actor, personId));
    const parts = partsOf(read.filter);
    const found = await context.asSystem('keeper', (tx) =>
      computing.explain(tx, bench.dictionary, parts, { ...bench.scope, cardIds }),
    );
    // They are nobody whom this audience sees.
    if (found.length === 0) throw new AppError('not_found');
    return {
      holds: found[0]!.holds,
      parts: parts.map(({ text: words, depth }, at) => ({
        text: words,
        depth,
        holds: found[at]!.holds,
        known: found[at]!.shown,
      })),
    };
  }),
];
