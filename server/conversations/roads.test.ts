import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as campaigns from '../campaigns/contract.ts';
import { aProgramme, aSegment } from '../campaigns/testing.ts';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as content from '../content/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as home from '../home/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as outreach from '../outreach/contract.ts';
import { findDoubts } from '../outreach/queries.ts';
import * as plan from '../plan/contract.ts';
import { aCampaign } from '../plan/testing.ts';
import * as scenarios from '../scenarios/contract.ts';
import { aDrawing, type DrawnNode, running } from '../scenarios/testing.ts';
import { services } from './channels/services.ts';
import { type Asked, openPlatform, type Platform } from './channels/testing.ts';
import * as channels from './channels-contract.ts';
import { bring, incoming } from './testing.ts';

// What is no mail leaves by the company's channels: campaigns by SMS and WhatsApp, against platforms on loopback.

let app: TestApp;
let platform: Platform;
let alice: Member;
let bob: Member;
let programmeId: string;
let bookId: string;
let ovhId: string;
let runs = 0;
const real = { ...services };
/** The next number of ten digits that is a French mobile one. */
let number = 612_000_000;
const aNumber = () => {
  number += 1_234_567;
  return `+33${number}`;
};

beforeAll(async () => {
  app = await openTestApp(['--private-network', '127.0.0.1']);
  platform = await openPlatform();
  services.ovh = () => `${platform.url}/1.0`;
  services.graph = () => platform.url;
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Sender');
  const { rules } = await alice.call(outreach.getGateRules, {});
  await alice.call(outreach.saveGateRules, { ...rules, quiet: null });
  programmeId = await aProgramme(alice, bob);
  bookId = (await bob.call(delegation.createBook, { name: 'Clients' })).id;
});
beforeEach(() => {
  runs++;
  platform.answer(agrees);
});
afterEach(() => expect(app.errors).toEqual([]));
afterAll(async () => {
  Object.assign(services, real);
  await app.close();
  platform.close();
});

let sids = 0;
/** Both take what they are given, and know it by a number of their own. */
const agrees = ({ path }: Asked) => ({
  status: 200,
  body: path.startsWith('/1.0/')
    ? { ids: [++sids], invalidReceivers: [] }
    : path.endsWith('/messages')
      ? { messages: [{ id: `wamid.${++sids}` }] }
      : {},
});
const posted = () => platform.asked.filter(({ method, path }) => method === 'POST' && /jobs|messages/.test(path));

async function addOvh() {
  platform.answer(({ path }) => ({ body: path.endsWith('/incoming') ? [] : { name: 'sms-ab1-1', status: 'enabled' } }));
  const made = await alice.call(channels.addChannel, {
    ...{ kind: 'sms_ovh', name: 'SMS', settings: { serviceName: 'sms-ab1-1' }, access: [{ kind: 'workspace' }] },
    secret: { applicationKey: 'appkey00', applicationSecret: 'appsecret', consumerKey: 'consumer' },
  });
  platform.answer(agrees);
  return made.id;
}

const given =
  'Anne Boris Chloe Denis Edith Fabien Gaelle Hugo Irene Jules Karim Lucie Marc Nadia Oscar Paula Quentin Rose Simon Theo'.split(
    ' ',
  );
let born = 0;
/** One for each test: people who are called alike would be held to be one. */
const families = 'Aubry Besson Carlier Dumoulin Evrard Fontaine Guillot Hubert Imbert Jacquet Kermadec Lefort'.split(
  ' ',
);
const familyNow = () => families[runs]!;
/** People of Bob's with a number each, and a segment of them. */
async function people(count: number, of = bob, more: object = {}) {
  const family = familyNow();
  const ids: string[] = [];
  const phones: string[] = [];
  const names: string[] = [];
  for (let at = 0; at < count; at++) {
    const phone = aNumber();
    names.push(given[born++ % given.length]!);
    ids.push(
      await addContact(of, {
        ...{ name: `${names[at]} ${family}`, phone, organization: `${family} SARL` },
        ...(of === bob ? { bookId } : {}),
        ...more,
      }),
    );
    phones.push(phone);
  }
  const { id: segmentId } = await aSegment(bob, `name contains "${family}"`);
  await app.settle();
  return { ids, phones, names, segmentId };
}

const short = (text: string) => ({ subject: '', preheader: '', blocks: [{ id: 'a', kind: 'text' as const, text }] });
const agreed = {
  ...{ subject: '', preheader: '', blocks: [] },
  template: {
    ...{ name: 'rappel', locale: 'fr', category: 'utility' as const, body: 'Bonjour {{1}}.' },
    parameters: ['{{ person.givenName }}'],
  },
};

