import { afterAll, beforeAll, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { allModules } from '../modules.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as voices from '../voices/contract.ts';
import * as contracts from './contract.ts';
import { joinAs, openCommunity, openVisitor, tokenFor, type Visitor } from './testing.ts';

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  await setUpMail(alice, sink.port);
  bob = await app.invite(alice, 'Bob Holder');
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
  await sink.close();
});

const join = (slug: string, email: string, name: string, code = '') => joinAs(app, sink, slug, email, name, code);
const late = { title: 'Faster parcels', text: 'The delivery is late again and I am very disappointed.' };

async function post(visitor: Visitor, space: string, idea = late): Promise<string> {
  const { location } = await visitor.send(`/s/${space}`, `/s/${space}`, idea);
  return /\/i\/([0-9a-f-]{36})/.exec(location)?.[1] ?? '';
}
const { crons } = allModules({} as Parameters<typeof allModules>[0]);
const runCron = (name: string) => crons.find((cron) => cron.name === name)!.run(app.app);
async function heard(member: Member, originId: string) {
  const topics = (await member.call(voices.listTopics, {})).items;
  const topicId = topics.find(({ name }) => name.en === 'Delivery and delays')!.id;
  const rows = await app.query<{ origin: string; contact_point_id: string }>(
    `select origin, contact_point_id from voices.elsewhere_topic where origin_id = $1 and topic_id = $2 order by origin`,
    [originId, topicId],
  );
  return rows.map(({ origin }) => origin);
}

test('one comes in by a link in a mail, once; looking changes nothing, and nothing in the database opens a session', async () => {
  const { slug } = await openCommunity(alice);
  const visitor = openVisitor(app, slug);
  expect((await visitor.go('/join', { email: 'no address' })).status).toBe(422);
  const asked = await visitor.go('/join', { email: 'Lea@Client.example' });
  expect(asked.text).toContain('Look into your mailbox');
  const token = await tokenFor(app, sink, 'lea@client.example');
  await visitor.go(`/enter/${token}`);
  expect((await visitor.go(`/enter/${token}`)).text).toContain('The name that others see');
  expect(visitor.cookie()).toBe('');
  expect((await visitor.go(`/enter/${token}`, { name: ' ' })).status).toBe(422);
  const entered = await visitor.go(`/enter/${token}`, { name: 'Léa 🦊' });
  expect(entered.status).toBe(303);
  const set = entered.headers.get('set-cookie')!;
  expect(set).toMatch(new RegExp(`^entregent_c_[0-9a-f]{32}=[\\w-]{43}; Path=/c/${slug}; .*HttpOnly; SameSite=Lax`));
  expect((await visitor.go('/me')).text).toContain('Léa 🦊');
  expect((await openVisitor(app, slug).go(`/enter/${token}`, { name: 'Other' })).status).toBe(410);
  // Sent and erased; what is kept opens nothing.
  expect(
    await app.query(
      `select from outreach.message_content c join outreach.message m using (workspace_id, message_id) where m.kind = 'asked'`,
    ),
  ).toEqual([]);
  const kept = JSON.stringify(
    await app.query(
      `select l::text as l, s::text as s, p::text as p from community.link l, community.session s, community.person p`,
    ),
  );
  for (const secret of [token.slice(-43), visitor.cookie().split('=')[1]!, 'client.example'])
    expect(kept).not.toContain(secret);
});

test('a link that has expired or was altered lets nobody in, and an address gets only so many', async () => {
  const { slug } = await openCommunity(alice);
  const visitor = openVisitor(app, slug);
  for (let times = 0; times < 8; times++) await visitor.go('/join', { email: 'many@client.example' });
  const token = await tokenFor(app, sink, 'many@client.example');
  expect(sink.mails.filter(({ to }) => to.includes('many@client.example'))).toHaveLength(5);
  const wrong = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
  expect((await visitor.go(`/enter/${wrong}`, { name: 'Many' })).status).toBe(410);
  await app.query(`update community.link set expires_at = now() - interval '1 minute'`);
  expect((await visitor.go(`/enter/${token}`, { name: 'Many' })).status).toBe(410);
  expect(visitor.cookie()).toBe('');
});

