import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as sources from '../sources/contract.ts';
import * as contracts from './contract.ts';
import { contactLines, HEADER } from './engine/testing.ts';
import { hunterOf } from './hunt/hunter.ts';
import { runFully as runInSteps } from './runs.ts';

let app: TestApp;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Runs');
});
afterAll(() => app.close());

async function importFile(name: string, content: string, sourceId?: string | null) {
  const { id: importId } = await alice.json<sources.ImportRecord>(`${sources.uploadPath}?fileName=${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: content,
  });
  await app.settle();
  if (sourceId) await alice.call(sources.updateImport, { importId, sourceId });
  await app.settle();
  await alice.call(sources.startImport, { importId });
  await app.settle();
  return alice.call(sources.getImport, { importId });
}

/** Columns that the reader knows; the columns of truth stay out. */
function contacts(count: number): string {
  const columns = HEADER.split(',');
  const kept = ['first_name', 'last_name', 'email', 'phone', 'company', 'title', 'street', 'postcode', 'city', 'dob'];
  const names = [
    'First name',
    'Last name',
    'E-mail',
    'Mobile',
    'Company',
    'Title',
    'Street',
    'Postcode',
    'City',
    'Birthday',
  ];
  const rows = [...contactLines(count, 5)].map((line) => {
    const cells = line.split(',');
    return kept.map((name) => cells[columns.indexOf(name)]).join(',');
  });
  return [names.join(','), ...rows].join('\n');
}

interface Found {
  links: string[];
  proposals: string[];
}

async function found(): Promise<Found> {
  const list = async (sql: string) => (await app.query<{ line: string }>(sql)).map(({ line }) => line);
  return {
    links: await list(
      `select card_a || ' ' || card_b || ' ' || array_to_string(evidence, ',') as line from cards.link order by 1`,
    ),
    proposals: await list(
      `select card_a || ' ' || card_b || ' ' || round(probability::numeric, 6) || ' ' || reasons as line from matching.proposal order by 1`,
    ),
  };
}

async function runFully(): Promise<void> {
  await alice.call(contracts.startFullRun, {});
  await app.settle();
}

test('what comes with an import is learned from, linked and proposed', async () => {
  await importFile('crowd.csv', contacts(600));
  const { links, proposals } = await found();
  expect(links.length).toBeGreaterThan(50);
  expect(proposals.length).toBeGreaterThan(5);
  const models = await app.query<{ kind: string; trained: number }>(
    `select kind, (model->'model'->>'trainedOn')::int as trained from matching.model order by 1`,
  );
  expect(models.find(({ kind }) => kind === 'person')!.trained).toBeGreaterThan(0);
  expect(app.errors).toEqual([]);
});

test('a full run says what it did; a second one changes nothing; only admins start it', async () => {
  expect(await codeOf(bob.call(contracts.startFullRun, {}))).toBe('forbidden');
  await runFully();
  const before = await found();
  await runFully();
  expect(await found()).toEqual(before);
  const { run } = await alice.call(contracts.getHealth, {});
  expect(run).toMatchObject({ state: 'done', progress: 1, linked: 0, unlinked: 0, proposed: 0 });
  expect((await bob.call(contracts.getHealth, {})).run).toBeNull();
});

test('one run at a time', async () => {
  await app.query(`update matching.run set state = 'running'`);
  expect(await codeOf(alice.call(contracts.startFullRun, {}))).toBe('already_running');
  await app.query(`update matching.run set state = 'done'`);
});

test('the thread dies, and its successor finds the same by itself', async () => {
  const before = await found();
  const ids = (await app.query<{ card_id: string }>('select card_id from cards.card order by 1 limit 300')).map(
    ({ card_id }) => card_id,
  );
  await hunterOf(app.app).kill();
  await app.query(`delete from cards.link where card_a = any($1::uuid[])`, [ids]);
  await app.query('delete from matching.proposal');
  // Any of them stands for all: their links and clusters are brought to what the engine says.
  const workspaceId = alice.me.workspace.id;
  const all = (await app.query<{ card_id: string }>('select card_id from cards.card')).map(({ card_id }) => card_id);
  await app.app.db.asSystem('keeper', (tx) =>
    app.app.enqueue(tx, { workspaceId, task: 'cards.changed', payload: { cardIds: all } }),
  );
  await app.settle();
  expect(await found()).toEqual(before);
});

test('an index that missed what another process wrote is read anew', async () => {
  const add = (email: string) =>
    alice.call(cards.createCard, {
      fields: [
        { kind: 'name', value: { given: 'Sidonie', family: 'Quercyrac' } },
        { kind: 'email', value: { value: email } },
      ],
    });
  const { id: one } = await add('sidonie@before.example');
  await app.query(
    `update cards.card_field set value = '{"value":"sq@after.example","normalised":"sq@after.example"}' where card_id = $1 and kind = 'email'`,
    [one],
  );
  await app.query('update matching.state set version = version + 1');
  const { id: two } = await add('sq@after.example');
  const person = await alice.call(cards.getPerson, { personId: one });
  expect(person.cards.map(({ id }) => id).sort()).toEqual([one, two].sort());
  const [link] = await app.query<{ evidence: string[] }>('select evidence from cards.link where card_b = $1', [two]);
  expect(link!.evidence).toContain('email');
});

test('"not the same" holds for the card that the same source brings again', async () => {
  const file = 'First name,Last name,E-mail\nOrso,Brindisi,orso@brindisi.example\n';
  const { id: own } = await alice.call(cards.createCard, {
    fields: [
      { kind: 'name', value: { given: 'Orso', family: 'Brindisi' } },
      { kind: 'email', value: { value: 'orso@brindisi.example' } },
    ],
  });
  const first = await importFile('again.csv', file);
  const imported = async () =>
    (
      await app.query<{ card_id: string }>(
        `select card_id from cards.card where import_id = any($1::uuid[]) and exposure < 2`,
        [imports],
      )
    )[0]!.card_id;
  const imports = [first.id];
  const before = await imported();
  const pair = own < before ? `${own}.${before}` : `${before}.${own}`;
  await alice.call(contracts.decide, { pairs: [pair], same: false });
  await alice.call(sources.undoImport, { importId: first.id });
  await app.settle();
  const second = await importFile('again.csv', file, first.sourceId);
  imports.splice(0, 1, second.id);
  const after = await imported();
  expect(after).not.toBe(before);
  const { cards: mine } = await alice.call(cards.getPerson, { personId: own });
  expect(mine.map(({ id }) => id)).toEqual([own]);
  const { items } = await alice.call(contracts.listVerdicts, { personId: after });
  expect(items).toMatchObject([{ same: false, names: ['Orso Brindisi', 'Orso Brindisi'] }]);
});

test('an admin chooses how sure links must be; fewer wrong ones, fewer links from the next run on', async () => {
  expect(await codeOf(bob.call(contracts.updatePrecision, { wrongPerThousand: 1 }))).toBe('forbidden');
  await alice.call(contracts.updatePrecision, { wrongPerThousand: 20 });
  await runFully();
  const many = (await found()).links.length;
  await alice.call(contracts.updatePrecision, { wrongPerThousand: 0.1 });
  await runFully();
  expect((await found()).links.length).toBeLessThan(many);
  const { wrongPerThousand, cards: count, months, persons } = await alice.call(contracts.getHealth, {});
  expect(wrongPerThousand).toBe(0.1);
  expect(months).toHaveLength(12);
  expect(months.at(-1)!.linked).toBeGreaterThan(0);
  expect(persons).toBeLessThan(count);
  expect((await bob.call(contracts.getHealth, {})).cards).toBe(0);
});

describe('a full run', () => {
  test('that breaks off in the middle loses nothing, and done again comes to what it would have', async () => {
    await runFully();
    const whole = await found();
    const workspaceId = alice.me.workspace.id;
    const [run] = await app.query<{ run_id: string }>(
      'select run_id from matching.run order by started_at desc limit 1',
    );
    const state = () =>
      app.query<{ state: string; done: number; total: number }>(
        'select state, done, total from matching.run where run_id = $1',
        [run!.run_id],
      );
    await app.query('update matching.run set done = 0 where run_id = $1', [run!.run_id]);
    // Half of what it would write is missing, so that it has something to do on both sides of the break.
    await app.query(`delete from matching.proposal where card_b::text < (
      select percentile_disc(0.5) within group (order by card_id::text) from cards.card)`);
    const crash = new AbortController();
    const broken = runInSteps(app.app, workspaceId, run!.run_id, crash.signal, 20).then(
      () => 'done',
      (error: Error) => error.message,
    );
    await expect.poll(async () => (await state())[0]!.done, { interval: 10 }).toBeGreaterThan(0);
    crash.abort();
    expect(await broken).toBe('aborted');
    const [left] = await state();
    expect(left!.state).toBe('failed');
    expect(left!.done).toBeLessThan(left!.total);
    // With the process goes the memory of the thread; the job is still there, and the next process takes it up.
    await hunterOf(app.app).kill();
    await app.query(`update matching.run set state = 'running' where run_id = $1`, [run!.run_id]);
    await app.app.db.asSystem('keeper', (tx) =>
      app.app.enqueue(tx, { workspaceId, task: 'matching.run', payload: { runId: run!.run_id } }),
    );
    await app.settle();
    const [again] = await state();
    expect(again!.state).toBe('done');
    expect(again!.done).toBeGreaterThanOrEqual(again!.total);
    expect(await found()).toEqual(whole);
  });

  test('takes in cards that arrive, change and go while it is under way', async () => {
    const contact = (given: string, email: string) => ({
      fields: [
        { kind: 'name' as const, value: { given, family: 'Arrivante' } },
        { kind: 'email' as const, value: { value: email } },
      ],
    });
    const { items } = await alice.call(cards.createCards, {
      cards: [contact('Prima', 'prima@arrive.example'), contact('Secunda', 'secunda@arrive.example')],
    });
    const [one, gone] = items.map(({ id }) => id) as [string, string];
    await alice.call(contracts.startFullRun, {});
    const [late] = await Promise.all([
      alice.call(cards.createCard, contact('Prima', 'prima@arrive.example')),
      alice.call(cards.removeCard, { cardId: gone }),
      alice.call(cards.updateCard, { cardId: one, add: [{ kind: 'title', value: { value: 'Première' } }] }),
      alice.call(cards.createCards, {
        cards: Array.from({ length: 60 }, (_, at) => contact(`Nova${at}`, `nova${at % 30}@arrive.example`)),
      }),
    ]);
    await app.settle();
    const person = await alice.call(cards.getPerson, { personId: one });
    expect(person.cards.map(({ id }) => id).sort()).toEqual([one, late.id].sort());
    expect((await found()).links.join()).not.toContain(gone);
    expect((await alice.call(contracts.getHealth, {})).run).toMatchObject({ state: 'done', progress: 1 });
    // What has arrived meanwhile teaches the next run; after it nothing is left to do.
    await runFully();
    const after = await found();
    await runFully();
    expect(await found()).toEqual(after);
    expect((await alice.call(cards.getPerson, { personId: one })).cards).toHaveLength(2);
  });
});

describe('verdicts that contradict each other', () => {
  const pairOf = (a: string, b: string) => (a < b ? `${a}.${b}` : `${b}.${a}`);
  const decide = async (a: string, b: string, same: boolean) =>
    (await alice.call(contracts.decide, { pairs: [pairOf(a, b)], same })).items[0]!.id;
  const personOf = async (personId: string) =>
    (await alice.call(cards.getPerson, { personId })).cards.map(({ id }) => id).sort();

  let met = 0;
  async function strangers(count: number): Promise<string[]> {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const names = Array.from({ length: count }, () => {
      met++;
      const at = [met * 7, met * 11 + 3, met * 5 + 1, met * 3 + 2].map((n) => letters[n % 26]);
      return `${at.join('o')}${letters[met % 26]}`;
    });
    const { items } = await alice.call(cards.createCards, {
      cards: names.map((given) => ({
        fields: [{ kind: 'name' as const, value: { given, family: `${given}son` } }],
      })),
    });
    return items.map(({ id }) => id);
  }

  test('in a ring: the last word parts, all others hold as far as they can, and a full run says the same', async () => {
    const ring = await strangers(8);
    for (let at = 0; at < 7; at++) await decide(ring[at]!, ring[at + 1]!, true);
    expect(await personOf(ring[0]!)).toEqual([...ring].sort());
    const last = await decide(ring[0]!, ring[7]!, false);
    const parts = new Set(await Promise.all(ring.map(async (id) => (await personOf(id)).join())));
    expect([...parts].flatMap((part) => part.split(',')).sort()).toEqual([...ring].sort());
    expect(await personOf(ring[0]!)).not.toContain(ring[7]);
    // Each part is a stretch of the ring: nobody is with somebody whom no word joins to them.
    expect(parts.size).toBe(2);
    await runFully();
    expect(new Set(await Promise.all(ring.map(async (id) => (await personOf(id)).join())))).toEqual(parts);
    await alice.call(contracts.withdrawVerdicts, { verdictIds: [last] });
    expect(await personOf(ring[0]!)).toEqual([...ring].sort());
  });

  test.each([
    ['same, same, not the same', [0, 1, 2], ['a', 'bc']],
    ['same, not the same, same', [1, 2, 0], ['ab', 'c']],
    ['not the same, same, same', [2, 0, 1], ['abc']],
  ])('among three cards: %s; of words that cannot all hold the oldest gives way', async (_said, order, expected) => {
    const [a, b, c] = (await strangers(3)) as [string, string, string];
    const words = [() => decide(a, b, true), () => decide(b, c, true), () => decide(a, c, false)];
    for (const at of order) await words[at]!();
    const parts = async () => {
      const persons = await Promise.all([a, b, c].map(async (id) => (await personOf(id)).join()));
      return [...new Set(persons)].map((one) =>
        [a, b, c].flatMap((id, at) => (one.includes(id) ? 'abc'[at]! : [])).join(''),
      );
    };
    expect(await parts()).toEqual(expected);
    await runFully();
    expect(await parts()).toEqual(expected);
  });

  test('a wrong word taken back a year later, after cards have changed, leaves no trace', async () => {
    const [a, b, c] = (await strangers(3)) as [string, string, string];
    const right = await decide(a, b, true);
    await runFully();
    const before = await found();
    const wrong = await decide(b, c, true);
    expect(await personOf(a)).toEqual([a, b, c].sort());
    await app.query(`update matching.verdict set at = at - interval '1 year' where verdict_id = any($1::uuid[])`, [
      [right, wrong],
    ]);
    await runFully();
    expect(await personOf(a)).toEqual([a, b, c].sort());
    await alice.call(contracts.withdrawVerdicts, { verdictIds: [wrong] });
    expect(await personOf(a)).toEqual([a, b].sort());
    expect(await personOf(c)).toEqual([c]);
    await runFully();
    expect(await found()).toEqual(before);
  });
});

test('an answer that was not written is part of the next one', async () => {
  const add = async (given: string, email: string) =>
    (
      await alice.call(cards.createCard, {
        fields: [
          { kind: 'name', value: { given, family: 'Vallombreuse' } },
          { kind: 'email', value: { value: email } },
        ],
      })
    ).id;
  const one = await add('Odile', 'odile@brimbal.example');
  await app.query(`alter table cards.link add constraint refuse_ck check (card_a <> '${one}') not valid`);
  const two = await add('Odile', 'odile@brimbal.example');
  const cardsOf = async () => (await alice.call(cards.getPerson, { personId: one })).cards.map(({ id }) => id);
  expect(app.errors.join()).toContain('refuse_ck');
  expect(await cardsOf()).toEqual([one]);
  await app.query('alter table cards.link drop constraint refuse_ck');
  await add('Bertrand', 'bertrand@brimbal.example');
  expect((await cardsOf()).sort()).toEqual([one, two].sort());
});
