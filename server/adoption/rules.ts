import { type Part, parts } from './contract.ts';

/** What a new company begins with, besides contacts, imports, lending, tasks and notices, which are always there. */
export const simple: readonly Part[] = ['scan', 'quality'];

interface OpenLot {
  state: 'planned' | 'running' | 'done';
  teamIds: readonly string[];
  parts: readonly Part[];
}

/** Which parts somebody is shown, in their usual order. */
export function partsFor(
  { allOpen, open }: { allOpen: boolean; open: readonly Part[] },
  lots: readonly OpenLot[],
  teamIds: readonly string[],
): Part[] {
  if (allOpen) return [...parts];
  const mine = lots.filter((lot) => lot.state !== 'planned' && lot.teamIds.some((id) => teamIds.includes(id)));
  const shown = new Set([...simple, ...open, ...mine.flatMap((lot) => lot.parts)]);
  return parts.filter((part) => shown.has(part));
}

/** What stands in the workspace, by which a part is said to be ready. */
export interface Standing {
  members: number;
  cards: number;
  organizations: number;
  lentBooks: number;
  mailboxes: number;
  channels: number;
  conversations: number;
}

/** Each part with what makes it worth opening; earlier ones first. */
const ready: readonly [Part, (standing: Standing) => boolean][] = [
  ['mail', ({ members }) => members >= 2],
  ['introductions', ({ members, lentBooks }) => members >= 3 && lentBooks > 0],
  ['network', ({ lentBooks, cards }) => lentBooks >= 2 && cards >= 200],
  ['groups', ({ cards }) => cards >= 500],
  ['opportunities', ({ organizations }) => organizations >= 20],
  ['conversations', ({ channels, mailboxes }) => channels > 0 || mailboxes > 0],
  ['notes', ({ cards, members }) => cards >= 200 && members >= 3],
  ['voices', ({ conversations }) => conversations >= 20],
  ['boards', ({ cards }) => cards >= 1000],
  ['facts', ({ cards }) => cards >= 2000],
  ['plan', ({ cards, members }) => cards >= 2000 && members >= 3],
];

/** The first part that is ready and not open to everybody; its own name is why (`adoption.why.<part>`). */
export function nextPart(open: readonly Part[], standing: Standing): { part: Part; why: string } | null {
  const found = ready.find(([part, isReady]) => !open.includes(part) && !simple.includes(part) && isReady(standing));
  return found ? { part: found[0], why: found[0] } : null;
}