test('an idea is a voice of whoever had it, a vote one of whoever gave it, once and until it is taken back', async () => {
  const { id, slug, spaces } = await openCommunity(alice);
  const ann = await join(slug, 'ann@idea.example', 'Ann');
  const ben = await join(slug, 'ben@idea.example', 'Ben');
  const idea = await post(ann, spaces[0]!.id);
  expect(await heard(alice, idea)).toEqual(['idea']);
  expect((await ann.send(`/i/${idea}`, `/i/${idea}/vote`)).status).toBe(422);
  await ben.send(`/i/${idea}`, `/i/${idea}/vote`);
  expect(await heard(alice, idea)).toEqual(['idea', 'vote']);
  const votes = async () => (await alice.call(contracts.getIdea, { communityId: id, postId: idea })).idea.votes;
  expect(await votes()).toBe(1);
  await ben.send(`/i/${idea}`, `/i/${idea}/vote`);
  expect([await votes(), await heard(alice, idea)]).toEqual([0, ['idea']]);
  await Promise.all([
    ben.send(`/i/${idea}`, `/i/${idea}/vote`),
    ben.send(`/i/${idea}`, `/i/${idea}`, { text: 'Yes!' }),
  ]);
  expect(await votes()).toBe(1);
  await alice.call(contracts.decidePost, { communityId: id, postId: idea, show: false, reason: 'Off topic' });
  expect(await heard(alice, idea)).toEqual([]);
  expect((await ben.go(`/i/${idea}`)).status).toBe(404);
  expect((await ann.go(`/i/${idea}`)).text).toContain('Off topic');
  await alice.call(contracts.decidePost, { communityId: id, postId: idea, show: true });
  expect(await heard(alice, idea)).toEqual(['idea', 'vote']);
  // None of it is in the inbox.
  expect(await app.query('select from conversations.conversation')).toEqual([]);
});

test('the first post waits for a moderator where that is set; then they are trusted', async () => {
  const { id, slug, spaces } = await openCommunity(alice, { firstReviewed: true });
  const ann = await join(slug, 'ann@first.example', 'Ann');
  const ben = await join(slug, 'ben@first.example', 'Ben');
  const idea = await post(ann, spaces[0]!.id);
  expect((await ben.go(`/i/${idea}`)).status).toBe(404);
  expect((await ben.go('')).text).not.toContain('Faster parcels');
  expect(await heard(alice, idea)).toEqual([]);
  const queue = await alice.call(contracts.getQueue, { communityId: id });
  expect(queue.posts).toMatchObject([{ id: idea, author: { name: 'Ann', staff: false } }]);
  await alice.call(contracts.decidePost, { communityId: id, postId: idea, show: true });
  expect((await ben.go(`/i/${idea}`)).status).toBe(200);
  const next = await post(ann, spaces[0]!.id, { title: 'Second', text: 'Another one' });
  expect((await ben.go(`/i/${next}`)).status).toBe(200);
});

