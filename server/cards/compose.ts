import type { ContactName } from '../formats/contact.ts';
import { fold, labelKey } from '../formats/normalise/fold.ts';
import { type FieldKind, themself } from './contract.ts';
import { displayOf, type Field, identityOf } from './fields.ts';

/** A card as far as one viewer may see it. */
export interface VisibleCard {
  cardId: string;
  bookNo: number;
  sourceId: string;
  sourceKind: string;
  kind: 'person' | 'organization';
  ended: boolean;
  seenAt: Date;
  fields: VisibleField[];
}
interface VisibleField extends Field {
  no: number;
  /** The member who wrote it, or `themself`; null: the source. */
  authorId: string | null;
  seenAt: Date;
  contactPointId: string | null;
}

type Reason = 'only' | 'confirmed' | 'corrected' | 'recent' | 'trusted' | 'frequent' | 'preferred';

/** One value of the reference, with everything that says it. */
export interface Value extends Field {
  identity: string;
  display: string;
  chosen: boolean;
  reason: Reason;
  /** Newest first. */
  said: { card: VisibleCard; field: VisibleField }[];
}

/** Of these kinds a person has one; of the others as many as are said. */
const single = new Set<FieldKind>(['name', 'organization', 'title', 'birthday', 'photo']);

/** Sources whose contacts are kept by hand or by the persons themselves say more than lists made for one occasion. */
const trust: Record<string, number> = {
  entregent: 4,
  linkedin: 3,
  vcard: 3,
  google: 3,
  outlook: 3,
  apple: 3,
  thunderbird: 3,
  eml: 2,
  mbox: 2,
};
const trustOf = (card: VisibleCard) => trust[card.sourceKind] ?? 1;

const day = 86_400_000;

interface Candidate {
  value: Value;
  /** When the contact themself last said it; 0: never. */
  confirmedAt: number;
  /** When a member last wrote it; 0: never. */
  correctedAt: number;
  current: boolean;
  /** Days, so that two imports of one afternoon count as equally recent. */
  newest: number;
  trust: number;
  count: number;
  /** A full name; a title said beside the chosen company. */
  fitting: number;
}

/** When a value was last said by one of these authors; 0: never. */
const lastSaid = ({ said }: Value, by: (authorId: string | null) => boolean): number =>
  Math.max(0, ...said.map(({ field }) => (by(field.authorId) ? field.seenAt.getTime() : 0)));

function candidate(value: Value, organization: Value | undefined): Candidate {
  const name = value.value as ContactName;
  return {
    value,
    confirmedAt: lastSaid(value, (authorId) => authorId === themself),
    correctedAt: lastSaid(value, (authorId) => authorId !== null && authorId !== themself),
    current: value.said.some(({ card }) => !card.ended),
    newest: Math.max(...value.said.map(({ field }) => Math.floor(field.seenAt.getTime() / day))),
    trust: Math.max(...value.said.map(({ card }) => trustOf(card))),
    count: value.said.length,
    fitting:
      value.kind === 'title' ? besideOrganization(value, organization) : Number(Boolean(name.given && name.family)),
  };
}

/**
 * The visible rules, in their order: confirmed by the person themself > corrected by a member > recent > from a trusted source > frequent
 * (domain.md, 3).
 */
const rules: [Reason, (one: Candidate) => number][] = [
  ['confirmed', (one) => one.confirmedAt],
  ['corrected', (one) => one.correctedAt],
  // A first name alone ("Maman") is no better for being newer than a full name.
  ['preferred', (one) => one.fitting],
  ['recent', (one) => Number(one.current)],
  ['recent', (one) => one.newest],
  ['trusted', (one) => one.trust],
  ['frequent', (one) => one.count],
];

function compare(a: Candidate, b: Candidate): number {
  for (const [, rank] of rules) {
    const difference = rank(b) - rank(a);
    if (difference !== 0) return difference;
  }
  return a.value.identity < b.value.identity ? -1 : 1;
}

