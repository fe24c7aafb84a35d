import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import { letter, openTestMailbox, type TestMailbox } from '../correspondents/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { bringBack, type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import { getBrought } from './brought-contract.ts';
import * as contracts from './contract.ts';
import { anApprovedCampaign, aProgramme, aSegment } from './testing.ts';

// Bob lends his clients; Alice writes to them and reads her own mailbox here. Who answers is traced to her message.

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;
let carl: Member;
let box: TestMailbox;
let bookId: string;
let programmeId: string;
let runs = 0;

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Holder');
  carl = await app.invite(alice, 'Carl Approver', { role: 'admin' });
  await setUpMail(alice, sink.port);
  box = await openTestMailbox(app, alice, alice.me.email);
  bookId = (await bob.call(delegation.createBook, { name: 'Clients' })).id;
  await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
  programmeId = await aProgramme(alice, alice);
});
beforeEach(() => {
  sink.mails.length = 0;
  runs++;
});
afterEach(() => expect(app.errors).toEqual([]));
afterAll(async () => {
  await app.close();
  await sink.close();
});

const addressOf = (at: number) => `ida${at}.${runs}@firma.example`;

/** A campaign of Alice's that has left, to so many. */
async function sent(count: number) {
  const ids: string[] = [];
  for (let at = 0; at < count; at++)
    ids.push(
      await addContact(bob, { name: `Ida${at} Reply${runs}`, email: addressOf(at), organization: 'Firma', bookId }),
    );
  const { id: segmentId } = await aSegment(alice, `name contains "Reply${runs}"`);
  await app.settle();
  const { campaignId } = await anApprovedCampaign(carl, alice, programmeId, segmentId);
  await alice.call(contracts.startSending, { campaignId, at: null });
  await app.settle();
  const mailIds = Array.from(
    { length: count },
    (_, at) => sink.mails.find(({ to }) => to[0] === addressOf(at))!.mail.messageId!,
  );
  return { campaignId, ids, mailIds };
}
const replied = async (campaignId: string, who = alice) =>
  (await who.call(contracts.getResults, { campaignId })).results!.replied;
const listed = async (campaignId: string, who = alice) =>
  (await who.call(contracts.listRecipients, { campaignId, outcome: 'replied' })).items.map(({ person }) => person.id);
const told = async () =>
  (await app.query<{ card_id: string }>(`select card_id from delegation.use where kind = 'answered'`)).map(
    ({ card_id }) => card_id,
  );
const answer = (at: number, mailId: string, more: Partial<Parameters<typeof letter>[0]> = {}) =>
  letter({ from: addressOf(at), to: alice.me.email, headers: [`In-Reply-To: ${mailId}`], ...more });

