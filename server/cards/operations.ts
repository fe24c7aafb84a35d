import { z } from 'zod';
import { fieldClassName } from '../delegation/field-classes.ts';
import { recordUses } from '../delegation/ledger.ts';
import { getMember } from '../identity/queries.ts';
import { id, instant, type Parsed } from '../kernel/contract.ts';
import { notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { archiveOperations } from './archive-operations.ts';
import * as contracts from './contract.ts';
import * as editing from './editing.ts';
import type { Employment } from './employments.ts';
import { describeHistory, listHistory } from './history.ts';
import * as notes from './notes.ts';
import { offerOperations } from './offer-operations.ts';
import { makeOffers, placeOf } from './offering.ts';
import { makeOwn, ownAmong, pickBook } from './own-card.ts';
import { describeCard, describePerson, findTakable } from './persons.ts';
import { preview } from './preview.ts';
import * as queries from './queries.ts';
import { restorableDays } from './rows.ts';
import { type Colleague, listEmployments, listStaff } from './staff.ts';
import { verifyOperations } from './verify-operations.ts';
import * as views from './views.ts';
import { tellReaders } from './visibility.ts';

async function describeOneCard(
  { tx, actor }: Pick<Context, 'tx' | 'actor'>,
  cardId: string,
): Promise<z.output<typeof contracts.card>> {
  const [card] = await queries.loadCards(tx, actor, [cardId]);
  if (!card) throw notFound();
  await recordUses(tx, actor, 'opened', [card]);
  return {
    ...describeCard(card, [], new Map(), await findTakable({ tx, actor }, [card])),
    personId: card.card_id,
    uid: card.mine ? card.uid : null,
    kind: card.kind as 'person',
    fields: card.fields
      .filter((field) => Object.keys(field.value as object).length > 0)
      .map((field) => ({
        no: field.no,
        kind: field.kind as contracts.FieldKind,
        class: fieldClassName(field.class),
        value: field.value as Record<string, unknown>,
        writtenBy: field.author_id ? ('member' as const) : ('source' as const),
        sourceValue: field.source_value as Record<string, unknown> | null,
        seenAt: field.seen_at.toISOString(),
      })),
  };
}

function toEdits(card: queries.LoadedCard, fields: readonly contracts.FieldInput[]): editing.FieldEdits {
  const set: { no: number; field: contracts.FieldInput }[] = [];
  const add: contracts.FieldInput[] = [];
  for (const field of fields) {
    const here = placeOf(card, field.kind);
    if (here) set.push({ no: here.no, field });
    else add.push(field);
  }
  return { set, add };
}

async function editPerson(
  context: Context,
  { personId, set, instead }: Pick<Parsed<typeof contracts.updatePerson>, 'personId' | 'set' | 'instead'>,
): Promise<void> {
  const found = await queries.findPersonCards(context.tx, context.actor, personId);
  if (!found) throw notFound();
  const cards = await queries.loadCards(context.tx, context.actor, found.cardIds);
  await recordUses(context.tx, context.actor, 'corrected', cards);
  const card = ownAmong(cards);
  const edit = { ...(await editing.toEditing(context)), lentPoints: editing.lentPointsOf(cards) };
  await makeOffers(edit, cards, set, instead);
  if (card) return editing.editFields(edit, card, toEdits(card, set));
  await makeOwn(edit, cards, set);
}

async function removeValues(context: Context, removals: readonly { cardId: string; fieldNo: number }[]): Promise<void> {
  for (const [cardId, group] of Map.groupBy(removals, (one) => one.cardId)) {
    const edit = await editing.toEditing(context);
    const card = await editing.getOwnCard(edit, cardId);
    await editing.editFields(edit, card, { remove: group.map((one) => one.fieldNo) });
  }
}

/** The answer is composed anew after the commit: matching and the index have moved meanwhile. */
async function createAll(
  context: Context,
  bookId: string | undefined,
  cards: readonly editing.NewCard[],
): Promise<string[]> {
  const edit = await editing.toEditing(context);
  return editing.insertCards(edit, await pickBook(context, bookId), cards);
}

const describePeriod = ({ since, until }: Pick<Employment, 'since' | 'until'>) => ({
  since: since.toISOString(),
  until: until?.toISOString() ?? null,
});

const describeColleague = ({ personId, name, employment }: Colleague) => ({
  personId,
  name,
  title: employment.title,
  ...describePeriod(employment),
});

const facetSample = 10_000;

export const cardsOperations: Operation[] = [
  ...archiveOperations,
  ...offerOperations,
  ...verifyOperations,

  implement(contracts.listPeople, async ({ after, limit, sort, ...filter }, { tx, actor }) => {
    const cursor = after ? decodeCursor(after, z.tuple([sort === 'recent' ? instant : z.string(), id])) : null;
    const rows = await queries.findEntries(
      tx,
      actor,
      filter,
      sort,
      cursor && { key: cursor[0], id: cursor[1] },
      limit + 1,
    );
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map(queries.describeEntry),
      next: last ? encodeCursor(queries.cursorOf(last, sort)) : null,
    };
  }),

  implement(contracts.getFacets, async (filter, { tx, actor }) => {
    const { rows, approximate } = await queries.countFacets(tx, actor, filter, facetSample + 1);
    const of = (facet: queries.FacetRow['facet']) =>
      rows.filter((row) => row.facet === facet).map(({ value, label, count }) => ({ value, label, count }));
    const total = of('total')[0]?.count ?? 0;
    return {
      total: { count: Math.min(total, facetSample), more: total > facetSample, approximate },
      discoverable: await queries.countDiscoverable(tx, filter),
      kinds: of('kind'),
      books: of('book'),
      sources: of('source'),
      organizations: of('organization'),
      freshness: of('age'),
    };
  }),

  // Apart from the facets, which are counted at each stroke: this takes 100 ms where an import remarked on 5,000 contacts.
  implement(contracts.countToVerify, async ({ kind }, { tx, actor }) => ({
    count: await queries.countToVerify(tx, actor, { kind }, facetSample),
  })),

  implement(contracts.listCompanies, async ({ q = '', after, limit }, { tx }) => {
    const [start] = after ? decodeCursor(after, z.tuple([z.string()])) : [''];
    const rows = await queries.listCompanies(tx, q, start, limit);
    const last = rows.at(-1);
    const more = rows.length === limit || last?.people === 0;
    return {
      items: rows
        .filter(({ people }) => people > 0)
        .map(({ organization, people }) => ({ name: organization, people })),
      next: more && last ? encodeCursor([last.sort_organization]) : null,
    };
  }),

  implement(contracts.getPerson, ({ personId }, context) => describePerson(context, personId)),

  implement(contracts.updatePerson, async ({ personId, set, instead, remove }, context) => {
    if (set.length > 0) await editPerson(context, { personId, set, instead });
    if (remove.length > 0) await removeValues(context, remove);
    return describePerson(context, personId);
  }),

  implement(contracts.createCard, async ({ bookId, ...card }, context) => {
    const [id] = await createAll(context, bookId, [card]);
    return { id: id!, personId: id! };
  }),

  implement(contracts.createCards, async ({ bookId, cards }, context) => ({
    items: (await createAll(context, bookId, cards)).map((id) => ({ id, personId: id })),
  })),

  implement(contracts.getCard, ({ cardId }, context) => describeOneCard(context, cardId)),

  implement(contracts.updateCard, async ({ cardId, withheld, bookId, ...edits }, context) => {
    const edit = await editing.toEditing(context);
    const card = await editing.getOwnCard(edit, cardId);
    if (Object.values(edits).some((list) => list.length > 0)) {
      const lentPoints = await editing.findLentPoints(context.tx, context.actor, cardId);
      await editing.editFields({ ...edit, lentPoints }, card, edits);
    }
    if (withheld !== undefined) await editing.setWithheld(edit, card, withheld);
    if (bookId) await editing.moveCard(edit, card, await pickBook(context, bookId));
    return describeOneCard(context, cardId);
  }),

  implement(contracts.removeCard, async ({ cardId }, context) => {
    const edit = await editing.toEditing(context);
    const card = await editing.getOwnCard(edit, cardId);
    const person = await queries.findPersonCards(context.tx, context.actor, cardId);
    const others = (person?.cardIds ?? []).filter((id) => id !== cardId);
    const until = await editing.hideCard(edit, card, others, restorableDays);
    return { restorableUntil: until.toISOString() };
  }),

  implement(contracts.restoreCard, async ({ cardId }, context) => {
    const edit = await editing.toEditing(context);
    await editing.restoreCard(edit, cardId);
    await tellReaders(context.tx, context.actor.workspaceId, [(await editing.getOwnCard(edit, cardId)).book_no]);
    return { id: cardId, personId: cardId };
  }),

  implement(contracts.previewGrant, ({ bookId, asMemberId, ...terms }, context) =>
    preview(context, bookId, terms, asMemberId),
  ),

  implement(contracts.listHistory, async ({ personId, after, limit }, { tx, actor }) => {
    const found = await queries.findPersonCards(tx, actor, personId);
    if (!found) throw notFound();
    // It tells values, those of before too.
    await recordUses(tx, actor, 'opened', await queries.findUsedCards(tx, actor, found.cardIds));
    const cursor = after ? decodeCursor(after, z.tuple([instant, z.string()])) : null;
    const rows = await listHistory(tx, actor, found.cardIds, cursor && { at: cursor[0], id: cursor[1] }, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).flatMap((row) => describeHistory(row, actor.memberId) ?? []),
      next: last ? encodeCursor([last.cursor, last.id]) : null,
    };
  }),

  implement(contracts.listEmployments, async ({ personId }, context) => {
    const found = await listEmployments(context, personId);
    if (!found) throw notFound();
    const { tx, actor } = context;
    const person = await queries.findPersonCards(tx, actor, personId);
    await recordUses(tx, actor, 'opened', await queries.findUsedCards(tx, actor, person?.cardIds ?? []));
    return {
      items: found.map(({ organization, organizationId, title, ...one }) => ({
        organization,
        organizationId,
        title,
        ...describePeriod(one),
      })),
    };
  }),

  implement(contracts.listStaff, async ({ personId }, context) => {
    const found = await listStaff(context, personId);
    if (!found) throw notFound();
    return { now: found.now.map(describeColleague), before: found.before.map(describeColleague), more: found.more };
  }),

  implement(contracts.addNote, async ({ personId, text }, { tx, actor }) => {
    const found = await queries.findPersonCards(tx, actor, personId);
    if (!found) throw notFound();
    const [card] = await queries
      .loadCards(tx, actor, found.cardIds)
      .then((cards) => [cards.find((one) => one.mine) ?? cards[0]!]);
    const note = {
      note_id: newId(),
      card_id: card!.card_id,
      book_no: card!.book_no,
      exposure: card!.exposure,
      author_id: actor.memberId,
      text,
    };
    await notes.addNote(tx, actor, note);
    await recordUses(tx, actor, 'noted', [card!]);
    const member = await getMember(tx, actor);
    return {
      at: new Date().toISOString(),
      kind: 'note' as const,
      cardId: note.card_id,
      memberName: member?.name ?? null,
      acceptedBy: null,
      fields: [],
      changes: [],
      note: { id: note.note_id, text, mine: true },
    };
  }),

  implement(contracts.removeNote, async ({ noteId }, { tx, actor }) => {
    if (!(await notes.deleteNote(tx, actor, noteId))) throw notFound();
    return {};
  }),

  implement(contracts.listViews, async (_input, { tx, actor }) => {
    const rows = await views.listViews(tx, actor);
    return { items: rows.map((row) => ({ id: row.view_id, name: row.name, filter: row.filter as { sort: 'name' } })) };
  }),

  implement(contracts.saveView, async ({ name, filter }, { tx, actor }) => {
    return { id: await views.saveView(tx, actor, name, filter), name, filter };
  }),

  implement(contracts.deleteView, async ({ viewId }, { tx, actor }) => {
    if (!(await views.deleteView(tx, actor, viewId))) throw notFound();
    return {};
  }),
];
