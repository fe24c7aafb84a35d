import { findCardsOfPersons, findUsedCards, summarise } from '../cards/persons.ts';
import { personVariables, type Variables } from '../content/index.ts';
import { recordUses } from '../delegation/ledger.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { chooseAddresses } from '../outreach/choosing.ts';
import { getPlannedCampaign, type PlannedCampaign } from '../plan/index.ts';
import { bandOf } from '../relations/strength.ts';
import type { Approach, ApproachState, Hunt, Refusal } from './contract.ts';
import { states } from './contract.ts';
import * as queries from './queries.ts';
import { writeLetter } from './rules.ts';

export type Viewer = Pick<Context, 'tx' | 'actor'>;
type Planner = Pick<Context, 'tx' | 'actor' | 'role'>;

/** Planners, and whoever owns the programme. */
export const leads = ({ actor, role }: Planner, campaign: PlannedCampaign): boolean =>
  role === 'admin' || role === 'marketing' || campaign.programme.ownerId === actor.memberId;

/** @throws AppError not_found */
export async function getHuntRow({ tx, actor }: Viewer, huntId: string): Promise<queries.HuntRow> {
  const row = await queries.findHunt(tx, actor.workspaceId, { huntId });
  if (!row) throw notFound();
  return row;
}

/** A hunt, and how far each holder is for whoever leads it: others see how far they are themselves. */
export async function describeHunt(planner: Planner, row: queries.HuntRow): Promise<Hunt> {
  const { tx, actor } = planner;
  const campaign = await getPlannedCampaign(tx, actor, row.campaign_id);
  const mine = leads(planner, campaign);
  const all = await queries.countCoverage(tx, actor, row.hunt_id);
  const holders = mine ? all : all.filter(({ holder_id }) => holder_id === actor.memberId);
  return {
    ...{ id: row.hunt_id, campaignId: row.campaign_id, campaign: campaign.name, language: row.language },
    ...{ subject: row.subject, letter: row.letter, endsOn: row.ends_on, pace: row.pace },
    openedBy: { id: row.opened_by, name: row.opener },
    ...{
      sharedOut: row.shared_out_at !== null,
      ended: row.ended_at !== null,
      unknown: row.unknown,
      version: row.version,
      mine,
    },
    holders: holders.map(({ holder_id, holder, ...counts }) => ({
      holder: { id: holder_id, name: holder },
      ...counts,
    })),
  };
}

export const countsOf = (rows: readonly { state: ApproachState; people: number }[]): Record<ApproachState, number> =>
  Object.fromEntries(states.map((state) => [state, rows.find((row) => row.state === state)?.people ?? 0])) as Record<
    ApproachState,
    number
  >;

/** The letter for one contact: as its holder changed it, else the hunt's, with what is known of them. */
export function lettersFor(
  hunt: Pick<queries.HuntRow, 'subject' | 'letter'>,
  row: Pick<queries.ApproachRow, 'subject' | 'letter'>,
  variables: Variables,
): { subject: string; letter: string; missing: string[] } {
  const subject = writeLetter(row.subject ?? hunt.subject, variables);
  const letter = writeLetter(row.letter ?? hunt.letter, variables);
  return {
    ...{ subject: subject.words, letter: letter.words },
    missing: [...new Set([...subject.missing, ...letter.missing])],
  };
}

/** Where each of these persons may be written to by one who knows them, and why not. */
export async function choose(
  { tx, actor }: Viewer,
  personIds: readonly string[],
  purpose: string,
): Promise<Map<string, { contactPointId: string | null; reasons: Refusal[] }>> {
  const wishes = personIds.map((personId) => ({ personId, purpose, manner: 'personal' as const }));
  const chosen = await chooseAddresses(tx, actor, wishes);
  return new Map(
    personIds.map((personId, at): [string, { contactPointId: string | null; reasons: Refusal[] }] => {
      const one = chosen[at];
      if (!one) return [personId, { contactPointId: null, reasons: ['out_of_sight'] }];
      if (one.contactPointId === null) return [personId, { contactPointId: null, reasons: ['no_address'] }];
      return [personId, { contactPointId: one.contactPointId, reasons: one.asked?.reasons ?? ['out_of_sight'] }];
    }),
  );
}

/** A page of my contacts in a hunt. Who lends cards of theirs, too, hears that they were looked at. */
export async function describeApproaches(
  { tx, actor }: Viewer,
  hunt: queries.HuntRow,
  rows: readonly queries.ApproachRow[],
): Promise<Approach[]> {
  if (rows.length === 0) return [];
  const { purpose } = await getPlannedCampaign(tx, actor, hunt.campaign_id);
  const ids = rows.map(({ card_id }) => card_id);
  const persons = await findCardsOfPersons(tx, actor, ids);
  await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, [...new Set([...persons.values()].flat())]));
  const variables = await personVariables(tx, actor, ids);
  const lines = new Map((await summarise({ tx, actor }, [...persons.values()])).map((one) => [one.personId, one]));
  const undecided = rows.filter(({ state }) => state === 'proposed').map(({ card_id }) => card_id);
  const chosen = await choose({ tx, actor }, undecided, purpose);
  return rows.flatMap((row) => {
    const cards = persons.get(row.card_id);
    const line = cards && lines.get(cards[0]!);
    if (!line) return [];
    const { subject, letter, missing } = lettersFor(hunt, row, variables.get(row.card_id) ?? {});
    const gate = chosen.get(row.card_id)?.reasons ?? [];
    const reasons: Refusal[] = row.state === 'proposed' ? gate : (row.reasons as Refusal[]);
    return {
      ...{ id: row.approach_id, personId: row.card_id, name: line.name, organization: line.organization },
      ...{ title: line.title, photo: line.photo, state: row.state, contributed: row.contributed, rank: row.rank },
      ...{ untilOn: row.until_on, dueAt: row.due_at?.toISOString() ?? null },
      ...(missing.length > 0 ? { subject: null, letter: null } : { subject, letter }),
      ...{ missing, edited: row.state !== 'written' && (row.subject !== null || row.letter !== null) },
      strength: row.strength ? bandOf(row.strength) : null,
      ...{ reasons, delivery: row.delivery, outcome: row.outcome, outcomeSeen: row.outcome_seen ?? false },
    };
  });
}
