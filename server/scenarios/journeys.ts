import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Result, StepSaid } from './contract.ts';

// People on their way, what they passed, what their holders are asked. Every query that a member sees by is joined with the card: who is not seen is absent.

export type Outcome = 'goal' | 'exit' | 'taken_out' | 'stopped' | 'out_of_sight' | 'failed';

export interface JourneyRow {
  journey_id: string;
  card_id: string;
  contact_point_id: string | null;
  version: number;
  node_id: string;
  step_no: number;
  phase: 'moving' | 'asked';
  due_at: Date;
  tries: number;
  /** The day of theirs (`YYYY-MM-DD`) for which they came in. */
  day: string | null;
}

/** Somebody who is held, and what their holder answered to the question of this step. */
export type HeldRow = JourneyRow & { answer: 'write' | 'go' | 'leave' | null };

const columns = sql`j.journey_id, j.card_id, j.contact_point_id, j.version, j.node_id, j.step_no, j.phase, j.due_at, j.tries, j.day::text`;
const card = (workspaceId: string) => sql`
  join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = j.card_id and c.exposure < 2`;

/** Of those whom the actor sees, some whose step is due, the longest first. */
export async function listDue(
  tx: Tx,
  { workspaceId }: Actor,
  scenarioId: string,
  now: Date,
  limit: number,
): Promise<JourneyRow[]> {
  const { rows } = await sql<JourneyRow>`
    select ${columns} from scenarios.journey j ${card(workspaceId)}
    where j.workspace_id = ${workspaceId} and j.scenario_id = ${scenarioId} and j.outcome is null and j.due_at <= ${now}
    order by j.due_at, j.journey_id limit ${limit}`.execute(tx);
  return rows;
}

/** The same of these, locked: another's are left to them. */
export async function lockDue(
  tx: Tx,
  { workspaceId }: Actor,
  journeyIds: readonly string[],
  now: Date,
): Promise<HeldRow[]> {
  const { rows } = await sql<JourneyRow>`
    select ${columns} from scenarios.journey j ${card(workspaceId)}
    where j.workspace_id = ${workspaceId} and j.journey_id = any(${journeyIds}::uuid[]) and j.outcome is null and j.due_at <= ${now}
    order by j.journey_id for update of j skip locked`.execute(tx);
  // Read behind the lock, which whoever answers takes, too: an answer at the last moment is not lost.
  const { rows: answers } = await sql<{ journey_id: string; step_no: number; answer: HeldRow['answer'] }>`
    select journey_id, step_no, answer from scenarios.question
    where workspace_id = ${workspaceId} and journey_id = any(${rows.map(({ journey_id }) => journey_id)}::uuid[])`.execute(
    tx,
  );
  const of = new Map(answers.map((one) => [`${one.journey_id} ${one.step_no}`, one.answer]));
  return rows.map((row) => ({ ...row, answer: of.get(`${row.journey_id} ${row.step_no - 1}`) ?? null }));
}

export interface NewJourney {
  journeyId: string;
  cardId: string;
  contactPointId: string | null;
  occasion: string;
  version: number;
  nodeId: string;
  dueAt: Date;
  /** The day of theirs for which they come in. */
  day: string | null;
  said: StepSaid;
}

/** Lets people in, each by an occasion once. @returns how many came in */
export async function addJourneys(
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  all: readonly NewJourney[],
  now: Date,
): Promise<number> {
  if (all.length === 0) return 0;
  const rows = all.map((one) => ({
    ...{ journey_id: one.journeyId, card_id: one.cardId, contact_point_id: one.contactPointId, occasion: one.occasion },
    ...{ version: one.version, node_id: one.nodeId, due_at: one.dueAt, day: one.day },
  }));
  const { rows: added } = await sql<{ journey_id: string }>`
    insert into scenarios.journey (workspace_id, journey_id, scenario_id, card_id, contact_point_id, occasion, version, node_id, due_at, day, entered_at)
    select ${workspaceId}, n.journey_id, ${scenarioId}, n.card_id, n.contact_point_id, n.occasion, n.version, n.node_id, n.due_at, n.day, ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) n (journey_id uuid, card_id uuid, contact_point_id uuid, occasion text, version int,
      node_id text, due_at timestamptz, day date)
    on conflict (workspace_id, scenario_id, occasion) do nothing returning journey_id`.execute(tx);
  const came = new Set(added.map((row) => row.journey_id));
  await addPassages(
    tx,
    workspaceId,
    scenarioId,
    all
      .filter(({ journeyId }) => came.has(journeyId))
      .map(({ journeyId, version, nodeId, said }) => ({
        journeyId,
        stepNo: 0,
        version,
        nodeId,
        result: 'entered',
        said,
      })),
    now,
  );
  return came.size;
}

