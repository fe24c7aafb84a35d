import type pg from 'pg';
import type { Contact } from '../formats/contact.ts';
import { type CopyValue, copyRows } from '../kernel/copy.ts';
import type { Tx } from '../kernel/database.ts';
import { derivedId, newId, sha256 } from '../kernel/ids.ts';
import type { Secrets } from '../kernel/secrets.ts';
import { stir } from '../kernel/stirring.ts';
import { entriesOfCluster, type Reach, type WholeCard } from './audiences.ts';
import { type ConsentStatement, consentsOf, stateConsents } from './consent.ts';
import { asField, type Field, fieldsOf, identityOf, isTaken, type StoredField, toStored } from './fields.ts';
import { addBlob, addContactPoints, takeChangeNos } from './rows.ts';
import { type ClusterEntry, copyEntries } from './upkeep.ts';

/** Where new cards go, and on whose account. */
export interface Destination {
  workspaceId: string;
  bookId: string;
  bookNo: number;
  sourceId: string;
  sourceKind: string;
  importId: string | null;
  memberId: string;
  at: Date;
}

/** A contact made ready: its identity at the source, its fields, its photo and its original. */
export interface PreparedCard {
  cardId: string;
  sourceKey: string;
  contentHash: Buffer;
  uid: string | null;
  kind: 'person' | 'organization';
  fields: StoredField[];
  photo: { hash: Buffer; type: string; data: Uint8Array } | null;
  original: { mediaType: string; data: Uint8Array } | null;
  seenAt: Date | null;
}

/** The id of the contact point at an address: the same in every card of the workspace, and telling nothing of the address. */
export function contactPointId(
  secrets: Secrets,
  workspaceId: string,
  point: { channel: string; address: string },
): string {
  return derivedId(secrets.contactPoints, `${workspaceId} ${point.channel} ${point.address}`);
}

/** A card that fields are written on, and on whose word. */
export interface FieldsOf {
  workspaceId: string;
  cardId: string;
  bookNo: number;
  exposure: number;
  /** Null: the source wrote them. */
  authorId: string | null;
  seenAt: Date;
  /** Contact points that the writer reads on colleagues' cards of the person: written here they are copies. */
  lentPoints?: ReadonlySet<string> | undefined;
}

/** An address as it is told from others while it is typed: its contact point is known later, when all of the card is. */
export const addressKey = (field: { kind: string; value: unknown }): string[] =>
  field.kind === 'address' && !isTaken(field) ? [identityOf(asField(field))] : [];

/** The rows of fields, numbered from `firstNo`. @param points their contact points are added to it */
export function toFieldRows(
  secrets: Secrets,
  card: FieldsOf,
  fields: readonly StoredField[],
  firstNo: number,
  points: Map<string, 'email' | 'phone'>,
) {
  return fields.map((field, index) => {
    const point = field.contactPoint ? contactPointId(secrets, card.workspaceId, field.contactPoint) : null;
    if (point) points.set(point, field.contactPoint!.channel);
    return {
      workspace_id: card.workspaceId,
      card_id: card.cardId,
      no: firstNo + index,
      book_no: card.bookNo,
      exposure: card.exposure,
      class: field.class,
      kind: field.kind,
      value: JSON.stringify(field.value),
      contact_point_id: point,
      copied: [...(point ? [point] : []), ...addressKey(field)].some((one) => card.lentPoints?.has(one) === true),
      author_id: card.authorId,
      seen_at: card.seenAt,
    };
  });
}

/** Makes a contact ready to be written. The source key is its id there, else what identifies it, else all it says. */
export function prepareCard(
  contact: Contact,
  sourceKeyOf: (fields: readonly Field[], hash: Buffer) => string,
): PreparedCard {
  const data = contact.photo?.data;
  const photo = data ? { hash: sha256(data), type: contact.photo!.type, data } : null;
  const fields = fieldsOf(contact, photo ? photo.hash.toString('hex') : null);
  const contentHash = sha256(JSON.stringify([contact.kind, contact.uid ?? null, fields]));
  return {
    cardId: newId(),
    sourceKey: contact.uid ? `uid ${contact.uid}`.slice(0, 500) : sourceKeyOf(fields, contentHash),
    contentHash,
    uid: contact.uid?.slice(0, 500) ?? null,
    kind: contact.kind,
    fields: fields.map(toStored),
    photo,
    original: contact.original,
    seenAt: contact.revision ? new Date(contact.revision) : null,
  };
}

