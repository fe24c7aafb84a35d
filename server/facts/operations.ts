import { z } from 'zod';
import { findCardsByPoints } from '../cards/facts.ts';
import { findPersonCards, findUsedCards } from '../cards/persons.ts';
import { findGrantsFor, recordUses, type UsedCard } from '../delegation/ledger.ts';
import { recordAudit } from '../identity/audit.ts';
import { getCountry } from '../identity/queries.ts';
import { id, instant } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import {
  type Context,
  implement,
  implementOutside,
  localeOf,
  type Operation,
  type OutsideContext,
} from '../kernel/http.ts';
import { type Translate, translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import * as contracts from './contract.ts';
import { tellFollowers } from './copies.ts';
import { describeKind, describeKinds, describeRow } from './describing.ts';
import { forgetSubjects } from './forgetting.ts';
import { detachFrom, identify } from './identifying.ts';
import * as kinds from './kinds.ts';
import * as queries from './queries.ts';
import { type Allowed, type Line, type Recorded, record, subjectOf } from './recording.ts';
import { readWho } from './rules.ts';
import { findAppName } from './sources.ts';

/** Of whom the caller may tell, and whose holders then hear of it. */
interface Permission {
  allowed: Allowed;
  /** By contact point or card. */
  cards: ReadonlyMap<string, readonly UsedCard[]>;
  grants: ReadonlyMap<string, { grant_id: string; version: number }>;
}

const ofNobody: Permission = { allowed: { cards: new Set(), points: 'all' }, cards: new Map(), grants: new Map() };

/**
 * A member tells for the company: of whoever it is, known here or not, and of cards that they see. An app tells of contacts that are lent to it:
 * of others it learns nothing, not even that they are here.
 */
async function findPermission(
  { app, actor, asCaller }: OutsideContext,
  lines: readonly unknown[],
): Promise<Permission> {
  const said = lines.filter((line) => typeof line === 'object' && line !== null) as Record<string, unknown>[];
  if (!actor.app && said.every((line) => line.cardId === undefined)) return ofNobody;
  return asCaller(async ({ tx }) => {
    const country = await getCountry(tx, actor.workspaceId);
    const whose = said.flatMap((line) => readWho(line, country) ?? []);
    const cardIds = whose.flatMap((who) => who.cardId ?? []);
    const points = new Set(whose.flatMap((who) => (who.cardId ? [] : [subjectOf(app, actor.workspaceId, who)])));
    const byPoint = actor.app
      ? await findCardsByPoints(tx, actor.workspaceId, [...points])
      : new Map<string, string[]>();
    const used = await findUsedCards(tx, actor, [...new Set([...cardIds, ...[...byPoint.values()].flat()])]);
    const byId = new Map(used.map((card) => [card.card_id, card]));
    const cards = new Map<string, UsedCard[]>([
      ...used.map((card): [string, UsedCard[]] => [card.card_id, [card]]),
      ...[...byPoint].map(([point, ids]): [string, UsedCard[]] => [point, ids.flatMap((one) => byId.get(one) ?? [])]),
    ]);
    const allowed = { cards: new Set(byId.keys()), points: actor.app ? new Set(byPoint.keys()) : ('all' as const) };
    return {
      allowed,
      cards,
      grants: await findGrantsFor(tx, actor, 'reported', [...new Set(used.map((card) => card.book_id))]),
    };
  });
}

const toAnswer =
  (t: Translate) =>
  ({ code, ...line }: Line): contracts.Answered =>
    code ? { ...line, code, message: t(`facts.refused.${code}`, { field: line.field ?? '' }) } : line;

const countOf = ({ lines }: Recorded, state: contracts.Answered['state']): number =>
  lines.filter((one) => one.state === state).length;

async function tell(context: OutsideContext, source: string, facts: readonly unknown[]): Promise<Recorded> {
  const { app, actor, role, asSystem } = context;
  if (!actor.app && role !== 'admin' && role !== 'marketing') throw new AppError('forbidden');
  const { allowed, cards, grants } = await findPermission(context, facts);
  const { workspaceId, memberId } = actor;
  return asSystem('keeper', async (tx) => {
    const from = actor.app
      ? { kind: 'app' as const, ref: memberId, name: await findAppName(tx, workspaceId, memberId) }
      : { kind: 'api' as const, ref: source, name: source };
    const done = await record(app, tx, workspaceId, from, facts, allowed);
    const used = new Map(
      done.subjectIds.flatMap((one) => cards.get(one) ?? []).map((card) => [card.card_id, card] as const),
    );
    await recordUses(tx, actor, 'reported', [...used.values()], { grants });
    return done;
  });
}

interface Viewed {
  cardIds: string[];
  subjectIds: string[];
}

/** On what facts of a person hang, as far as the viewer sees it. @throws AppError not_found */
async function viewPerson({ tx, actor }: Pick<Context, 'tx' | 'actor'>, personId: string): Promise<Viewed> {
  const found = await findPersonCards(tx, actor, personId);
  if (!found) throw notFound();
  await kinds.enterFacts(tx);
  return { cardIds: found.cardIds, subjectIds: await queries.findSubjects(tx, actor, found.cardIds) };
}

async function getKind(context: Context, kindId: string): Promise<contracts.Kind> {
  await kinds.enterFacts(context.tx);
  const [row] = await kinds.listKinds(context.tx, context.actor, kindId);
  if (!row) throw notFound();
  return describeKind(row);
}

/** @throws AppError invalid_input for who is no team or member here */
async function checkAccess({ tx, actor }: Context, access: readonly contracts.Audience[]): Promise<void> {
  if ((await kinds.findUnknown(tx, actor, access)).length > 0)
    throw new AppError('invalid_input', { fields: { access: 'unknown' } });
}

export const factsOperations: Operation[] = [
  implement(contracts.listKinds, async (_input, { tx, actor }) => {
    await kinds.enterFacts(tx);
    return { items: (await kinds.listKinds(tx, actor)).map(describeKind) };
  }),

  implement(contracts.addKind, async ({ key, access, ...said }, context) => {
    const { tx, actor } = context;
    await kinds.enterFacts(tx);
    await checkAccess(context, access);
    const { hasAmount, keepMonths, asksConsent, withoutConsent, ...same } = said;
    const columns = {
      has_amount: hasAmount,
      keep_months: keepMonths,
      asks_consent: asksConsent,
      without_consent: withoutConsent,
    };
    const kindId = await kinds.addKind(tx, actor, key, { ...same, ...columns });
    if (!kindId) throw new AppError('conflict');
    await kinds.setAccess(tx, actor, kindId, access);
    await recordAudit(tx, actor, 'facts.kind', null, { name: said.name });
    return getKind(context, kindId);
  }),

  implement(contracts.updateKind, async ({ kindId, access, ended, ...said }, context) => {
    const { tx, actor } = context;
    const before = await getKind(context, kindId);
    // Those that every company has are called by their key, in each reader's language.
    if (before.builtin && said.name !== undefined) throw new AppError('invalid_input', { fields: { name: 'builtin' } });
    const { hasAmount, keepMonths, asksConsent, withoutConsent, ...same } = said;
    await kinds.changeKind(tx, actor, kindId, {
      ...{ ...same, has_amount: hasAmount, keep_months: keepMonths },
      ...{ asks_consent: asksConsent, without_consent: withoutConsent },
      ...(ended === undefined ? {} : { ended_at: ended ? new Date() : null }),
    });
    if (access) {
      await checkAccess(context, access);
      await kinds.setAccess(tx, actor, kindId, access);
      await tellFollowers(tx, actor.workspaceId, kindId);
    }
    await recordAudit(tx, actor, 'facts.kind', null, { name: before.name || before.key });
    // Whatever names it is computed anew: it may be open to others, or to nobody, from now on.
    await context.app.enqueue(tx, {
      workspaceId: actor.workspaceId,
      task: 'segments.build',
      payload: {},
      queue: `segments ${actor.workspaceId}`,
    });
    return getKind(context, kindId);
  }),

  implementOutside(contracts.recordFacts, async ({ source, facts, answers }, context) => {
    const done = await tell(context, source, facts);
    const shown = answers === 'all' ? done.lines : done.lines.filter(({ state }) => state === 'refused');
    const [kept, changed, unchanged, counted, refused] = (
      ['kept', 'changed', 'unchanged', 'counted', 'refused'] as const
    ).map((state) => countOf(done, state)) as [number, number, number, number, number];
    const items = shown.map(toAnswer(translator(localeOf(context.request))));
    return { kept, changed, unchanged, counted, refused, items };
  }),

  implementOutside(contracts.identify, async ({ visitor, customer, is }, { app, actor, asCaller, asSystem }) => {
    const { workspaceId } = actor;
    const [alias, whose] = await asCaller(async ({ tx }) => {
      const country = await getCountry(tx, workspaceId);
      const [from, to] = [readWho({ visitor, customer }, country), readWho(is, country)];
      const isMine = !to?.cardId || (await findUsedCards(tx, actor, [to.cardId])).length > 0;
      return [from, isMine ? to : undefined];
    });
    if (!alias || !whose) throw new AppError('invalid_input', { fields: { [alias ? 'is' : 'visitor']: 'unknown' } });
    const moved = await asSystem('keeper', (tx) => identify(app, tx, workspaceId, { alias, is: whose, via: 'told' }));
    return { joined: moved !== null, moved: moved ?? 0 };
  }),

  implement(contracts.listPersonFacts, async ({ personId, kind, after, limit }, context) => {
    const { tx, actor } = context;
    const { cardIds, subjectIds } = await viewPerson(context, personId);
    await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, cardIds));
    const known = await describeKinds(tx, actor);
    const kindNo = kind === undefined ? null : (known.byKey.get(kind) ?? 0);
    const cursor = after ? decodeCursor(after, z.tuple([instant, id])) : null;
    const before = cursor && { at: cursor[0], id: cursor[1] };
    const rows = await queries.listFacts(tx, actor, subjectIds, kindNo, before, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map((row) => describeRow(known, row)),
      next: last ? encodeCursor([last.cursor, last.fact_id]) : null,
    };
  }),

  implement(contracts.summarisePerson, async ({ personId }, context) => {
    const { tx, actor } = context;
    const { cardIds, subjectIds } = await viewPerson(context, personId);
    await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, cardIds));
    const known = await describeKinds(tx, actor);
    const sums = await queries.sumFacts(tx, actor, subjectIds);
    return {
      items: sums.map((row) => ({
        kind: known.nameOf(row.kind_no),
        count: row.count,
        first: row.first.toISOString(),
        last: row.last.toISOString(),
        sums: row.sums,
      })),
    };
  }),

  implementOutside(contracts.detach, async ({ personId, factId }, { actor, asCaller, asSystem }) => {
    const { workspaceId } = actor;
    const fact = await asCaller(async (context) => {
      const { subjectIds } = await viewPerson(context, personId);
      const found = await queries.findFact(context.tx, actor, subjectIds, factId);
      if (!found) throw notFound();
      return found;
    });
    const { visitor_id: aliasId, subject_id: subjectId } = fact;
    if (aliasId === null) throw new AppError('conflict');
    return asSystem('keeper', async (tx) => {
      const moved = await detachFrom(tx, workspaceId, aliasId, subjectId);
      await recordAudit(tx, actor, 'facts.detached', null, {});
      return { moved };
    });
  }),

  implementOutside(contracts.forgetPerson, async ({ personId }, { actor, asCaller, asSystem }) => {
    const { subjectIds } = await asCaller((context) => viewPerson(context, personId));
    return asSystem('keeper', async (tx) => {
      const deleted = await forgetSubjects(tx, actor.workspaceId, subjectIds);
      await recordAudit(tx, actor, 'facts.forgotten', null, { count: deleted });
      return { deleted };
    });
  }),
];