export interface Passage {
  journeyId: string;
  stepNo: number;
  version: number;
  nodeId: string;
  result: Result;
  said: StepSaid;
}

/** Writes down what was passed; the key refuses a step that was passed before, and with it all of the transaction. */
export async function addPassages(
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  all: readonly Passage[],
  now: Date,
): Promise<void> {
  if (all.length === 0) return;
  const rows = all.map((one) => ({
    ...{
      journey_id: one.journeyId,
      step_no: one.stepNo,
      version: one.version,
      node_id: one.nodeId,
      result: one.result,
      said: one.said,
    },
  }));
  await sql`
    insert into scenarios.passage (workspace_id, journey_id, step_no, scenario_id, version, node_id, result, said, at)
    select ${workspaceId}, n.journey_id, n.step_no, ${scenarioId}, n.version, n.node_id, n.result, n.said, ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) n (journey_id uuid, step_no int, version int, node_id text, result text, said jsonb)`.execute(
    tx,
  );
}

export interface Advance {
  journeyId: string;
  nodeId: string;
  stepNo: number;
  phase: 'moving' | 'asked';
  dueAt: Date;
  tries: number;
  outcome: Outcome | null;
}

/** Where they stand after a step. */
export async function advance(tx: Tx, workspaceId: string, all: readonly Advance[], now: Date): Promise<void> {
  if (all.length === 0) return;
  const rows = all.map((one) => ({
    ...{
      journey_id: one.journeyId,
      node_id: one.nodeId,
      step_no: one.stepNo,
      phase: one.phase,
      due_at: one.dueAt,
      tries: one.tries,
      outcome: one.outcome,
    },
  }));
  await sql`
    update scenarios.journey j set node_id = n.node_id, step_no = n.step_no, phase = n.phase, due_at = n.due_at, tries = n.tries, outcome = n.outcome,
      unseen_days = 0, unseen_at = null,
      ended_at = case when n.outcome is not null then ${now}::timestamptz end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) n (journey_id uuid, node_id text, step_no int, phase text, due_at timestamptz, tries smallint,
      outcome text)
    where j.workspace_id = ${workspaceId} and j.journey_id = n.journey_id`.execute(tx);
}

/** Those who came in before, by card: whether they are on their way, and when they left last. */
export async function findEarlier(
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  cardIds: readonly string[],
): Promise<{ card_id: string; inside: boolean; ended_at: Date | null }[]> {
  const { rows } = await sql<{ card_id: string; inside: boolean; ended_at: Date | null }>`
    select card_id, bool_or(outcome is null) as inside, max(ended_at) as ended_at from scenarios.journey
    where workspace_id = ${workspaceId} and scenario_id = ${scenarioId} and card_id = any(${cardIds}::uuid[]) group by card_id`.execute(
    tx,
  );
  return rows;
}

/** On a new version: those whose step it has go on by it. @returns how many of those on their way whom the actor sees did, and did not */
export async function moveToVersion(
  tx: Tx,
  { workspaceId }: Actor,
  scenarioId: string,
  version: number,
  nodeIds: readonly string[],
  move: boolean,
): Promise<{ moved: number; stayed: number }> {
  const { rows: standing } = await sql<{ moves: boolean; n: number }>`
    select j.node_id = any(${nodeIds}::text[]) as moves, count(*)::int as n from scenarios.journey j ${card(workspaceId)}
    where j.workspace_id = ${workspaceId} and j.scenario_id = ${scenarioId} and j.outcome is null group by 1`.execute(
    tx,
  );
  const of = (moves: boolean) => standing.find((one) => one.moves === moves)?.n ?? 0;
  if (!move) return { moved: 0, stayed: of(true) + of(false) };
  await sql`update scenarios.journey set version = ${version}
    where workspace_id = ${workspaceId} and scenario_id = ${scenarioId} and outcome is null and node_id = any(${nodeIds}::text[])`.execute(
    tx,
  );
  return { moved: of(true), stayed: of(false) };
}

/** Versions that run in the actor's name: where people came by them rests on what they see, and is theirs alone to read. */
const byActor = ({
  workspaceId,
  memberId,
}: Actor) => sql`exists (select from scenarios.version v where v.workspace_id = ${workspaceId}
  and v.scenario_id = j.scenario_id and v.version = j.version and v.published_by = ${memberId})`;

export interface Counted {
  scenario_id: string;
  in_flight: number;
  goal: number;
  ended: number;
}

