import { instantOf, nextAt } from '../outreach/clock.ts';
import type { Definition, Node, Problem, Result, StepSaid, WaitSpan } from './contract.ts';

// What a drawing must be, and how somebody goes through it. Pure: the engine and the dry run ask the same.

export const nodesOf = ({ nodes }: Definition): Map<string, Node> => new Map(nodes.map((one) => [one.id, one]));

/** The ways out of a step, each with how its problem names it. */
function waysOut(node: Node): { way: string; to: string | null }[] {
  switch (node.kind) {
    case 'condition':
      return [
        { way: 'yes', to: node.yes },
        { way: 'no', to: node.no },
      ];
    case 'split':
      return node.parts.map(({ next }, at) => ({ way: `part ${at + 1}`, to: next }));
    case 'ask_holder':
      return (['write', 'go', 'leave', 'unanswered'] as const).map((way) => ({ way, to: node[way] }));
    case 'message':
      return [{ way: 'next', to: node.next }, ...(node.refused === null ? [] : [{ way: 'refused', to: node.refused }])];
    case 'goal':
    case 'exit':
      return [];
    default:
      return [{ way: 'next', to: node.next }];
  }
}

/** The steps that are reached from the first. */
function reachedFrom(start: string | null, nodes: ReadonlyMap<string, Node>): Set<string> {
  const reached = new Set<string>();
  const waiting = start === null ? [] : [start];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    const node = nodes.get(one);
    if (!node || reached.has(one)) continue;
    reached.add(one);
    waiting.push(...waysOut(node).flatMap(({ to }) => to ?? []));
  }
  return reached;
}

/** A circle without a wait goes round in no time, for ever: a step of each. */
function findCircles(nodes: ReadonlyMap<string, Node>): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const found = new Set<string>();
  const visit = (id: string): void => {
    const node = nodes.get(id);
    if (!node || node.kind === 'wait' || state.get(id) === 'done') return;
    if (state.get(id) === 'open') {
      found.add(id);
      return;
    }
    state.set(id, 'open');
    for (const { to } of waysOut(node)) if (to !== null) visit(to);
    state.set(id, 'done');
  };
  for (const id of nodes.keys()) visit(id);
  return [...found];
}

const isAddress = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** What one step lacks by itself. */
function lacksOf(node: Node): Omit<Problem, 'nodeId'>[] {
  const about = '';
  switch (node.kind) {
    case 'wait':
      return node.for === null && node.until === null ? [{ code: 'no_wait', about }] : [];
    case 'condition':
      return node.filter === '' ? [{ code: 'filter', about }] : [];
    case 'split': {
      const sum = node.parts.reduce((all, { percent }) => all + percent, 0);
      return sum === 100 ? [] : [{ code: 'shares', about: String(sum) }];
    }
    case 'message':
      return node.contentId === null ? [{ code: 'no_content', about }] : [];
    case 'task':
      return [
        ...(node.title === '' ? [{ code: 'no_title' as const, about }] : []),
        ...(node.owner === 'member' && node.memberId === null ? [{ code: 'no_member' as const, about }] : []),
      ];
    case 'ask_holder':
      return node.words === '' ? [{ code: 'no_title', about }] : [];
    case 'attribute':
      return node.attribute === '' ? [{ code: 'no_attribute', about }] : [];
    case 'webhook':
      return isAddress(node.url) ? [] : [{ code: 'url', about: node.url }];
    default:
      return [];
  }
}

/** What is wrong with a drawing by itself; whether what it names exists is looked up beside it. */
export function check(definition: Definition): Problem[] {
  const { entry, start, nodes: all } = definition;
  const nodes = nodesOf(definition);
  const problems: Problem[] = [];
  const say = (nodeId: string | null, code: Problem['code'], about = '') => problems.push({ nodeId, code, about });
  if (entry.kind === 'segment' && entry.segmentId === null) say(null, 'no_segment');
  if (entry.kind === 'fact' && entry.fact === '') say(null, 'no_fact');
  if (entry.kind === 'date' && entry.of === '') say(null, 'no_date');
  if (start === null || !nodes.has(start)) say(null, 'empty');
  for (const { id } of all.filter(({ id: one }, at) => all.findIndex((other) => other.id === one) !== at))
    say(id, 'twice');
  const reached = reachedFrom(start, nodes);
  for (const one of all) {
    if (!reached.has(one.id)) say(one.id, 'unreachable');
    for (const lack of lacksOf(one)) problems.push({ nodeId: one.id, ...lack });
    if (one.kind === 'wait' && one.until?.theirDay && entry.kind !== 'date') say(one.id, 'no_date');
    for (const { way, to } of waysOut(one)) {
      if (to === null) say(one.id, 'no_next', way);
      else if (!nodes.has(to)) say(one.id, 'gone_next', way);
    }
  }
  for (const id of findCircles(nodes)) say(id, 'circle');
  return problems;
}

