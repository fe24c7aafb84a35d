import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as delegation from '../delegation/contract.ts';
import { refreshReach } from '../delegation/queries.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as sources from '../sources/contract.ts';
import { importFile } from '../sources/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Staff');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const header = 'First Name,Last Name,E-mail,Company,Title';
const idOf = async (member: Member, q: string): Promise<string> =>
  (await member.call(contracts.listPeople, { q })).items[0]!.id;

async function careerOf(member: Member, personId: string): Promise<string[]> {
  const { items } = await member.call(contracts.listEmployments, { personId });
  return items.map(({ title, organization, until }) => `${title ?? '-'} at ${organization}${until ? ', before' : ''}`);
}

async function staffOf(member: Member, personId: string): Promise<{ now: string[]; before: string[] }> {
  const { now, before } = await member.call(contracts.listStaff, { personId });
  const told = ({ name, title }: { name: string; title: string | null }) => `${name}, ${title ?? '-'}`;
  return { now: now.map(told).sort(), before: before.map(told).sort() };
}

interface Company {
  name: string;
  site?: string;
  country?: string;
  bookId?: string;
}

async function addCompany(member: Member, { name, site, country, bookId }: Company): Promise<string> {
  const { id } = await member.call(contracts.createCard, {
    kind: 'organization',
    ...(bookId && { bookId }),
    fields: [
      { kind: 'name', value: { full: name } },
      { kind: 'organization', value: { name } },
      ...(site ? [{ kind: 'url' as const, value: { value: `https://www.${site}/` } }] : []),
      ...(country ? [{ kind: 'address' as const, value: { city: 'Ville', countryCode: country } }] : []),
    ],
  });
  return id;
}

interface Worker {
  family: string;
  company: string;
  title?: string;
  email?: string;
  bookId?: string;
}

async function addWorker(member: Member, { family, company, title, email, bookId }: Worker): Promise<string> {
  const { id } = await member.call(contracts.createCard, {
    ...(bookId && { bookId }),
    fields: [
      { kind: 'name', value: { given: 'Ouvrière', family } },
      { kind: 'organization', value: { name: company } },
      ...(title ? [{ kind: 'title' as const, value: { value: title } }] : []),
      ...(email ? [{ kind: 'email' as const, value: { value: email } }] : []),
    ],
  });
  return id;
}

/** A book lent to everybody, with some field classes only where they are given. */
async function lentBook(name: string, classes?: number[]): Promise<string> {
  const { id: bookId } = await alice.call(delegation.createBook, { name });
  await alice.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
  if (!classes) return bookId;
  const workspaceId = alice.me.workspace.id;
  await app.app.db.asSystem('keeper', async (tx) => {
    await tx
      .updateTable('delegation.grant')
      .set({ field_mask: classes.reduce((bits, bit) => bits | (1 << bit), 0) })
      .where('workspace_id', '=', workspaceId)
      .where('book_id', '=', bookId)
      .execute();
    await refreshReach(tx, workspaceId, bookId);
  });
  return bookId;
}

describe('a job change', () => {
  test('that a source brings keeps the past, on the person and on both organisations, until the import is undone', async () => {
    const line = (company: string, title: string) => `Odile,Parcours,odile@parcours.example,${company},${title}`;
    const [old, next] = [
      await addCompany(alice, { name: 'Vieux Moulin SARL' }),
      await addCompany(alice, { name: 'Neuf Pont' }),
    ];
    const first = await importFile(app, alice, 'jobs.csv', [header, line('Vieux Moulin', 'Cheffe')].join('\n'));
    const odile = await idOf(alice, 'parcours');
    expect(await careerOf(alice, odile)).toEqual(['Cheffe at Vieux Moulin']);
    expect(await staffOf(alice, old)).toEqual({ now: ['Odile Parcours, Cheffe'], before: [] });
    const moved = [header, line('Neuf Pont SA', 'Directrice')].join('\n');
    const second = await importFile(app, alice, 'jobs.csv', moved, first.sourceId);
    expect(await careerOf(alice, odile)).toEqual(['Directrice at Neuf Pont SA', 'Cheffe at Vieux Moulin, before']);
    const { items } = await alice.call(contracts.listEmployments, { personId: odile });
    expect(items.map(({ organizationId }) => organizationId)).toEqual([next, old]);
    expect(items[1]!.until! >= items[1]!.since).toBe(true);
    expect(await staffOf(alice, old)).toEqual({ now: [], before: ['Odile Parcours, Cheffe'] });
    expect(await staffOf(alice, next)).toEqual({ now: ['Odile Parcours, Directrice'], before: [] });
    await alice.call(sources.undoImport, { importId: second.id });
    await app.settle();
    expect(await careerOf(alice, odile)).toEqual(['Cheffe at Vieux Moulin']);
    expect(await staffOf(alice, next)).toEqual({ now: [], before: [] });
  });

  test('that a member writes counts when the value had stood for a while', async () => {
    const company = await addCompany(alice, { name: 'Longue Forge' });
    const worker = await addWorker(alice, { family: 'Forgeron', company: 'Longue Forge' });
    await app.query(`update cards.card_field set seen_at = seen_at - interval '2 years' where card_id = $1`, [worker]);
    const organization = (name: string) => [{ kind: 'organization' as const, value: { name } }];
    await alice.call(contracts.updatePerson, { personId: worker, set: organization('Court Atelier') });
    expect(await careerOf(alice, worker)).toEqual(['- at Court Atelier', '- at Longue Forge, before']);
    expect(await staffOf(alice, company)).toEqual({ now: [], before: ['Ouvrière Forgeron, -'] });
    await alice.call(contracts.updatePerson, { personId: worker, set: organization('Courte Atelier') });
    expect(await careerOf(alice, worker)).toEqual(['- at Courte Atelier', '- at Longue Forge, before']);
  });
});

