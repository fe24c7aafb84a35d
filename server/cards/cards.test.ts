import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { updateMe } from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { importFile } from '../sources/testing.ts';
import * as contracts from './contract.ts';
import { addContact, fieldsOf, type NewContact } from './testing.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

let members = 0;
const newMember = () => app.invite(alice, `Tester ${'abcdefghijklmnopqrstuvwxyz'[members++]}`);
const getPerson = (member: Member, personId: string) => member.call(contracts.getPerson, { personId });
const search = async (member: Member, q: string) =>
  (await member.call(contracts.listPeople, { q })).items.map(({ name }) => name);

describe('a person', () => {
  test('shows each value with its alternatives, their origin and the reason for the choice', async () => {
    const member = await newMember();
    const csv = 'First Name,Last Name,E-mail,Company\nMarie,Curie,marie@radium.example,Institut du Radium\n';
    await importFile(app, member, 'list.csv', csv);
    const [entry] = (await member.call(contracts.listPeople, { q: 'curie' })).items;
    await addContact(member, { name: 'Marie Curie', email: 'marie@radium.example', organization: 'Sorbonne' });
    await app.settle();
    const person = await getPerson(member, entry!.id);
    expect(person.cards).toHaveLength(2);
    expect(person.cards.flatMap(({ links }) => links.flatMap(({ evidence }) => evidence))).toContain('email');
    const companies = person.values.filter(({ kind }) => kind === 'organization');
    expect(companies).toMatchObject([
      { display: 'Sorbonne', chosen: true, reason: 'corrected', provenance: [{ writtenBy: 'member' }] },
      { display: 'Institut du Radium', chosen: false, provenance: [{ writtenBy: 'source', memberName: null }] },
    ]);
    const [email] = person.values.filter(({ kind }) => kind === 'email');
    expect(email!.provenance).toHaveLength(2);
    expect(email!.contactPoint).toMatchObject({ consent: 'unknown' });
  });

  test('is edited on the own card of whoever edits, and what they wrote can be taken back', async () => {
    const member = await newMember();
    const id = await addContact(member, { name: 'Ada Lovelace', email: 'ada@engine.example' });
    const edited = await member.call(contracts.updatePerson, {
      personId: id,
      set: [{ kind: 'title', value: { value: 'Countess' } }],
    });
    const title = edited.values.find(({ kind }) => kind === 'title')!;
    expect(title).toMatchObject({
      display: 'Countess',
      provenance: [{ writtenBy: 'member', memberName: member.me.name }],
    });
    const [{ cardId, fieldNo }] = title.provenance as [(typeof title.provenance)[number]];
    const back = await member.call(contracts.updatePerson, { personId: id, remove: [{ cardId, fieldNo }] });
    expect(back.values.some(({ kind }) => kind === 'title')).toBe(false);
    const { items } = await member.call(contracts.listHistory, { personId: id });
    expect(items.map(({ kind }) => kind)).toEqual(['edited', 'edited', 'created']);
  });

  test('answers under the id of every card that it is made of, and redirects an id that is gone', async () => {
    const member = await newMember();
    const first = await addContact(member, { name: 'Grace Hopper', email: 'grace@navy.example' });
    const second = await addContact(member, { name: 'Grace Hopper', email: 'grace@navy.example' });
    await app.settle();
    expect((await getPerson(member, second)).cards).toHaveLength(2);
    await member.call(contracts.removeCard, { cardId: first });
    await app.settle();
    expect((await getPerson(member, first)).cards.map(({ id }) => id)).toEqual([second]);
    await member.call(contracts.restoreCard, { cardId: first });
    await app.settle();
    expect((await getPerson(member, first)).cards).toHaveLength(2);
  });

  test('tells in its history what a value was and what it became', async () => {
    const member = await newMember();
    const id = await addContact(member, { name: 'Ada King', email: 'ada@engine.example' });
    const { fields } = await member.call(contracts.getCard, { cardId: id });
    const no = fields.find(({ kind }) => kind === 'email')!.no;
    const email = { kind: 'email' as const, value: { value: 'ada@king.example', type: 'work' as const } };
    await member.call(contracts.updateCard, { cardId: id, set: [{ no, field: email }] });
    await member.call(contracts.updateCard, { cardId: id, add: [{ kind: 'title', value: { value: 'Countess' } }] });
    await member.call(contracts.updateCard, { cardId: id, remove: [no] });
    const { items } = await member.call(contracts.listHistory, { personId: id });
    expect(items.map(({ changes }) => changes)).toEqual([
      [{ kind: 'email', before: 'ada@king.example', after: null, giveBack: null }],
      [{ kind: 'title', before: null, after: 'Countess', giveBack: null }],
      [{ kind: 'email', before: 'ada@engine.example', after: 'ada@king.example', giveBack: null }],
      [],
    ]);
  });

  test('has its corrections given back to their source from the history, whenever that is', async () => {
    const member = await newMember();
    await importFile(app, member, 'one.csv', 'Prénom,Nom,E-mail,Fonction\nGrace,Hopper,grace@navy.example,Captain\n');
    const { items } = await member.call(contracts.listPeople, { q: 'hopper' });
    const personId = items[0]!.id;
    const { fields, id: cardId } = await member.call(contracts.getCard, { cardId: personId });
    const noOf = (kind: string) => fields.find((field) => field.kind === kind)!.no;
    const title = (value: string) => ({ no: noOf('title'), field: { kind: 'title' as const, value: { value } } });
    await member.call(contracts.updateCard, { cardId, set: [title('Admiral')] });
    await member.call(contracts.updateCard, { cardId, set: [title('Rear admiral')], remove: [noOf('email')] });
    const offers = async () =>
      (await member.call(contracts.listHistory, { personId })).items.flatMap(({ changes }) =>
        changes.map(({ before, giveBack }) => [before, giveBack]),
      );
    // Not what another correction had put there: only what the source said can be given back.
    expect(await offers()).toEqual([
      ['grace@navy.example', noOf('email')],
      ['Admiral', null],
      ['Captain', noOf('title')],
    ]);
    await member.call(contracts.updateCard, { cardId, restore: [noOf('title'), noOf('email')] });
    expect(new Set((await offers()).map(([, giveBack]) => giveBack))).toEqual(new Set([null]));
    expect((await getPerson(member, personId)).values.map(({ display }) => display)).toEqual(
      expect.arrayContaining(['Captain', 'grace@navy.example']),
    );
  });

  test('has a history that pages leave whole, though two things happened at once', async () => {
    const member = await newMember();
    const id = await addContact(member, { name: 'Ada Byron' });
    const note = { kind: 'note' as const, value: { value: 'Analytical' } };
    await member.call(contracts.updateCard, { cardId: id, add: [note], withheld: true });
    const whole = (await member.call(contracts.listHistory, { personId: id })).items.map(({ kind }) => kind);
    expect(whole.toSorted()).toEqual(['created', 'edited', 'withheld']);
    const paged: string[] = [];
    let after: string | undefined;
    do {
      const page = await member.call(contracts.listHistory, { personId: id, limit: 1, ...(after ? { after } : {}) });
      paged.push(...page.items.map(({ kind }) => kind));
      after = page.next ?? undefined;
    } while (after);
    expect(paged).toEqual(whole);
  });

  test('carries dated notes, which their author alone removes', async () => {
    const member = await newMember();
    const id = await addContact(member, { name: 'Emmy Noether' });
    const { note } = await member.call(contracts.addNote, { personId: id, text: 'Met at the fair <b>' });
    const { items } = await member.call(contracts.listHistory, { personId: id });
    expect(items[0]).toMatchObject({ kind: 'note', note: { text: 'Met at the fair <b>', mine: true } });
    expect(await codeOf(alice.call(contracts.removeNote, { noteId: note!.id }))).toBe('not_found');
    await member.call(contracts.removeNote, { noteId: note!.id });
    expect((await member.call(contracts.listHistory, { personId: id })).items.map(({ kind }) => kind)).toEqual([
      'created',
    ]);
  });
});