/**
 * Writes new cards with all that hangs on them, each a person of its own until matching has looked at it, and lists them.
 * As the keeper: the caller has made sure that the member holds the book.
 */
export async function addCards(
  client: pg.ClientBase,
  tx: Tx,
  secrets: Secrets,
  to: Destination,
  cards: readonly PreparedCard[],
  reach: Reach,
): Promise<void> {
  if (cards.length === 0) return;
  const { workspaceId, bookNo } = to;
  const firstChange = await takeChangeNos(tx, workspaceId, to.bookId, cards.length);
  const points = new Map<string, 'email' | 'phone'>();
  const fieldRows: CopyValue[][] = [];
  const entries: ClusterEntry[] = [];
  const consents: ConsentStatement[] = [];
  for (const card of cards) {
    const seenAt = card.seenAt ?? to.at;
    const pointIds = card.fields.map((field) => {
      if (!field.contactPoint) return null;
      const id = contactPointId(secrets, workspaceId, field.contactPoint);
      points.set(id, field.contactPoint.channel);
      return id;
    });
    consents.push(...consentsOf(card.fields, pointIds));
    card.fields.forEach((field, no) => {
      fieldRows.push([
        workspaceId,
        card.cardId,
        no,
        bookNo,
        0,
        field.class,
        field.kind,
        JSON.stringify(field.value),
        pointIds[no]!,
        to.importId ? null : to.memberId,
        seenAt,
      ]);
    });
    for (const entry of entriesOfCluster([wholeCard(card, to, seenAt, pointIds)], [], reach))
      entries.push({ clusterId: card.cardId, entry });
  }
  await copyRows(
    client,
    'cards.card',
    [
      'workspace_id',
      'card_id',
      'book_no',
      'source_id',
      'source_key',
      'uid',
      'kind',
      'cluster_id',
      'change_no',
      'import_id',
      'content_hash',
      'created_at',
      'created_by',
      'seen_at',
    ],
    cards.map((card, index) => [
      workspaceId,
      card.cardId,
      bookNo,
      to.sourceId,
      card.sourceKey,
      card.uid,
      card.kind,
      card.cardId,
      firstChange + index,
      to.importId,
      card.contentHash,
      to.at,
      to.memberId,
      card.seenAt ?? to.at,
    ]),
  );
  await copyRows(
    client,
    'cards.card_field',
    [
      'workspace_id',
      'card_id',
      'no',
      'book_no',
      'exposure',
      'class',
      'kind',
      'value',
      'contact_point_id',
      'author_id',
      'seen_at',
    ],
    fieldRows,
  );
  await copyRows(
    client,
    'cards.card_original',
    ['workspace_id', 'card_id', 'book_no', 'exposure', 'media_type', 'data'],
    cards.flatMap((card) =>
      card.original ? [[workspaceId, card.cardId, bookNo, 0, card.original.mediaType, card.original.data]] : [],
    ),
  );
  await addPhotos(tx, workspaceId, cards);
  await addContactPoints(tx, workspaceId, points);
  if (to.importId) await stateConsents(tx, workspaceId, to.importId, consents);
  await copyEntries(client, workspaceId, entries);
  await stir(
    tx,
    workspaceId,
    'person',
    entries.map(({ clusterId }) => clusterId),
  );
}

async function addPhotos(tx: Tx, workspaceId: string, cards: readonly PreparedCard[]): Promise<void> {
  for (const { photo } of cards) {
    if (photo) await addBlob(tx, workspaceId, photo);
  }
}

function wholeCard(card: PreparedCard, to: Destination, seenAt: Date, pointIds: (string | null)[]): WholeCard {
  return {
    cardId: card.cardId,
    bookNo: to.bookNo,
    sourceId: to.sourceId,
    sourceKind: to.sourceKind,
    kind: card.kind,
    ended: false,
    seenAt,
    withheld: false,
    classes: card.fields.map((field) => field.class),
    fields: card.fields.map((field, no) => ({
      no,
      kind: field.kind,
      value: field.value,
      authorId: null,
      seenAt,
      contactPointId: pointIds[no]!,
    })),
  };
}