/** How many of those whom the actor sees are on their way, came to the goal (of versions in their name), or ended otherwise. */
export async function countPeople(tx: Tx, actor: Actor, scenarioIds: readonly string[]): Promise<Map<string, Counted>> {
  const { workspaceId } = actor;
  const { rows } = await sql<Counted>`
    select j.scenario_id, count(*) filter (where j.outcome is null)::int as in_flight,
      count(*) filter (where j.outcome = 'goal' and ${byActor(actor)})::int as goal,
      count(*) filter (where j.outcome is not null and not (j.outcome = 'goal' and ${byActor(actor)}))::int as ended
    from scenarios.journey j ${card(workspaceId)}
    where j.workspace_id = ${workspaceId} and j.scenario_id = any(${scenarioIds}::uuid[]) group by j.scenario_id`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.scenario_id, row]));
}

export async function countAt(
  tx: Tx,
  actor: Actor,
  scenarioId: string,
): Promise<{ version: number; nodeId: string; people: number }[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<{ version: number; nodeId: string; people: number }>`
    select j.version, j.node_id as "nodeId", count(*)::int as people from scenarios.journey j ${card(workspaceId)}
    where j.workspace_id = ${workspaceId} and j.scenario_id = ${scenarioId} and j.outcome is null and ${byActor(actor)} group by 1, 2 order by 1 desc, 2`.execute(
    tx,
  );
  return rows;
}

export async function countPassed(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  scenarioId: string,
): Promise<{ nodeId: string; result: string; times: number }[]> {
  const { rows } = await sql<{ nodeId: string; result: string; times: number }>`
    select p.node_id as "nodeId", p.result, count(*)::int as times from scenarios.passage p
    join scenarios.journey j on j.workspace_id = ${workspaceId} and j.journey_id = p.journey_id ${card(workspaceId)}
    join scenarios.version v on v.workspace_id = ${workspaceId} and v.scenario_id = ${scenarioId} and v.version = p.version
      and v.published_by = ${memberId}
    where p.workspace_id = ${workspaceId} and p.scenario_id = ${scenarioId} group by 1, 2 order by 1, 2`.execute(tx);
  return rows;
}

export interface Traveller {
  journey_id: string;
  card_id: string;
  version: number;
  node_id: string;
  due_at: Date;
  phase: 'moving' | 'asked';
  outcome: Outcome | null;
  entered_at: Date;
  ended_at: Date | null;
  /** By a version that runs in the actor's name. */
  by_me: boolean;
}

/** @param which at a step: of those alone who came there by a version in the actor's name */
export async function listTravellers(
  tx: Tx,
  actor: Actor,
  scenarioId: string,
  which: { journeyId: string } | { nodeId?: string | undefined; done?: boolean | undefined; after: string | null },
  limit: number,
): Promise<Traveller[]> {
  const { workspaceId } = actor;
  const condition =
    'journeyId' in which
      ? sql`j.journey_id = ${which.journeyId}`
      : sql`${which.nodeId ? sql`j.node_id = ${which.nodeId} and ${byActor(actor)}` : sql`true`}
        and ${which.done === undefined ? sql`true` : sql`(j.outcome is not null) = ${which.done}`}
        and ${which.after ? sql`j.journey_id < ${which.after}::uuid` : sql`true`}`;
  const { rows } = await sql<Traveller>`
    select j.journey_id, j.card_id, j.version, j.node_id, j.due_at, j.phase, j.outcome, j.entered_at, j.ended_at, ${byActor(actor)} as by_me
    from scenarios.journey j ${card(workspaceId)}
    where j.workspace_id = ${workspaceId} and j.scenario_id = ${scenarioId} and ${condition} order by j.journey_id desc limit ${limit}`.execute(
    tx,
  );
  return rows;
}

export interface PassageRow {
  step_no: number;
  at: Date;
  version: number;
  node_id: string;
  result: Result;
  said: StepSaid;
}

/** The way of somebody whom the actor has been shown, as far as they went it by versions in the actor's name. */
export async function listPassages(tx: Tx, { workspaceId, memberId }: Actor, journeyId: string): Promise<PassageRow[]> {
  const { rows } = await sql<PassageRow>`
    select p.step_no, p.at, p.version, p.node_id, p.result, p.said from scenarios.passage p
    join scenarios.version v on v.workspace_id = ${workspaceId} and v.scenario_id = p.scenario_id and v.version = p.version
      and v.published_by = ${memberId}
    where p.workspace_id = ${workspaceId} and p.journey_id = ${journeyId} order by p.step_no`.execute(tx);
  return rows;
}

