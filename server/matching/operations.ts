import { z } from 'zod';
import { freshness, type Person } from '../cards/contract.ts';
import { describeGroup, describeSides, findPersonCards, nameCards } from '../cards/persons.ts';
import { id, instant } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import * as contracts from './contract.ts';
import * as health from './health.ts';
import { hunterOf } from './hunt/hunter.ts';
import { findReached, listOffers, type Offer, postpone, recall } from './proposals.ts';
import * as queries from './queries.ts';
import { judge, pairOf, toReason } from './rules.ts';
import * as runs from './runs.ts';
import { addVerdicts, listVerdicts, requireVisible, type VerdictFilter, withdraw } from './verdicts.ts';

/** As with any change of cards: matching follows before the answer, so that one sees what one decided. */
async function announce({ app, tx, actor, afterCommit }: Context, cardIds: readonly string[]): Promise<void> {
  const { workspaceId } = actor;
  const job = { task: 'cards.changed', payload: { cardIds }, queue: `matching ${workspaceId}`, delaySeconds: 20 };
  const outboxId = await app.enqueue(tx, { workspaceId, ...job });
  afterCommit(() => app.runNow(workspaceId, outboxId, 'cards.changed'));
}

/** Each pair once, in the order of its cards. */
function distinctPairs(pairs: readonly string[]): { a: string; b: string }[] {
  return [...new Map(pairs.map(pairOf).map((pair) => [`${pair.a} ${pair.b}`, pair])).values()];
}

async function describeOffers(context: Context, offers: readonly Offer[]): Promise<contracts.Proposal[]> {
  const sides = await describeSides(
    context,
    offers.flatMap(({ a, b }) => [a, b]),
  );
  const sideOf = (cardId: string) => {
    const { kind: _kind, ...side } = sides.get(cardId)!;
    return { ...side, personId: cardId };
  };
  return offers.map(({ a, b, kind, probability, reasons, group }) => ({
    id: `${a}.${b}`,
    kind,
    probability,
    left: sideOf(a),
    right: sideOf(b),
    reasons: reasons.map(toReason),
    group,
  }));
}

async function describeVerdicts(
  context: Context,
  filter: VerdictFilter,
  before: { at: string; id: string } | null,
  limit: number,
): Promise<{ items: contracts.Verdict[]; next: string | null }> {
  const rows = await listVerdicts(context.tx, context.actor, filter, before, limit + 1);
  const shown = rows.slice(0, limit);
  const names = await nameCards(
    context,
    shown.flatMap((row) => [row.card_a, row.card_b]),
  );
  const nameOf = (cardId: string) => names.get(cardId) ?? '';
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map((row) => ({
      id: row.verdict_id,
      same: row.same,
      pair: `${row.card_a}.${row.card_b}`,
      names: [nameOf(row.card_a), nameOf(row.card_b)],
      memberName: row.member,
      mine: row.member_id === context.actor.memberId,
      revocable: row.revocable,
      at: row.at.toISOString(),
    })),
    next: last ? encodeCursor([last.cursor, last.verdict_id]) : null,
  };
}

/** An answer of the thread that a request can wait for, or nothing. */
const patience = 2000;

/** What the engine says of a pair: the thread is asked, and waited for, while no transaction is open. */
async function explain({ app, actor, asCaller, asSystem }: OutsideContext, pair: { a: string; b: string }) {
  const reached = await asCaller(({ tx }) => findReached(tx, actor, pair.a, pair.b));
  if (!reached) throw notFound();
  const hunter = hunterOf(app);
  if (!hunter.isReady(actor.workspaceId)) {
    // Read for the next time; a failure shows in the jobs that ask the same.
    hunter.ask({ ask: 'open', workspaceId: actor.workspaceId }).catch(() => {});
    return undefined;
  }
  const asked = hunter.ask({ ask: 'explain', workspaceId: actor.workspaceId, ...pair }).catch(() => null);
  const found = await Promise.race([asked, new Promise<null>((done) => setTimeout(done, patience, null).unref())]);
  if (!found) return undefined;
  // Which classes the evidence rests on is known to the keeper only; what the viewer may not see is left out here.
  const [whole] = await asSystem('keeper', (keeper) => queries.withClasses(keeper, actor.workspaceId, [found]));
  return judge(whole!.prior, whole!.reasons, whole!.probability, reached);
}