test('moderators see what was reported and why, hide with a reason, keep people out, say where ideas stand; all of it is written down', async () => {
  const team = await alice.call(identity.createTeam, { name: 'Care', memberIds: [bob.me.memberId] });
  const { id, slug, spaces } = await openCommunity(alice, { moderatorTeamId: team.id });
  const carl = await app.invite(alice, 'Carl Colleague');
  const ann = await join(slug, 'ann@mod.example', 'Ann');
  const ben = await join(slug, 'ben@mod.example', 'Ben');
  const idea = await post(ann, spaces[0]!.id);
  await ben.send(`/i/${idea}`, `/i/${idea}/report`, { reason: 'Rude' });
  await ben.send(`/i/${idea}`, `/i/${idea}/report`, { reason: 'Again' });
  expect(await codeOf(carl.call(contracts.getQueue, { communityId: id }))).toBe('forbidden');
  expect(await codeOf(carl.call(contracts.decidePost, { communityId: id, postId: idea, show: true }))).toBe(
    'forbidden',
  );
  expect((await bob.call(contracts.getQueue, { communityId: id })).reports).toMatchObject([
    { post: { id: idea }, reasons: ['Rude'] },
  ]);
  expect(await codeOf(bob.call(contracts.setStatus, { communityId: id, postId: idea, status: 'declined' }))).toBe(
    'invalid_input',
  );
  await bob.call(contracts.setStatus, { communityId: id, postId: idea, status: 'planned', reason: 'In spring' });
  await bob.call(contracts.answerPost, { communityId: id, postId: idea, text: 'We <b>work</b> on it.' });
  const page = (await ben.go(`/i/${idea}`)).text;
  expect(page).toContain('In spring');
  expect(page).toContain('&lt;b&gt;work');
  expect(page).toMatch(/<bdi>Bob Holder<\/bdi> <span class="staff">Exemple SA/);
  await bob.call(contracts.decidePost, { communityId: id, postId: idea, show: true });
  expect((await bob.call(contracts.getQueue, { communityId: id })).reports).toEqual([]);
  const { items: people } = await bob.call(contracts.listPeople, { communityId: id });
  const her = people.find(({ name }) => name === 'Ann')!;
  const staff = people.find((one) => one.staff)!;
  expect(
    await codeOf(bob.call(contracts.banPerson, { communityId: id, personId: staff.id, banned: true, reason: 'x' })),
  ).toBe('not_found');
  await bob.call(contracts.banPerson, { communityId: id, personId: her.id, banned: true, reason: 'Insults' });
  expect((await ann.go('/me')).status).toBe(303);
  expect(await post(ann, spaces[0]!.id)).toBe('');
  const count = sink.mails.length;
  await openVisitor(app, slug).go('/join', { email: 'ann@mod.example' });
  await app.settle();
  expect(sink.mails.length).toBe(count);
  const acts = (await alice.call(contracts.listActs, { communityId: id })).items;
  expect(acts.map(({ kind, member, reason }) => [kind, member, reason])).toEqual([
    ['banned', 'Bob Holder', 'Insults'],
    ['shown', 'Bob Holder', ''],
    ['planned', 'Bob Holder', 'In spring'],
  ]);
});

test('names do not pass for others’, or for ours', async () => {
  const { slug } = await openCommunity(alice);
  await join(slug, 'ann@name.example', 'Annabel');
  for (const name of ['Annabe1', 'АNNABEL', 'Alice Martin', 'Exemple SA Support']) {
    const visitor = await join(slug, 'other@name.example', name);
    expect(visitor.cookie(), name).toBe('');
    await app.query(`delete from outreach.message where kind = 'asked'`);
  }
  const other = await join(slug, 'other@name.example', 'Otto\u202e');
  expect((await other.go('/me')).text).toContain('<bdi>Otto</bdi>');
  expect((await other.send('/me', '/me', { name: 'Annabel' })).status).toBe(422);
});

test('what people write is no markup, and forms of other sites do nothing', async () => {
  const { slug, spaces } = await openCommunity(alice);
  const ann = await join(slug, 'ann@text.example', 'Ann');
  const nasty = { title: '<img src=x onerror=alert(1)>', text: '<script>alert(1)</script>\nשלום "quoted" 👩🏽‍🚀' };
  const idea = await post(ann, spaces[0]!.id, nasty);
  const page = await ann.go(`/i/${idea}`);
  expect(page.text).not.toMatch(/<script|<img/);
  expect(page.text).toContain('&lt;script&gt;');
  expect(page.text).toContain('👩🏽‍🚀');
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
  expect(page.headers.get('x-robots-tag')).toContain('noindex');
  // Without the word of her own page.
  expect((await ann.go(`/i/${idea}`, { text: 'Forged' })).status).toBe(303);
  expect((await ann.go(`/i/${idea}`, { text: 'Forged', guard: 'x'.repeat(22) })).status).toBe(303);
  expect((await ann.go(`/i/${idea}`)).text).not.toContain('Forged');
});