describe('what a card brings from outside', () => {
  test('runs nothing in the browser: neither its photo nor its original is shown as a page', async () => {
    const member = await newMember();
    const page = '<script>alert(document.cookie)</script>';
    const photo = `data:text/html;base64,${Buffer.from(page).toString('base64')}`;
    const card = `BEGIN:VCARD\r\nVERSION:4.0\r\nFN:${page}\r\nN:${page};Eve;;;\r\nPHOTO:${photo}\r\nEND:VCARD\r\n`;
    await importFile(app, member, 'eve.vcf', card);
    const [row] = (await member.call(contracts.listPeople, {})).items;
    const cardId = (await getPerson(member, row!.id)).cards[0]!.id;
    const picture = await member.fetch(`/people/${row!.id}/photo?v=${row!.photo}`);
    expect(await picture.text()).toBe(page);
    expect(picture.headers.get('content-type')).toBe('application/octet-stream');
    expect(picture.headers.get('x-content-type-options')).toBe('nosniff');
    const original = await member.fetch(`/cards/${cardId}/original`);
    expect(await original.text()).toContain(page);
    expect(original.headers.get('content-disposition')).toMatch(/^attachment/);
    for (const { headers } of [picture, original])
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  });
});

describe('a name', () => {
  test.each([
    [{ full: 'Zoë, Smith', given: 'Zoë', family: 'Smith' }, 'Zoë Smith'],
    [{ full: 'Smith, Zoë', given: 'Zoë', family: 'Smith' }, 'Zoë Smith'],
    [{ full: 'Bruce Banner, PhD', given: 'Bruce', family: 'Banner', suffix: 'PhD' }, 'Bruce Banner, PhD'],
  ])('written %j is shown as %s', async (value, shown) => {
    const member = await newMember();
    const { personId } = await member.call(contracts.createCard, { fields: [{ kind: 'name', value }] });
    expect((await getPerson(member, personId)).name).toBe(shown);
    await app.settle();
    expect((await member.call(contracts.listPeople, {})).items.map(({ name }) => name)).toEqual([shown]);
  });
});

