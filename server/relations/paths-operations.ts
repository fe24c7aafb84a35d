import { z } from 'zod';
import { searchTerms } from '../cards/compose.ts';
import { countDiscoverable, findEntries, findPersonCards, findUsedCards, nameCards } from '../cards/persons.ts';
import * as ties from '../cards/ties.ts';
import { recordUses } from '../delegation/ledger.ts';
import { recordAudit } from '../identity/audit.ts';
import { id } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { describePath } from './describing.ts';
import { findPathsTo, findPathsToEach } from './finding.ts';
import { isClosed, listKnowing } from './knowing.ts';
import * as contracts from './paths-contract.ts';
import * as queries from './queries.ts';
import { bandOf, faded, type Ground, held, saidHalfLifeDays } from './strength.ts';
import { loadEvidence } from './weighing.ts';

/** Ways shown to one person. */
const mostPaths = 5;
/** Persons that words may find, each with a way. */
const mostFound = 20;
/** Ties of one person that are shown. */
const mostTies = 200;

/** The cards of a person that the viewer sees. @throws AppError not_found when there is none; forbidden for programs */
async function cardsOf({ tx, actor }: Context, personId: string): Promise<string[]> {
  if (actor.app) throw new AppError('forbidden');
  const found = await findPersonCards(tx, actor, personId);
  if (!found) throw notFound();
  return found.cardIds;
}

/** What may be said of contacts that these words find, and that the viewer may only find. */
async function hintsOf({ tx }: Context, q: string): Promise<{ discoverable: number; hints: contracts.Hint[] }> {
  const discoverable = await countDiscoverable(tx, { q, kind: 'person' });
  const terms = searchTerms(q).filter((term) => term.trim().length >= 3);
  const hints = terms.length > 0 ? await queries.findHints(tx, terms, 'person') : [];
  return { discoverable, hints: hints as contracts.Hint[] };
}

const nothingFound = { items: [], discoverable: 0, hints: [], closed: true };

/** Which members know the person of these cards, those who know them best first. */
async function listKnownBy({ tx, actor }: Context, cardIds: readonly string[]) {
  const rows = await listKnowing(tx, actor, cardIds);
  const members = await queries.describeMembers(tx, actor, [...new Set(rows.map(({ holder_id }) => holder_id))]);
  const best = Map.groupBy(rows, ({ holder_id }) => holder_id);
  return [...best.values()]
    .map((group) => group.reduce((one, other) => ((other.strength ?? 0) > (one.strength ?? 0) ? other : one)))
    .map(({ holder_id, mine, strength, grounds }) => {
      const known = Math.max(strength ?? 0, held);
      const member = { id: holder_id, name: members.get(holder_id)?.name ?? '' };
      return { member, mine, strength: known, band: bandOf(known), grounds: (grounds ?? ['held']) as Ground[] };
    })
    .sort((one, other) => other.strength - one.strength || (one.member.name < other.member.name ? -1 : 1));
}

async function describeTies(context: Context, cardIds: readonly string[]): Promise<contracts.Tie[]> {
  const { tx, actor } = context;
  const rows = await ties.listTies(tx, actor, cardIds, mostTies);
  const here = new Set(cardIds);
  const names = await nameCards(context, [...new Set(rows.flatMap((row) => [row.card_a, row.card_b]))]);
  const now = new Date();
  return rows.flatMap((row) => {
    const forward = here.has(row.card_a);
    const other = forward ? row.card_b : row.card_a;
    // Two cards that have become one person since tie nobody to anybody.
    if (here.has(other) || !names.has(other)) return [];
    const strength = Math.round(faded(row.strength, row.seen_at, now, row.declared ? saidHalfLifeDays : undefined));
    return {
      id: row.tie_id,
      kind: row.kind,
      forward,
      other: { id: other, name: names.get(other)! },
      author: { id: row.author_id, name: row.author },
      mine: row.author_id === actor.memberId,
      declared: row.declared,
      shared: row.shared,
      strength,
      band: bandOf(strength),
      note: row.note,
      seenAt: row.declared || row.author_id === actor.memberId ? row.seen_at.toISOString() : null,
    };
  });
}

/** Of a person's cards one that is the actor's, else the first. */
async function endOf({ tx, actor }: Context, cardIds: readonly string[]) {
  const cards = await findUsedCards(tx, actor, cardIds);
  return cards.find((card) => card.mine) ?? cards.sort((a, b) => (a.card_id < b.card_id ? -1 : 1))[0]!;
}

