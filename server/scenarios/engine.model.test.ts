import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { runScenario } from './engine.ts';
import { planned } from './testing.ts';

// Random drawings, gone through by people while processes die at any point, clocks jump both ways, and two engines run at once. A model that
// knows nothing of how it is made says what each one's way must be.

let app: TestApp;
let maud: Member;
const people: { id: string; name: string; tall: boolean }[] = [];

beforeAll(async () => {
  app = await openTestApp();
  maud = await app.setUp('Maud Marketer');
  for (let at = 0; at < 8; at++) {
    const name = `Person${at} ${at % 2 === 0 ? 'Tall' : 'Short'}`;
    people.push({ id: await addContact(maud, { name, email: `p${at}@client.example` }), name, tall: at % 2 === 0 });
  }
  await app.settle();
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

/** mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Step {
  id: string;
  kind: 'wait' | 'condition' | 'split' | 'task' | 'exit';
  next?: string;
  yes?: string;
  no?: string;
  for?: { n: number; unit: 'hours' };
  until?: null;
  parts?: { percent: number; next: string }[];
  [more: string]: unknown;
}

/** Steps that lead on to later ones, now and then back behind a wait. */
function drawingOf(random: () => number): { start: string; nodes: Step[] } {
  const size = 3 + Math.floor(random() * 6);
  const ids = Array.from({ length: size }, (_, at) => `s${at}`);
  const later = (at: number) => (at + 1 < size ? ids[at + 1 + Math.floor(random() * (size - at - 1))]! : 'out');
  const nodes = ids.map((id, at): Step => {
    const common = { id, name: '' };
    const drawn = random();
    if (drawn < 0.25)
      return {
        ...common,
        kind: 'wait',
        for: { n: 1 + Math.floor(random() * 50), unit: 'hours' },
        until: null,
        next: later(at),
      };
    if (drawn < 0.5)
      return { ...common, kind: 'condition', filter: 'name contains "tall"', yes: later(at), no: later(at) };
    if (drawn < 0.7) {
      const percent = Math.floor(random() * 101);
      return {
        ...common,
        kind: 'split',
        parts: [
          { percent, next: later(at) },
          { percent: 100 - percent, next: later(at) },
        ],
      };
    }
    const more = { title: `Task ${id}`, note: '', owner: 'owner', memberId: null, dueInDays: 1 };
    return { ...common, ...more, kind: 'task', next: later(at) };
  });
  return { start: 's0', nodes: [...nodes, { id: 'out', name: '', kind: 'exit' }] };
}

class Killed extends Error {}

/** A process that dies: before a transaction, within it, or after its commit; from then on it does nothing any more. */
function mortal(whole: App, random: () => number, chance: number): App {
  let dead = false;
  const live = () => {
    if (dead) throw new Killed();
  };
  const die = () => {
    if (random() < chance) {
      dead = true;
      throw new Killed();
    }
  };
  const within = async <T>(
    open: (work: (tx: Tx) => Promise<T>) => Promise<T>,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> => {
    live();
    die();
    const done = await open(async (tx) => {
      const result = await work(tx);
      die();
      return result;
    });
    die();
    return done;
  };
  const { db } = whole;
  return {
    ...whole,
    log: { ...whole.log, error: () => {} },
    db: {
      ...db,
      asActor: (actor, work, act) => within((inner) => db.asActor(actor, inner, act), work),
      asSystem: (role, work) => within((inner) => db.asSystem(role, inner), work),
    },
  };
}

/** Puts a drawing where publishing would. */
async function place(scenarioId: string, definition: object): Promise<void> {
  const [workspaceId, memberId] = [maud.me.workspace.id, maud.me.memberId];
  await app.query(
    `insert into scenarios.scenario (workspace_id, scenario_id, draft, version, state, since) values ($1, $2, $3, 1, 'running', now())`,
    [workspaceId, scenarioId, JSON.stringify(definition)],
  );
  await app.query(
    `insert into scenarios.version (workspace_id, scenario_id, version, definition, published_by) values ($1, $2, 1, $3, $4)`,
    [workspaceId, scenarioId, JSON.stringify(definition), memberId],
  );
}

interface Passed {
  journey_id: string;
  step_no: number;
  node_id: string;
  result: string;
  at: Date;
  said: { part?: number; drawn?: number; until?: string; taskId?: string };
  card_id: string;
  outcome: string | null;
}

/** What the model says against somebody's way; null: nothing. */
function objectionTo(
  way: readonly Passed[],
  steps: ReadonlyMap<string, Step>,
  start: string,
  tall: boolean,
): string | null {
  let due: string | undefined;
  let expected: string | undefined = start;
  for (const [at, one] of way.entries()) {
    if (one.step_no !== at) return `step ${at} is numbered ${one.step_no}`;
    if (at === 0) {
      if (one.result !== 'entered' || one.node_id !== start) return 'it does not begin at the beginning';
      due = one.said.until;
      continue;
    }
    if (one.node_id !== expected) return `at ${one.node_id} instead of ${expected}`;
    const step: Step = steps.get(one.node_id)!;
    if (step.kind === 'exit') {
      if (one.result !== 'exit' || at !== way.length - 1 || one.outcome !== 'exit') return 'it goes on behind its end';
      return null;
    }
    if (step.kind === 'wait') {
      if (one.result !== 'waited') return `a wait gave ${one.result}`;
      if (due === undefined || one.at < new Date(due)) return 'it did not wait until it was due';
      expected = step.next;
    } else if (step.kind === 'condition') {
      if (one.result !== (tall ? 'yes' : 'no')) return `a condition gave ${one.result}`;
      expected = tall ? step.yes : step.no;
    } else if (step.kind === 'split') {
      const [first, second] = step.parts!;
      const chosen = one.said.drawn! < first!.percent ? first! : second!;
      if (step.parts![one.said.part!] !== chosen) return `drew ${one.said.drawn} and took part ${one.said.part}`;
      expected = chosen.next;
    } else {
      if (one.result !== 'given') return `a task gave ${one.result}`;
      expected = step.next;
    }
    due = one.said.until;
  }
  return 'it did not come to an end';
}

const worlds = Number(process.env.SCENARIO_WORLDS ?? 40);

test('each passes each step once, whatever dies and wherever clocks jump', async () => {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  const random = randomOf(seed);
  let deaths = 0;
  for (let world = 0; world < worlds; world++) {
    const said = `seed ${seed}, world ${world}`;
    const drawn = drawingOf(random);
    const scenarioId = await planned(maud);
    await place(scenarioId, { entry: { kind: 'hand' }, again: null, goal: null, ...drawn });
    await maud.call(contracts.enter, { scenarioId, personIds: people.map(({ id }) => id) });
    await app.settle();
    let now = Date.now();
    for (let turn = 0; turn < 60; turn++) {
      // Mostly forward, by up to two days; now and then back.
      now += (random() < 0.25 ? -1 : 1) * Math.floor(random() * 48 * 3_600_000);
      const clock = () => new Date(now);
      const engines = random() < 0.3 ? 2 : 1;
      const chance = random() < 0.5 ? 0.15 : 0;
      const runs = Array.from({ length: engines }, () =>
        runScenario(mortal(app.app, random, chance), maud.me.workspace.id, scenarioId, { clock }).catch(
          (error: unknown) => {
            if (!(error instanceof Killed)) throw error;
            deaths++;
          },
        ),
      );
      await Promise.all(runs);
      const [left] = await app.query<{ n: number }>(
        `select count(*)::int as n from scenarios.journey where scenario_id = $1 and outcome is null`,
        [scenarioId],
      );
      if (left!.n === 0) break;
    }
    // At last somebody lives.
    now = Date.now() + 400 * 86_400_000;
    for (let time = 0; time < 12; time++, now += 60 * 3_600_000)
      await runScenario(app.app, maud.me.workspace.id, scenarioId, { clock: () => new Date(now) });
    const passed = await app.query<Passed>(
      `select p.journey_id, p.step_no, p.node_id, p.result, p.at, p.said, j.card_id, j.outcome from scenarios.passage p
       join scenarios.journey j using (workspace_id, journey_id) where p.scenario_id = $1 order by p.journey_id, p.step_no`,
      [scenarioId],
    );
    const ways = [...Map.groupBy(passed, (one) => one.journey_id).values()];
    expect(ways.length, said).toBe(people.length);
    const steps = new Map(drawn.nodes.map((one) => [one.id, one]));
    for (const way of ways) {
      const person = people.find(({ id }) => id === way[0]!.card_id)!;
      const objection = objectionTo(way, steps, drawn.start, person.tall);
      expect(
        objection && `${said}, ${person.name}: ${objection} ${JSON.stringify(way)} ${JSON.stringify(drawn)}`,
      ).toBeNull();
    }
    // What was written is there once for each step that wrote it, and nothing else is.
    const tasks = passed.flatMap(({ said: { taskId } }) => taskId ?? []);
    const [there] = await app.query<{ n: number }>(
      `select count(*)::int as n from tasks.task where task_id = any($1::uuid[])`,
      [tasks],
    );
    expect(there!.n, said).toBe(tasks.length);
    expect(new Set(tasks).size, said).toBe(tasks.length);
    const [all] = await app.query<{ n: number }>(
      `select count(*)::int as n from tasks.task where title like 'Task s%'`,
    );
    const [given] = await app.query<{ n: number }>(
      `select count(*)::int as n from scenarios.passage where result = 'given'`,
    );
    expect(all!.n, said).toBe(given!.n);
  }
  expect(deaths).toBeGreaterThan(0);
}, 300_000);

test('the model objects to ways that are wrong', () => {
  const steps = new Map<string, Step>([
    ['s0', { id: 's0', kind: 'wait', next: 's1' }],
    ['s1', { id: 's1', kind: 'condition', yes: 'out', no: 'out' }],
    ['out', { id: 'out', kind: 'exit' }],
  ]);
  const [at, soon] = [new Date('2026-01-02'), new Date('2026-01-01')];
  const row = (step_no: number, node_id: string, result: string, said = {}, when = at): Passed => ({
    ...{ journey_id: newId(), card_id: newId(), outcome: 'exit', step_no, node_id, result, said, at: when },
  });
  const right = [
    row(0, 's0', 'entered', { until: at.toISOString() }, soon),
    row(1, 's0', 'waited'),
    row(2, 's1', 'yes'),
    row(3, 'out', 'exit'),
  ];
  expect(objectionTo(right, steps, 's0', true)).toBeNull();
  expect(objectionTo(right, steps, 's0', false)).toContain('condition');
  expect(objectionTo(right.slice(0, 3), steps, 's0', true)).toContain('end');
  expect(objectionTo([right[0]!, row(1, 's0', 'waited', {}, soon), ...right.slice(2)], steps, 's0', true)).toContain(
    'due',
  );
  expect(objectionTo([right[0]!, right[1]!, row(2, 's0', 'waited'), ...right.slice(3)], steps, 's0', true)).toContain(
    'instead',
  );
  expect(objectionTo([...right.slice(0, 2), ...right.slice(1)], steps, 's0', true)).toContain('numbered');
});
