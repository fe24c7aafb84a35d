import { findCardsByPoints, pointOf } from '../cards/facts.ts';
import { findUsedCards } from '../cards/persons.ts';
import { fold } from '../formats/normalise/fold.ts';
import { splitName } from '../formats/normalise/name.ts';
import { getMember, listMembers } from '../identity/queries.ts';
import type { Context } from '../kernel/http.ts';
import { translator } from '../kernel/messages.ts';
import { findByNames, findKnown, type KnownRow, type SaidColumns, type SourceState } from './brought.ts';
import type { ReadLine, ReadTable } from './reading.ts';
import { loadStages, type StageRow } from './stages.ts';
import { keyLike } from './values.ts';

type Viewer = Pick<Context, 'app' | 'tx' | 'actor'>;
type UsedCard = Awaited<ReturnType<typeof findUsedCards>>[number];

/** What a file or a connection says. */
type Said = Pick<ReadTable, 'source' | 'lines' | 'problems'>;

/** What it comes to, held against what its importer sees. */
export interface Plan {
  table: Said;
  stages: StageRow[];
  /** Name of a stage in the file, folded → ours. */
  stageOf: Map<string, string>;
  /** Names of stages that are none of ours, as the file writes them, with the one of ours that looks like it. */
  unknownStages: { name: string; count: number; stageId: string | null }[];
  known: Map<string, KnownRow>;
  /** By folded name. */
  organizations: Map<string, UsedCard>;
  /** By line; `key`: as its source names the contact, where it does. */
  contacts: Map<number, (UsedCard & { key?: string })[]>;
  contactCounts: { found: number; typed: number };
  /** How many of the contacts of a line were found. */
  found: Map<number, number>;
  /** By folded name or address. */
  owners: Map<string, string>;
  /** Whoever said it says all there is: what is left out there is taken away. */
  complete: boolean;
}

export const stageKey = (name: string): string => fold(name).replaceAll(/\s+/g, ' ').trim();

/** What lists sort persons by: family name, then given name (cards/compose.ts). */
function sortNameOf(name: string): string {
  const { given, family } = splitName(name);
  return fold(family ? `${family} ${given ?? ''}` : name).slice(0, 200);
}

/** Holds a file that was read against what is here and its importer sees. */
export async function planImport(viewer: Viewer, table: Said, complete = false): Promise<Plan> {
  const { tx, actor } = viewer;
  const stages = await loadStages(tx, actor);
  return {
    table,
    stages,
    ...matchStages(table.lines, stages),
    known: await findKnown(
      tx,
      actor,
      table.source,
      table.lines.map(({ externalId }) => externalId),
    ),
    organizations: await findOrganizations(viewer, table.lines),
    ...(await findContacts(viewer, table.lines)),
    owners: await findOwners(viewer),
    complete,
  };
}

/** Ours by their names, in both languages for those that nobody has renamed. */
function matchStages(lines: readonly ReadLine[], stages: readonly StageRow[]) {
  const open = stages.filter(({ ended_at }) => ended_at === null);
  const stageOf = new Map<string, string>();
  for (const { stage_id, key, name } of open) {
    const names =
      name !== null ? [name] : (['fr', 'en'] as const).map((one) => translator(one)(`opportunities.stage.${key}`));
    for (const one of names) stageOf.set(stageKey(one), stage_id);
  }
  const unknown = new Map<string, { name: string; count: number; stageId: string | null }>();
  for (const { stage, outcome } of lines) {
    const key = stageKey(stage);
    // Of what is over the stage says no more than that.
    if (key === '' || outcome !== null || stageOf.has(key)) continue;
    const like = keyLike(stage);
    const stageId = open.find((one) => one.key !== null && one.key === like)?.stage_id ?? null;
    const found = unknown.get(key) ?? { name: stage, count: 0, stageId };
    unknown.set(key, { ...found, count: found.count + 1 });
  }
  return { stageOf, unknownStages: [...unknown.values()] };
}