describe('an answer to a message of a campaign', () => {
  test('is counted for it, listed to whose mailbox it lies in, and told once to the holder of the contact', async () => {
    const { campaignId, ids, mailIds } = await sent(11);
    expect(await replied(campaignId)).toBe(0);
    const first = answer(0, mailIds[0]!);
    await box.receive(first);
    // Read again, and answered once more.
    await box.receive([first, answer(0, mailIds[0]!)]);
    await box.receive(
      answer(1, mailIds[1]!, { headers: [`References: <other@x.example> ${mailIds[1]} <between@x.example>`] }),
    );
    expect(await replied(campaignId)).toBe(2);
    expect(await replied(campaignId, carl)).toBe(2);
    expect((await listed(campaignId)).sort()).toEqual(ids.slice(0, 2).sort());
    // A colleague who handles the campaign, too, learns the number, and nothing of Alice's mailbox.
    expect(await listed(campaignId, carl)).toEqual([]);
    expect((await told()).filter((id) => ids.includes(id)).sort()).toEqual(ids.slice(0, 2).sort());
  });

  test('is no mail that a mailbox writes by itself, that is private, or that somebody else writes', async () => {
    const { campaignId, mailIds } = await sent(10);
    const by = (mailId: string, ...headers: string[]) => ({ headers: [`In-Reply-To: ${mailId}`, ...headers] });
    await box.receive([
      answer(0, mailIds[0]!, by(mailIds[0]!, 'Auto-Submitted: auto-replied')),
      answer(1, mailIds[1]!, by(mailIds[1]!, 'Precedence: auto_reply')),
      answer(2, mailIds[2]!, { subject: 'Absence du bureau', text: 'Je suis en congés, de retour le 5.' }),
      answer(3, mailIds[3]!, { subject: '[Privé] dimanche' }),
      // Forwarded to a colleague of theirs; written without naming it; naming one that never left.
      answer(4, mailIds[4]!, { from: 'someone.else@firma.example' }),
      answer(5, mailIds[5]!, { headers: [] }),
      answer(6, '<nobody@example.com>'),
    ]);
    expect(await replied(campaignId)).toBe(0);
  });

  test('comes from another address of theirs, too', async () => {
    const { campaignId, ids, mailIds } = await sent(10);
    const other = `ida.home.${runs}@firma.example`;
    await bob.call(cards.updateCard, {
      cardId: ids[0]!,
      add: [{ kind: 'email', value: { value: other, type: 'work' } }],
    });
    await box.receive(answer(0, mailIds[0]!, { from: other }));
    expect(await replied(campaignId)).toBe(1);
  });

  test('comes by a channel that a team reads, too; what a machine writes there is none', async () => {
    const { campaignId, mailIds } = await sent(10);
    const { id: channelId } = await addChat(alice);
    const from = (at: number) => addressOf(at);
    await bring(
      app,
      alice,
      channelId,
      incoming({ from: from(0), externalId: `<one.${runs}@firma.example>`, answers: [mailIds[0]!] }),
      incoming({ from: from(1), externalId: `<two.${runs}@firma.example>`, answers: [mailIds[1]!], automatic: true }),
      incoming({
        from: from(2),
        externalId: `<three.${runs}@firma.example>`,
        answers: [mailIds[2]!],
        direction: 'out',
      }),
    );
    expect(await replied(campaignId)).toBe(1);
  });

  test('of few is told to its sender alone, and only what lies in a mailbox of theirs or of a team', async () => {
    const { campaignId, ids, mailIds } = await sent(2);
    const bobs = await openTestMailbox(app, bob, bob.me.email);
    await bobs.receive(answer(0, mailIds[0]!, { to: bob.me.email, id: `bobs-${runs}` }));
    expect(await replied(campaignId)).toBe(0);
    expect(await listed(campaignId)).toEqual([]);
    await box.receive(answer(1, mailIds[1]!));
    expect(await replied(campaignId)).toBe(1);
    expect(await replied(campaignId, carl)).toBeNull();
    expect(await listed(campaignId)).toEqual([ids[1]]);
    // What a team reads as well is no secret of Bob's mailbox.
    await bringBack(app, alice, answer(0, mailIds[0]!, { id: `bobs-${runs}` }));
    expect(await replied(campaignId)).toBe(2);
  });
});

test('what a programme brought is counted of the campaigns that one handles, and tells of no few', async () => {
  const dora = await app.invite(alice, 'Dora Owner');
  const own = await aProgramme(alice, dora);
  const ids: string[] = [];
  for (let at = 0; at < 10; at++)
    ids.push(
      await addContact(bob, { name: `Ida${at} Reply${runs}`, email: addressOf(at), organization: 'Firma', bookId }),
    );
  const { id: segmentId } = await aSegment(dora, `name contains "Reply${runs}"`);
  await app.settle();
  const holdout = { percent: 50, days: 10 };
  const { campaignId } = await anApprovedCampaign(alice, dora, own, segmentId, { holdout });
  await dora.call(contracts.startSending, { campaignId, at: null });
  await app.settle();
  await anApprovedCampaign(alice, dora, own, segmentId);
  await box.receive(answer(0, sink.mails[0]!.mail.messageId!, { from: sink.mails[0]!.to[0]! }));
  const { items } = await dora.call(getBrought, { programmeId: own });
  const left = sink.mails.length;
  expect(items.find(({ campaign }) => campaign.id === campaignId)).toMatchObject({
    ...{ people: left, sent: left, bounced: 0, unsubscribed: 0, weight: left * 2, uplift: [] },
    // Of fewer than ten it would tell of one.
    replied: null,
    deeds: { attended: 0, answered: 0, bought: 0 },
  });
  expect(items).toHaveLength(2);
  expect(items.find(({ campaign }) => campaign.id !== campaignId)).toMatchObject({
    people: null,
    sent: 0,
    deeds: null,
  });
  // Who handles none of its campaigns reads nothing of them.
  expect((await bob.call(getBrought, { programmeId: own })).items).toEqual([]);
});