describe('homonyms', () => {
  test('with nothing else in common stay two persons', async () => {
    const member = await newMember();
    await addContact(member, { name: 'Jean Martin', email: 'jean@one.example' });
    await addContact(member, { name: 'Jean Martin', email: 'jean@two.example' });
    await app.settle();
    expect(await search(member, 'jean martin')).toHaveLength(2);
  });

  test('who share the number of a switchboard stay two persons', async () => {
    const member = await newMember();
    await addContact(member, { name: 'Anne Durand', phone: '01 44 00 00 00' });
    await addContact(member, { name: 'Paul Petit', phone: '01 44 00 00 00' });
    await app.settle();
    expect((await member.call(contracts.listPeople, {})).items).toHaveLength(2);
  });
});

describe('writing many', () => {
  const batch = (count: number, tag: string) =>
    Array.from({ length: count }, (_, no) => ({
      uid: `${tag}-${no}`,
      fields: fieldsOf({ name: `Person ${tag}${no}`, email: `${tag}${no}@batch.example` }),
    }));

  test('writes 500 cards at once, all or none', async () => {
    const member = await newMember();
    const { items } = await member.call(contracts.createCards, { cards: batch(500, 'many') });
    expect(new Set(items.map(({ id }) => id)).size).toBe(500);
    await app.settle();
    expect((await member.call(contracts.getFacets, {})).total.count).toBe(500);
    const clash = [...batch(2, 'fresh'), ...batch(1, 'many')];
    expect(await codeOf(member.call(contracts.createCards, { cards: clash }))).toBe('conflict');
    await app.settle();
    expect((await member.call(contracts.getFacets, {})).total.count).toBe(500);
    expect(await codeOf(member.call(contracts.createCards, { cards: batch(501, 'more') }))).toBe('invalid_input');
  });

  test('with an idempotency key is done once, however often it is sent', async () => {
    const member = await newMember();
    const headers = { 'idempotency-key': 'order-17' };
    const send = (cards: ReturnType<typeof batch>) => member.call(contracts.createCards, { cards }, { headers });
    const [first, second] = await Promise.all([send(batch(3, 'once')), send(batch(3, 'once'))]);
    expect(second).toEqual(first);
    expect(await send(batch(3, 'once'))).toEqual(first);
    expect(await codeOf(send(batch(2, 'once')))).toBe('idempotency_mismatch');
    await app.settle();
    expect((await member.call(contracts.getFacets, {})).total.count).toBe(3);
  });
});

