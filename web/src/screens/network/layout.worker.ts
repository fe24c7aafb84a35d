import { UndirectedGraph } from 'graphology';
import louvainPackage from 'graphology-communities-louvain';
import forcePackage from 'graphology-layout-forceatlas2';
import type { Picture } from '../../../../server/relations/paths-contract.ts';

// Both are CommonJS: what they call their default is the whole of them.
const louvain = louvainPackage as unknown as typeof louvainPackage.default;
const forceAtlas2 = forcePackage as unknown as typeof forcePackage.default;

/** Where each stands (persons, then members), and of which cluster it is. */
export interface Layout {
  x: Float32Array;
  y: Float32Array;
  cluster: Int32Array;
}

/** Turns after which little moves any more: more for few, so that a large picture comes within seconds. */
const turnsOf = (nodes: number): number => Math.round(Math.min(300, Math.max(60, 200_000 / (nodes + 1))));

/** The same picture looks the same each time: places at first by a golden angle, not by chance. */
function place(picture: Picture): UndirectedGraph {
  const graph = new UndirectedGraph();
  const count = picture.persons.length + picture.members.length;
  for (let at = 0; at < count; at++) {
    const [angle, radius] = [at * 2.399963, 10 * Math.sqrt(at + 1)];
    graph.addNode(at, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
  }
  for (const { a, b, strength } of picture.ties) graph.mergeEdge(a, b, { weight: 1 + strength / 25 });
  picture.persons.forEach(({ knownBy }, at) => {
    for (const { member, strength } of knownBy)
      graph.mergeEdge(at, picture.persons.length + member, { weight: 0.3 + strength / 50 });
  });
  return graph;
}

function arrange(picture: Picture): Layout {
  const graph = place(picture);
  const count = graph.order;
  const layout = { x: new Float32Array(count), y: new Float32Array(count), cluster: new Int32Array(count) };
  if (count === 0) return layout;
  const settings = { ...forceAtlas2.inferSettings(graph), barnesHutOptimize: count > 300, linLogMode: true };
  const places = forceAtlas2(graph, { iterations: turnsOf(count), settings, getEdgeWeight: 'weight' });
  // A fixed source of chance, for the same reason.
  let state = 1;
  const rng = () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const clusters = graph.size > 0 ? louvain(graph, { getEdgeWeight: 'weight', rng }) : {};
  for (let at = 0; at < count; at++) {
    const { x, y } = places[at] as { x: number; y: number };
    layout.x[at] = x;
    layout.y[at] = y;
    layout.cluster[at] = clusters[at] ?? at;
  }
  return layout;
}

self.onmessage = ({ data }: MessageEvent<Picture>) => {
  const layout = arrange(data);
  postMessage(layout, { transfer: [layout.x.buffer, layout.y.buffer, layout.cluster.buffer] });
};
