import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import type { Block } from './blocks-contract.ts';
import * as contracts from './contract.ts';
import {
  type Aside,
  type CompiledSet,
  findCompiled,
  type Mail,
  personVariables,
  renderFor,
  sealContent,
  type Variables,
} from './index.ts';
import { getHouseStyle, saveHouseStyle } from './style-contract.ts';
import { aSaying } from './testing.ts';

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;
let carl: Member;

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carl = await app.invite(alice, 'Carl Colleague');
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
  await sink.close();
});

const begin = async (by: Member, said = { fr: aSaying() }, audience: contracts.Audience = { kind: 'mine' }) => {
  const { id } = await by.call(contracts.addContent, { name: 'Essai', audience });
  const { edition } = await by.call(contracts.saveContent, { contentId: id, edition: 1, said });
  return { id, edition };
};
const save = (by: Member, contentId: string, edition: number, text: string) =>
  by.call(contracts.saveContent, { contentId, edition, said: { fr: aSaying(text) } });

describe('contents', () => {
  test('are their author’s alone until they are shown to others, who read and do not change them', async () => {
    const { id, edition } = await begin(bob);
    expect(await codeOf(carl.call(contracts.getContent, { contentId: id }))).toBe('not_found');
    expect((await carl.call(contracts.listContents, {})).items).toEqual([]);
    await bob.call(contracts.saveContent, { contentId: id, edition, audience: { kind: 'workspace' } });
    const seen = await carl.call(contracts.getContent, { contentId: id });
    expect(seen).toMatchObject({
      mine: false,
      audience: { kind: 'workspace' },
      said: { fr: aSaying() },
      changedBy: 'Bob Stone',
    });
    expect(await codeOf(save(carl, id, seen.edition, 'Volé'))).toBe('forbidden');
    expect(await codeOf(carl.call(contracts.removeContent, { contentId: id }))).toBe('not_found');
    await save(alice, id, seen.edition, 'Relu par une administratrice');
    expect(await bob.call(contracts.getContent, { contentId: id })).toMatchObject({
      changedBy: alice.me.name,
      version: 2,
    });
  });

  test('are not lost when two save at once: the second hears of it', async () => {
    const { id, edition } = await begin(bob);
    const answers = await Promise.allSettled([save(bob, id, edition, 'un'), save(bob, id, edition, 'deux')]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await codeOf(save(bob, id, edition, 'trois'))).toBe('conflict');
  });

  test('keep what they said as versions, and an earlier one is said again', async () => {
    const { id, edition } = await begin(bob, undefined, { kind: 'workspace' });
    const again = await save(bob, id, edition, 'Dans la même heure');
    expect(again.version).toBe(1);
    const other = await save(alice, id, again.edition, 'Par une autre');
    expect(other.version).toBe(2);
    expect(
      (await bob.call(contracts.listVersions, { contentId: id })).items.map(({ version, by }) => [version, by]),
    ).toEqual([
      [2, alice.me.name],
      [1, 'Bob Stone'],
    ]);
    const restored = await bob.call(contracts.restoreVersion, { contentId: id, version: 1, edition: other.edition });
    expect(restored.version).toBe(3);
    expect((await bob.call(contracts.getContent, { contentId: id })).said.fr).toEqual(aSaying('Dans la même heure'));
    expect(
      await codeOf(bob.call(contracts.restoreVersion, { contentId: id, version: 9, edition: restored.edition })),
    ).toBe('not_found');
  });

  test('are put away and taken back, and begun from a ready one or another that one sees', async () => {
    const { id } = await bob.call(contracts.addContent, { name: 'Invitation', ready: 'invitation' });
    const { said, languages } = await bob.call(contracts.getContent, { contentId: id });
    expect(languages).toEqual(['fr', 'en']);
    const copy = await bob.call(contracts.addContent, { name: 'Copie', contentId: id });
    expect((await bob.call(contracts.getContent, { contentId: copy.id })).said).toEqual(said);
    expect(await codeOf(carl.call(contracts.addContent, { name: 'Copie', contentId: id }))).toBe('not_found');
    await bob.call(contracts.removeContent, { contentId: id });
    expect(await codeOf(bob.call(contracts.getContent, { contentId: id }))).toBe('not_found');
    await bob.call(contracts.restoreContent, { contentId: id });
    expect((await bob.call(contracts.getContent, { contentId: id })).name).toBe('Invitation');
  });

  test('are not shown to a team that one does not belong to', async () => {
    await alice.call(identity.createTeam, { name: 'Fermée', memberIds: [carl.me.memberId] });
    const team = (await alice.call(identity.listTeams, {})).items.find(({ name }) => name === 'Fermée')!;
    const asked = bob.call(contracts.addContent, { name: 'x', audience: { kind: 'team', id: team.id } });
    expect(await codeOf(asked)).toBe('invalid_input');
  });
});