test('a flood by one of them stops', async () => {
  const { slug, spaces } = await openCommunity(alice);
  const ann = await join(slug, 'ann@flood.example', 'Ann');
  const space = `/s/${spaces[0]!.id}`;
  const sent = [];
  for (let no = 0; no < 7; no++) sent.push((await ann.send(space, space, { title: `No ${no}`, text: 'Again' })).status);
  expect(sent).toEqual([303, 303, 303, 303, 303, 429, 429]);
});

test('who may only come when invited: by the gate, and nobody else learns that they may not', async () => {
  const bookId = (await bob.call(delegation.createBook, { name: 'Lent' })).id;
  const grantee = { kind: 'workspace' as const };
  await bob.call(delegation.createGrant, { bookId, grantee, acts: ['read', 'contact'] });
  const [lea, noe] = [
    await addContact(bob, { name: 'Lea Lent', email: 'lea@invited.example', organization: 'Invited SA', bookId }),
    await addContact(alice, { name: 'Noe Mute' }),
  ];
  await app.settle();
  const { id, slug, spaces } = await openCommunity(alice, { invitedOnly: true });
  expect((await openVisitor(app, slug).go('')).status).toBe(303);
  const stranger = openVisitor(app, slug);
  const refused = await stranger.go('/join', { email: 'stranger@invited.example' });
  const words = { subject: 'Come and see', text: 'Hello', locale: 'en' as const };
  const invited = await alice.call(contracts.invite, { communityId: id, personIds: [lea, noe], ...words });
  expect(invited.items.map(({ reasons }) => reasons)).toEqual([[], ['no_address']]);
  await app.settle();
  expect((await bob.call(home.listHappenings, {})).items.map(({ kind }) => kind)).toContain('invited');
  const asked = await stranger.go('/join', { email: 'lea@invited.example' });
  expect(asked.text).toBe(refused.text);
  const visitor = await join(slug, 'lea@invited.example', 'Lea');
  expect((await visitor.go(`/s/${spaces[0]!.id}`)).status).toBe(200);
  expect(sink.mails.filter(({ to }) => to.includes('stranger@invited.example'))).toEqual([]);
  // To colleagues she is who they know by that address.
  expect((await alice.call(contracts.listPeople, { communityId: id })).items).toMatchObject([
    { name: 'Lea', person: { id: lea, name: 'Lea Lent' } },
  ]);
});

test('a call takes proposals until its day, and all who proposed something hear what became of it, once', async () => {
  const { id, slug } = await openCommunity(alice);
  const spaceId = newId();
  const call = {
    communityId: id,
    spaceId,
    kind: 'call' as const,
    name: { fr: 'Appel', en: 'Call' },
    intro: { fr: '', en: '' },
  };
  await alice.call(contracts.saveSpace, { ...call, closesOn: '2199-01-01' });
  const ann = await join(slug, 'ann@call.example', 'Ann');
  const ben = await join(slug, 'ben@call.example', 'Ben');
  await post(ann, spaceId);
  await alice.call(contracts.saveSpace, { ...call, closesOn: '2020-01-01' });
  expect((await ben.send('/me', `/s/${spaceId}`, late)).status).toBe(422);
  const before = sink.mails.length;
  expect(
    await alice.call(contracts.giveFeedback, { communityId: id, spaceId, text: 'We take three of them.' }),
  ).toEqual({ told: 1 });
  await app.settle();
  expect(sink.mails.slice(before).map(({ to }) => to[0])).toEqual(['ann@call.example']);
  expect(sink.mails.at(-1)!.mail.text).toContain('We take three of them.');
  expect((await ben.go(`/s/${spaceId}`)).text).toContain('We take three of them.');
  expect(await codeOf(alice.call(contracts.giveFeedback, { communityId: id, spaceId, text: 'Again' }))).toBe(
    'conflict',
  );
});