const pathOperations: Operation[] = [
  implement(contracts.listPaths, async ({ personId }, context) => {
    const cardIds = await cardsOf(context, personId);
    if (await isClosed(context.tx, context.actor)) return nothingFound;
    const found = await findPathsTo(context, personId, mostPaths);
    const name = [...(await nameCards(context, cardIds.slice(0, 1))).values()][0] ?? '';
    const items = found.byTarget.flatMap(({ paths }) => paths.map((path) => describePath(path, found)));
    return { items, ...(await hintsOf(context, name)), closed: false };
  }),

  implement(contracts.searchPaths, async ({ q }, context) => {
    if (context.actor.app) throw new AppError('forbidden');
    if (await isClosed(context.tx, context.actor)) return nothingFound;
    const rows = await findEntries(context.tx, context.actor, { q, kind: 'person' }, 'name', null, mostFound);
    const found = await findPathsToEach(
      context,
      rows.map(({ person_id }) => person_id),
    );
    const items = found.byTarget.map(({ asked, paths: [path] }) => {
      const row = rows.find(({ person_id }) => person_id === asked)!;
      return {
        person: { id: asked, name: row.name, title: row.title, organization: row.organization },
        path: path ? describePath(path, found) : null,
      };
    });
    items.sort((one, other) => (other.path?.strength ?? -1) - (one.path?.strength ?? -1));
    return { items, ...(await hintsOf(context, q)), closed: false };
  }),
];

const tieOperations: Operation[] = [
  implement(contracts.listTies, async ({ personId }, context) => {
    const cardIds = await cardsOf(context, personId);
    return { items: await describeTies(context, cardIds), knownBy: await listKnownBy(context, cardIds) };
  }),

  implement(contracts.declareTie, async ({ personId, otherId, backward, ...said }, context) => {
    const { tx, actor } = context;
    const [cardIds, others] = [await cardsOf(context, personId), await cardsOf(context, otherId)];
    if (cardIds.some((cardId) => others.includes(cardId)))
      throw new AppError('invalid_input', { fields: { otherId: 'same_person' } });
    const ends = [await endOf(context, cardIds), await endOf(context, others)] as const;
    const [from, to] = backward ? [ends[1], ends[0]] : ends;
    const tieId = await ties.declareTie(tx, actor, from, to, said);
    if (said.shared) await recordUses(tx, actor, 'tied', [from, to]);
    return { id: tieId };
  }),

  // What one said one may take back, also when one does not see any more of whom: above row security, by its author alone.
  implementOutside(contracts.endTie, async ({ tieId }, { actor, asSystem }) => {
    if (!(await asSystem('keeper', (tx) => ties.endTie(tx, actor, tieId)))) throw notFound();
    return {};
  }),
];

const ownTieOperations: Operation[] = [
  implement(contracts.listAcquaintances, async ({ after, limit }, context) => {
    const { tx, actor } = context;
    const beyond = after ? decodeCursor(after, z.tuple([z.coerce.number(), id])) : null;
    const before = beyond && { strength: beyond[0], cardId: beyond[1] };
    const rows = await queries.listAcquaintances(tx, actor, before, limit + 1);
    const page = rows.slice(0, limit);
    const ids = page.map(({ card_id }) => card_id);
    const names = await nameCards(context, ids);
    const evidence = await loadEvidence(tx, actor.workspaceId, actor.memberId, ids);
    const byCard = new Map(evidence.map((one) => [one.cardId, one]));
    const last = rows.length > limit ? page.at(-1)! : undefined;
    return {
      items: page.map(({ card_id, strength, grounds, hidden }) => {
        const one = byCard.get(card_id);
        return {
          person: { id: card_id, name: names.get(card_id) ?? '' },
          strength,
          band: bandOf(strength),
          grounds: grounds as Ground[],
          mail: { received: one?.received ?? 0, sent: one?.sent ?? 0 },
          meetings: one?.meetings ?? 0,
          firstAt: one?.firstAt?.toISOString() ?? null,
          lastAt: one?.lastAt?.toISOString() ?? null,
          closeness: one?.closeness ?? null,
          hidden,
        };
      }),
      next: last ? encodeCursor([String(last.strength), last.card_id]) : null,
    };
  }),

  implement(contracts.hideAcquaintance, async ({ personId, hidden }, context) => {
    const cardIds = await cardsOf(context, personId);
    if ((await queries.setHidden(context.tx, context.actor, cardIds, hidden)) === 0) throw notFound();
    return {};
  }),

  implement(contracts.getTieSettings, async (_input, { tx, actor }) => ({
    tells: await queries.findTells(tx, actor),
    reciprocal: await queries.findReciprocal(tx, actor),
  })),

  implement(contracts.updateTieSettings, async ({ tells }, { app, tx, actor, afterCommit }) => {
    if (actor.app) throw new AppError('forbidden');
    const { workspaceId, memberId } = actor;
    await queries.setTells(tx, actor, tells);
    // Before the answer: who tells nothing more is taken at their word.
    const cause = await app.enqueue(tx, { workspaceId, task: 'relations.weigh', payload: { memberId } });
    afterCommit(() => app.runNow(workspaceId, cause, 'relations.weigh'));
    return {};
  }),

  implement(contracts.updateReciprocity, async ({ reciprocal }, { tx, actor }) => {
    await queries.setReciprocal(tx, actor, reciprocal);
    await recordAudit(tx, actor, 'ties.reciprocal', null, { reciprocal });
    return {};
  }),
];

export const pathsOperations: Operation[] = [...pathOperations, ...tieOperations, ...ownTieOperations];