describe('a content of another kind than a mail', () => {
  const short = (text: string) => ({ subject: '', preheader: '', blocks: [{ id: 'a', kind: 'text' as const, text }] });
  const template = {
    ...{ name: 'rappel', locale: 'fr', category: 'utility' as const, body: 'Bonjour {{1}}.' },
    parameters: ['{{ person.givenName | default: "à vous" }}'],
  };
  const agreed = { subject: '', preheader: '', blocks: [], template };

  test('stays what it began as, and says nothing that its way cannot carry', async () => {
    const { id: contentId } = await bob.call(contracts.addContent, { name: 'Texto', kind: 'sms' });
    expect(await bob.call(contracts.getContent, { contentId })).toMatchObject({ kind: 'sms', said: {} });
    const put = (said: object) =>
      bob.call(contracts.saveContent, { contentId, edition: 1, said: { fr: said } as never });
    for (const wrong of [aSaying(), agreed, { ...short('Oui'), subject: 'Objet' }])
      expect(await codeOf(put(wrong))).toBe('invalid_input');
    expect(await codeOf(put({ ...short(''), blocks: [{ id: 'a', kind: 'button', label: '', url: '' }] }))).toBe(
      'invalid_input',
    );
    await put(short('Oui'));
    const { id: copy } = await bob.call(contracts.addContent, { name: 'Copie', contentId });
    expect(await bob.call(contracts.getContent, { contentId: copy })).toMatchObject({
      kind: 'sms',
      said: { fr: short('Oui') },
    });
    expect(await codeOf(bob.call(contracts.addContent, { name: 'Copie', kind: 'email', contentId }))).toBe(
      'invalid_input',
    );
    expect(await codeOf(bob.call(contracts.addContent, { name: 'x', kind: 'email', ready: 'news_sms' }))).toBe(
      'invalid_input',
    );
    const { id: mail } = await begin(bob);
    expect(await codeOf(bob.call(contracts.saveContent, { contentId: mail, edition: 2, said: { fr: agreed } }))).toBe(
      'invalid_input',
    );
  });

  test('is tried as a given person reads it, counted as networks count, with the mention of how to stop what advertises', async () => {
    const personId = await addContact(bob, { name: 'Noël Vert' });
    await app.settle();
    const saying = short('Bonjour {{ person.givenName }}');
    const asked = { kind: 'sms' as const, language: 'fr' as const, saying };
    const sample = await bob.call(contracts.tryContent, asked);
    expect(sample.mail).toEqual({ subject: '', html: '', text: 'Bonjour Camille\nRefus : répondez STOP' });
    expect(sample.sms).toEqual({ alphabet: 'gsm', units: 37, segments: 1, left: 123, outside: [] });
    const his = await bob.call(contracts.tryContent, { ...asked, personId, commercial: false });
    expect(his.mail!.text).toBe('Bonjour Noël');
    expect(his.sms).toEqual({ alphabet: 'ucs2', units: 12, segments: 1, left: 58, outside: ['ë'] });
    const whatsapp = await bob.call(contracts.tryContent, {
      kind: 'whatsapp',
      language: 'fr',
      saying: agreed,
      personId,
    });
    expect(whatsapp).toMatchObject({ mail: { text: 'Bonjour Noël.' }, sms: null, findings: [] });
    expect(await codeOf(bob.call(contracts.tryContent, { ...asked, saying: agreed }))).toBe('invalid_input');
  });
});