test('who comes by somebody’s link is told to have come through them; no address of others is typed or kept', async () => {
  const { id, slug } = await openCommunity(alice);
  const ann = await join(slug, 'ann@refer.example', 'Ann');
  const mine = (await ann.go('/me')).text;
  const code = /join\?r=([\w-]+)/.exec(mine)![1]!;
  expect(mine).not.toMatch(/type="email"/);
  await join(slug, 'zoe@refer.example', 'Zoe', code);
  await join(slug, 'yan@refer.example', 'Yan', 'guessed');
  const people = (await alice.call(contracts.listPeople, { communityId: id })).items;
  expect(people.map(({ name, cameThrough, brought }) => [name, cameThrough, brought])).toEqual([
    ['Yan', null, 0],
    ['Zoe', 'Ann', 0],
    ['Ann', null, 1],
  ]);
});

test('a story is shown with the words agreed to, and gone at once when it is withdrawn', async () => {
  const { id, slug } = await openCommunity(alice);
  const ann = await join(slug, 'ann@story.example', 'Ann');
  const visitor = openVisitor(app, slug);
  expect((await ann.send('/me', '/stories', { text: 'We saved a week.' })).status).toBe(422);
  await ann.send('/me', '/stories', { text: 'We saved a week.', agrees: 'yes' });
  expect((await visitor.go('')).text).not.toContain('We saved a week.');
  const [story] = (await alice.call(contracts.getQueue, { communityId: id })).stories;
  expect(story!.consent).toContain('I agree that Exemple SA shows this story');
  await alice.call(contracts.decideStory, { communityId: id, storyId: story!.id, show: true });
  expect((await visitor.go('')).text).toContain('We saved a week.');
  const ben = await join(slug, 'ben@story.example', 'Ben');
  await ben.send('/me', `/stories/${story!.id}/withdraw`);
  expect((await visitor.go('')).text).toContain('We saved a week.');
  await ann.send('/me', `/stories/${story!.id}/withdraw`);
  expect((await visitor.go('')).text).not.toContain('We saved a week.');
  expect(await app.query(`select text from community.story where story_id = $1`, [story!.id])).toEqual([{ text: '' }]);
  expect(await codeOf(alice.call(contracts.decideStory, { communityId: id, storyId: story!.id, show: true }))).toBe(
    'not_found',
  );
});

test('who leaves takes along what they wrote and voted', async () => {
  const { id, slug, spaces } = await openCommunity(alice);
  const ann = await join(slug, 'ann@leave.example', 'Ann');
  const ben = await join(slug, 'ben@leave.example', 'Ben');
  const [hers, his] = [await post(ann, spaces[0]!.id), await post(ben, spaces[0]!.id)];
  await ann.send(`/i/${his}`, `/i/${his}/vote`);
  await ben.send(`/i/${hers}`, `/i/${hers}/vote`);
  await ann.send('/me', '/leave');
  expect([await heard(alice, hers), await heard(alice, his)]).toEqual([[], ['idea']]);
  expect((await alice.call(contracts.listIdeas, { communityId: id })).items.map((one) => one.id)).toEqual([his]);
  expect((await ann.go('/me')).status).toBe(303);
  expect(await app.query(`select from community.person where community_id = $1 and name = 'Ann'`, [id])).toEqual([]);
});

test('a community’s address is of the whole installation, a closed one is nowhere, and a session opens no other', async () => {
  const { id, slug } = await openCommunity(alice);
  expect(await codeOf(openCommunity(alice, { slug }))).toBe('conflict');
  expect(await codeOf(openCommunity(bob))).toBe('forbidden');
  const ann = await join(slug, 'ann@two.example', 'Ann');
  const second = await openCommunity(alice);
  // Her word, under the other one's name.
  const word = ann.cookie().split('=')[1]!;
  const there = openVisitor(app, second.slug, `entregent_c_${second.id.replaceAll('-', '')}=${word}`);
  expect((await there.go('/me')).status).toBe(303);
  await alice.call(contracts.updateCommunity, { communityId: id, closed: true });
  expect((await ann.go('')).status).toBe(404);
});

