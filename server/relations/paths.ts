/** Who stands at a place of a path: the viewer, a member, or a person as the viewer sees them. */
export type Node = 'me' | `member:${string}` | `person:${string}`;

/** What joins two nodes, for the viewer. */
export interface Edge<E = unknown> {
  a: Node;
  b: Node;
  /** 0 to 100, as of today. */
  strength: number;
  /** What it rests on, carried along. */
  of: E;
}

export interface Path<E = unknown> {
  /** From the viewer to the person that is looked for. */
  nodes: Node[];
  /** One less than the nodes: what joins each to the next. */
  edges: Edge<E>[];
  /** 0 to 1: how likely a word goes all the way, each step by its strength. */
  score: number;
}

export interface Search {
  target: Node;
  /** Steps at most. */
  longest: number;
  /** Paths at most. */
  most: number;
  /** Who is not to be called upon, as somebody says: their paths come last. */
  unwilling: ReadonlySet<Node>;
}

/** What a path is worth still when it needs somebody who is not to be called upon. */
const unwillingWorth = 0.2;

/** Strongest edge between two nodes: the others say nothing more about the way. */
function strongest<E>(edges: readonly Edge<E>[]): Map<Node, Map<Node, Edge<E>>> {
  const graph = new Map<Node, Map<Node, Edge<E>>>();
  const put = (from: Node, to: Node, edge: Edge<E>) => {
    const there = graph.get(from) ?? new Map<Node, Edge<E>>();
    const known = there.get(to);
    if (!known || known.strength < edge.strength) there.set(to, edge);
    graph.set(from, there);
  };
  for (const edge of edges) {
    if (edge.a === edge.b || edge.strength <= 0) continue;
    put(edge.a, edge.b, edge);
    put(edge.b, edge.a, edge);
  }
  return graph;
}

/** The better first; of equal ones the shorter; then by name, so that the same question has the same answer. */
function compare(one: Path, other: Path): number {
  return (
    other.score - one.score ||
    one.nodes.length - other.nodes.length ||
    (one.nodes.join() < other.nodes.join() ? -1 : one.nodes.join() > other.nodes.join() ? 1 : 0)
  );
}

/**
 * The best few different paths from the viewer to a person: by the product of their strengths, without going anywhere twice, each through another first
 * step as far as there are enough (three ways through one colleague are one favour asked). Colleagues are asked, never looked for: a
 * path has a member after the viewer only.
 */
export function bestPaths<E>(edges: readonly Edge<E>[], { target, longest, most, unwilling }: Search): Path<E>[] {
  const graph = strongest(edges);
  const found: Path<E>[] = [];
  // From the target back, because few know it.
  const walk = (nodes: Node[], taken: Edge<E>[], score: number): void => {
    const at = nodes[0]!;
    for (const [next, edge] of graph.get(at) ?? []) {
      if (nodes.includes(next)) continue;
      const worth = score * (edge.strength / 100) * (next !== 'me' && unwilling.has(next) ? unwillingWorth : 1);
      const path = { nodes: [next, ...nodes], edges: [edge, ...taken], score: worth };
      if (next === 'me') found.push(path);
      else if (taken.length + 1 < longest && !at.startsWith('member:')) walk(path.nodes, path.edges, worth);
    }
  };
  walk([target], [], 1);
  return different(found.filter(leadsStraight).sort(compare), most);
}

/** After the viewer's own contact, or a colleague, come persons only. */
const leadsStraight = ({ nodes }: Path): boolean => nodes.slice(2).every((node) => node.startsWith('person:'));

function different<E>(paths: readonly Path<E>[], most: number): Path<E>[] {
  const first: Path<E>[] = [];
  const more: Path<E>[] = [];
  const starts = new Set<Node>();
  for (const path of paths) {
    const start = path.nodes[1]!;
    // Somebody who can be reached at all by a shorter way is not to be asked through others again and again.
    if (starts.has(start)) more.push(path);
    else first.push(path);
    starts.add(start);
  }
  return [...first, ...more].slice(0, most);
}
