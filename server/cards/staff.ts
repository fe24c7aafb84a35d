import { type SqlBool, sql } from 'kysely';
import { isFreeMail } from '../formats/normalise/email.ts';
import { fold } from '../formats/normalise/fold.ts';
import { organizationKey } from '../formats/normalise/organization.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { searchTerms } from './compose.ts';
import {
  type CardHistory,
  type CardState,
  type DatedField,
  domainsOf,
  type Employment,
  employmentsOf,
  pickOrganization,
  type Whereabouts,
} from './employments.ts';
import { displayOf } from './fields.ts';
import { reachBit } from './history.ts';
import { findPersonCards, joinPersons } from './queries.ts';

interface Viewer {
  tx: Tx;
  actor: Actor;
}

interface StoredValue {
  kind: DatedField['kind'];
  value: Record<string, unknown>;
  seen_at: string;
}

/** A person or organisation as the viewer sees it, through time. */
interface Known extends Whereabouts {
  personId: string;
  name: string;
  histories: CardHistory[];
  /** What it is called now, without legal forms. */
  keys: Set<string>;
}

const kinds = ['name', 'organization', 'title', 'email', 'address', 'url'];

const toDated = (values: readonly StoredValue[]): DatedField[] =>
  values.map(({ kind, value, seen_at }) => ({ kind, value, seenAt: new Date(seen_at) }));

/** Cards through time: today's values by row security, those before as far as their field classes are open to the viewer. */
async function loadHistories({ tx, actor }: Viewer, cardIds: readonly string[]): Promise<Map<string, CardHistory>> {
  const { workspaceId } = actor;
  const { rows: cards } = await sql<{ card_id: string; seen_at: Date; ended_at: Date | null; today: StoredValue[] }>`
    select c.card_id, c.seen_at, c.ended_at, coalesce((
      select jsonb_agg(jsonb_build_object('kind', f.kind, 'value', f.value, 'seen_at', f.seen_at) order by f.no)
      from cards.card_field f
      where f.workspace_id = ${workspaceId} and f.card_id = c.card_id and f.kind = any(${kinds})), '[]') as today
    from cards.card c where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds})`.execute(tx);
  const { rows: changes } = await sql<{ card_id: string; at: Date; kind: string; before: StoredValue[] }>`
    select c.card_id, c.at, c.kind, (
      select coalesce(jsonb_agg(jsonb_build_object('kind', f->'kind', 'value', f->'value', 'seen_at', f->'seen_at')), '[]')
      from jsonb_array_elements(c.before->'fields') f
      where f->>'kind' = any(${kinds})
        and (${reachBit('c.book_no', '31')} = 1 or ${reachBit('c.book_no', "(f->>'class')::int")} = 1)) as before
    from cards.card_change c
    where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}) and c.before ? 'fields'
    order by c.at, c.change_no`.execute(tx);
  const byCard = Map.groupBy(changes, (change) => change.card_id);
  return new Map(
    cards.map((card) => {
      const before = (byCard.get(card.card_id) ?? []).map(
        ({ at, kind, before: values }): CardState => ({
          fields: toDated(values),
          replaced: { at, byMember: kind === 'edited' },
        }),
      );
      const states = [...before, { fields: toDated(card.today), replaced: null }];
      return [card.card_id, { cardId: card.card_id, seenAt: card.seen_at, endedAt: card.ended_at, states }];
    }),
  );
}

function describeKnown(personId: string, listed: string | undefined, histories: CardHistory[]): Known {
  const today = histories.flatMap(({ states }) => states.at(-1)!.fields);
  const named = today.flatMap(({ kind, value }) =>
    kind === 'organization' ? [value.name] : kind === 'name' ? [value.full] : [],
  );
  const name = today.find(({ kind }) => kind === 'name');
  return {
    personId,
    name: listed ?? (name ? displayOf(name) : ''),
    histories,
    keys: new Set(named.flatMap((one) => (typeof one === 'string' ? organizationKey(one) : [])).filter(Boolean)),
    domains: [...domainsOf(today), ...sitesOf(today)].filter((domain) => !isFreeMail(domain)),
    countries: today.flatMap(({ kind, value }) =>
      kind === 'address' ? fold(String(value.countryCode ?? value.country ?? '')) || [] : [],
    ),
  };
}

