import type { Found, Bond as Joined } from './finding.ts';
import type { Node, Path } from './paths.ts';
import type { Bond, FoundPath, Place } from './paths-contract.ts';
import { bandOf } from './strength.ts';

type Edge = Path<Joined>['edges'][number];

function describeBond(edge: Edge, from: Node): Bond {
  const strength = Math.round(Math.min(100, edge.strength));
  const said = { strength, band: bandOf(strength) };
  const { of } = edge;
  switch (of.by) {
    case 'card':
      return { by: 'card', ...said, grounds: of.grounds as Extract<Bond, { by: 'card' }>['grounds'] };
    case 'group':
      return { by: 'group', ...said, name: of.name };
    case 'organization':
      return { by: 'organization', ...said, people: of.people };
    case 'tie': {
      const { kind, author, authorId } = of;
      return { by: 'tie', ...said, kind, forward: of.from === from, author: { id: authorId, name: author } };
    }
    default:
      return { by: of.by, ...said };
  }
}

function describePlace(node: Node, { names, members, unwilling }: Found): Place {
  if (node === 'me') return { kind: 'me' };
  const [kind, id] = node.split(':') as ['member' | 'person', string];
  if (kind === 'member') return { kind, id, name: members.get(id)?.name ?? '' };
  return { kind, id, name: names.get(id) ?? '', unwilling: unwilling.has(node) };
}

/** A path as it is shown. */
export function describePath(path: Path<Joined>, found: Found): FoundPath {
  const second = path.edges[1]?.of;
  return {
    places: path.nodes.map((node) => describePlace(node, found)),
    bonds: path.edges.map((edge, at) => describeBond(edge, path.nodes[at]!)),
    strength: Math.round(path.score * 100),
    askByCard: path.nodes[1]!.startsWith('member:') && second?.by === 'card' ? second.cardId : null,
  };
}
