import { createHash } from 'node:crypto';
import type { ContactName } from '../formats/contact.ts';
import { isRobot, isSharedMailbox } from '../formats/normalise/email.ts';
import { fold } from '../formats/normalise/fold.ts';
import { nameKey } from '../formats/normalise/name.ts';
import { organizationKey } from '../formats/normalise/organization.ts';

/** What is compared of a card. */
export interface Facts {
  cardId: string;
  kind: 'person' | 'organization';
  name: ContactName | undefined;
  organization: string | undefined;
  birthday: string | undefined;
  cities: string[];
  /** Contact point ids; those that several people share by their nature (contact@, a switchboard) in `shared`. */
  points: Map<string, 'email' | 'phone'>;
  shared: Set<string>;
}

export type Evidence = 'email' | 'phone' | 'name_organization' | 'name_birthday' | 'name_city';

/** Whether many people stand behind an address: then it proves nothing by itself. */
export function isSharedAddress(channel: 'email' | 'phone', address: string): boolean {
  return channel === 'email' && (isSharedMailbox(address) || isRobot(address));
}

const part = (text: string | undefined): string =>
  fold(text ?? '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

type NameRelation = 'same' | 'compatible' | 'different';

/** "J. Martin" may be "Jean Martin"; "Jeanne Martin" is not. A missing name says nothing against. */
export function compareNames(a: ContactName | undefined, b: ContactName | undefined): NameRelation {
  const [keyA, keyB] = [a ? nameKey(a) : '', b ? nameKey(b) : ''];
  if (!keyA || !keyB) return 'compatible';
  if (keyA === keyB) return 'same';
  const [familyA, familyB, givenA, givenB] = [part(a!.family), part(b!.family), part(a!.given), part(b!.given)];
  if (!familyA || !familyB) {
    // One of them has only one word ("Maman", "Marie"): it must be among the other's.
    const [few, many] = keyA.length < keyB.length ? [keyA, keyB] : [keyB, keyA];
    return few.split(' ').every((word) => many.split(' ').includes(word)) ? 'compatible' : 'different';
  }
  if (familyA !== familyB) return 'different';
  if (!givenA || !givenB) return 'compatible';
  const [short, long] = givenA.length < givenB.length ? [givenA, givenB] : [givenB, givenA];
  return long === short || (short.length === 1 && long.startsWith(short)) || long.startsWith(`${short} `)
    ? 'compatible'
    : 'different';
}

function birthdaysContradict(a: string | undefined, b: string | undefined): boolean {
  if (!a || !b) return false;
  return a.startsWith('-') || b.startsWith('-') ? a.slice(-5) !== b.slice(-5) : a !== b;
}

function sharedPoints(a: Facts, b: Facts): { channel: 'email' | 'phone'; shared: boolean }[] {
  return [...a.points]
    .filter(([id]) => b.points.has(id))
    .map(([id, channel]) => ({ channel, shared: a.shared.has(id) || b.shared.has(id) }));
}

function sameOrganization(a: Facts, b: Facts): boolean {
  const [keyA, keyB] = [organizationKey(a.organization ?? ''), organizationKey(b.organization ?? '')];
  return keyA !== '' && keyA === keyB;
}

/**
 * Whether two cards are one by exact strong keys, and by which. Null means: not joined; that they are different is not said.
 * The homonym guard: equal names alone join nobody, and names or birthdays that contradict each other part what an address
 * joins (couples, families, offices).
 */
export function sameContact(a: Facts, b: Facts): Evidence[] | null {
  if (a.kind !== b.kind || birthdaysContradict(a.birthday, b.birthday)) return null;
  const evidence = a.kind === 'organization' ? organizationEvidence(a, b) : personEvidence(a, b);
  return evidence.length > 0 ? [...new Set(evidence)].sort() : null;
}

function personEvidence(a: Facts, b: Facts): Evidence[] {
  const names = compareNames(a.name, b.name);
  if (names === 'different') return [];
  const evidence: Evidence[] = [];
  for (const { channel, shared } of sharedPoints(a, b)) {
    if (names === 'same' || (channel === 'email' && !shared)) evidence.push(channel);
    else if (channel === 'phone' && part(a.name?.family) !== '' && part(a.name?.family) === part(b.name?.family))
      evidence.push('phone');
  }
  if (names !== 'same') return evidence;
  if (sameOrganization(a, b)) evidence.push('name_organization');
  if (a.birthday && a.birthday === b.birthday && !a.birthday.startsWith('-')) evidence.push('name_birthday');
  return evidence;
}

function organizationEvidence(a: Facts, b: Facts): Evidence[] {
  if (!sameOrganization(a, b)) return [];
  const evidence: Evidence[] = sharedPoints(a, b).map(({ channel }) => channel);
  if (a.cities.some((city) => b.cities.includes(city))) evidence.push('name_city');
  return evidence;
}

/** 63 bits of SHA-256, as text for bigint columns: equal keys may be compared, nothing can be read from them. */
function hashKey(text: string): string {
  return BigInt.asIntN(64, createHash('sha256').update(text).digest().readBigUInt64BE()).toString();
}

/** The keys under which a card is looked for, besides its contact points. */
export function blockingKeys(facts: Facts): string[] {
  const keys: string[] = [];
  const organization = organizationKey(facts.organization ?? '');
  if (facts.kind === 'organization') {
    for (const city of facts.cities) if (organization) keys.push(`organization ${organization} ${city}`);
  } else {
    const name = facts.name?.given && facts.name.family ? nameKey(facts.name) : '';
    if (name && organization) keys.push(`name ${name} at ${organization}`);
    if (name && facts.birthday && !facts.birthday.startsWith('-')) keys.push(`name ${name} born ${facts.birthday}`);
  }
  return [...new Set(keys)].map(hashKey);
}