/** A person's cards that stay and those that leave. @throws AppError when there is nothing to split */
async function planSplit({ tx, actor }: Context, personId: string, cardIds: readonly string[]) {
  const found = await findPersonCards(tx, actor, personId);
  if (!found) throw notFound();
  const leaves = found.cardIds.filter((cardId) => cardIds.includes(cardId));
  const stays = found.cardIds.filter((cardId) => !cardIds.includes(cardId));
  if (leaves.length < new Set(cardIds).size) throw notFound();
  if (stays.length === 0) throw new AppError('invalid_input', { fields: { cardIds: 'all' } });
  return { stays, leaves, links: found.links };
}

const groupsShown = 20;
const countedTo = 1000;

async function describeDisagreements(
  context: Context,
): Promise<z.output<typeof contracts.getHealth.output>['disagreements']> {
  const found = await health.findDisagreements(context.tx, context.actor);
  const names = await nameCards(
    context,
    found.flatMap(({ examples }) => examples),
  );
  return found.map(({ kind, count, examples }) => ({
    kind,
    count,
    examples: examples.map((cardId) => ({ personId: cardId, name: names.get(cardId) ?? '' })),
  }));
}

async function describeRun({ tx, actor }: Context): Promise<z.output<typeof contracts.getHealth.output>['run']> {
  const run = await queries.findLastRun(tx, actor);
  if (!run) return null;
  return {
    state: run.state as 'running',
    startedAt: run.started_at.toISOString(),
    finishedAt: run.finished_at?.toISOString() ?? null,
    progress: run.state === 'done' ? 1 : Math.min(1, run.total === 0 ? 0 : run.done / run.total),
    linked: run.linked,
    unlinked: run.unlinked,
    proposed: run.proposed,
  };
}

const position = z.tuple([z.enum(['0', '1']), z.coerce.number(), id, id]);

