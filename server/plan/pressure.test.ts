import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as outreach from '../outreach/contract.ts';
import * as segments from '../segments/contract.ts';
import * as contracts from './pressure-contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let segmentId: string;
const points: string[] = [];

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  const { rules } = await alice.call(outreach.getGateRules, {});
  const profiles = [{ ...rules.profiles[0]!, caps: [{ days: 7, channel: null, most: 6 }] }];
  await alice.call(outreach.saveGateRules, { ...rules, profiles, quiet: null });
  await alice.call(outreach.saveMailSetup, {
    ...{
      host: '127.0.0.1',
      port: 1,
      security: 'none',
      username: null,
      senderName: 'X',
      senderAddress: 'x@example.com',
    },
    replyTo: null,
  });
  for (let at = 0; at < 5; at++) {
    const { id: personId } = await alice.call(cards.createCard, {
      fields: [
        { kind: 'name', value: { full: `Person ${at}` } },
        { kind: 'organization', value: { name: 'Exemple' } },
        ...(at < 4 ? [{ kind: 'email' as const, value: { value: `p${at}@exemple.fr`, type: 'work' as const } }] : []),
      ],
    });
    const { values } = await alice.call(cards.getPerson, { personId });
    points.push(...values.flatMap(({ contactPoint }) => contactPoint?.id ?? []));
  }
  await app.settle();
  const filter = {
    name: 'All',
    kind: 'filter' as const,
    filter: 'organization = "Exemple"',
    audience: { kind: 'mine' as const },
  };
  segmentId = (await alice.call(segments.addSegment, filter)).id;
  await app.settle();
  const [ws, author] = [alice.me.workspace.id, alice.me.memberId];
  const got = (point: number, weight: number, days: number) =>
    app.query(
      `insert into outreach.received (workspace_id, message_id, contact_point_id, author_id, at, has_left, channel, weight, priority)
       values ($1, $2, $3, $4, now() - make_interval(days => $5), true, 'email', $6, 1)`,
      [ws, newId(), points[point], author, days, weight],
    );
  const planned = (point: number, weight: number, priority: number) =>
    app.query(
      `insert into outreach.plan (workspace_id, plan_id, campaign_id, contact_point_id, author_id, planned_at, channel, weight, priority)
       values ($1, $2, $3, $4, $5, now() + interval '2 days', 'email', $6, $7)`,
      [ws, newId(), newId(), points[point], author, weight, priority],
    );
  // The first has received enough; the second is to get what matters more; in the third case something that matters less would lose its place.
  await got(0, 5, 1);
  await planned(1, 5, 9);
  await got(2, 2, 1);
  await planned(2, 4, 0);
  await got(3, 4, 40);
});
afterAll(() => app.close());

const at = () => new Date(Date.now() + 60_000).toISOString();

test('before something is sent, it is told who would not get it, and whose place it would take', async () => {
  const told = await alice.call(contracts.simulatePressure, { segmentId, purpose: 'invitation', at: at() });
  const exactly = (people: number) => ({ people, margin: 0 });
  expect(told).toEqual({
    ...{ people: exactly(5), allowed: exactly(2), refused: exactly(3), later: exactly(0), exact: true },
    reasons: [
      { reason: 'pressure', ...exactly(2) },
      { reason: 'no_address', ...exactly(1) },
    ],
    ...{ yields: exactly(1), displaces: exactly(1) },
  });
  const urgent = await alice.call(contracts.simulatePressure, {
    segmentId,
    purpose: 'invitation',
    at: at(),
    priority: 10,
  });
  expect(urgent).toMatchObject({ allowed: exactly(3), yields: exactly(0), displaces: exactly(2) });
});

test('how much the people of a segment received is told month by month, in classes', async () => {
  const { people, classes, months } = await alice.call(contracts.getSegmentPressure, { segmentId });
  expect(people).toEqual({ people: 5, margin: 0 });
  expect(classes).toEqual([0, 3, 6, 10, 15]);
  expect(months).toHaveLength(12);
  for (const month of months) expect(month.people.reduce((all, one) => all + one, 0)).toBe(5);
  const all = months.map((month) => month.people).reduce((sums, one) => sums.map((sum, no) => sum + one[no]!));
  // Somebody received 5 and somebody 4, in whichever months; a third 2.
  expect(all.slice(1)).toEqual([1, 2, 0, 0, 0]);
});

test('numbers are of whom the viewer sees alone, and of segments that they see', async () => {
  expect(await codeOf(bob.call(contracts.simulatePressure, { segmentId, purpose: 'survey', at: at() }))).toBe(
    'not_found',
  );
  expect(await codeOf(bob.call(contracts.getSegmentPressure, { segmentId }))).toBe('not_found');
  const filter = { name: 'All', kind: 'filter' as const, filter: 'everyone', audience: { kind: 'workspace' as const } };
  const { id } = await alice.call(segments.addSegment, filter);
  await app.settle();
  expect(await bob.call(contracts.simulatePressure, { segmentId: id, purpose: 'survey', at: at() })).toMatchObject({
    people: { people: 0 },
    reasons: [],
  });
});
