import type { Definition, Result, StepSaid } from './contract.ts';
import { dueAt, moveFrom, nodesOf } from './rules.ts';

/** What the dry run takes for granted of somebody: the answers of today. Pure. */
export interface World {
  goal: boolean;
  /** The conditions that hold. */
  holds: ReadonlySet<string>;
  zone: string;
  /** The day of theirs (`YYYY-MM-DD`) for which they come in; null: by none. */
  day: string | null;
  draw(nodeId: string): number;
  /** What would become of a message. */
  message(nodeId: string): { result: Result; said: StepSaid };
  /** How their holder answers. */
  holders: 'write' | 'go' | 'leave' | 'unanswered';
}

export interface Walked {
  steps: { at: Date; nodeId: string | null; result: Result; said: StepSaid }[];
  outcome: 'goal' | 'exit' | null;
}

/** A dry run ends after so many steps, and so many days. */
const most = { steps: 100, days: 730 };
const day = 86_400_000;

/** What an effect would be, if it were done. */
const would = { task: 'given', attribute: 'set', webhook: 'called' } as const;

/** Takes somebody through a drawing that has no problems, from a moment on, over time that is not waited for. */
export function walk(definition: Definition, world: World, from: Date): Walked {
  const nodes = nodesOf(definition);
  const steps: Walked['steps'] = [{ at: from, nodeId: null, result: 'entered', said: {} }];
  let node = nodes.get(definition.start ?? '');
  let at = node ? dueAt(node, from, world.zone, world.day) : from;
  while (node && steps.length <= most.steps && at.getTime() - from.getTime() <= most.days * day) {
    const asks = node.kind === 'ask_holder';
    if (node.kind === 'ask_holder' && !world.goal) {
      // Who answers does so at once here; who does not is waited for.
      steps.push({ at, nodeId: node.id, result: 'asked', said: {} });
      if (world.holders === 'unanswered') at = new Date(at.getTime() + node.withinDays * day);
    }
    const effect =
      node.kind === 'message' ? world.message(node.id) : { result: would[node.kind as 'task'] ?? null, said: {} };
    const move = moveFrom(node, definition, {
      ...{ goal: world.goal, holds: node.kind === 'condition' && world.holds.has(node.filter) },
      drawn: node.kind === 'split' ? world.draw(node.id) : 0,
      ...(asks ? { result: world.holders, said: {} } : effect),
    });
    steps.push({ at, nodeId: node.id, result: move.result, said: move.said });
    if (move.outcome) return { steps, outcome: move.outcome };
    node = nodes.get(move.to ?? '');
    if (node) at = dueAt(node, at, world.zone, world.day);
  }
  return { steps, outcome: null };
}