export const matchingOperations: Operation[] = [
  implement(contracts.listProposals, async ({ after, limit, ...filter }, context) => {
    const at = after ? decodeCursor(after, position) : null;
    const from = at && { hidden: at[0] === '1', probability: at[1], a: at[2], b: at[3] };
    const { offers, next } = await listOffers(context.tx, context.actor, filter, from, limit);
    return {
      items: await describeOffers(context, offers),
      next: next && encodeCursor([next.hidden ? '1' : '0', String(next.probability), next.a, next.b]),
    };
  }),

  implement(contracts.countProposals, async ({ examples, ...filter }, context) => {
    const { offers, next } = await listOffers(context.tx, context.actor, filter, null, countedTo);
    const groups = [...Map.groupBy(offers, ({ group }) => group)]
      .sort(([a, all], [b, others]) => others.length - all.length || (a < b ? -1 : 1))
      .slice(0, groupsShown)
      .map(([group, all]) => ({ group, all }));
    const shown = await describeOffers(
      context,
      groups.flatMap(({ all }) => all.slice(0, examples)),
    );
    return {
      total: offers.length,
      more: next !== null,
      groups: groups.map(({ group, all }) => ({
        group,
        count: all.length,
        reasons: all[0]!.reasons.map(toReason),
        examples: shown.filter((one) => one.group === group),
      })),
    };
  }),

  implement(contracts.decide, async ({ pairs, same }, context) => {
    const decided = distinctPairs(pairs);
    const ids = await addVerdicts(context.tx, context.actor, decided, same, 'decided');
    await announce(context, [...new Set(decided.flatMap(({ a, b }) => [a, b]))]);
    const { items } = await describeVerdicts(context, { ids }, null, ids.length);
    return { items };
  }),

  implement(contracts.postpone, async ({ pairs }, { tx, actor }) => {
    const asked = distinctPairs(pairs);
    await requireVisible(tx, actor, asked);
    const until = new Date(Date.now() + 30 * 86_400_000);
    await postpone(tx, actor, asked, until);
    return { until: until.toISOString() };
  }),

  implement(contracts.recallProposals, async ({ pairs }, { tx, actor }) => {
    await recall(tx, actor, distinctPairs(pairs));
    return {};
  }),

  implement(contracts.listVerdicts, async ({ personId, after, limit }, context) => {
    const before = after ? decodeCursor(after, z.tuple([instant, id])) : null;
    const person = personId ? await findPersonCards(context.tx, context.actor, personId) : undefined;
    if (personId && !person) throw notFound();
    const filter = person ? { cardIds: person.cardIds } : {};
    return describeVerdicts(context, filter, before && { at: before[0], id: before[1] }, limit);
  }),

  implement(contracts.withdrawVerdicts, async ({ verdictIds }, context) => {
    await announce(context, await withdraw(context.tx, context.actor, verdictIds));
    return {};
  }),

  implementOutside(contracts.explainPair, async ({ pair }, context) => {
    const cards = pairOf(pair);
    const judgement = await explain(context, cards);
    return context.asCaller(async (inside) => {
      const person = await findPersonCards(inside.tx, inside.actor, cards.a);
      const { items } = await describeVerdicts(inside, { pair: cards }, null, 100);
      return {
        probability: judgement?.probability ?? null,
        together: person?.cardIds.includes(cards.b) ?? false,
        reasons: judgement?.reasons.map(toReason) ?? [],
        verdicts: items,
      };
    });
  }),

  implement(contracts.previewSplit, async ({ personId, cardIds }, context) => {
    const { stays, leaves, links } = await planSplit(context, personId, cardIds);
    const describe = (ids: readonly string[]): Promise<Person> => describeGroup(context, ids[0]!, ids, links);
    return { stays: await describe(stays), leaves: await describe(leaves) };
  }),

  implement(contracts.splitPerson, async ({ personId, cardIds }, context) => {
    const { stays, leaves } = await planSplit(context, personId, cardIds);
    // Every pair of both, lest a third card bring them together again.
    const pairs = stays.flatMap((one) => leaves.map((other) => pairOf(`${one}.${other}`)));
    const verdictIds = await addVerdicts(context.tx, context.actor, pairs, false, 'split');
    await announce(context, [...stays, ...leaves]);
    return { staysId: stays[0]!, leavesId: leaves[0]!, verdictIds };
  }),

  implement(contracts.getHealth, async (_input, context) => {
    const { tx, actor } = context;
    const { cards, persons } = await health.countAll(tx, actor);
    const count = (test: (one: (typeof persons)[number]) => boolean) =>
      persons.filter(test).reduce((sum, one) => sum + one.count, 0);
    const { offers, next } = await listOffers(tx, actor, { mine: false }, null, countedTo);
    return {
      cards,
      persons: count(({ kind }) => kind === 'person'),
      organizations: count(({ kind }) => kind === 'organization'),
      waiting: offers.length,
      moreWaiting: next !== null,
      months: await health.countMonths(tx, actor),
      fill: await health.measureFill(tx),
      freshness: freshness.options.map((value) => ({
        value,
        count: count(({ age }) => age === value),
      })),
      disagreements: await describeDisagreements(context),
      run: await describeRun(context),
      wrongPerThousand: await queries.getPrecision(tx, actor),
    };
  }),

  implement(contracts.startFullRun, async (_input, { app, tx, actor }) => {
    if (!(await runs.startRun(app, tx, actor.workspaceId, actor.memberId))) throw new AppError('already_running');
    return {};
  }),

  implement(contracts.updatePrecision, async ({ wrongPerThousand }, { tx, actor }) => {
    await queries.setPrecision(tx, actor, wrongPerThousand);
    return {};
  }),
];