describe('the list', () => {
  test('is paged without gaps or repeats while contacts come in', async () => {
    const member = await newMember();
    const names = ['Zoé', 'Élodie', 'Eric', 'Éric', 'Abel', 'abel', 'Noël', 'Noel', 'Øyvind', 'Ñandu'];
    await member.call(contracts.createCards, {
      cards: names.map((given) => ({ fields: [{ kind: 'name' as const, value: { given, family: 'Paging' } }] })),
    });
    await app.settle();
    for (const sort of ['name', 'recent'] as const) {
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await member.call(contracts.listPeople, { limit: 3, sort, after });
        seen.push(...page.items.map(({ id }) => id));
        if (seen.length === 3) await addContact(member, { name: `Late ${sort}` });
        after = page.next ?? undefined;
      } while (after);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBeGreaterThanOrEqual(names.length);
    }
  });

  test('refuses a cursor that is not its own', async () => {
    const forged = [['a'], ['a', 'b'], [1, 2]].map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url'));
    for (const after of ['x', 'e30', ...forged])
      expect(await codeOf(alice.call(contracts.listPeople, { after }))).toBe('invalid_input');
  });

  test('finds by any field, forgiving accents, order and typos', async () => {
    const member = await newMember();
    const contacts: NewContact[] = [
      { name: 'Élise Lefèvre', email: 'elise.lefevre@acme.example', phone: '06 12 34 56 78', organization: 'Acmé SAS' },
      { name: "Jean-François d'Ormesson", organization: 'Académie' },
      { name: 'Søren Kierkegaard', email: 'soren@angst.example' },
    ];
    for (const contact of contacts) await addContact(member, contact);
    await app.settle();
    const expected: Record<string, string> = {
      lefevre: 'Élise Lefèvre',
      'LEFÈVRE elise': 'Élise Lefèvre',
      'elise.lefevre@acme': 'Élise Lefèvre',
      '0612345678': 'Élise Lefèvre',
      '+33 6 12 34 56 78': 'Élise Lefèvre',
      acme: 'Élise Lefèvre',
      lefebvre: 'Élise Lefèvre',
      'jean francois': "Jean-François d'Ormesson",
      ormesson: "Jean-François d'Ormesson",
      soren: 'Søren Kierkegaard',
      kierkegard: 'Søren Kierkegaard',
    };
    const found = await Promise.all(Object.keys(expected).map(async (q) => [q, (await search(member, q))[0]]));
    expect(Object.fromEntries(found)).toEqual(expected);
    expect(await search(member, 'zzzzqqq')).toEqual([]);
    expect(await search(member, "'; drop table cards.card; --")).toEqual([]);
    expect(await search(member, '%zz%')).toEqual([]);
    // Only in an address are such signs looked for as they stand.
    for (const q of ['%@', "x'or'1'='1'--@"]) expect(await search(member, q)).toEqual([]);
  });

  test('is narrowed by facets whose counts are what the list shows', async () => {
    const member = await newMember();
    await member.call(contracts.createCards, {
      cards: [
        { fields: fieldsOf({ name: 'One Facet', organization: 'Acme' }) },
        { fields: fieldsOf({ name: 'Two Facet', organization: 'Acme' }) },
        { kind: 'organization', fields: [{ kind: 'organization', value: { name: 'Acme' } }] },
        { fields: fieldsOf({ name: 'Three Facet', organization: "O'Neil' or true --" }) },
      ],
    });
    await app.settle();
    const facets = await member.call(contracts.getFacets, {});
    for (const { value, count } of facets.organizations)
      expect((await member.call(contracts.listPeople, { organization: value })).items).toHaveLength(count);
    for (const { value, count } of facets.kinds)
      expect((await member.call(contracts.listPeople, { kind: value as 'person' })).items).toHaveLength(count);
    expect(facets.total.count).toBe(4);
  });

  test('of companies names those that only people name, each once, page by page', async () => {
    const member = await newMember();
    const people = ['Zinc SA', 'Argent', 'argent', 'Bronze', 'Cuivre', 'Étain'].map((organization, at) => ({
      fields: fieldsOf({ name: `Worker ${'abcdef'[at]}`, organization }),
    }));
    const bronze = [{ kind: 'organization' as const, value: { name: 'Bronze' } }];
    const cuivre = [{ kind: 'name' as const, value: { full: 'Cuivre' } }];
    await member.call(contracts.createCards, {
      cards: [...people, { kind: 'organization', fields: bronze }, { kind: 'organization', fields: cuivre }],
    });
    await app.settle();
    const first = await member.call(contracts.listCompanies, { limit: 2 });
    expect(first.items).toMatchObject([{ people: 2 }, { name: 'Étain', people: 1 }]);
    const second = await member.call(contracts.listCompanies, { limit: 2, after: first.next! });
    expect(second).toEqual({ items: [{ name: 'Zinc SA', people: 1 }], next: null });
    expect((await member.call(contracts.listCompanies, { q: 'etain' })).items).toEqual([{ name: 'Étain', people: 1 }]);
    expect((await member.call(contracts.listCompanies, { q: 'worker' })).items).toEqual([]);
    expect((await (await newMember()).call(contracts.listCompanies, {})).items).toEqual([]);
    const { items } = await member.call(contracts.listPeople, { organization: first.items[0]!.name });
    expect(items).toHaveLength(2);
  });

  test('is kept as a view of mine, which others do not see', async () => {
    const member = await newMember();
    const view = { name: 'Acme', filter: { q: 'acme', sort: 'recent' as const } };
    const { id } = await member.call(contracts.saveView, view);
    expect((await member.call(contracts.listViews, {})).items).toEqual([{ id, ...view }]);
    expect((await alice.call(contracts.listViews, {})).items).toEqual([]);
    expect(await codeOf(alice.call(contracts.deleteView, { viewId: id }))).toBe('not_found');
  });
});

