import { Readable } from 'node:stream';
import { enterAttributes, findValuesOfEach, listVisible } from '../attributes/index.ts';
import { type Candidate, takeAlong, workbookOf } from '../cards/export.ts';
import { chosenCells, exportHeader, exportRow } from '../cards/export-columns.ts';
import { findCardsOfPersons, findUsedCards, type LoadedCard } from '../cards/persons.ts';
import { writeCsvRow } from '../formats/table/write.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type Translate, translator } from '../kernel/messages.ts';
import type { ExportField, SegmentExportQuery } from './export-contract.ts';
import * as queries from './queries.ts';
import { type Looking, seenBy } from './seeing.ts';

/** People of whom it is asked, or who are composed, in one transaction. */
const judged = 1000;
const composed = 200;

interface Member {
  person_id: string;
  since: Date | null;
}

type Attribute = Awaited<ReturnType<typeof listVisible>>[number];

export interface SegmentFile {
  body: Readable;
  taken: number;
  leftOut: number;
}

function* inPieces<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}

/** Of a segment's people as the viewer sees them those who may come along, by name, with the cards that they are seen by. */
async function findTakable(app: App, actor: Actor, members: readonly Member[]): Promise<(Candidate & Member)[]> {
  const takable: (Candidate & Member)[] = [];
  for (const some of inPieces(members, judged)) {
    const cardsOf = await app.db.asActor(actor, (tx) =>
      findCardsOfPersons(
        tx,
        actor,
        some.map(({ person_id }) => person_id),
      ),
    );
    const open = await app.db.asActor(
      actor,
      async (tx) => new Set((await findUsedCards(tx, actor, [...cardsOf.values()].flat())).map((card) => card.card_id)),
      'export',
    );
    for (const member of some) {
      const cardIds = cardsOf.get(member.person_id) ?? [];
      if (cardIds.some((one) => open.has(one)))
        takable.push({ ...member, id: member.person_id, kind: 'person', cardIds });
    }
  }
  return takable;
}

/** What stands of attributes on cards that come along, and on the contact points of fields that do. */
const valuesOn = (actor: Actor) => async (tx: Tx, cardsOfEach: readonly LoadedCard[][]) => {
  // Of which attributes the viewer sees the values is known from here on.
  await enterAttributes(tx);
  return findValuesOfEach(
    tx,
    actor,
    cardsOfEach.map((cards) => [
      ...cards.map(({ card_id }) => card_id),
      ...cards.flatMap(({ fields }) => fields.flatMap((field) => field.contact_point_id ?? [])),
    ]),
  );
};

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.join(', ') : value === undefined || value === null ? '' : String(value);

interface Columns {
  fields: readonly ExportField[];
  attributes: readonly Attribute[];
  t: Translate;
}

const onCards = (fields: readonly ExportField[]) => fields.filter((one) => one !== 'since');

const headerOf = ({ fields, attributes, t }: Columns): string[] => [
  ...chosenCells(exportHeader(t), onCards(fields)),
  ...(fields.includes('since') ? [t('export.since')] : []),
  ...attributes.map(({ name }) => name),
];

/** The lines of the file, some people a transaction: a grant withdrawn meanwhile ends the rest. */
async function* linesOf(app: App, actor: Actor, people: readonly (Candidate & Member)[], columns: Columns) {
  const { fields, attributes, t } = columns;
  // All of one file is told to a holder together.
  const together = newId();
  const values = attributes.length > 0 ? valuesOn(actor) : undefined;
  const since = new Map(people.map((one) => [one.id, one.since]));
  for (const some of inPieces(people, composed))
    for (const { contact, also } of await takeAlong(app, actor, some, together, values))
      yield [
        ...chosenCells(exportRow(contact, t), onCards(fields)),
        ...(fields.includes('since') ? [since.get(contact.uid!)?.toISOString().slice(0, 10) ?? ''] : []),
        ...attributes.map(({ attribute_no }) => textOf(also?.get(attribute_no))),
      ];
}

async function* toCsv(header: readonly string[], lines: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  // Excel reads UTF-8 only with a byte order mark.
  yield `\uFEFF${writeCsvRow(header)}`;
  for await (const line of lines) yield writeCsvRow(line);
}

/** Whom the viewer sees of a segment with what they reach for an act. @throws AppError not_found */
async function peopleOf(app: App, actor: Actor, segmentId: string, act: 'read' | 'export'): Promise<Member[]> {
  const looking: Looking = {
    viewer: actor,
    audience: { kind: 'member', id: actor.memberId },
    asViewer: (work) => app.db.asActor(actor, work, act),
    asKeeper: (work) => app.db.asSystem('keeper', work),
  };
  const { narrowed, personIds } = await seenBy(looking, segmentId);
  return narrowed
    ? (personIds ?? []).map((person_id) => ({ person_id, since: null }))
    : looking.asViewer((tx) => queries.listAllMembers(tx, actor, segmentId));
}

/** The people of a segment whom the viewer sees and may take along, as a file. @throws AppError not_found, invalid_input for attributes they do not see */
export async function exportSegment(
  app: App,
  actor: Actor,
  segmentId: string,
  { format, fields, attributes: keys, locale }: SegmentExportQuery,
): Promise<SegmentFile> {
  // Who is in it by what may only be read would tell of that: they go with nobody, though a card of theirs might.
  const leaving = await peopleOf(app, actor, segmentId, 'export');
  const seen = await peopleOf(app, actor, segmentId, 'read');
  const read = await app.db.asActor(actor, async (tx) => ({
    visible: keys.length > 0 ? await listVisible(tx, actor) : [],
    locale: locale ?? (await getMember(tx, actor))?.locale,
  }));
  const attributes = keys.map((key) => read.visible.find((one) => one.key === key));
  if (attributes.includes(undefined) || fields.length + keys.length === 0)
    throw new AppError('invalid_input', { fields: { attributes: 'unknown' } });
  const t = translator(read.locale === 'en' ? 'en' : 'fr');
  const columns: Columns = { fields, attributes: attributes as Attribute[], t };
  const people = await findTakable(app, actor, leaving);
  const lines = linesOf(app, actor, people, columns);
  const header = headerOf(columns);
  const body = format === 'xlsx' ? await workbookOf(header, lines) : Readable.from(toCsv(header, lines));
  return { body, taken: people.length, leftOut: seen.length - people.length };
}