function sitesOf(fields: readonly DatedField[]): string[] {
  return fields.flatMap(({ kind, value }) => {
    const host =
      kind === 'url' && /^(?:https?:\/\/)?(?:www\.)?([^/?#\s:]+\.[a-z]{2,})/i.exec(String(value.value ?? ''))?.[1];
    return host ? host.toLowerCase() : [];
  });
}

/** So many contacts that name an organisation are looked at. */
const looked = 400;

interface Entry {
  person_id: string;
  name: string;
}

/** Contacts of a kind on which all words of a name stand, as the viewer's list has them. */
async function findNaming({ tx }: Viewer, key: string, kind: 'person' | 'organization'): Promise<Entry[]> {
  const terms = searchTerms(key);
  if (terms.length === 0) return [];
  const { rows } = await sql<Entry>`
    select person_id, name
    -- No workspace: the function takes it from the viewer's settings.
    from cards.find_entries(${terms}, null, ${JSON.stringify({ kind })}::jsonb, 'name', null, null, ${looked})`.execute(
    tx,
  );
  return rows;
}

/** The persons that these cards belong to, as the viewer sees them, each with all its cards. */
export async function loadPersons({ tx, actor }: Viewer, cardIds: readonly string[]): Promise<string[][]> {
  const { rows } = await sql<{ card_id: string; links: string[] }>`
    select c.card_id, array(
      select l.card_b from cards.link l
      join cards.card o on o.workspace_id = ${actor.workspaceId} and o.card_id = l.card_b
      where l.workspace_id = ${actor.workspaceId} and l.card_a = c.card_id)::text[] as links
    from cards.card c
    where c.workspace_id = ${actor.workspaceId} and c.cluster_id in (
      select s.cluster_id from cards.card s where s.workspace_id = ${actor.workspaceId} and s.card_id = any(${cardIds}))
    order by c.card_id`.execute(tx);
  const personOf = joinPersons(rows.flatMap((row) => row.links.map((other) => [row.card_id, other] as const)));
  const asked = new Set(cardIds);
  return [...Map.groupBy(rows, (row) => personOf(row.card_id)).values()]
    .map((group) => group.map((row) => row.card_id))
    .filter((group) => group.some((id) => asked.has(id)));
}

async function loadKnown(
  viewer: Viewer,
  persons: readonly string[][],
  names: ReadonlyMap<string, string>,
): Promise<Known[]> {
  const histories = await loadHistories(viewer, persons.flat());
  return persons.map((cardIds) => {
    const id = cardIds.find((one) => names.has(one)) ?? cardIds[0]!;
    return describeKnown(
      id,
      names.get(id),
      cardIds.flatMap((one) => histories.get(one) ?? []),
    );
  });
}

/** The organisations of a name (without legal form) that the viewer sees. */
async function findOrganizations(viewer: Viewer, key: string): Promise<Known[]> {
  const entries = await findNaming(viewer, key, 'organization');
  const names = new Map(entries.map((entry) => [entry.person_id, entry.name]));
  const persons = await loadPersons(viewer, [...names.keys()]);
  return (await loadKnown(viewer, persons, names)).filter((one) => one.keys.has(key));
}

const whereabouts = (known: Known, { domains }: Employment): Whereabouts => ({
  // The address used there tells most; somebody who left has another one now.
  domains: domains.length > 0 ? domains : known.domains,
  countries: known.countries,
});

export interface FoundEmployment extends Employment {
  organizationId: string | null;
}

/** Where a person is and was, as far as the viewer may see; undefined: there is no such person for them. */
export async function listEmployments(viewer: Viewer, personId: string): Promise<FoundEmployment[] | undefined> {
  const found = await findPersonCards(viewer.tx, viewer.actor, personId);
  if (!found) return undefined;
  const [known] = await loadKnown(viewer, [found.cardIds], new Map());
  const employments = employmentsOf(known!.histories);
  const organizations = new Map<string, Known[]>();
  for (const { key } of employments)
    if (!organizations.has(key)) organizations.set(key, await findOrganizations(viewer, key));
  return employments.map((one) => ({
    ...one,
    organizationId: pickOrganization(organizations.get(one.key)!, whereabouts(known!, one))?.personId ?? null,
  }));
}

/**
 * With whom a person was at an organisation at the same time and is not now, as far as the viewer may see: those who are elsewhere today, or who stay
 * where the person has left. The organisations that they left last come first.
 */
export async function listFormerColleagues(
  viewer: Viewer,
  personId: string,
  most: number,
): Promise<{ personId: string; organization: string }[]> {
  const employments = (await listEmployments(viewer, personId)) ?? [];
  const found = new Map<string, { personId: string; organization: string }>();
  const past = employments.filter(({ until, organizationId }) => until !== null && organizationId !== null);
  for (const { organization, organizationId, since, until } of past.slice(0, placesLooked)) {
    const staff = await listStaff(viewer, organizationId!);
    for (const { personId: other, employment } of [...(staff?.before ?? []), ...(staff?.now ?? [])])
      if (employment.since <= until! && (employment.until ?? new Date()) >= since && !found.has(other))
        found.set(other, { personId: other, organization });
  }
  return [...found.values()].slice(0, most);
}

/** Past employers of which the staff is looked at. */
const placesLooked = 2;

export interface Colleague {
  personId: string;
  /** All cards of the person that the viewer sees. */
  cardIds: string[];
  name: string;
  employment: Employment;
}

/** Cards that named one of these organisations once, and do not now. */
async function findFormer({ tx, actor }: Viewer, keys: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('cards.card_change')
    .select('card_id')
    .distinct()
    .where('workspace_id', '=', actor.workspaceId)
    .where(sql<SqlBool>`left_organization = any(${keys})`)
    .limit(looked)
    .execute();
  return rows.map((row) => row.card_id);
}

/**
 * The persons who are and were at an organisation, as far as the viewer may see; undefined: it does not exist for them. Whose
 * organisation could be another one of the same name is at none of them.
 */
export async function listStaff(
  viewer: Viewer,
  organizationId: string,
): Promise<{ now: Colleague[]; before: Colleague[]; more: boolean } | undefined> {
  const found = await findPersonCards(viewer.tx, viewer.actor, organizationId);
  if (!found) return undefined;
  const [organization] = await loadKnown(viewer, [found.cardIds], new Map());
  const keys = [...organization!.keys];
  const called: Awaited<ReturnType<typeof findOrganizations>> = [];
  const entries: Awaited<ReturnType<typeof findNaming>> = [];
  for (const key of keys) {
    called.push(...(await findOrganizations(viewer, key)));
    entries.push(...(await findNaming(viewer, key, 'person')));
  }
  const rivals = called.filter((one) => !one.histories.some(({ cardId }) => found.cardIds.includes(cardId)));
  const names = new Map(entries.map((entry) => [entry.person_id, entry.name]));
  const persons = await loadPersons(viewer, [...names.keys(), ...(await findFormer(viewer, keys))]);
  const staff = (await loadKnown(viewer, persons, names)).flatMap((known) =>
    employmentsOf(known.histories)
      .filter((one) => keys.includes(one.key))
      .filter((one) => pickOrganization([organization!, ...rivals], whereabouts(known, one)) === organization)
      // Of several titles there, the last one.
      .slice(0, 1)
      .map((employment) => ({
        personId: known.personId,
        cardIds: known.histories.map(({ cardId }) => cardId),
        name: known.name,
        employment,
      })),
  );
  return {
    now: staff.filter(({ employment }) => employment.until === null),
    before: staff.filter(({ employment }) => employment.until !== null),
    more: entries.length >= looked,
  };
}