/** Why one of several that all stand comes where it does. */
function reasonAmong({ confirmedAt, correctedAt, count }: Candidate): Reason {
  if (confirmedAt > 0) return 'confirmed';
  if (correctedAt > 0) return 'corrected';
  return count > 1 ? 'frequent' : 'only';
}

function reasonFor(winner: Candidate, other: Candidate | undefined): Reason {
  if (!other) return winner.confirmedAt > 0 ? 'confirmed' : 'only';
  return rules.find(([, rank]) => rank(winner) !== rank(other))?.[0] ?? 'frequent';
}

function groupValues(cards: readonly VisibleCard[]): Map<FieldKind, Value[]> {
  const byIdentity = new Map<string, Value>();
  for (const card of cards) {
    for (const field of card.fields) {
      const identity = identityOf(field);
      let value = byIdentity.get(identity);
      if (!value) {
        value = {
          kind: field.kind,
          value: field.value,
          identity,
          display: displayOf(field),
          chosen: false,
          reason: 'only',
          said: [],
        };
        byIdentity.set(identity, value);
      }
      value.said.push({ card, field });
    }
  }
  for (const value of byIdentity.values()) {
    value.said.sort(
      (a, b) => b.field.seenAt.getTime() - a.field.seenAt.getTime() || (a.card.cardId < b.card.cardId ? -1 : 1),
    );
    value.value = value.said[0]!.field.value;
  }
  return Map.groupBy(byIdentity.values(), (value) => value.kind);
}

/** The title goes with its company: a title that a card says beside the chosen company comes before newer ones elsewhere. */
function besideOrganization(title: Value, organization: Value | undefined): number {
  if (!organization) return 0;
  return title.said.some(({ card }) => organization.said.some((other) => other.card.cardId === card.cardId)) ? 1 : 0;
}

/**
 * Composes a person from the cards a viewer may see, and from nothing else. Deterministic: the order of cards does not matter.
 * @returns all values, the chosen ones of each kind first
 */
export function compose(cards: readonly VisibleCard[]): Value[] {
  const groups = groupValues(cards);
  const result: Value[] = [];
  let organization: Value | undefined;
  for (const kind of order) {
    const candidates = (groups.get(kind) ?? []).map((value) => candidate(value, organization)).sort(compare);
    candidates.forEach((one, index) => {
      one.value.chosen = !single.has(kind) || index === 0;
      const next = candidates[index + 1];
      if (!single.has(kind)) one.value.reason = reasonAmong(one);
      else if (index === 0) one.value.reason = reasonFor(one, next);
      result.push(one.value);
    });
    if (kind === 'organization') organization = candidates[0]?.value;
  }
  return result;
}

const order: FieldKind[] = [
  'name',
  'organization',
  'title',
  'email',
  'phone',
  'address',
  'url',
  'birthday',
  'photo',
  'category',
  'note',
  'consent',
  'extra',
];

/** What the list shows and searches of a person. */
export interface EntryContent {
  kind: 'person' | 'organization';
  name: string;
  sortName: string;
  organization: string | null;
  sortOrganization: string | null;
  title: string | null;
  email: string | null;
  phone: string | null;
  city: string | null;
  photo: string | null;
  cardCount: number;
  seenAt: Date;
  bookNos: number[];
  sourceIds: string[];
  search: string;
  /** The cards and contact points through which the row was made: what else is known of somebody hangs on these. */
  subjectIds: string[];
  /** Their categories, as they are compared. */
  categories: string[];
}

/** Long enough for notes to be found by their words, short enough to keep the index small. */
const searchLength = 1000;

function subjectsOf(cards: readonly VisibleCard[]): string[] {
  const points = cards.flatMap(({ fields }) => fields.flatMap(({ contactPointId }) => contactPointId ?? []));
  return [...cards.map(({ cardId }) => cardId), ...new Set(points)].sort();
}

function categoriesOf(values: readonly Value[]): string[] {
  const written = values.filter(({ kind }) => kind === 'category').map(({ value }) => labelKey(String(value.value)));
  return [...new Set(written)].filter((one) => one !== '').sort();
}