describe('what one may not see', () => {
  test('is no employment and no colleague: cards out of reach, and masked companies of today and before', async () => {
    const open = await lentBook('Open');
    const company = await addCompany(alice, { name: 'Haute Scierie', bookId: open });
    // Bits 1 and 3: names and titles, not companies.
    const masked = await lentBook('Masked', [1, 3]);
    const workers = {
      shown: await addWorker(alice, { family: 'Visible', company: 'Haute Scierie', bookId: open }),
      masked: await addWorker(alice, { family: 'Masquée', company: 'Haute Scierie', title: 'Scieuse', bookId: masked }),
      left: await addWorker(alice, { family: 'Partie', company: 'Haute Scierie', bookId: masked }),
      secret: await addWorker(alice, { family: 'Secrète', company: 'Haute Scierie' }),
    };
    await app.query(`update cards.card_field set seen_at = seen_at - interval '2 years' where card_id = $1`, [
      workers.left,
    ]);
    await alice.call(contracts.updatePerson, {
      personId: workers.left,
      set: [{ kind: 'organization', value: { name: 'Basse Menuiserie' } }],
    });
    await app.settle();
    expect(await staffOf(alice, company)).toEqual({
      now: ['Ouvrière Masquée, Scieuse', 'Ouvrière Secrète, -', 'Ouvrière Visible, -'],
      before: ['Ouvrière Partie, -'],
    });
    expect(await staffOf(bob, company)).toEqual({ now: ['Ouvrière Visible, -'], before: [] });
    expect(await careerOf(bob, workers.masked)).toEqual([]);
    expect(await careerOf(bob, workers.left)).toEqual([]);
    const hidden = { personId: workers.secret };
    expect(await codeOf(bob.call(contracts.listEmployments, hidden))).toBe('not_found');
    expect(await codeOf(bob.call(contracts.listStaff, hidden))).toBe('not_found');
  });

  test('titles alone can be left out', async () => {
    const bookId = await lentBook('Untitled', [1, 2]);
    const worker = await addWorker(alice, {
      family: 'Sanstitre',
      company: 'Grande Tuilerie',
      title: 'Tuilière',
      bookId,
    });
    expect(await careerOf(alice, worker)).toEqual(['Tuilière at Grande Tuilerie']);
    expect(await careerOf(bob, worker)).toEqual(['- at Grande Tuilerie']);
  });
});

describe('organisations that could be meant', () => {
  test('subsidiaries in two countries are not joined, and each has its own people', async () => {
    const [france, germany] = [
      await addCompany(alice, { name: 'Tournebroche France', site: 'tournebroche.fr' }),
      await addCompany(alice, { name: 'Tournebroche Deutschland GmbH', site: 'tournebroche.de' }),
    ];
    await addWorker(alice, { family: 'Nord', company: 'Tournebroche France SAS' });
    await addWorker(alice, { family: 'Ost', company: 'Tournebroche Deutschland' });
    expect((await alice.call(contracts.getPerson, { personId: france })).cards).toHaveLength(1);
    expect(await staffOf(alice, france)).toEqual({ now: ['Ouvrière Nord, -'], before: [] });
    expect(await staffOf(alice, germany)).toEqual({ now: ['Ouvrière Ost, -'], before: [] });
  });

  test('of one name are told apart by the mail domain, and whom nothing tells apart is at neither', async () => {
    const [one, other] = [
      await addCompany(alice, { name: 'Girouette', site: 'girouette-toiture.example', country: 'FR' }),
      await addCompany(alice, { name: 'Girouette', site: 'girouette.example', country: 'BE' }),
    ];
    expect((await alice.call(contracts.getPerson, { personId: one })).cards).toHaveLength(1);
    const known = await addWorker(alice, { family: 'Claire', company: 'Girouette', email: 'c@girouette.example' });
    const unknown = await addWorker(alice, { family: 'Obscure', company: 'Girouette' });
    const organizationOf = async (personId: string) =>
      (await alice.call(contracts.listEmployments, { personId })).items[0]!.organizationId;
    expect([await organizationOf(known), await organizationOf(unknown)]).toEqual([other, null]);
    expect(await staffOf(alice, one)).toEqual({ now: [], before: [] });
    expect(await staffOf(alice, other)).toEqual({ now: ['Ouvrière Claire, -'], before: [] });
  });
});