describe('an export', () => {
  test('names its columns in the language of the member, or in the one asked for', async () => {
    const member = await newMember();
    await addContact(member, { name: 'Ada Lovelace' });
    await app.settle();
    await member.call(updateMe, { locale: 'fr' });
    const head = async (query: string) =>
      (await (await member.fetch(`/people/export?format=csv${query}`)).text()).split('\r\n')[0]!;
    expect(await head('')).toMatch(/^\uFEFF?Type de contact,Civilité,Prénom,/);
    expect(await head('&locale=en')).toMatch(/^\uFEFF?Kind,Name Prefix,First Name,/);
  });

  test('of one person is a vCard named like them', async () => {
    const member = await newMember();
    const id = await addContact(member, { name: 'Éloïse d’Aubigny/Roy', email: 'elo@acme.example' });
    const answer = await member.fetch(`/people/${id}/vcard`);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="contact.vcf"; filename*=UTF-8''${encodeURIComponent('Éloïse d’AubignyRoy.vcf')}`,
    );
    const vcard = await answer.text();
    expect(vcard).toMatch(/^BEGIN:VCARD\r\nVERSION:3\.0\r\n/);
    expect(vcard).toContain('elo@acme.example');
    expect(vcard.match(/BEGIN:VCARD/g)).toHaveLength(1);
  });

  test('escapes formulas, leaves numbers alone, and reads back as it was', async () => {
    const member = await newMember();
    await addContact(member, { name: '=HYPERLINK("http://evil") Formula', phone: '+33 6 12 34 56 78' });
    await app.settle();
    const csv = await (await member.fetch('/people/export?format=csv')).text();
    expect(csv).not.toMatch(/(^|[,;"\n])=HYPERLINK/);
    expect(csv).toContain('+33');
    expect(csv).not.toContain("'+33");
    const vcf = await (await member.fetch('/people/export?format=vcf')).text();
    const reader = await newMember();
    await importFile(app, reader, 'back.vcf', vcf);
    expect((await reader.call(contracts.listPeople, {})).items).toMatchObject([{ phone: '+33612345678' }]);
  });
});