describe('a preview', () => {
  test('shows what a contact reads as far as the caller sees them, and their holder hears of it', async () => {
    const bookId = (await bob.call(delegation.createBook, { name: 'Lent' })).id;
    const personId = await addContact(bob, { name: 'Zoé Lent', email: 'zoe@client.example', bookId });
    await app.settle();
    const asked = {
      language: 'fr' as const,
      saying: aSaying('Bonjour {{ person.givenName }} {{ person.familyName }}'),
      personId,
    };
    expect(await codeOf(carl.call(contracts.tryContent, asked))).toBe('not_found');
    await bob.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
    await app.settle();
    const { mail, aside } = await carl.call(contracts.tryContent, asked);
    expect(aside).toBeNull();
    expect(mail!.text).toContain('Bonjour Zoé Lent');
    const [use] = await app.query(
      `select 1 from delegation.use where kind = 'opened' and card_id = $1 and user_id = $2`,
      [personId, carl.me.memberId],
    );
    expect(use).toBeDefined();
  });

  test('says why somebody is set aside, what the checker finds, and shows the dark when it is asked for', async () => {
    const personId = await addContact(bob, { name: 'Nora Nowhere' });
    await app.settle();
    const saying = aSaying('Bonjour {{ person.city }}', [{ id: 'b', kind: 'button', label: 'Oui', url: 'exemple.fr' }]);
    const trial = await bob.call(contracts.tryContent, { language: 'fr', saying, personId });
    expect(trial.mail).toBeNull();
    expect(trial.aside).toEqual({ reason: 'missing_variable', variable: 'person.city' });
    expect(trial.findings.map(({ kind, blockId, weight }) => [kind, blockId, weight])).toEqual([
      ['bad_link', 'b', 'stop'],
      ['no_fallback', 'a', 'advice'],
    ]);
    const dark = await bob.call(contracts.tryContent, { language: 'fr', saying, dark: true });
    expect(dark.mail!.html).toContain('@media all{');
    expect(dark.mail!.html).not.toContain('prefers-color-scheme');
  });
});

test('the house style is changed by admins, on top of what they saw, and read by the checker', async () => {
  const { fr } = await bob.call(getHouseStyle, {});
  expect(fr).toMatchObject({ version: 0, rules: { address: null } });
  const rules = { ...fr.rules, address: 'vous' as const, avoid: [{ word: 'newsletter', instead: 'lettre' }] };
  expect(await codeOf(bob.call(saveHouseStyle, { language: 'fr', version: 0, rules }))).toBe('forbidden');
  expect((await alice.call(saveHouseStyle, { language: 'fr', version: 0, rules })).version).toBe(1);
  expect(await codeOf(alice.call(saveHouseStyle, { language: 'fr', version: 0, rules }))).toBe('conflict');
  const saying = aSaying('Ta newsletter est là.');
  const { findings } = await bob.call(contracts.tryContent, { language: 'fr', saying });
  expect(findings.map(({ kind, instead }) => [kind, instead])).toEqual([
    ['forbidden_word', 'lettre'],
    ['address_other', 'vous'],
  ]);
});