/** Cards by id, those that the viewer sees. */
async function loadUsed({ tx, actor }: Viewer, cardIds: readonly string[]): Promise<Map<string, UsedCard>> {
  const cards = await findUsedCards(tx, actor, [...new Set(cardIds)]);
  return new Map(cards.map((card) => [card.card_id, card]));
}

const byName = (name: string): string => fold(name).slice(0, 200);

async function findOrganizations(viewer: Viewer, lines: readonly ReadLine[]): Promise<Map<string, UsedCard>> {
  const names = [...new Set(lines.map(({ organization }) => byName(organization)))].filter((name) => name !== '');
  const found = await findByNames(viewer.tx, viewer.actor, 'organization', names);
  const cards = await loadUsed(viewer, [...found.values()]);
  return new Map([...found].flatMap(([name, id]) => (cards.has(id) ? [[name, cards.get(id)!] as const] : [])));
}

interface Wanted {
  key?: string;
  cardId?: string | null;
  email?: string;
  name?: string;
}

/** Whom a line names. A name beside addresses is theirs. */
function wantedIn({ people, emails, contacts }: ReadLine): Wanted[] {
  if (people) return people.map(({ email, name, ...one }) => ({ ...one, ...(email ? { email } : { name }) }));
  return emails.length > 0 ? emails.map((email) => ({ email })) : contacts.map((name) => ({ name }));
}

/**
 * Contacts by the card that their connection made of them, by their address, else by a name that one alone has; of these those that the importer
 * sees. Of several cards with an address one of the importer's own comes first.
 */
async function findContacts(viewer: Viewer, lines: readonly ReadLine[]) {
  const { app, tx, actor } = viewer;
  const country = (await getMember(tx, actor))?.country ?? 'FR';
  const wanted = new Map(lines.map((line) => [line.line, wantedIn(line)]));
  const all = [...wanted.values()].flat();
  const points = new Map<string, string>();
  for (const email of new Set(all.flatMap(({ email = [] }) => email))) {
    const point = pointOf(app, actor.workspaceId, country, { email });
    if (point) points.set(email, point);
  }
  const byPoint = await findCardsByPoints(tx, actor.workspaceId, [...points.values()]);
  const sorted = new Map(all.flatMap(({ name }) => (name ? [[name, sortNameOf(name)] as const] : [])));
  const named = await findByNames(tx, actor, 'person', [...new Set(sorted.values())]);
  const made = all.flatMap(({ cardId }) => cardId ?? []);
  const cards = await loadUsed(viewer, [...made, ...[...byPoint.values()].flat(), ...named.values()]);
  const pick = ({ key, cardId, email, name }: Wanted) => {
    const told = cards.get(cardId ?? '');
    const ids = email ? byPoint.get(points.get(email) ?? '') : [named.get(sorted.get(name ?? '') ?? '') ?? ''];
    const seen = (ids ?? []).flatMap((id) => cards.get(id) ?? []);
    const card = told ?? seen.find(({ mine }) => mine) ?? seen[0];
    return card && { ...card, ...(key !== undefined && { key }) };
  };
  const contactCounts = { found: 0, typed: 0 };
  const contacts: Plan['contacts'] = new Map();
  const foundOf = new Map<number, number>();
  for (const [line, sought] of wanted) {
    const found = sought.map(pick);
    foundOf.set(line, found.filter(Boolean).length);
    contactCounts.found += found.filter(Boolean).length;
    contactCounts.typed += found.filter((one) => one === undefined).length;
    const distinct = new Map(found.flatMap((card) => (card ? [[card.card_id, card] as const] : [])));
    if (distinct.size > 0) contacts.set(line, [...distinct.values()]);
  }
  return { contacts, contactCounts, found: foundOf };
}

/** Active members by name and address. */
async function findOwners({ tx, actor }: Viewer): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  for (const { member_id, name, email, status } of await listMembers(tx, actor.workspaceId)) {
    if (status !== 'active') continue;
    owners.set(fold(name).trim(), member_id);
    if (email) owners.set(fold(email).trim(), member_id);
  }
  return owners;
}

