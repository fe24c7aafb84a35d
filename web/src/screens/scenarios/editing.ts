import type { Definition, Entry, Node, NodeKind } from '../../../../server/scenarios/contract.ts';

// Changes of a drawing, each a new one. Pure. A way is named as the catalogue names it (`scenarios.way.…`).

export interface Way {
  /** `next`, `yes`, `part 2`… */
  way: string;
  to: string | null;
}

/** The ways out of a step, in the order in which they are shown. */
export function waysOf(node: Node): Way[] {
  switch (node.kind) {
    case 'condition':
      return (['yes', 'no'] as const).map((way) => ({ way, to: node[way] }));
    case 'split':
      return node.parts.map(({ next }, at) => ({ way: `part ${at + 1}`, to: next }));
    case 'ask_holder':
      return (['go', 'write', 'leave', 'unanswered'] as const).map((way) => ({ way, to: node[way] }));
    case 'message':
      return [
        { way: 'next', to: node.next },
        { way: 'refused', to: node.refused },
      ];
    case 'goal':
    case 'exit':
      return [];
    default:
      return [{ way: 'next', to: node.next }];
  }
}

/** A step with one of its ways led elsewhere. */
export function led(node: Node, way: string, to: string | null): Node {
  if (node.kind === 'split')
    return { ...node, parts: node.parts.map((part, at) => (way === `part ${at + 1}` ? { ...part, next: to } : part)) };
  return { ...node, [way]: to } as Node;
}

/** A new step of a kind, all of whose ways lead to the same. */
function begun(kind: NodeKind, id: string, to: string | null): Node {
  const common = { id, name: '' };
  switch (kind) {
    case 'wait':
      return { ...common, kind, for: { n: 3, unit: 'days' }, until: null, next: to };
    case 'condition':
      return { ...common, kind, filter: 'count(message last 14 days) > 0', yes: to, no: to };
    case 'split':
      return { ...common, kind, parts: [50, 50].map((percent) => ({ percent, next: to })) };
    case 'message':
      return {
        ...common,
        kind,
        channel: 'email',
        contentId: null,
        contentVersion: null,
        surveyId: null,
        next: to,
        refused: null,
      };
    case 'task':
      return { ...common, kind, title: '', note: '', owner: 'holder', memberId: null, dueInDays: 3, next: to };
    case 'ask_holder':
      return { ...common, kind, words: '', withinDays: 3, write: to, go: to, leave: to, unanswered: to };
    case 'attribute':
      return { ...common, kind, attribute: '', value: '', next: to };
    case 'webhook':
      return { ...common, kind, url: '', next: to };
    case 'goal':
    case 'exit':
      return { ...common, kind };
  }
}

const freeId = ({ nodes }: Definition): string => {
  const taken = new Set(nodes.map(({ id }) => id));
  let no = nodes.length + 1;
  while (taken.has(`n${no}`)) no++;
  return `n${no}`;
};

/** Where a new step is put: behind a way of a step, or (no step) at the beginning. */
export interface Place {
  nodeId: string | null;
  way: string;
}

/** Puts a new step between what is there. @returns the drawing, and the new step's id */
export function inserted(
  definition: Definition,
  { nodeId, way }: Place,
  kind: NodeKind,
): { definition: Definition; id: string } {
  const id = freeId(definition);
  const before = nodeId === null ? null : definition.nodes.find((one) => one.id === nodeId)!;
  const was = before === null ? definition.start : (waysOf(before).find((one) => one.way === way)?.to ?? null);
  const ends = kind === 'goal' || kind === 'exit';
  // What leads nowhere yet ends here, so that no step is left without a way on.
  const exit = was === null && !ends ? definition.nodes.find((one) => one.kind === 'exit') : undefined;
  const made: Node[] = was === null && !ends && !exit ? [begun('exit', `${id}x`, null)] : [];
  const to = was ?? exit?.id ?? made[0]?.id ?? null;
  const node = begun(kind, id, to);
  const nodes = definition.nodes.map((one) => (one.id === nodeId ? led(one, way, id) : one));
  return {
    definition: { ...definition, start: nodeId === null ? id : definition.start, nodes: [...nodes, node, ...made] },
    id,
  };
}

/** Without a step: whoever came to it goes on where its first way led. */
export function removed(definition: Definition, id: string): Definition {
  const gone = definition.nodes.find((one) => one.id === id)!;
  const on = waysOf(gone)[0]?.to ?? null;
  const instead = on === id ? null : on;
  const nodes = definition.nodes
    .filter((one) => one.id !== id)
    .map((one) => waysOf(one).reduce((node, { way, to }) => (to === id ? led(node, way, instead) : node), one));
  return { ...definition, nodes, start: definition.start === id ? instead : definition.start };
}

export const changed = (definition: Definition, node: Node): Definition => ({
  ...definition,
  nodes: definition.nodes.map((one) => (one.id === node.id ? node : one)),
});

/** The steps in the order in which one comes to them; those that nobody comes to last. */
export function inOrder({ start, nodes }: Definition): Node[] {
  const byId = new Map(nodes.map((one) => [one.id, one]));
  const seen = new Set<string>();
  const from = (id: string | null): Node[] => {
    const node = id === null ? undefined : byId.get(id);
    if (!node || seen.has(node.id)) return [];
    seen.add(node.id);
    // Depth first, each before all that it leads to.
    const after = waysOf(node)
      .toReversed()
      .flatMap(({ to }) => from(to).toReversed());
    return [node, ...after.toReversed()];
  };
  return [...from(start), ...nodes.flatMap(({ id }) => from(id))];
}

/** What begins an entry of a kind. */
export const entryOf = (kind: Entry['kind']): Entry => {
  switch (kind) {
    case 'segment':
      return { kind, segmentId: null, on: 'enter' };
    case 'fact':
      return { kind, fact: '', where: null };
    case 'date':
      return { kind, of: 'birthday', daysBefore: 0, at: '09:00' };
    case 'hand':
      return { kind };
  }
};