describe('reusable blocks', () => {
  const footer: Block[] = [{ id: 'p', kind: 'text', text: 'Ouvert du lundi au vendredi' }];
  test('stand in contents as they are, and nobody saves over another', async () => {
    const { id } = await bob.call(contracts.addPart, { name: 'Horaires', said: { fr: footer as never } });
    const saying = aSaying('Bonjour.', [{ id: 'r', kind: 'reusable', partId: id }]);
    const { mail } = await bob.call(contracts.tryContent, { language: 'fr', saying });
    expect(mail!.text).toContain('Ouvert du lundi');
    // What another does not see is not there for them.
    expect(
      (await carl.call(contracts.tryContent, { language: 'fr', saying })).findings.map(({ kind }) => kind),
    ).toEqual(['no_part']);
    expect(await codeOf(carl.call(contracts.savePart, { partId: id, edition: 1, name: 'Volé' }))).toBe('not_found');
    expect(
      await bob.call(contracts.savePart, { partId: id, edition: 1, name: 'Heures', audience: { kind: 'workspace' } }),
    ).toEqual({ edition: 2 });
    expect(await codeOf(bob.call(contracts.savePart, { partId: id, edition: 1, name: 'Trop tard' }))).toBe('conflict');
    expect(await codeOf(carl.call(contracts.savePart, { partId: id, edition: 2, name: 'Volé' }))).toBe('forbidden');
    await bob.call(contracts.removePart, { partId: id });
    expect((await bob.call(contracts.listParts, {})).items).toEqual([]);
    await bob.call(contracts.restorePart, { partId: id });
    expect((await carl.call(contracts.listParts, {})).items.map(({ name, mine }) => [name, mine])).toEqual([
      ['Heures', false],
    ]);
  });
});

const octets = { 'content-type': 'application/octet-stream' };
const put = (by: Member, body: Uint8Array, name = 'Logo') =>
  by.fetch(`/content-images?name=${name}`, { method: 'POST', headers: octets, body: Buffer.from(body) });