test('all votes count that are given at once, and of what is hidden meanwhile nothing is heard', async () => {
  const { id, slug, spaces } = await openCommunity(alice);
  const ann = await join(slug, 'ann@rush.example', 'Ann');
  const idea = await post(ann, spaces[0]!.id);
  const voters: Visitor[] = [];
  for (const letter of 'abcdefghij') voters.push(await join(slug, `${letter}@rush.example`, `${letter} voter`));
  const voteAll = () => Promise.all(voters.map((one) => one.send(`/i/${idea}`, `/i/${idea}/vote`)));
  expect((await voteAll()).map(({ status }) => status)).toEqual(Array(10).fill(303));
  expect((await alice.call(contracts.getIdea, { communityId: id, postId: idea })).idea.votes).toBe(10);
  expect(await heard(alice, idea)).toEqual(['idea', ...Array(10).fill('vote')]);
  // Those who take theirs back do so while a moderator hides it.
  const hiding = alice.call(contracts.decidePost, { communityId: id, postId: idea, show: false, reason: 'Twice' });
  const [taken] = await Promise.all([voteAll(), hiding]);
  expect(taken.filter(({ status }) => status >= 500)).toEqual([]);
  expect(await heard(alice, idea)).toEqual([]);
});

test('a vote is of the day on which it was given, whatever moderators do afterwards; of who is kept out it counts no more', async () => {
  const { id, slug, spaces } = await openCommunity(alice);
  const ann = await join(slug, 'ann@day.example', 'Ann');
  const ben = await join(slug, 'ben@day.example', 'Ben');
  const idea = await post(ann, spaces[0]!.id);
  await ben.send(`/i/${idea}`, `/i/${idea}/vote`);
  await app.query(`update community.vote set at = '2026-01-02T12:00:00Z' where post_id = $1`, [idea]);
  const days = async () => {
    const rows = await app.query<{ day: string }>(
      `select said_on::text as day from voices.elsewhere where origin = 'vote' and origin_id = $1`,
      [idea],
    );
    return rows.map(({ day }) => day);
  };
  const votes = async () => (await alice.call(contracts.getIdea, { communityId: id, postId: idea })).idea.votes;
  await alice.call(contracts.decidePost, { communityId: id, postId: idea, show: false, reason: 'Off topic' });
  expect(await days()).toEqual([]);
  await alice.call(contracts.decidePost, { communityId: id, postId: idea, show: true });
  expect(await days()).toEqual(['2026-01-02']);
  const { items } = await alice.call(contracts.listPeople, { communityId: id });
  const his = { communityId: id, personId: items.find(({ name }) => name === 'Ben')!.id };
  await alice.call(contracts.banPerson, { ...his, banned: true, reason: 'Several accounts' });
  expect([await days(), await votes()]).toEqual([[], 0]);
  await alice.call(contracts.decidePost, { communityId: id, postId: idea, show: true });
  expect(await days()).toEqual([]);
  await alice.call(contracts.banPerson, { ...his, banned: false, reason: 'A mistake' });
  expect([await days(), await votes()]).toEqual([['2026-01-02'], 1]);
});

test('who leaves takes along what they reported', async () => {
  const { id, slug, spaces } = await openCommunity(alice);
  const ann = await join(slug, 'ann@report.example', 'Ann');
  const ben = await join(slug, 'ben@report.example', 'Ben');
  const idea = await post(ann, spaces[0]!.id);
  await ben.send(`/i/${idea}`, `/i/${idea}/report`, { reason: 'I am Ben, and she means me.' });
  expect((await alice.call(contracts.getQueue, { communityId: id })).reports).toHaveLength(1);
  await ben.send('/me', '/leave');
  expect(await app.query(`select from community.report where community_id = $1`, [id])).toEqual([]);
  expect((await alice.call(contracts.getQueue, { communityId: id })).reports).toEqual([]);
});

