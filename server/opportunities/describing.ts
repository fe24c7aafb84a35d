import { listParticipants, type ParticipantRow } from '../cards/participants.ts';
import { findPersonCards, nameCards } from '../cards/persons.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import type * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { decides, visibilityOf } from './rules.ts';

type Viewer = Pick<Context, 'tx' | 'actor' | 'role'>;

/** What lists show of opportunities. */
export async function describeOpportunities(
  viewer: Viewer,
  rows: readonly queries.OpportunityRow[],
): Promise<contracts.Opportunity[]> {
  const names = await nameCards(
    viewer,
    rows.flatMap(({ organization_card }) => organization_card ?? []),
  );
  return rows.map((row) => ({
    id: row.opportunity_id,
    name: row.name,
    organization: organizationOf(row, names),
    stageId: row.stage_id,
    value: row.currency === null ? null : { cents: row.value_cents!, currency: row.currency },
    expectedOn: row.expected_on,
    openedOn: row.opened_on,
    closedOn: row.closed_on,
    outcome: row.outcome,
    owner: { id: row.owner_id, name: row.owner },
    people: row.people,
    version: row.version,
  }));
}

/** As the viewer's contacts call it, where they may see its card (not removed, not withdrawn); else as it was typed. */
function organizationOf(row: queries.OpportunityRow, names: ReadonlyMap<string, string>) {
  const { organization_card: cardId, organization_name: typed } = row;
  const name = cardId === null ? undefined : names.get(cardId);
  return name === undefined ? { id: null, name: typed } : { id: cardId, name: name || typed };
}

/** An opportunity as its page shows it. @throws AppError not_found for one that the viewer does not see */
export async function describeOpportunity(viewer: Viewer, opportunityId: string): Promise<contracts.FullOpportunity> {
  const { tx, actor, role } = viewer;
  const row = await queries.findOpportunity(tx, actor, opportunityId);
  if (!row) throw notFound();
  const [summary] = await describeOpportunities(viewer, [row]);
  const participants = await describeParticipants(viewer, opportunityId);
  const moves = await queries.listMoves(tx, actor, opportunityId);
  return {
    ...summary!,
    people: participants.length,
    note: row.note,
    visibility: await nameVisibility(viewer, row),
    mine: decides(row, actor, role),
    reasons: row.reasons,
    outcomeNote: row.outcome_note,
    wordDueOn: row.outcome === 'lost' ? row.word_due_on : null,
    source: describeSource(viewer, row),
    changed:
      row.changed_by === null
        ? null
        : { by: { id: row.changed_by, name: row.changer ?? '' }, at: row.changed_at.toISOString() },
    participants,
    moves: moves.map((one) => ({
      kind: one.kind,
      from: one.from_stage,
      to: one.to_stage,
      reasons: one.reasons,
      note: one.note,
      member: { id: one.member_id, name: one.member },
      at: one.at.toISOString(),
    })),
  };
}

/** Where it came from; what the row said, which may name people, is for who imported it alone. */
function describeSource({ actor }: Viewer, row: queries.OpportunityRow): contracts.FullOpportunity['source'] {
  if (row.source === null) return null;
  const cells = row.imported_by === actor.memberId ? (row.source_state?.cells ?? []) : [];
  return { kind: row.source, externalId: row.external_id, cells, endedAt: row.ended_at?.toISOString() ?? null };
}

async function nameVisibility({ tx, actor }: Viewer, row: queries.OpportunityRow) {
  const seen = visibilityOf(row, actor.workspaceId);
  if (seen.kind !== 'team') return seen;
  return { ...seen, name: (await queries.findTeamName(tx, actor, seen.teamId))?.name ?? '' };
}

/** Who has a part in it, each person once, by whichever of their cards it was said. */
async function describeParticipants(viewer: Viewer, opportunityId: string): Promise<contracts.Participant[]> {
  const rows = await listParticipants(viewer.tx, viewer.actor, opportunityId);
  const names = await nameCards(
    viewer,
    rows.map(({ card_id }) => card_id),
  );
  const persons = await groupByPerson(viewer, rows);
  return persons.map((group) => ({
    person: { id: group[0]!.card_id, name: names.get(group[0]!.card_id) ?? '' },
    roles: [...new Set(group.flatMap(({ roles }) => roles))] as contracts.Participant['roles'],
    addedBy: { id: group[0]!.author_id, name: group[0]!.author },
  }));
}

/** Cards that have come together since they were added are one person, if the viewer sees what joins them. */
async function groupByPerson({ tx, actor }: Viewer, rows: readonly ParticipantRow[]): Promise<ParticipantRow[][]> {
  const groups: ParticipantRow[][] = [];
  for (const cluster of Map.groupBy(rows, ({ cluster_id }) => cluster_id).values()) {
    const left = new Set(cluster);
    for (const first of cluster) {
      if (!left.has(first)) continue;
      const found = left.size === 1 ? null : await findPersonCards(tx, actor, first.card_id);
      const group = cluster.filter((one) => left.has(one) && (one === first || found?.cardIds.includes(one.card_id)));
      for (const one of group) left.delete(one);
      groups.push(group);
    }
  }
  return groups;
}