/** The list's line for a person composed of these cards. */
export function entryOf(cards: readonly VisibleCard[], values: readonly Value[]): EntryContent {
  const first = (kind: FieldKind) => values.find((value) => value.kind === kind && value.chosen);
  const name = first('name')?.value as ContactName | undefined;
  const organization = first('organization')?.value.name as string | undefined;
  const email = first('email')?.display ?? null;
  const phone = first('phone');
  const isOrganization = cards.every((card) => card.kind === 'organization');
  const shown = first('name')?.display || organization || email || phone?.display || '';
  const sorted = isOrganization || !name?.family ? shown : `${name.family} ${name.given ?? ''}`;
  return {
    kind: isOrganization ? 'organization' : 'person',
    name: shown,
    sortName: fold(sorted).slice(0, 200),
    organization: organization ?? null,
    sortOrganization: organization ? fold(organization).slice(0, 200) : null,
    title: first('title')?.display ?? null,
    email,
    phone: phone ? ((phone.value.e164 as string | null) ?? phone.display) : null,
    city:
      (values.find((value) => value.kind === 'address' && value.value.city)?.value.city as string | undefined) ?? null,
    photo: (first('photo')?.value.hash as string | undefined) ?? null,
    cardCount: cards.length,
    seenAt: new Date(Math.max(...cards.map((card) => card.seenAt.getTime()))),
    bookNos: [...new Set(cards.map((card) => card.bookNo))].sort((a, b) => a - b),
    sourceIds: [...new Set(cards.map((card) => card.sourceId))].sort(),
    search: searchText(values),
    subjectIds: subjectsOf(cards),
    categories: categoriesOf(values),
  };
}

/** Stands in no word, and between what a contact is known by and its details. */
const mark = '\u0001';
const workKinds = new Set<FieldKind>(['organization', 'title']);

/**
 * All that can be searched of a person, in three parts between marks: the name, company and title, the rest. Words that begin
 * after a space can be searched by their beginning; phones by any run of digits. Who may only discover a contact finds it by the
 * first parts (cards.count_discoverable).
 */
function searchText(values: readonly Value[]): string {
  const name = new Set<string>();
  const work = new Set<string>();
  const rest = new Set<string>();
  for (const value of values) {
    const part = value.kind === 'name' ? name : workKinds.has(value.kind) ? work : rest;
    for (const word of wordsOf(value)) part.add(word);
  }
  const first = [...name];
  const second = [...work].filter((word) => !name.has(word));
  const third = [...rest].filter((word) => !name.has(word) && !work.has(word));
  return [first, second, third]
    .map((part) => part.map((word) => ` ${word}`).join(''))
    .join(` ${mark}`)
    .slice(0, searchLength);
}

function wordsOf({ kind, value, display }: Value): string[] {
  if (kind === 'photo' || kind === 'consent') return [];
  const split = (text: string) => text.split(/[^\p{L}\p{N}+]+/u).filter(Boolean);
  const folded = fold(kind === 'extra' ? String(value.value ?? '') : display);
  const whole = kind === 'email' ? [folded] : kind === 'phone' && value.e164 ? [String(value.e164)] : [];
  const parts = kind === 'name' ? [value.given, value.family, value.nickname] : [];
  const spoken = parts.flatMap((part) => (typeof part === 'string' ? split(fold(part)) : []));
  return [...whole, ...split(folded), ...spoken];
}

/**
 * What a person typed, as terms that must all be found. Digits (a phone number in any writing) become one term without
 * leading zeros or country prefix, found anywhere; words are found by their beginning.
 */
export function searchTerms(query: string): string[] {
  const folded = fold(query).trim();
  if (/^[+0-9][0-9 .()/-]{2,}$/.test(folded)) {
    const digits = folded.replaceAll(/\D/g, '').replace(/^(00)?0?/, '');
    return digits.length >= 3 ? [digits] : [];
  }
  if (/^\S+@\S*$/.test(folded)) return [` ${folded}`];
  return folded
    .split(/[^\p{L}\p{N}+]+/u)
    .filter(Boolean)
    .slice(0, 8)
    .map((word) => ` ${word}`);
}