describe('images', () => {
  const picture = sharp({ create: { width: 3000, height: 1500, channels: 3, background: '#0f6b5c' } });
  test('are made as large as a mail needs, without what a camera noted, and shown to whoever has the address', async () => {
    const large = await picture
      .clone()
      .withExif({ IFD0: { Copyright: 'Zoé' }, IFD3: { GPSLatitude: '48/1 51/1 0/1' } })
      .jpeg()
      .toBuffer();
    const answer = await put(bob, large);
    expect(answer.status).toBe(200);
    const image = (await answer.json()) as contracts.Image;
    expect(image).toMatchObject({ name: 'Logo', width: 1200, height: 600, mine: true });
    const { pathname } = new URL(image.url);
    const { port } = app.server.server.address() as { port: number };
    const got = await fetch(`http://127.0.0.1:${port}${pathname}`);
    expect(got.headers.get('content-type')).toBe('image/jpeg');
    expect(got.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(got.headers.get('content-security-policy')).toContain('sandbox');
    const meta = await sharp(Buffer.from(await got.arrayBuffer())).metadata();
    expect([meta.width, meta.exif]).toEqual([1200, undefined]);
    const forged = pathname.slice(0, -4) + (pathname.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    expect((await fetch(`http://127.0.0.1:${port}${forged}`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/i/x`)).status).toBe(404);
  });

  test('are refused when they are none, or too large, whatever they are called', async () => {
    expect(
      (
        await put(
          bob,
          Buffer.from(
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
          ),
        )
      ).status,
    ).toBe(422);
    expect((await put(bob, Buffer.from('no picture'))).status).toBe(422);
    expect((await put(bob, Buffer.alloc(contracts.mostImage + 1))).status).toBe(413);
  });

  test('say where they are used, stay in mails when they are taken out, and are changed by whoever brought them', async () => {
    const image = (await (
      await put(bob, await picture.clone().resize(40).png().toBuffer(), 'Pastille')
    ).json()) as contracts.Image;
    const block: Block = {
      id: 'i',
      kind: 'image',
      imageId: image.id,
      alt: 'Pastille',
      decorative: false,
      url: '',
      width: 'full',
    };
    await begin(bob, { fr: aSaying('Voyez :', [block]) });
    await begin(carl, { fr: aSaying('Voyez :', [block]) });
    expect(await bob.call(contracts.listImageUses, { imageId: image.id })).toEqual({ names: ['Essai'], others: 1 });
    const alt = { fr: 'Une pastille', en: 'A dot' };
    expect(await codeOf(carl.call(contracts.changeImage, { imageId: image.id, name: 'x', alt }))).toBe('not_found');
    expect(await codeOf(carl.call(contracts.removeImage, { imageId: image.id }))).toBe('not_found');
    await bob.call(contracts.changeImage, { imageId: image.id, name: 'Pastille', alt });
    await bob.call(contracts.removeImage, { imageId: image.id });
    expect((await bob.call(contracts.listImages, {})).items.map(({ id }) => id)).not.toContain(image.id);
    const { mail } = await bob.call(contracts.tryContent, { language: 'fr', saying: aSaying('Voyez :', [block]) });
    expect(mail!.html).toContain(image.url);
    await bob.call(contracts.restoreImage, { imageId: image.id });
    expect((await carl.call(contracts.listImages, {})).items.find(({ id }) => id === image.id)).toMatchObject({
      alt,
      mine: false,
    });
  });
});

describe('a sealed version', () => {
  type Sealing = Parameters<typeof sealContent>[0];
  const as = <T>({ me }: Member, work: (context: Sealing) => Promise<T>) => {
    const actor = { workspaceId: me.workspace.id, memberId: me.memberId };
    return app.app.db.asActor(actor, (tx) => work({ tx, actor, role: 'member', app: app.app as never }));
  };
  const asBob = <T>(work: (context: Sealing) => Promise<T>) => as(bob, work);

  test('is sealed by whoever uses it, though it is another’s, and goes where its content goes', async () => {
    const { id, edition } = await begin(bob);
    await expect(as(carl, (context) => sealContent(context, id))).rejects.toMatchObject({ code: 'not_found' });
    await bob.call(contracts.saveContent, { contentId: id, edition, audience: { kind: 'workspace' } });
    expect(await as(carl, (context) => sealContent(context, id))).toEqual({ version: 1 });
    const found = (): Promise<CompiledSet> => as(carl, ({ tx, actor }) => findCompiled(tx, actor.workspaceId, id, 1));
    expect((await found()).fr?.subject).toBe('Une nouvelle');
    const now = await bob.call(contracts.getContent, { contentId: id });
    await bob.call(contracts.saveContent, { contentId: id, edition: now.edition, audience: { kind: 'mine' } });
    await expect(found()).rejects.toMatchObject({ code: 'not_found' });
  });

  test('never changes: who writes on begins another, and it renders for many at once', async () => {
    const { id, edition } = await begin(bob);
    const sealed = await asBob((context) => sealContent(context, id));
    expect(sealed).toEqual({ version: 1 });
    expect(await asBob((context) => sealContent(context, id))).toEqual({ version: 1 });
    expect((await save(bob, id, edition, 'Autre chose')).version).toBe(2);
    const people = [await addContact(bob, { name: 'Léa Un' }), await addContact(bob, { name: 'Noé Deux' })];
    await app.settle();
    const texts = await asBob(async ({ tx, actor }) => {
      const compiled = await findCompiled(tx, actor.workspaceId, id, 1);
      const known: ReadonlyMap<string, Variables> = await personVariables(tx, actor, people);
      const aside: Aside = { reason: 'no_language', variable: null };
      expect(renderFor({}, known.get(people[0]!)!)).toEqual({ aside });
      return people.map((one) => (renderFor(compiled, known.get(one)!) as Mail).text.split('\n')[0]);
    });
    expect(texts).toEqual(['Bonjour Léa,', 'Bonjour Noé,']);
    const unsealed = asBob(({ tx, actor }) => findCompiled(tx, actor.workspaceId, id, 2));
    await expect(unsealed).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is not made of what the checker stops', async () => {
    const { id } = await begin(bob, { fr: aSaying('Bonjour {{ person.nmae }}') });
    expect(await asBob((context) => sealContent(context, id))).toMatchObject({
      stops: [{ kind: 'unknown_variable', language: 'fr', blockId: 'a' }],
    });
  });

  test('asks as many queries for many persons as for one', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, (_, no) => addContact(bob, { name: `Ada ${no}` })));
    await app.settle();
    const count = async (ids: string[]) => {
      let asked = 0;
      const actor = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
      await app.app.db.asActor(actor, async (tx) => {
        const counted = tx.withPlugin({
          transformQuery: ({ node }) => {
            asked++;
            return node;
          },
          transformResult: async ({ result }) => result,
        });
        expect((await personVariables(counted as typeof tx, actor, ids)).size).toBe(ids.length);
      });
      return asked;
    };
    expect(await count(people)).toBe(await count(people.slice(0, 1)));
  });
});

test('a trial goes to its author at once, and says what the mail server answered', async () => {
  const { id } = await begin(bob);
  expect(await bob.call(contracts.sendTrial, { contentId: id, language: 'fr' })).toMatchObject({
    state: 'no_mail_server',
  });
  await setUpMail(alice, sink.port);
  expect(await bob.call(contracts.sendTrial, { contentId: id, language: 'fr' })).toMatchObject({
    state: 'sent',
    answer: null,
  });
  const { mail, to } = sink.mails.at(-1)!;
  expect(to).toEqual([bob.me.email]);
  expect(mail.subject).toMatch(/(Essai : |Trial: )Une nouvelle/);
  expect(mail.html).toContain('Bonjour Camille,');
  expect(mail.text).toContain('Bonjour Camille,');
  expect(await codeOf(carl.call(contracts.sendTrial, { contentId: id, language: 'fr' }))).toBe('not_found');
  expect(await codeOf(bob.call(contracts.sendTrial, { contentId: id, language: 'en' }))).toBe('not_found');
});

test('what was put away for thirty days goes, but what was sent, and the images that stand in it, stay', async () => {
  const { purge } = await import('./queries.ts');
  const image = (await (
    await put(
      bob,
      await sharp({ create: { width: 9, height: 9, channels: 3, background: '#fff' } })
        .png()
        .toBuffer(),
    )
  ).json()) as contracts.Image;
  const unused = (await (
    await put(
      bob,
      await sharp({ create: { width: 8, height: 9, channels: 3, background: '#fff' } })
        .png()
        .toBuffer(),
    )
  ).json()) as contracts.Image;
  const block: Block = {
    id: 'i',
    kind: 'image',
    imageId: image.id,
    alt: 'x',
    decorative: false,
    url: '',
    width: 'full',
  };
  const { id } = await begin(bob, { fr: aSaying('Voyez :', [block]) });
  const gone = await begin(bob);
  const actor = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
  await app.app.db.asActor(actor, (tx) => sealContent({ tx, actor, role: 'member', app: app.app as never }, id));
  for (const contentId of [id, gone.id]) await bob.call(contracts.removeContent, { contentId });
  for (const imageId of [image.id, unused.id]) await bob.call(contracts.removeImage, { imageId });
  for (const table of ['content', 'image'])
    await app.query(`update content.${table} set removed_at = now() - interval '31 days' where removed_at is not null`);
  await app.app.db.asSystem('keeper', purge);
  const left = async (table: string, ids: string[]) =>
    (
      await app.query<{ id: string }>(`select ${table}_id as id from content.${table} where ${table}_id = any($1)`, [
        ids,
      ])
    ).map((row) => row.id);
  expect(await left('content', [id, gone.id])).toEqual([id]);
  expect(await left('image', [image.id, unused.id])).toEqual([image.id]);
});
