import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as home from '../home/contract.ts';
import { newId } from '../kernel/ids.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { sendToContacts } from '../outreach/contacts.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import type { Block } from './blocks-contract.ts';
import * as contracts from './contract.ts';
import { sealContent } from './index.ts';
import { aSaying } from './testing.ts';

// Contents that leave by the queue of outreach.

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;
let bookId: string;
/** Of Alice, who lends it to the company. */
let lentBook: string;

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  await setUpMail(alice, sink.port);
  ({ id: bookId } = await bob.call(delegation.createBook, { name: 'Bob' }));
  ({ id: lentBook } = await alice.call(delegation.createBook, { name: 'Alice' }));
  const quota = { count: 1, period: 'day' as const, each: true };
  await lend(alice, lentBook, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'], quota });
});
beforeEach(() => {
  sink.mails.length = 0;
});
afterEach(() => expect(app.errors).toEqual([]));
afterAll(async () => {
  await app.close();
  await sink.close();
});

const actorOf = ({ me }: Member) => ({ workspaceId: me.workspace.id, memberId: me.memberId });

async function contactOf(of: Member, name: string, book: string) {
  const email = `${name.replaceAll(' ', '.').toLowerCase()}@firma.example`;
  const personId = await addContact(of, { name, email, organization: 'Firma', bookId: book });
  const { values } = await of.call(cards.getPerson, { personId });
  return { personId, contactPointId: values.find(({ kind }) => kind === 'email')!.contactPoint!.id };
}

/** A content of Bob's, sealed. */
async function sealed(text: string, more: Block[] = [], audience: contracts.Audience = { kind: 'mine' }) {
  const { id: contentId } = await bob.call(contracts.addContent, { name: 'Lettre', audience });
  const said = { fr: aSaying(text, more) };
  const { edition } = await bob.call(contracts.saveContent, { contentId, edition: 1, said });
  const made = await app.app.db.asActor(actorOf(bob), (tx) =>
    sealContent({ app: app.app, tx, actor: actorOf(bob), role: 'member' }, contentId),
  );
  if (!('version' in made)) throw new Error('stopped');
  return { contentId, version: made.version, edition };
}

type To = Awaited<ReturnType<typeof contactOf>>;
const send = (
  to: readonly To[],
  content: { contentId: string; version: number; variables?: Record<string, string> },
  more = {},
) =>
  app.app.db.asActor(actorOf(bob), (tx) =>
    sendToContacts(
      { app: app.app, tx, actor: actorOf(bob) },
      to.map((one) => ({
        ...one,
        purpose: 'newsletter',
        manner: 'bulk' as const,
        content,
        subject: 'Lettre',
        ...more,
      })),
    ),
  );
const mine = async (messageId: string) =>
  (await bob.call(outreach.listMyMessages, { limit: 100 })).items.find(({ id }) => id === messageId)!;