const minutesOf = { minutes: 1, hours: 60, days: 1440, weeks: 10_080 } as const;

const spanOf = ({ n, unit }: WaitSpan): number => n * minutesOf[unit] * 60_000;

/**
 * When somebody who comes to a step at `now` is to take it: at once, unless it is a wait. Days of a wait are of 24 hours; a time that is said is one of
 * the clock on the person's wall, on days of 23 and 25 hours, too.
 * A wait until the day of theirs for which they came in ends on that day, at that time of their wall, never before: whatever took how long on the way.
 * @param zone theirs (IANA) @param day that day (`YYYY-MM-DD`); null: they came in by none
 */
export function dueAt(node: Node, now: Date, zone: string, day: string | null): Date {
  if (node.kind !== 'wait') return now;
  const from = new Date(now.getTime() + (node.for ? spanOf(node.for) : 0));
  if (node.until?.theirDay && day !== null) {
    const at = instantOf(zone, day, node.until.time);
    return at > from ? at : from;
  }
  return node.until ? nextAt(from, zone, node.until) : from;
}

/** The day on which a yearly date is kept in a year: who was born on 29 February has it on the 28th of other years. */
export function dayIn(year: number, monthDay: string): string {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return `${year}-${monthDay === '02-29' && !leap ? '02-28' : monthDay}`;
}

/** Which share somebody falls into: the same at each asking, and of those who come by evenly. @param drawn 0 to 99.99 */
export function partOf(parts: readonly { percent: number }[], drawn: number): number {
  let below = 0;
  for (const [at, { percent }] of parts.entries()) {
    below += percent;
    if (drawn < below) return at;
  }
  return parts.findLastIndex(({ percent }) => percent > 0);
}

/** What came of a step: the ways of its kind, or what was written for it. */
export interface Happened {
  /** Whether the goal, and the condition of the step, hold; null: nobody asked. */
  goal: boolean;
  holds: boolean | null;
  /** 0 to 99.99, for a split. */
  drawn: number;
  /** Of an effect: how it went. */
  result: Result | null;
  said: StepSaid;
}

export interface Move {
  result: Result;
  /** Where they go; null: they stay, or it ends. */
  to: string | null;
  outcome: 'goal' | 'exit' | null;
  said: StepSaid;
}

/** Where somebody goes from a step. @param happened what was found, or done, of it */
export function moveFrom(node: Node, definition: Definition, { goal, holds, drawn, result, said }: Happened): Move {
  const on = (to: string | null, is: Result, more: StepSaid = {}): Move => ({
    ...{ result: is, to, outcome: null, said: { ...said, ...more } },
  });
  const end = (outcome: 'goal' | 'exit', more: StepSaid = {}): Move => ({
    ...{ result: outcome, to: null, outcome, said: { ...said, ...more } },
  });
  if (goal) return end('goal', { filter: definition.goal ?? '' });
  switch (node.kind) {
    case 'goal':
    case 'exit':
      return end(node.kind);
    case 'wait':
      return on(node.next, 'waited');
    case 'condition':
      return on(holds ? node.yes : node.no, holds ? 'yes' : 'no', { filter: node.filter });
    case 'split': {
      const part = partOf(node.parts, drawn);
      return on(node.parts[part]!.next, 'part', { part, drawn });
    }
    case 'ask_holder':
      return result === 'asked' ? on(null, 'asked') : on(node[result as 'write'], result as 'write');
    case 'message':
      return result === 'sent' ? on(node.next, 'sent') : on(node.refused ?? node.next, result!);
    default:
      return on(node.next, result!);
  }
}
