import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../../cards/contract.ts';
import * as delegation from '../../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../../kernel/testing.ts';
import type { Block, Saying } from '../blocks-contract.ts';
import * as contracts from '../contract.ts';
import * as letterhead from '../letterhead-contract.ts';
import { addressBox } from './geometry.ts';
import { Paper, UnwritableSign } from './paper.ts';

// Letters, as their pages.

let app: TestApp;
let alice: Member;
let bob: Member;
let bookId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Sender');
  bookId = (await bob.call(delegation.createBook, { name: 'Clients' })).id;
});
afterEach(() => expect(app.errors).toEqual([]));
afterAll(() => app.close());

const addContact = async (by: Member, fields: cards.FieldInput[], into: string): Promise<string> =>
  (await by.call(cards.createCard, { fields, bookId: into })).id;

const saying = (text: string, more: Block[] = []): Saying => ({
  ...{ subject: 'Votre invitation', preheader: '' },
  blocks: [{ id: 'a', kind: 'text', text }, ...more],
});

async function pagesOf(pdf: Buffer): Promise<string[]> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)));
  return text;
}

const letter = {
  ...{ to: ['Mme Anne Durand', '12 RUE DE LA PAIX', '75002 PARIS'], subject: 'Essai', language: 'fr' as const },
  ...{
    date: new Date(Date.UTC(2027, 2, 1, 12)),
    foot: { words: 'Pour refuser : https://crm.example/u/AAAA', url: 'https://crm.example/u/AAAA' },
  },
};
const words = (text: string) => ({ kind: 'paragraph' as const, runs: [{ text, bold: false, italic: false }] });
const aHead = { company: 'Ateliers Dupré', lines: ['4 quai des Célestins', '69002 Lyon'], place: 'Lyon' };

describe('A letter on its pages', () => {
  test('has its head, its date, its words with their accents, and how to object', async () => {
    const paper = new Paper('Essai', 'fr', aHead, new Map());
    expect(await paper.add({ ...letter, blocks: [words('L’œuvre de Noël coûte 12 €.')] })).toEqual({
      firstPage: 1,
      pages: 1,
    });
    const [page] = await pagesOf(await paper.end());
    for (const one of [
      'Ateliers Dupré',
      '69002 Lyon',
      'Lyon, le 1er mars 2027',
      'L’œuvre de Noël coûte 12 €.',
      '75002 PARIS',
      'Pour refuser',
    ])
      expect(page).toContain(one);
  });

  test('goes over pages where it is long, and the next one begins on a page of its own', async () => {
    const paper = new Paper('Essai', 'fr', aHead, new Map());
    const long = Array.from({ length: 60 }, (_, at) => words(`Paragraphe ${at} ${'et ses mots '.repeat(12)}`));
    const first = await paper.add({ ...letter, blocks: long });
    const second = await paper.add({ ...letter, blocks: [words('La suivante')] });
    expect(first.pages).toBeGreaterThan(2);
    expect(second).toEqual({ firstPage: first.pages + 1, pages: 1 });
    const pages = await pagesOf(await paper.end());
    expect(pages).toHaveLength(first.pages + 1);
    for (let at = 0; at < 60; at++)
      expect(pages.filter((page) => page.includes(`Paragraphe ${at} et`))).toHaveLength(1);
    expect(pages[1]).toContain(`2/${first.pages}`);
    expect(pages.filter((page) => page.includes('Pour refuser'))).toHaveLength(2);
    expect(pages.at(-1)).toContain('La suivante');
  });

  test('has its address where the window of an envelope shows it, and nothing else there', async () => {
    const paper = new Paper(
      'Essai',
      'fr',
      {
        ...aHead,
        lines: Array.from({ length: 8 }, () => 'Une ligne de soixante signes qui va jusqu’au bout de la place.'),
      },
      new Map(),
    );
    const to = Array.from({ length: 7 }, (_, at) => `${at} ${'W'.repeat(30)}`);
    await paper.add({ ...letter, to, blocks: [words('Bonjour')] });
    const document = await getDocumentProxy(new Uint8Array(await paper.end()));
    const { items } = await (await document.getPage(1)).getTextContent();
    const mm = 72 / 25.4;
    // The window at any place to which the sheet may slip (geometry.ts).
    const shown = items.flatMap((item) => {
      if (!('str' in item) || item.str.trim() === '') return [];
      const [x, y] = [item.transform[4] as number, 841.89 - (item.transform[5] as number)];
      const within = x + item.width > 90 * mm && x < 200 * mm && y > 34 * mm && y - item.height < 90 * mm;
      return within ? [{ text: item.str, x, y }] : [];
    });
    expect(shown.map(({ text }) => text)).toEqual(to);
    for (const { x, y } of shown) {
      expect(x).toBeGreaterThanOrEqual(addressBox.x - 0.1);
      expect(y).toBeGreaterThan(45 * mm);
      expect(y).toBeLessThan(79 * mm);
    }
  });

  test('is tagged, and says in which language it is', async () => {
    const paper = new Paper('Essai', 'fr', aHead, new Map());
    await paper.add({
      ...letter,
      blocks: [{ kind: 'heading', level: 1, runs: [{ text: 'Titre', bold: false, italic: false }] }],
    });
    const document = await getDocumentProxy(new Uint8Array(await paper.end()));
    expect((await document.getMarkInfo())?.Marked).toBe(true);
    const tree = JSON.stringify(await (await document.getPage(1)).getStructTree());
    for (const role of ['Document', 'Sect', 'H1', 'P']) expect(tree).toContain(`"role":"${role}"`);
  });

  test('is not written where a sign of it has no shape', async () => {
    const paper = new Paper('Essai', 'fr', aHead, new Map());
    await expect(paper.add({ ...letter, blocks: [words('日本')] })).rejects.toThrow(UnwritableSign);
    expect(paper.pages).toBe(0);
  });
});

