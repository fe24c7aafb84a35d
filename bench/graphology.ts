import { parentPort, workerData } from 'node:worker_threads';
import { UndirectedGraph } from 'graphology';
import { dijkstra } from 'graphology-shortest-path';

/** All that the viewer may see, as ties from node to node, and whom they look for. The viewer is node −1. */
export interface Question {
  from: Int32Array;
  to: Int32Array;
  /** 1 to 100. */
  strength: Uint8Array;
  targets: number[];
}

/** Seconds to read it, resident megabytes, and for each target the milliseconds, the score and the steps of the best path. */
export interface Answer {
  built: number;
  memory: number;
  answers: { took: number; score: number; steps: number }[];
}

const viewer = -1;
const { from, to, strength, targets } = workerData as Question;
const began = performance.now();
const graph = new UndirectedGraph<object, { weight: number }>();
for (let at = 0; at < from.length; at++) {
  const [a, b] = [from[at]!, to[at]!];
  if (a === b) continue;
  graph.mergeNode(a);
  graph.mergeNode(b);
  // The best product of strengths is the least sum of these.
  const weight = -Math.log(strength[at]! / 100);
  graph.updateEdge(a, b, (known) => ({ weight: Math.min(known.weight ?? Number.POSITIVE_INFINITY, weight) }));
}
const built = (performance.now() - began) / 1000;

function ask(target: number): Answer['answers'][number] {
  const started = performance.now();
  const path: string[] | null = graph.hasNode(target) ? dijkstra.bidirectional(graph, viewer, target, 'weight') : null;
  const took = performance.now() - started;
  if (!path) return { took, score: 0, steps: 0 };
  const weights = path.slice(1).map((node, at) => graph.getEdgeAttribute(graph.edge(path[at]!, node)!, 'weight'));
  return { took, score: Math.exp(-weights.reduce((sum, weight) => sum + weight, 0)), steps: weights.length };
}

const answers = targets.map(ask);
parentPort!.postMessage({ built, answers, memory: process.memoryUsage().rss / 2 ** 20 } satisfies Answer);