/** A campaign of Bob's by short messages, approved by Alice. */
async function campaign(
  segmentId: string,
  said: object = short('Bonjour {{ person.givenName }}.'),
  { kind = 'sms' as content.Content['kind'], purpose = 'newsletter' as 'newsletter' | 'service' } = {},
) {
  const plannedOn = new Date().toISOString().slice(0, 10);
  const { id: campaignId } = await bob.call(plan.saveCampaign, {
    ...{ programmeId, ...aCampaign, name: 'Textos', segmentId, plannedOn, purpose, channel: 'message' as const },
  });
  const { id: contentId } = await bob.call(content.addContent, {
    name: 'Texto',
    kind,
    audience: { kind: 'workspace' },
  });
  await bob.call(content.saveContent, { contentId, edition: 1, said: { fr: said } as never });
  await bob.call(campaigns.saveSending, { campaignId, contentId });
  for (const step of ['brief', 'content', 'check'] as const)
    await bob.call(plan.moveStep, { campaignId, step, done: true });
  const { sending } = await bob.call(campaigns.getSending, { campaignId });
  const { edition, contents } = sending!;
  await alice.call(campaigns.approveSending, { campaignId, edition, contents });
  return campaignId;
}
const start = (campaignId: string) => bob.call(campaigns.startSending, { campaignId });
const numbers = async (campaignId: string) => (await bob.call(campaigns.getSending, { campaignId })).numbers!;
const agree = (phone: string) =>
  app.query(
    `update cards.contact_point p set consent = 'given', consent_since = now() from cards.card_field f
     where f.contact_point_id = p.contact_point_id and f.value ->> 'e164' = $1`,
    [phone],
  );
const fieldsOf = async (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error) => error.problem?.fields,
  );

describe('without a channel', () => {
  test('a campaign by SMS does not start, and the gate says that there is none', async () => {
    const { segmentId } = await people(1);
    const campaignId = await campaign(segmentId);
    const { sending } = await bob.call(campaigns.estimateSending, { campaignId });
    expect(sending).toMatchObject({ way: 'sms', estimate: { reasons: [{ reason: 'no_channel', people: 1 }] } });
    expect(await fieldsOf(start(campaignId))).toEqual({ channel: 'sms' });
  });
});