describe('A content of the kind letter', () => {
  test('takes what makes sense on paper and nothing else', async () => {
    const { id } = await bob.call(contracts.addContent, { name: 'Lettre', kind: 'letter' });
    const button: Block = { id: 'b', kind: 'button', label: 'Ici', url: 'https://example.com' };
    const save = (said: Saying) => bob.call(contracts.saveContent, { contentId: id, edition: 1, said: { fr: said } });
    expect(await codeOf(save(saying('Bonjour', [button])))).toBe('invalid_input');
    expect(await codeOf(save({ ...saying('Bonjour'), preheader: 'x' }))).toBe('invalid_input');
    const when = {
      match: 'all' as const,
      clauses: [{ variable: 'person.city' as const, is: 'present' as const, value: '' }],
    };
    await save(
      saying('Bonjour', [{ id: 'c', kind: 'section', condition: when, blocks: [{ id: 'd', kind: 'divider' }] }]),
    );
  });

  test('is seen as a person gets it, on their address, with what holds for them', async () => {
    const personId = await addContact(
      bob,
      [
        { kind: 'name', value: { given: 'Anne', family: 'Durand', prefix: 'Mme' } },
        { kind: 'address', value: { street: '12 rue de la Paix', postcode: '75002', city: 'Paris', type: 'home' } },
      ],
      bookId,
    );
    const when = (is: 'equals' | 'differs') => ({
      match: 'all' as const,
      clauses: [{ variable: 'person.city' as const, is, value: 'Paris' }],
    });
    const said = saying(
      'Bonjour **{{ person.givenName | default: "à vous" }}**, voyez [notre site](https://example.com/a).',
      [
        {
          id: 's',
          kind: 'section',
          condition: when('equals'),
          blocks: [{ id: 't', kind: 'text', text: 'Vous êtes de Paris.' }],
        },
        {
          id: 'u',
          kind: 'section',
          condition: when('differs'),
          blocks: [{ id: 'v', kind: 'text', text: 'Vous êtes d’ailleurs.' }],
        },
      ],
    );
    const tried = await bob.call(contracts.tryContent, { kind: 'letter', language: 'fr', saying: said, personId });
    expect(tried.findings.filter(({ weight }) => weight === 'stop')).toEqual([]);
    const [page] = await pagesOf(Buffer.from(tried.pdf!, 'base64'));
    for (const one of [
      'Mme Anne Durand',
      '12 RUE DE LA PAIX',
      '75002 PARIS',
      'Bonjour Anne',
      'https://example.com/a',
      'Vous êtes de Paris',
    ])
      expect(page).toContain(one);
    expect(page).not.toContain('ailleurs');
  });

  test('is set aside for who has no complete address', async () => {
    const personId = await addContact(bob, [{ kind: 'name', value: { given: 'Nul', family: 'Part' } }], bookId);
    const tried = await bob.call(contracts.tryContent, {
      kind: 'letter',
      language: 'fr',
      saying: saying('Bonjour'),
      personId,
    });
    expect(tried).toMatchObject({ pdf: null, aside: { reason: 'no_address' } });
  });

  test('bears the head that admins say', async () => {
    const said = { lines: ['1 rue du Siège', '69002 Lyon'], place: 'Lyon' };
    expect(await codeOf(bob.call(letterhead.saveLetterhead, { ...said, version: 0 }))).toBe('forbidden');
    await alice.call(letterhead.saveLetterhead, { ...said, version: 0 });
    expect(await codeOf(alice.call(letterhead.saveLetterhead, { ...said, version: 0 }))).toBe('conflict');
    const { pdf } = await bob.call(contracts.tryContent, { kind: 'letter', language: 'fr', saying: saying('Bonjour') });
    expect((await pagesOf(Buffer.from(pdf!, 'base64')))[0]).toContain('1 rue du Siège');
  });
});

describe('Somebody at an address', () => {
  const address = {
    kind: 'address' as const,
    value: { street: '8 rue Haute', postcode: '69001', city: 'Lyon', type: 'work' as const },
  };
  const pointOf = async (personId: string) =>
    (await bob.call(cards.getPerson, { personId })).values.find(({ kind }) => kind === 'address')!.contactPoint?.id;

  test('is one contact point on whatever card, and another one than their colleague', async () => {
    const add = (given: string, family: string) =>
      addContact(bob, [{ kind: 'name', value: { given, family } }, address], bookId);
    const [one, same, other] = [await add('Lise', 'Haute'), await add('Lise', 'Haute'), await add('Marc', 'Basse')];
    const points = [await pointOf(one), await pointOf(same), await pointOf(other)];
    expect(points[0]).toBeDefined();
    expect(points[1]).toBe(points[0]);
    expect(points[2]).not.toBe(points[0]);
  });
});
