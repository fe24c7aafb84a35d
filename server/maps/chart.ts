import { listTitles, listVacancies } from '../cards/charts.ts';
import { findPersonCards, nameCards } from '../cards/persons.ts';
import { listStaff } from '../cards/staff.ts';
import { listTiesAmong, type TieRow } from '../cards/ties.ts';
import { fold } from '../formats/normalise/fold.ts';
import type { Output } from '../kernel/contract.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import type * as contracts from './contract.ts';
import { chartOf, type Said } from './reporting.ts';
import { readTitle } from './titles.ts';

type Viewer = Pick<Context, 'tx' | 'actor'>;
type Staff = NonNullable<Awaited<ReturnType<typeof listStaff>>>;

/** An organisation and its people, as the viewer sees them. */
export interface Organization extends Staff {
  id: string;
  cardIds: string[];
  name: string;
  /** The person of a card, of those who are there now. */
  personOf: Map<string, string>;
}

/** @throws AppError not_found when it does not exist for the viewer */
export async function loadOrganization(viewer: Viewer, organizationId: string): Promise<Organization> {
  const found = await findPersonCards(viewer.tx, viewer.actor, organizationId);
  const staff = found && (await listStaff(viewer, organizationId));
  if (!found || !staff) throw notFound();
  const names = await nameCards(viewer, found.cardIds);
  // A card that names it and nobody else is the organisation itself, written as a person.
  const now = staff.now.filter(({ cardIds }) => !cardIds.some((id) => found.cardIds.includes(id)));
  return {
    ...staff,
    now,
    id: organizationId,
    cardIds: found.cardIds,
    name: found.cardIds.map((id) => names.get(id)).find(Boolean) ?? '',
    personOf: new Map(now.flatMap(({ personId, cardIds }) => cardIds.map((id) => [id, personId] as const))),
  };
}

type Statement = contracts.ChartPerson['statements'][number];

/** What people say of reporting lines, by person; what joined cards would say of somebody and themself is nothing. */
function statementsOf(organization: Organization, ties: readonly TieRow[], memberId: string): Map<string, Statement[]> {
  const { personOf } = organization;
  const top = new Set(organization.cardIds);
  const said = ties.flatMap((tie) => {
    const id = personOf.get(tie.card_a);
    const chiefId = top.has(tie.card_b) ? null : personOf.get(tie.card_b);
    if (!id || chiefId === undefined || chiefId === id) return [];
    return [
      {
        id,
        chiefId,
        kind: tie.kind as Statement['kind'],
        member: { id: tie.author_id, name: tie.author },
        mine: tie.author_id === memberId,
        shared: tie.shared,
        at: tie.seen_at.toISOString(),
      },
    ];
  });
  return new Map(
    [...Map.groupBy(said, ({ id }) => id)].map(([id, of]) => [id, of.map(({ id: _id, ...statement }) => statement)]),
  );
}

/** What the sources of a person say, where they do not say the same. */
function titlesOf(cardIds: readonly string[], rows: ReadonlyMap<string, Awaited<ReturnType<typeof listTitles>>>) {
  const said = cardIds.flatMap((id) => rows.get(id) ?? []);
  if (new Set(said.map(({ title }) => fold(title).trim())).size < 2) return [];
  return said
    .sort((a, b) => b.seen_at.getTime() - a.seen_at.getTime())
    .map(({ title, source, seen_at }) => ({ title, source, seenAt: seen_at.toISOString() }));
}

/** The chart of an organisation, composed of what the viewer sees and of nothing else. */
export async function describeChart(
  viewer: Viewer,
  organizationId: string,
): Promise<Output<typeof contracts.getChart>> {
  const { tx, actor } = viewer;
  const organization = await loadOrganization(viewer, organizationId);
  const cardIds = organization.now.flatMap((one) => one.cardIds);
  const ties = await listTiesAmong(tx, actor, [...cardIds, ...organization.cardIds], ['reports_to', 'assists']);
  const statements = statementsOf(organization, ties, actor.memberId);
  const titles = Map.groupBy(await listTitles(tx, actor, cardIds), ({ card_id }) => card_id);
  const people = organization.now.map(({ personId, employment: { title } }) => ({
    id: personId,
    title: title ? readTitle(title) : null,
  }));
  const said = [...statements].flatMap(([id, of]) =>
    of.map(
      ({ chiefId, mine, at, kind }): Said => ({ id, chiefId, mine, at: Date.parse(at), assists: kind === 'assists' }),
    ),
  );
  const { places, circles } = chartOf(people, said);
  const placeOf = new Map(places.map((place) => [place.id, place]));
  return {
    organization: { id: organization.id, name: organization.name },
    people: organization.now.map(({ personId, cardIds: own, name, employment }) => {
      const { id, chiefId, line, inferred, contradicted } = placeOf.get(personId)!;
      const of = statements.get(id) ?? [];
      return {
        id,
        name,
        title: employment.title,
        titles: titlesOf(own, titles),
        chiefId,
        line,
        statements: of,
        inferred,
        contradicted,
      };
    }),
    vacancies: (await listVacancies(tx, actor, organization.cardIds)).map((row) => ({
      id: row.vacancy_id,
      title: row.title,
      chiefId: (row.chief_id && organization.personOf.get(row.chief_id)) || null,
      member: { id: row.author_id, name: row.author },
      mine: row.author_id === actor.memberId,
      shared: row.shared,
      at: row.created_at.toISOString(),
    })),
    before: organization.before.map(({ personId, name, employment: { title, until } }) => ({
      id: personId,
      name,
      title,
      until: until!.toISOString(),
    })),
    circles,
    more: organization.more,
  };
}
