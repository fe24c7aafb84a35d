import type { Contact, ContactConsent } from '../formats/contact.ts';
import {
  interpretCard,
  parseVcard,
  readVcards,
  serialise,
  unescapeText,
  type VcardProperty,
  type VcardVersion,
  vcardProperties,
  writeVcard,
} from '../formats/vcard/index.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { sha256 } from '../kernel/ids.ts';
import { contactOf, type Field, fieldsOf, fullIdentityOf } from './fields.ts';
import { findPhoto, type LoadedCard, loadCards, toVisible } from './queries.ts';
import { findOriginal } from './rows.ts';

/** Text in the form in which capitals and ways of writing one letter do not matter (RFC 5051 in spirit). */
export const casemap = (text: string): string => text.normalize('NFKD').toUpperCase().toLowerCase();

/**
 * The same without accents, and letter by letter: where a text holds another, octet for octet or in any casemap, its form here holds the
 * other's form too. So a search that asks less than a filter finds all that the filter does.
 */
export const foldLetters = (text: string): string =>
  casemap(text)
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll('ς', 'σ');

/** Nobody looks for words in these. */
const withoutWords = new Set(['PHOTO', 'LOGO', 'SOUND', 'KEY']);
export const hasWords = (property: string): boolean => !withoutWords.has(property.toUpperCase());

/** The value of a property as a filter compares it. */
export const textOf = (value: string): string => (value.includes('\\') ? unescapeText(value) : value);

/** All that a filter can look for in the values of these octets. */
export const searchTextOf = (octets: string): string =>
  foldLetters(
    parseVcard(octets)
      .flatMap(({ name, value }) => (hasWords(name) ? textOf(value) : []))
      .join('\n'),
  );

/** A card as it stands, and the octets its source last gave. */
export interface CardState {
  uid: string;
  kind: 'person' | 'organization';
  fields: readonly Field[];
  /** UTF-8; null when the source gave none, or no vCard. */
  original: string | null;
  photo: { type: string; data: Uint8Array } | null;
  /** Whose habit numbers without prefix follow. */
  country: string;
}

/**
 * A card as a vCard: its original where that still says it all, else the original with what has changed since put in its place, so that
 * properties that we have no word for survive (RFC 6352, 6.3.2). A card whose original is no vCard of this kind is written anew.
 */
export function toOctets(state: CardState): string {
  const version = state.original === null ? undefined : versionOf(state.original);
  if (version === undefined) return writeVcard(wholeContact(state, state.fields), '3.0');
  const properties = parseVcard(state.original!);
  const uid = properties.find(({ name }) => name.toUpperCase() === 'UID')?.value;
  if (uid === state.uid && saySame(saidBy(properties, state.country), state.fields)) return state.original!;
  const missing = new Map(state.fields.map((field) => [keyOf(field), field]));
  const kept: VcardProperty[] = [];
  let named = false;
  for (const unit of unitsOf(properties)) {
    const said = unit.about === 'card' ? [] : saidBy(unit.properties, state.country);
    if (said.some((field) => !missing.has(keyOf(field)))) continue;
    for (const field of said) missing.delete(keyOf(field));
    if (unit.about === 'name') named = true;
    kept.push(...unit.properties);
  }
  const added = vcardProperties(wholeContact(state, [...missing.values()]), version, firstFreeGroup(properties));
  const heads = new Set(['VERSION', 'UID', ...(named ? ['FN', 'N', 'KIND', 'X-ABSHOWAS'] : [])]);
  const head: VcardProperty[] = [
    { group: undefined, name: 'VERSION', params: [], value: version },
    { group: undefined, name: 'UID', params: [], value: state.uid },
  ];
  const isHead = ({ name }: VcardProperty) => /^(?:VERSION|UID|REV)$/i.test(name);
  return serialise([
    ...head,
    ...kept.filter((property) => !isHead(property)),
    ...added.filter(({ name }) => !heads.has(name)),
  ]);
}