/** Ends the way of some, or of all, with a line that says so. @returns how many */
export async function endJourneys(
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  which: { journeyIds: readonly string[] } | 'all',
  outcome: Outcome & Result,
  said: StepSaid,
  now: Date,
): Promise<number> {
  const condition = which === 'all' ? sql`true` : sql`journey_id = any(${which.journeyIds}::uuid[])`;
  const { rows } = await sql<{ n: number }>`
    with gone as (
      update scenarios.journey set outcome = ${outcome}, ended_at = ${now}, step_no = step_no + 1
      where workspace_id = ${workspaceId} and scenario_id = ${scenarioId} and outcome is null and ${condition}
      returning journey_id, step_no - 1 as step_no, version, node_id),
    told as (
      insert into scenarios.passage (workspace_id, journey_id, step_no, scenario_id, version, node_id, result, said, at)
      select ${workspaceId}, journey_id, step_no, ${scenarioId}, version, node_id, ${outcome}, ${JSON.stringify(said)}::jsonb, ${now} from gone)
    select count(*)::int as n from gone`.execute(tx);
  return rows[0]!.n;
}

// --- what holders are asked ---

export interface NewQuestion {
  questionId: string;
  journeyId: string;
  stepNo: number;
  cardId: string;
  holderId: string;
  words: string;
  taskId: string;
  expiresAt: Date;
}

export async function addQuestions(
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  all: readonly NewQuestion[],
  now: Date,
): Promise<void> {
  if (all.length === 0) return;
  await tx
    .insertInto('scenarios.question')
    .values(
      all.map((one) => ({
        ...{
          workspace_id: workspaceId,
          question_id: one.questionId,
          scenario_id: scenarioId,
          journey_id: one.journeyId,
        },
        ...{ step_no: one.stepNo, card_id: one.cardId, holder_id: one.holderId, words: one.words, task_id: one.taskId },
        ...{ asked_at: now, expires_at: one.expiresAt },
      })),
    )
    .execute();
}

export interface QuestionRow {
  question_id: string;
  scenario_id: string;
  journey_id: string;
  step_no: number;
  card_id: string;
  words: string;
  task_id: string;
  scenario: string;
  asked_by: string;
  asked_at: Date;
  expires_at: Date;
}

/** What the actor is asked and has not answered, where the answer still changes something. */
export async function listQuestions(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  questionId?: string,
): Promise<QuestionRow[]> {
  const { rows } = await sql<QuestionRow>`
    select q.question_id, q.scenario_id, q.journey_id, q.step_no, q.card_id, q.words, q.task_id, p.name as scenario, m.name as asked_by, q.asked_at, q.expires_at
    from scenarios.question q
    join scenarios.journey j on j.workspace_id = ${workspaceId} and j.journey_id = q.journey_id and j.outcome is null and j.phase = 'asked'
      and j.step_no = q.step_no + 1 ${card(workspaceId)}
    join plan.campaign p on p.workspace_id = ${workspaceId} and p.campaign_id = q.scenario_id
    join plan.programme g on g.workspace_id = ${workspaceId} and g.programme_id = p.programme_id
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = g.owner_id
    where q.workspace_id = ${workspaceId} and q.holder_id = ${memberId} and q.answer is null
      and ${questionId ? sql`q.question_id = ${questionId}` : sql`true`}
    order by q.asked_at, q.question_id limit 200`.execute(tx);
  return rows;
}

/** @returns false where it was answered before, or its person has gone on without it */
export async function answer(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  question: QuestionRow,
  said: string,
): Promise<boolean> {
  // Whoever takes the step holds the row: either the answer is there before, or it comes too late and is told so.
  const { rows: waiting } = await sql`
    select from scenarios.journey where workspace_id = ${workspaceId} and journey_id = ${question.journey_id} and phase = 'asked' and outcome is null
      and step_no = ${question.step_no + 1} for update`.execute(tx);
  if (waiting.length === 0) return false;
  const { rows } = await sql`
    update scenarios.question set answer = ${said}, answered_by = ${memberId}, answered_at = now()
    where workspace_id = ${workspaceId} and question_id = ${question.question_id} and answer is null returning question_id`.execute(
    tx,
  );
  if (rows.length === 0) return false;
  await sql`update scenarios.journey set due_at = least(due_at, now())
    where workspace_id = ${workspaceId} and journey_id = ${question.journey_id} and phase = 'asked' and outcome is null`.execute(
    tx,
  );
  return true;
}

