import { afterAll, beforeAll, expect, test } from 'vitest';
import { createResetLink, getStatus, listMembers, resetPassword, signIn } from '../identity/contract.ts';
import { openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp(['--demo']);
}, 600_000);
afterAll(() => app.close());

test('who opens the setup link takes a kept place among the sales people, with contacts of their own', async () => {
  expect(await app.client().call(getStatus, {})).toMatchObject({ setUp: false, demo: true });
  const visitor = await app.setUp();
  expect(visitor.me).toMatchObject({ role: 'admin', workspace: { demo: true }, teams: [{ name: 'Ventes' }] });
  const { items: members } = await visitor.call(listMembers, {});
  expect(members).toHaveLength(40);
  const [own] = await app.query<{ count: number }>(
    `select count(*)::int as count from cards.card c join delegation.book b using (workspace_id, book_no) where b.holder_id = $1`,
    [visitor.me.memberId],
  );
  expect(own!.count).toBeGreaterThan(200);

  const colleague = members.find((member) => member.role === 'member' && member.id !== visitor.me.memberId)!;
  const { url } = await visitor.call(createResetLink, { memberId: colleague.id });
  const password = 'seven green bicycles';
  await app.client().call(resetPassword, { token: tokenOf(url), password });
  expect(await app.client().call(signIn, { email: colleague.email, password })).toMatchObject({ name: colleague.name });
});

test('everything came through imports, is linked where it is one, and is listed', async () => {
  const [counts] = await app.query<Record<string, number>>(`select
    (select count(*)::int from cards.card) as cards,
    (select count(*)::int from cards.card where import_id is null) as typed,
    (select count(*)::int from cards.card_original) as originals,
    (select count(distinct cluster_id)::int from cards.card) as persons,
    (select count(distinct cluster_id)::int from cards.entry) as listed,
    (select count(*)::int from cards.note) as notes,
    (select count(*)::int from cards.card where exposure = 1) as withheld,
    (select count(*)::int from attributes.value) as known,
    (select count(*)::int from collection.mechanism) as planned,
    (select count(*)::int from plan.campaign) as campaigns,
    (select count(*)::int from plan.figure) as figures,
    (select count(*)::int from facts.fact) as facts,
    (select count(*)::int from segments.segment where problem is null) as segments,
    (select count(*)::int from facts.refusal) as refused,
    (select count(*)::int from sources.import where state <> 'done') as unfinished`);
  expect(counts).toMatchObject({
    typed: 0,
    unfinished: 0,
    refused: 0,
    originals: counts!.cards,
    listed: counts!.persons!,
  });
  expect(counts!.cards).toBeGreaterThan(19_000);
  expect(counts!.persons).toBeLessThan(counts!.cards! * 0.6);
  expect(counts!.notes).toBeGreaterThan(20);
  expect(counts!.known).toBeGreaterThan(50);
  expect(counts!.planned).toBe(3);
  expect([counts!.campaigns, counts!.figures]).toEqual([7, 16]);
  expect(counts!.segments).toBe(4);
  expect(counts!.withheld).toBeGreaterThan(3);
  expect(counts!.facts).toBeGreaterThan(2000);
});

test('customers converse, and are the contacts of the company; nothing leaves', async () => {
  await app.settle();
  const [counts] = await app.query<Record<string, number>>(`select
    (select count(*)::int from conversations.channel) as channels,
    (select count(*)::int from conversations.conversation) as conversations,
    (select count(distinct contact_point_id)::int from conversations.conversation) as people,
    (select count(distinct c.conversation_id)::int from conversations.conversation c
      join cards.card_field f using (workspace_id, contact_point_id)) as known,
    (select count(distinct topic_id)::int from voices.reading_topic) as topics,
    (select count(*)::int from surveys.answer) as answers,
    (select count(*)::int from community.post where parent_id is null) as ideas,
    (select count(*)::int from decisions.case where outcome is not null) as decided,
    (select count(*)::int from outreach.message)
      + (select count(*)::int from conversations.message where state in ('queued', 'sending')) as leaving`);
  expect(counts).toMatchObject({ channels: 3, conversations: 61, answers: 12, ideas: 4, decided: 1, leaving: 0 });
  expect(counts!.people).toBeGreaterThan(45);
  expect(counts!.known).toBeGreaterThan(40);
  expect(counts!.known).toBeLessThan(counts!.conversations!);
  expect(counts!.topics).toBeGreaterThan(5);
});
