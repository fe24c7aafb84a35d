import type { Member, TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { purgeCards } from './retention.ts';

export interface NewContact {
  name: string;
  email?: string;
  phone?: string;
  organization?: string;
  bookId?: string;
}

export function fieldsOf({ name, email, phone, organization }: NewContact): contracts.FieldInput[] {
  const [given, ...family] = name.split(' ');
  return [
    { kind: 'name', value: { given, family: family.join(' ') } },
    ...(email ? [{ kind: 'email' as const, value: { value: email, type: 'work' as const } }] : []),
    ...(phone ? [{ kind: 'phone' as const, value: { raw: phone } }] : []),
    ...(organization ? [{ kind: 'organization' as const, value: { name: organization } }] : []),
  ];
}

/** Writes a card and gives its id. */
export async function addContact(member: Member, contact: NewContact): Promise<string> {
  const { bookId } = contact;
  const { id } = await member.call(contracts.createCard, { fields: fieldsOf(contact), ...(bookId ? { bookId } : {}) });
  return id;
}

/** Where a contact shows to somebody: every place at which it could. */
export interface Sightings {
  list: boolean;
  search: boolean;
  count: number;
  person: number;
  card: number;
  history: number;
  vcard: number;
  exportCsv: boolean;
  exportVcf: boolean;
}

/** Looks for a contact everywhere. `word` is one that stands on this contact only. */
export async function lookFor(viewer: Member, cardId: string, word: string): Promise<Sightings> {
  const exported = async (format: string) =>
    (await (await viewer.fetch(`/people/export?format=${format}`)).text()).toLowerCase().includes(word.toLowerCase());
  const { items } = await viewer.call(contracts.listPeople, { limit: 200 });
  const found = await viewer.call(contracts.listPeople, { q: word });
  const facets = await viewer.call(contracts.getFacets, { q: word });
  return {
    list: items.some((item) => JSON.stringify(item).toLowerCase().includes(word.toLowerCase())),
    search: found.items.length > 0,
    count: facets.total.count,
    person: (await viewer.fetch(`/people/${cardId}`)).status,
    card: (await viewer.fetch(`/cards/${cardId}`)).status,
    history: (await viewer.fetch(`/people/${cardId}/history`)).status,
    vcard: (await viewer.fetch(`/people/${cardId}/vcard`)).status,
    exportCsv: await exported('csv'),
    exportVcf: await exported('vcf'),
  };
}

export const everywhere: Sightings = {
  list: true,
  search: true,
  count: 1,
  person: 200,
  card: 200,
  history: 200,
  vcard: 200,
  exportCsv: true,
  exportVcf: true,
};

/** Of somebody who may read, and take nothing along. */
export const readable: Sightings = { ...everywhere, vcard: 403, exportCsv: false, exportVcf: false };

/** What may not be seen does not exist: not found, never forbidden. */
export const nowhere: Sightings = {
  list: false,
  search: false,
  count: 0,
  person: 404,
  card: 404,
  history: 404,
  vcard: 404,
  exportCsv: false,
  exportVcf: false,
};

/** Does at once what the nightly retention does. */
export const purgeNow = ({ app }: TestApp): Promise<void> => purgeCards(app);