/** Ways that ended two years ago are forgotten. As the keeper. */
export async function forgetOld(tx: Tx): Promise<void> {
  // No workspace: all of them.
  await sql`delete from scenarios.journey where ended_at < now() - interval '2 years'`.execute(tx);
}

/** Days on which somebody is looked for and not seen, before they are taken out. */
const unseenDays = 7;

/**
 * Counts, once a day, those whose step is due and whom the actor does not see; who was looked for on so many days is taken out. Days on which nobody
 * looked (the product stood still, the actor is gone) count for nothing. @returns how many were taken out
 */
export async function countUnseen(tx: Tx, { workspaceId }: Actor, scenarioId: string, now: Date): Promise<number> {
  const { rows } = await sql<{ id: string; days: number }>`
    update scenarios.journey j set unseen_days = j.unseen_days + 1, unseen_at = ${now}
    where j.workspace_id = ${workspaceId} and j.scenario_id = ${scenarioId} and j.outcome is null and j.due_at <= ${now}
      and (j.unseen_at is null or j.unseen_at <= ${now}::timestamptz - interval '1 day')
      and not exists (select from cards.card c where c.workspace_id = ${workspaceId} and c.card_id = j.card_id and c.exposure < 2)
    returning j.journey_id as id, j.unseen_days as days`.execute(tx);
  const journeyIds = rows.filter(({ days }) => days >= unseenDays).map(({ id }) => id);
  if (journeyIds.length === 0) return 0;
  return endJourneys(tx, workspaceId, scenarioId, { journeyIds }, 'out_of_sight', {}, now);
}

/** Tasks that a scenario gave and nobody has done: all, or those for one person. As the keeper. */
export async function listOpenTasks(
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  which: { journeyId: string } | 'all',
): Promise<string[]> {
  const { rows } = await sql<{ task_id: string }>`
    select t.task_id from scenarios.passage p
    join tasks.task t on t.workspace_id = ${workspaceId} and t.task_id = (p.said ->> 'taskId')::uuid and t.done_at is null
    where p.workspace_id = ${workspaceId} and p.scenario_id = ${scenarioId} and p.said ? 'taskId'
      and ${which === 'all' ? sql`true` : sql`p.journey_id = ${which.journeyId}`}`.execute(tx);
  return rows.map(({ task_id }) => task_id);
}

/** Messages that were written to somebody on their way. As the keeper. */
export async function listMessages(tx: Tx, workspaceId: string, journeyId: string): Promise<string[]> {
  const { rows } = await sql<{ message_id: string }>`
    select said ->> 'messageId' as message_id from scenarios.passage
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and said ? 'messageId'`.execute(tx);
  return rows.map(({ message_id }) => message_id);
}

/** Scenarios that have ended of which something waits to leave: an attempt that failed comes back to the queue. As the keeper. */
export async function listLeftovers(tx: Tx): Promise<{ workspace_id: string; scenario_id: string }[]> {
  // No workspace: it is asked which there are.
  const { rows } = await sql<{ workspace_id: string; scenario_id: string }>`
    select s.workspace_id, s.scenario_id from scenarios.scenario s where s.state = 'ended'
      and (exists (select from outreach.message m where m.workspace_id = s.workspace_id and m.campaign_id = s.scenario_id and m.state = 'queued')
        or exists (select from scenarios.effect e where e.workspace_id = s.workspace_id and e.scenario_id = s.scenario_id and e.state = 'queued'))`.execute(
    tx,
  );
  return rows;
}

/** Which of these occasions have let somebody in. */
export async function findOccasions(
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  occasions: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ occasion: string }>`
    select occasion from scenarios.journey
    where workspace_id = ${workspaceId} and scenario_id = ${scenarioId} and occasion = any(${occasions}::text[])`.execute(
    tx,
  );
  return new Set(rows.map(({ occasion }) => occasion));
}

/** Of ways on which a holder was asked, the tasks of questions that are over. As the keeper. */
export async function listOver(
  tx: Tx,
  workspaceId: string,
  journeyIds: readonly string[],
): Promise<{ task_id: string; holder_id: string; answered: boolean }[]> {
  const { rows } = await sql<{ task_id: string; holder_id: string; answered: boolean }>`
    select q.task_id, q.holder_id, q.answer is not null as answered from scenarios.question q
    join scenarios.journey j on j.workspace_id = ${workspaceId} and j.journey_id = q.journey_id
    where q.workspace_id = ${workspaceId} and q.journey_id = any(${journeyIds}::uuid[])
      and (q.answer is not null or j.outcome is not null or j.step_no > q.step_no + 1)`.execute(tx);
  return rows;
}