/** Who a file says owns an opportunity: "Anne Martin", "anne@acme.example" or both. */
export function ownerIn(owners: ReadonlyMap<string, string>, text: string): string | undefined {
  const email = /[^\s<>()]+@[^\s<>()]+/.exec(text)?.[0];
  return (
    (email && owners.get(fold(email))) ??
    owners.get(
      fold(text)
        .replace(/[(<].*/, '')
        .trim(),
    )
  );
}

/** The organisation of a line, where the importer sees it. */
export const organizationOf = (plan: Plan, line: ReadLine): UsedCard | undefined =>
  plan.organizations.get(byName(line.organization));

/** What a line says, as columns. */
export function toSaid(plan: Plan, line: ReadLine): SaidColumns {
  return {
    name: line.name,
    organization_name: line.organization,
    stage_id: line.outcome === null ? (plan.stageOf.get(stageKey(line.stage)) ?? null) : null,
    value_cents: line.value?.cents ?? null,
    currency: line.value?.currency ?? null,
    expected_on: line.expectedOn,
    opened_on: line.openedOn,
    closed_on: line.closedOn,
    outcome: line.outcome,
    reasons: line.reasons,
    outcome_note: line.outcomeNote,
    note: line.note,
  };
}

/**
 * What is kept of a line: what it said, and its row. Of contacts that were found the cells go: what identifies them stands on their cards, which
 * they can be deleted with.
 */
export function toState(plan: Plan, line: ReadLine): SourceState {
  const { naming } = line;
  const named = wantedIn(line).length;
  const isFound = named > 0 && plan.found.get(line.line) === named;
  const keys = (plan.contacts.get(line.line) ?? []).flatMap(({ key }) => key ?? []);
  return {
    said: toSaid(plan, line),
    cells: line.cells.filter((_cell, at) => !(isFound && naming.includes(at))),
    ...(line.people && { contacts: keys }),
  };
}

const columnsOf = Object.keys({
  name: 0,
  organization_name: 0,
  stage_id: 0,
  value_cents: 0,
  currency: 0,
  expected_on: 0,
  opened_on: 0,
  closed_on: 0,
  outcome: 0,
  reasons: 0,
  outcome_note: 0,
  note: 0,
} satisfies Record<keyof SaidColumns, 0>) as (keyof SaidColumns)[];

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Columns that say something together: amount and currency, and how it ended. */
const together: (keyof SaidColumns)[][] = [
  ['value_cents', 'currency'],
  ['outcome', 'closed_on', 'reasons', 'outcome_note'],
];
const groups = [...together, ...columnsOf.filter((one) => !together.flat().includes(one)).map((one) => [one])];

/** Where a file is silent something stands all the same: it was filled in when the file was read. */
const filledIn: ReadonlySet<keyof SaidColumns> = new Set(['stage_id', 'opened_on', 'closed_on']);
const isSilent = (value: unknown): boolean => value === null || value === '' || same(value, []);

/**
 * What a file changed of an opportunity since it was read last: of a value that people corrected here, nothing; nor does a file that is silent
 * now take a value away, unless what it says is `complete`.
 */
export function changesOf(
  row: Partial<SaidColumns> & { source_state: { said: SaidColumns } },
  now: SaidColumns,
  complete: boolean,
): Partial<SaidColumns> {
  const { said } = row.source_state;
  const isUntouched = (one: keyof SaidColumns) =>
    same(row[one], said[one]) || (said[one] === null && filledIn.has(one));
  const speaks = (one: keyof SaidColumns) => !isSilent(now[one]) || (complete && !filledIn.has(one));
  const changed = groups.filter(
    (group) =>
      group.some((one) => !same(now[one], said[one])) &&
      group.every(isUntouched) &&
      group.some((one) => speaks(one) && !same(now[one], row[one])),
  );
  return Object.fromEntries(changed.flat().map((one) => [one, now[one]])) as Partial<SaidColumns>;
}