test('no address that somebody typed outlives its link by more than an hour, nor a session its end', async () => {
  const { id, slug } = await openCommunity(alice);
  const ann = await join(slug, 'ann@kept.example', 'Ann');
  const visitor = openVisitor(app, slug);
  await visitor.go('/join', { email: 'late@kept.example' });
  await visitor.go('/join', { email: 'waits@kept.example' });
  const token = await tokenFor(app, sink, 'late@kept.example');
  const waiting = await tokenFor(app, sink, 'waits@kept.example');
  const count = async (table: string) =>
    (await app.query(`select from community.${table} where community_id = $1`, [id])).length;
  expect([await count('link'), await count('session')]).toEqual([3, 1]);
  // One was used, one stands, one has expired.
  await app.query(`update community.link set expires_at = now() - interval '1 second' where link_id = $1`, [
    Buffer.from(token, 'base64url').subarray(0, 16).toString('hex'),
  ]);
  await runCron('community.forget');
  expect([await count('link'), await count('session')]).toEqual([1, 1]);
  expect((await visitor.go(`/enter/${waiting}`, { name: 'Wanda' })).status).toBe(303);
  await app.query(`update community.session set expires_at = now() where person_id in
    (select person_id from community.person where name = 'Ann')`);
  await runCron('community.forget');
  expect([await count('link'), await count('session')]).toEqual([0, 1]);
  expect((await ann.go('/me')).status).toBe(303);
});

test('what a mail said of which nobody knows whether it arrived is erased after a day', async () => {
  const { slug } = await openCommunity(alice);
  const release = sink.hold();
  await openVisitor(app, slug).go('/join', { email: 'doubt@kept.example' });
  const last = `(select message_id from outreach.message where kind = 'asked' order by created_at desc limit 1)`;
  const state = async () =>
    (await app.query<{ state: string }>(`select state from outreach.message where message_id = ${last}`))[0]!.state;
  await expect.poll(state, { timeout: 20_000 }).toBe('sending');
  await app.query(`update outreach.message set sending_at = now() - interval '1 hour' where message_id = ${last}`);
  await runCron('outreach.findDoubts');
  expect(await state()).toBe('in_doubt');
  const content = () => app.query(`select from outreach.message_content where message_id = ${last}`);
  await runCron('outreach.forgetAsked');
  expect(await content()).toHaveLength(1);
  await app.query(`update outreach.message set settled_at = now() - interval '25 hours' where message_id = ${last}`);
  await runCron('outreach.forgetAsked');
  expect(await content()).toEqual([]);
  release();
  await app.settle();
});

test('a form that another site sends signs nobody in, and does nothing', async () => {
  const { slug, spaces } = await openCommunity(alice);
  const visitor = openVisitor(app, slug);
  await visitor.go('/join', { email: 'mallory@site.example' });
  const token = await tokenFor(app, sink, 'mallory@site.example');
  const count = sink.mails.length;
  for (const from of ['cross-site', 'same-site', 'none']) {
    const more = { 'sec-fetch-site': from, 'accept-language': 'fr' };
    const refused = await visitor.go(`/enter/${token}`, { name: 'Mallory' }, more);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('Cet envoi vient d’un autre site');
    expect((await visitor.go('/join', { email: 'victim@site.example' }, more)).status).toBe(403);
  }
  await app.settle();
  expect([visitor.cookie(), sink.mails.length]).toEqual(['', count]);
  expect((await visitor.go(`/enter/${token}`, undefined, { 'sec-fetch-site': 'cross-site' })).status).toBe(200);
  const own = { 'sec-fetch-site': 'same-origin' };
  expect((await visitor.go(`/enter/${token}`, { name: 'Mallory' }, own)).status).toBe(303);
  const space = `/s/${spaces[0]!.id}`;
  const guard = /name="guard" value="([^"]+)"/.exec((await visitor.go(space)).text)![1]!;
  expect((await visitor.go(space, { guard, ...late }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await visitor.go(space, { guard, ...late }, own)).status).toBe(303);
});