describe('a content in the queue', () => {
  test('is written for each reader when it leaves, with what is known of them then', async () => {
    const [anne, zoe] = [await contactOf(bob, 'Anne Martin', bookId), await contactOf(bob, 'Zoe Petit', bookId)];
    const { contentId, version } = await sealed('Chère {{ person.givenName }}, voici {{ event.name }}.');
    const campaignId = newId();
    const release = sink.hold();
    const sent = await send(
      [anne, zoe],
      { contentId, version, variables: { 'event.name': 'le salon' } },
      { campaignId },
    );
    release();
    expect(sent.map(({ allowed }) => allowed)).toEqual([true, true]);
    const [kept] = await app.query<{ row: string }>(
      `select c::text as row from outreach.message_content c where message_id = '${sent[0]!.messageId}'`,
    );
    expect(kept!.row).not.toMatch(/Anne|salon|<html/);
    await app.settle();
    const by = new Map(sink.mails.map(({ to, mail }) => [to[0]!, mail]));
    expect(by.get('anne.martin@firma.example')!.text).toContain('Chère Anne, voici le salon.');
    expect(by.get('zoe.petit@firma.example')!.html).toContain('Chère Zoe');
    const { mail } = sink.mails[0]!;
    const header = (key: string) => mail.headers.find((one) => one.key === key)?.value;
    expect(mail.subject).toBe('Une nouvelle');
    expect(header('list-id')).toBe(`<${campaignId}.example.com>`);
    expect(header('precedence')).toBe('bulk');
    expect(header('auto-submitted')).toBeUndefined();
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    const url = /<(http[^>]+\/u\/[^>]+)>/.exec(header('list-unsubscribe')!)![1]!;
    expect(mail.text).toContain(url);
    expect(await mine(sent[0]!.messageId!)).toMatchObject({
      state: 'sent',
      subject: 'Une nouvelle',
      text: null,
      content: { id: contentId, version },
    });
  });

  test('that cannot be written for somebody refuses them alone, says why, and gives back what it took', async () => {
    const [anne, firma] = [await contactOf(alice, 'Berthe Roux', lentBook), await contactOf(bob, 'Firma', bookId)];
    const [asSeen] = (await bob.call(cards.listPeople, { q: 'Berthe Roux' })).items;
    const lent = { ...anne, personId: asSeen!.id };
    const missing = await sealed('À {{ person.city }}, bonjour.');
    const taken = async () =>
      (await app.query<{ count: number }>('select coalesce(sum(count), 0)::int as count from outreach.tally'))[0]!
        .count;
    const sent = await send([lent], missing);
    expect(sent).toMatchObject([{ allowed: true, reasons: [] }]);
    await app.settle();
    expect(sink.mails).toEqual([]);
    expect(await mine(sent[0]!.messageId!)).toMatchObject({
      state: 'refused',
      reasons: ['missing_variable'],
      attempts: 0,
    });
    expect(await taken()).toBe(0);
    expect(await app.query(`select from outreach.received where message_id = '${sent[0]!.messageId}'`)).toHaveLength(0);
    expect((await bob.call(outreach.listDecisionsAbout, { personId: lent.personId })).items[0]).toMatchObject({
      moment: 'leaving',
      allowed: false,
      reasons: ['missing_variable'],
    });
    // The quota of one is free again, and the others of a course get theirs.
    const fine = await sealed('Bonjour.');
    const both = await send([lent, firma], fine);
    expect(both.map(({ allowed }) => allowed)).toEqual([true, true]);
    await app.settle();
    expect(sink.mails).toHaveLength(2);
    const uses = (await alice.call(home.listHappenings, { bookId: lentBook })).items.filter(
      ({ kind }) => kind === 'contacted',
    );
    expect(uses).toHaveLength(1);
  });

  test('leaves only while its author sees it, as the version that was sealed', async () => {
    const anne = await contactOf(bob, 'Carla Blanc', bookId);
    const { contentId, version, edition } = await sealed('Première version.');
    const release = sink.hold();
    await send([anne], { contentId, version });
    await bob.call(contracts.saveContent, { contentId, edition, said: { fr: aSaying('Deuxième version.') } });
    release();
    await app.settle();
    expect(sink.mails[0]!.mail.text).toContain('Première version.');
    const [hers] = await send([anne], { contentId: newId(), version: 1 });
    await app.settle();
    expect(await mine(hers!.messageId!)).toMatchObject({ state: 'refused', reasons: ['content_gone'] });
  });

  test('is a scenario’s: nobody’s absence answers it', async () => {
    const anne = await contactOf(bob, 'Dora Noir', bookId);
    await send([anne], await sealed('Bonjour.'), { manner: 'automated' });
    await app.settle();
    expect(sink.mails[0]!.mail.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
  });

  test('in a link that would lead elsewhere for somebody is not sent to them', async () => {
    const anne = await contactOf(bob, 'Emma Vert', bookId);
    const button: Block = { id: 'b', kind: 'button', label: 'Répondre', url: '{{ link.rsvp }}' };
    const content = await sealed('Venez.', [button]);
    const [hers] = await send([anne], { ...content, variables: { 'link.rsvp': 'javascript:alert(1)' } });
    await app.settle();
    expect(await mine(hers!.messageId!)).toMatchObject({ state: 'refused', reasons: ['bad_link'] });
    expect(sink.mails).toEqual([]);
  });
});
