import { z } from 'zod';
import { addFacts, deleteFact, findCardsByPoints, listFacts, type NewFact, pointOf } from '../cards/facts.ts';
import { describePerson, findPersonCards, findUsedCards, nameCards } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import { getCountry } from '../identity/queries.ts';
import { id, instant } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { hashedId } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { decide, isPrivateAddress } from '../outreach/rules.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';

type Said = Pick<contracts.FactInput, 'email' | 'phone' | 'cardId'>;

/** For each of these the cards of it that the viewer sees: none where there are none, or where they may not know. */
async function findCards({ app, tx, actor }: Context, said: readonly Said[]): Promise<string[][]> {
  const country = await getCountry(tx, actor.workspaceId);
  const points = said.map((one) => pointOf(app, actor.workspaceId, country, one));
  const byPoint = await findCardsByPoints(
    tx,
    actor.workspaceId,
    points.filter((point) => point !== null),
  );
  return said.map(({ cardId }, index) => [
    ...(cardId ? [cardId] : []),
    ...(points[index] ? (byPoint.get(points[index]) ?? []) : []),
  ]);
}

const amountOf = ({ amount, currency }: { amount: number | null; currency: string | null }) =>
  amount === null || currency === null ? null : { cents: amount, currency };

function toRow(appId: string, fact: contracts.FactInput, card: { card_id: string; book_no: number }): NewFact {
  return {
    factId: hashedId(`${appId} ${fact.externalId}`),
    cardId: card.card_id,
    bookNo: card.book_no,
    kind: fact.kind,
    title: fact.title,
    url: fact.url ?? null,
    cents: fact.amount?.cents ?? null,
    currency: fact.amount?.currency ?? null,
    at: fact.at,
  };
}

/** The last of those with one id: a batch that says something twice is no error. */
const latest = (facts: readonly contracts.FactInput[]): contracts.FactInput[] => [
  ...new Map(facts.map((fact) => [fact.externalId, fact])).values(),
];

/** What the gate says of the address itself; that it is lent for this was asked already, and how often is the program's to keep. */
function mayBeWrittenTo(row: queries.ContactableRow, purpose: string): boolean {
  const address = { fieldClass: row.field_class, address: row.email, atCompany: row.at_company };
  const { consent, health, suppressed } = row;
  const objectedTo = row.objected ? [purpose] : [];
  const said = { consent, health, suppressed, objectedTo, privateAddress: isPrivateAddress([address]) };
  return decide({ purpose, channel: 'email', hasMailServer: true, own: true, grants: [], ...said }, new Date()).allowed;
}

export const factOperations: Operation[] = [
  implement(contracts.reportFacts, async ({ facts: said }, context) => {
    const { tx, actor } = context;
    if (!actor.app) throw new AppError('forbidden');
    const facts = latest(said);
    const found = await findCards(context, facts);
    const used = await findUsedCards(tx, actor, [...new Set(found.flat())]);
    const byId = new Map(used.map((card) => [card.card_id, card]));
    const rows = facts.flatMap((fact, index) =>
      [...new Set(found[index])].flatMap((cardId) => {
        const card = byId.get(cardId);
        return card ? [{ externalId: fact.externalId, row: toRow(actor.memberId, fact, card) }] : [];
      }),
    );
    const added = await addFacts(
      tx,
      actor,
      rows.map(({ row }) => row),
    );
    await recordUses(
      tx,
      actor,
      'reported',
      added.map((cardId) => byId.get(cardId)!),
    );
    const kept = new Set(rows.map(({ externalId }) => externalId));
    return { items: said.map(({ externalId }) => ({ externalId, kept: kept.has(externalId) })) };
  }),

  implement(contracts.listFacts, async ({ personId, after, limit }, { tx, actor }) => {
    const found = await findPersonCards(tx, actor, personId);
    if (!found) throw notFound();
    await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, found.cardIds));
    const cursor = after ? decodeCursor(after, z.tuple([instant, id])) : null;
    const rows = await listFacts(tx, actor, found.cardIds, cursor && { at: cursor[0], id: cursor[1] }, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map((row) => ({
        id: row.fact_id,
        kind: row.kind as contracts.Fact['kind'],
        title: row.title,
        url: row.url,
        amount: amountOf(row),
        at: row.at.toISOString(),
        app: row.app,
        mine: row.mine,
      })),
      next: last ? encodeCursor([last.cursor, last.fact_id]) : null,
    };
  }),

  implement(contracts.deleteFact, async ({ personId, factId }, { tx, actor }) => {
    const found = await findPersonCards(tx, actor, personId);
    if (!found || !(await deleteFact(tx, actor, found.cardIds, factId))) throw notFound();
    return {};
  }),

  implement(contracts.lookUp, async (asked, context) => {
    const [cards] = await findCards(context, [asked]);
    const [cardId] = cards!;
    if (!cardId) throw notFound();
    return describePerson(context, cardId);
  }),

  implement(contracts.listContactable, async ({ purpose, after, limit }, context) => {
    const { tx, actor } = context;
    if (!actor.app) throw new AppError('forbidden');
    const start = after ? decodeCursor(after, z.tuple([id]))[0] : null;
    const rows = await queries.listContactable(tx, actor, purpose, start, limit + 1);
    const scanned = rows.slice(0, limit);
    const shown = scanned.filter((row) => mayBeWrittenTo(row, purpose));
    const cardIds = shown.map((row) => row.card_id);
    const names = await nameCards(context, cardIds);
    await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, cardIds));
    return {
      items: shown.map((row) => ({
        cardId: row.card_id,
        name: names.get(row.card_id) ?? '',
        email: row.email,
        consent: row.consent === 'given' ? ('given' as const) : ('unknown' as const),
      })),
      next: rows.length > limit ? encodeCursor([scanned.at(-1)!.contact_point_id]) : null,
    };
  }),
];