/** The same card in the other version, for who asks for it. */
export async function toVersion(octets: string, version: VcardVersion, country: string): Promise<string> {
  if (versionOf(octets) === version) return octets;
  for await (const contact of readVcards(once(octets), { country })) return writeVcard(contact, version);
  return octets;
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Of an original that is patched: 3.0 or 4.0; 2.1 and what says nothing are written anew. */
function versionOf(octets: string): VcardVersion | undefined {
  const version = /^VERSION:\s*(3\.0|4\.0)\s*$/im.exec(octets.slice(0, 2000))?.[1];
  return version as VcardVersion | undefined;
}

interface Unit {
  /** What identifies the contact hangs together: whether FN is a person's or a company's name, the others tell. */
  about: 'card' | 'name' | 'value';
  properties: VcardProperty[];
}

const ofName = new Set(['FN', 'N', 'NICKNAME', 'KIND', 'X-ABSHOWAS', 'ORG', 'X-DEPARTMENT']);
const ofCard = new Set(['VERSION', 'UID', 'REV', 'PRODID']);
/** Of which several make one value. */
const together = new Map([
  ['TITLE', 'title'],
  ['ROLE', 'title'],
  ['ADR', 'address'],
  ['LABEL', 'address'],
  ['NOTE', 'note'],
]);

/** Properties that are kept, or go, together: those of the name, those that make one value, those of one group, else each. */
function unitsOf(properties: readonly VcardProperty[]): Unit[] {
  const units = new Map<string, Unit>();
  properties.forEach((property, index) => {
    const name = property.name.toUpperCase();
    const about = ofCard.has(name) ? 'card' : ofName.has(name) ? 'name' : 'value';
    const key =
      about === 'name'
        ? 'name'
        : property.group === undefined
          ? (together.get(name) ?? `${index}`)
          : `group ${property.group.toLowerCase()}`;
    const unit = units.get(key);
    if (unit) unit.properties.push(property);
    else units.set(key, { about, properties: [property] });
  });
  return [...units.values()];
}

function saidBy(properties: readonly VcardProperty[], country: string): Field[] {
  const contact = interpretCard(properties, { octets: false, charset: undefined, old: false }, { country });
  return fieldsOf(contact, contact.photo?.data ? sha256(contact.photo.data).toString('hex') : null);
}

/** Fields that say the same, whatever order their parts were stored in. How a number was read, its neighbours had a say in. */
export function keyOf({ kind, value }: Field): string {
  const parts = Object.entries(value).filter(([part]) => kind !== 'phone' || (part !== 'e164' && part !== 'type'));
  return fullIdentityOf({ kind, value: Object.fromEntries(parts) });
}

function saySame(some: readonly Field[], others: readonly Field[]): boolean {
  const keys = (fields: readonly Field[]) => [...new Set(fields.map(keyOf))].sort().join('\n');
  return keys(some) === keys(others);
}

function wholeContact({ uid, kind, photo }: CardState, fields: readonly Field[]): Contact {
  const contact = contactOf(uid, kind, fields);
  const shown = fields.find((field) => field.kind === 'photo')?.value;
  if (shown?.url) contact.photo = { type: String(shown.type ?? 'image/*'), size: 0, url: String(shown.url) };
  else if (shown && photo) contact.photo = { type: photo.type, size: photo.data.length, data: photo.data };
  const consent = fields.filter((field) => field.kind === 'consent');
  if (consent.length > 0) contact.consent = consent.map(({ value }) => value as unknown as ContactConsent);
  return contact;
}

function firstFreeGroup(properties: readonly VcardProperty[]): number {
  return properties.reduce((next, { group }) => {
    const number = Number(/^item(\d{1,6})$/i.exec(group ?? '')?.[1] ?? 0);
    return Math.max(next, number + 1);
  }, 1);
}

/** The octets of one's own cards, made of what they say now. In their holder's transaction. */
export async function loadOctets(
  tx: Tx,
  actor: Actor,
  country: string,
  wanted: readonly { cardId: string; uid: string }[],
): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  for await (const { card, state } of loadStates(tx, actor, country, wanted)) made.set(card.card_id, toOctets(state));
  return made;
}

/** One's own cards as they stand, with the octets their sources last gave, one after the other. In their holder's transaction. */
export async function* loadStates(
  tx: Tx,
  actor: Actor,
  country: string,
  wanted: readonly { cardId: string; uid: string }[],
): AsyncGenerator<{ card: LoadedCard; state: CardState }> {
  const uidOf = new Map(wanted.map(({ cardId, uid }) => [cardId, uid]));
  if (wanted.length === 0) return;
  for (const card of await loadCards(tx, actor, [...uidOf.keys()])) {
    const original =
      card.media_type === 'text/vcard' ? await findOriginal(tx, actor.workspaceId, card.card_id) : undefined;
    const text = original?.data.toString('utf8') ?? null;
    yield { card, state: await toState(tx, actor, country, card, uidOf.get(card.card_id)!, text) };
  }
}

/**
 * Others' cards as vCards, of the fields that are lent and of nothing else: what their sources once wrote is not part of it. In a transaction
 * that was entered to take along.
 */
export async function loadLentOctets(tx: Tx, actor: Actor, country: string, cardIds: readonly string[]) {
  const made: { card: LoadedCard; octets: string }[] = [];
  if (cardIds.length === 0) return made;
  for (const card of await loadCards(tx, actor, cardIds))
    if (!card.mine) {
      const state = await toState(tx, actor, country, card, card.card_id, null);
      made.push({ card, octets: toOctets(state) });
    }
  return made;
}

async function toState(
  tx: Tx,
  actor: Actor,
  country: string,
  card: LoadedCard,
  uid: string,
  original: string | null,
): Promise<CardState> {
  const { fields, kind } = toVisible(card);
  const hash = fields.find((field) => field.kind === 'photo')?.value.hash;
  const photo = typeof hash === 'string' ? await findPhoto(tx, actor, [card.card_id], hash) : undefined;
  const shown = photo ? { type: photo.media_type, data: photo.data } : null;
  return { uid, kind, fields, original, photo: shown, country };
}
