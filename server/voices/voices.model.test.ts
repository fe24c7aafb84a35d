import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type * as channels from '../conversations/channels-contract.ts';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

// What is counted is what was read: whatever arrives, is edited, taken back, corrected, by whom and when, the tally and the voices are
// equal to what one counts in the readings.

let app: TestApp;
let alice: Member;
const shops: channels.FullChannel[] = [];
let topics: contracts.Topic[];
let runs = 0;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  for (const name of ['One', 'Two']) shops.push(await addChat(alice, undefined, name));
  topics = (await alice.call(contracts.listTopics, {})).items;
});
afterAll(() => app.close());

const texts = [
  'The delivery is late, I am very disappointed.',
  'Great price, thank you, I am delighted!',
  'La livraison est en retard, c’est inadmissible.',
  'Where is the manual?',
  'The invoice is wrong and nobody answers, terrible.',
];

const act = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      channel: fc.nat(1),
      from: fc.nat(3),
      text: fc.nat(4),
      ago: fc.nat(70),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit' as const), which: fc.nat(30), text: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{
        kind: fc.constant('correct' as const),
        which: fc.nat(30),
        tone: fc.option(fc.constantFrom(...contracts.tones)),
      },
      topics: fc.option(fc.uniqueArray(fc.nat(5), { maxLength: 3 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('takeBack' as const), which: fc.nat(30) }) },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

interface Said {
  externalId: string;
  channel: channels.FullChannel;
  place: { conversationId: string; messageId: string };
}

async function perform(one: Act, said: Said[], run: number): Promise<void> {
  if (one.kind === 'say') {
    const externalId = `${run}-${said.length}`;
    const channel = shops[one.channel]!;
    const at = new Date(Date.now() - one.ago * 86_400_000);
    const message = incoming({ externalId, from: `p${one.from}@client.example`, text: texts[one.text]!, at });
    const { messages } = await bring(app, alice, channel.id, message);
    const { conversationId, messageId } = messages[0]!;
    said.push({ externalId, channel, place: { conversationId, messageId } });
    return;
  }
  const of = said[one.which % Math.max(1, said.length)];
  if (!of) return;
  const { externalId, channel, place } = of;
  const at = new Date(Date.now() + said.length);
  if (one.kind === 'edit')
    await bring(app, alice, channel.id, { kind: 'edited', externalId, text: texts[one.text]!, at } as never);
  if (one.kind === 'remove') await bring(app, alice, channel.id, { kind: 'deleted', externalId, at } as never);
  // Of what was taken back meanwhile nothing is said.
  if (one.kind === 'takeBack') await alice.call(contracts.takeBack, place).catch(() => {});
  if (one.kind === 'correct') {
    const topicIds = one.topics?.map((no) => topics[no]!.id) ?? null;
    await alice.call(contracts.correct, { ...place, tone: one.tone, topicIds }).catch(() => {});
  }
}

const counted = `
  select day::text, channel_no, topic_id, tone, messages, voices from voices.tally order by 1, 2, 3, 4`;

/** The same, counted in what stands. */
const recounted = `
  with said as (
    select r.*, (r.sent_at at time zone 'UTC')::date as day, t.tone as counted
    from voices.reading_topic r cross join lateral (values (r.tone), ('any')) t (tone)),
  firsts as (
    select min(day) as day, channel_no, topic_id, counted, contact_point_id from said
    group by channel_no, topic_id, counted, contact_point_id, date_trunc('month', day))
  select s.day::text, s.channel_no, s.topic_id, s.counted as tone, count(*)::int as messages,
    (select count(*)::int from firsts f where f.day = s.day and f.channel_no = s.channel_no and f.topic_id = s.topic_id
      and f.counted = s.counted) as voices
  from said s group by s.day, s.channel_no, s.topic_id, s.counted order by 1, 2, 3, 4`;

test('what is counted equals what was read, whatever happens to the messages', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), async (acts) => {
      const run = ++runs;
      const said: Said[] = [];
      for (const one of acts) await perform(one, said, run);
      await app.settle();
      expect(await app.query(counted)).toEqual(await app.query(recounted));
      // Each message that stands was read, once; of the others nothing is left.
      const [unread] = await app.query<{ count: number }>(`
        select count(*)::int as count from conversations.message m full join voices.reading r using (workspace_id, conversation_id, message_id)
        where (m.kind = 'in' and m.deleted_at is null) is distinct from (r.tone is not null)`);
      expect(unread!.count).toBe(0);
    }),
    { numRuns: 15 },
  );
  expect(app.errors).toEqual([]);
}, 240_000);