describe('a campaign by SMS', () => {
  beforeAll(async () => {
    ovhId = await addOvh();
  });

  test('reaches the mobile numbers of whom its sender sees, each in their words, and says how it is stopped', async () => {
    const { segmentId, phones, names, ids } = await people(2);
    // Neither a land line nor a mail address is written to.
    await addContact(bob, {
      name: `Eve ${familyNow()}`,
      email: `eve${runs}@firma.example`,
      phone: '+33145678901',
      bookId,
    });
    await app.settle();
    const campaignId = await campaign(segmentId);
    expect((await bob.call(campaigns.estimateSending, { campaignId })).sending!.estimate).toMatchObject({
      ...{ people: { people: 3 }, allowed: { people: 2 }, exact: true },
      reasons: [{ reason: 'no_address', people: 1 }],
    });
    await start(campaignId);
    await app.settle();
    const sent = posted().map(({ json }) => json);
    expect(sent.map(({ receivers }) => (receivers as unknown as string[])[0]).sort()).toEqual(phones.sort());
    expect(sent.find(({ message }) => message === `Bonjour ${names[0]}.`)).toMatchObject({
      senderForResponse: true,
      noStopClause: false,
    });
    expect(await numbers(campaignId)).toMatchObject({ planned: 3, sent: 2, aside: 1, waiting: 0 });
    const { results } = await bob.call(campaigns.getResults, { campaignId });
    expect(results).toMatchObject({ aside: [{ reason: 'no_address', people: 1 }], unsubscribed: 0, bounced: 0 });
    // It weighs on the person in the channel of short messages, and the person's page says by which way.
    const [weighed] = await app.query<{ channel: string }>(
      'select distinct r.channel from outreach.received r join outreach.message m using (message_id) where m.campaign_id = $1',
      [campaignId],
    );
    expect(weighed).toEqual({ channel: 'message' });
    const [decision] = (await bob.call(outreach.listDecisionsAbout, { personId: ids[0]! })).items;
    expect(decision).toMatchObject({ way: 'sms', moment: 'leaving', allowed: true });
  });

  test('that only serves says nothing of stopping', async () => {
    const { segmentId } = await people(1);
    await start(await campaign(segmentId, short('Votre colis est là.'), { purpose: 'service' }));
    await app.settle();
    expect(posted().map(({ json }) => [json.message, json.noStopClause])).toEqual([['Votre colis est là.', true]]);
  });

  test('asks who is private for their consent, and a lender for the channel; holders hear of it', async () => {
    const { segmentId, phones } = await people(2, bob, { organization: '' });
    await agree(phones[1]!);
    const campaignId = await campaign(segmentId);
    const { id: lentBook } = await alice.call(delegation.createBook, { name: `Lent ${runs}` });
    const lent = await addContact(alice, {
      name: `Zoé ${familyNow()}`,
      phone: aNumber(),
      organization: 'Firma',
      bookId: lentBook,
    });
    await lend(alice, lentBook, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'], channels: ['email'] });
    await app.settle();
    const estimate = async () => (await bob.call(campaigns.estimateSending, { campaignId })).sending!.estimate!;
    expect((await estimate()).reasons.map(({ reason, people }) => [reason, people]).sort()).toEqual([
      ['channel', 1],
      ['no_consent', 1],
    ]);
    await lend(alice, lentBook, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'], channels: ['message'] });
    await app.settle();
    await start(campaignId);
    await app.settle();
    expect(await numbers(campaignId)).toMatchObject({ sent: 2, refused: 1 });
    const uses = (await alice.call(home.listHappenings, { bookId: lentBook })).items;
    expect(uses.filter(({ kind }) => kind === 'contacted')).toHaveLength(1);
    expect((await alice.call(cards.getPerson, { personId: lent })).id).toBe(lent);
  });

  test('is in doubt where the platform gave no answer, and nothing repeats it; what cannot be taken now is tried again', async () => {
    const { segmentId } = await people(1);
    const campaignId = await campaign(segmentId);
    platform.answer('break');
    await start(campaignId);
    await app.settle();
    expect(platform.asked).toHaveLength(1);
    expect(await numbers(campaignId)).toMatchObject({ inDoubt: 1, sent: 0 });
    const { items } = await bob.call(campaigns.listRecipients, { campaignId, outcome: 'inDoubt' });
    platform.answer(agrees);
    await app.settle();
    expect(posted()).toEqual([]);
    await bob.call(outreach.settleDoubt, { messageId: items[0]!.messageId!, arrived: false });
    platform.answer({ status: 503 });
    await app.settle();
    expect(await numbers(campaignId)).toMatchObject({ waiting: 1, inDoubt: 0 });
    const [row] = await app.query<{ answer: string; state: string; later: boolean }>(
      `select answer, state, next_at > now() + interval '1 minute' as later from outreach.message where message_id = $1`,
      [items[0]!.messageId],
    );
    expect(row).toEqual({ answer: 'server_error', state: 'queued', later: true });
  });

  test('a crash between the claim and the platform leaves it in doubt', async () => {
    const { segmentId } = await people(1);
    const campaignId = await campaign(segmentId);
    await start(campaignId);
    await app.settle();
    // Claimed and committed, and whoever had it is gone before it could write down what became of it.
    await app.query(
      `update outreach.message set state = 'sending', sending_at = now() - interval '6 minutes', settled_at = null where campaign_id = $1`,
      [campaignId],
    );
    platform.answer(agrees);
    await app.app.db.asSystem('keeper', findDoubts);
    await app.settle();
    expect(posted()).toEqual([]);
    expect(await numbers(campaignId)).toMatchObject({ inDoubt: 1 });
  });

  test('whoever answers STOP objects to all that goes to that number, once: the sender hears of it, and nothing that waits leaves', async () => {
    const { segmentId, phones, ids } = await people(2);
    const campaignId = await campaign(segmentId);
    await start(campaignId);
    await app.settle();
    const stop = incoming({
      ...{ externalId: `stop-${runs}`, thread: phones[0]!, text: ' Stop. ' },
      correspondent: { point: { channel: 'phone', address: phones[0]! }, name: '' },
    });
    await bring(app, alice, ovhId, stop);
    const { results } = await bob.call(campaigns.getResults, { campaignId });
    expect(results).toMatchObject({ unsubscribed: 1 });
    const consents = async () =>
      (await bob.call(cards.getPerson, { personId: ids[0]! })).values.find(({ kind }) => kind === 'phone')!
        .contactPoint!.consent;
    expect(await consents()).toBe('objected');
    platform.answer(agrees);
    const next = await campaign(segmentId, short('Encore.'), { purpose: 'service' });
    await start(next);
    await app.settle();
    expect(posted().map(({ json }) => (json.receivers as unknown as string[])[0])).toEqual([phones[1]]);
    const refused = await bob.call(campaigns.listRecipients, {
      campaignId: next,
      outcome: 'refused',
      reason: 'objected',
    });
    expect(refused.items).toMatchObject([{ person: { id: ids[0] } }]);
    // They agree again; the same word brought once more is no word of now.
    await agree(phones[0]!);
    await bring(app, alice, ovhId, stop);
    expect(await consents()).toBe('given');
  });

  test('what the network could not deliver afterwards has come back, and weighs nothing', async () => {
    const { segmentId } = await people(1);
    const campaignId = await campaign(segmentId);
    await start(campaignId);
    await app.settle();
    const [row] = await app.query<{ external_id: string }>(
      'select external_id from outreach.message where campaign_id = $1',
      [campaignId],
    );
    await bring(app, alice, ovhId, {
      kind: 'settled',
      externalId: row!.external_id,
      state: 'failed',
      at: new Date(),
      reason: 'no_recipient',
    });
    expect((await bob.call(campaigns.getResults, { campaignId })).results).toMatchObject({ bounced: 1 });
    expect(
      await app.query(
        'select from outreach.received r join outreach.message m using (message_id) where m.campaign_id = $1',
        [campaignId],
      ),
    ).toHaveLength(0);
  });
});

test('a step of a scenario sends an SMS, and whom the gate refuses goes the other way', async () => {
  const { segmentId: _segment, ids, phones, names } = await people(2, alice);
  const stop = incoming({
    ...{ externalId: `stop-${runs}`, thread: phones[1]!, text: 'STOP' },
    correspondent: { point: { channel: 'phone', address: phones[1]! }, name: '' },
  });
  await bring(app, alice, ovhId, stop);
  const { id: contentId } = await alice.call(content.addContent, {
    ...{ name: 'Texto', kind: 'sms' as const, audience: { kind: 'workspace' as const } },
  });
  const said = { fr: short('Bonjour {{ person.givenName }}.') };
  await alice.call(content.saveContent, { contentId, edition: 1, said });
  const nodes = [
    { id: 'm', kind: 'message', channel: 'sms', contentId, next: 'out', refused: 't' },
    { id: 't', kind: 'task', title: 'Call them', owner: 'owner', dueInDays: 1, next: 'out' },
    { id: 'out', kind: 'exit' },
  ] as unknown as DrawnNode[];
  const carla = await app.invite(alice, 'Carla Approver', { role: 'admin' });
  const scenarioId = await running(alice, carla, aDrawing({ start: 'm', nodes }));
  await alice.call(scenarios.enter, { scenarioId, personIds: ids });
  await app.settle();
  expect(posted().map(({ json }) => json.message)).toEqual([`Bonjour ${names[0]}.`]);
  const items = (await alice.call(scenarios.listPeople, { scenarioId })).items;
  const ways = await Promise.all(
    items.map(async ({ id: journeyId }) =>
      (await alice.call(scenarios.getPath, { scenarioId, journeyId })).steps.map(({ result }) => result).join(' '),
    ),
  );
  expect(ways.sort()).toEqual(['entered refused given exit', 'entered sent exit']);
});

describe('a campaign by WhatsApp', () => {
  beforeAll(async () => {
    platform.answer({ body: { verified_name: 'Exemple', display_phone_number: '+33 1' } });
    await alice.call(channels.addChannel, {
      ...{
        kind: 'whatsapp',
        name: 'WhatsApp',
        settings: { phoneNumberId: '1234567890' },
        access: [{ kind: 'workspace' }],
      },
      secret: { appSecret: 'a'.repeat(32), verifyToken: 'a word of ours', accessToken: 'token'.repeat(5) },
    });
  });

  test('leaves as the agreed text with its places filled, and asks everybody for their consent where it advertises', async () => {
    const { segmentId, phones, names } = await people(2);
    await agree(phones[0]!);
    const campaignId = await campaign(segmentId, agreed, { kind: 'whatsapp' });
    await start(campaignId);
    await app.settle();
    expect(await numbers(campaignId)).toMatchObject({ sent: 1, refused: 1 });
    expect(posted().map(({ json }) => json)).toEqual([
      expect.objectContaining({
        ...{ messaging_product: 'whatsapp', to: phones[0]!.slice(1), type: 'template' },
        template: {
          ...{ name: 'rappel', language: { code: 'fr' } },
          components: [{ type: 'body', parameters: [{ type: 'text', text: names[0] }] }],
        },
      }),
    ]);
  });

  test('who has told the platform that they want nothing has told the company, and the holder hears', async () => {
    const { segmentId, ids, names } = await people(1);
    platform.answer({ status: 400, body: { error: { code: 131050 } } });
    const campaignId = await campaign(segmentId, agreed, { kind: 'whatsapp', purpose: 'service' });
    await start(campaignId);
    await app.settle();
    expect((await bob.call(campaigns.getResults, { campaignId })).results).toMatchObject({
      failed: [{ answer: 'blocked', people: 1 }],
    });
    const { values } = await bob.call(cards.getPerson, { personId: ids[0]! });
    expect(values.find(({ kind }) => kind === 'phone')!.contactPoint!.consent).toBe('objected');
    // Whose card it went by hears of it, as from somebody who presses the link of a mail.
    const { items } = await bob.call(home.listHappenings, { bookId });
    expect(items[0]).toMatchObject({ kind: 'objected' });
    expect(items[0]!.contacts.map(({ name }) => name)).toContain(`${names[0]} ${familyNow()}`);
  });
});
