import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { toJsonb } from '../kernel/jsonb.ts';
import type { Kind, Question } from './contract.ts';
import type { Given } from './rules.ts';

export interface SurveyRow {
  survey_id: string;
  name: string;
  kind: Kind;
  intro_fr: string;
  intro_en: string;
  questions: Question[];
  anonymous: boolean;
  audience_id: string;
  owner_id: string;
  open_link: boolean;
  closed_at: Date | null;
  pause_days: number;
}

interface CountedRow extends SurveyRow {
  team: string | null;
  asked: number;
  answers: number;
}

const columns = sql`s.survey_id, s.name, s.kind, s.intro_fr, s.intro_en, s.questions, s.anonymous, s.audience_id, s.owner_id, s.open_link,
  s.closed_at, s.pause_days`;

/** Those that the viewer sees, or one of them; row security shows no others. */
export async function listSurveys(tx: Tx, { workspaceId }: Actor, surveyId?: string): Promise<CountedRow[]> {
  const { rows } = await sql<CountedRow>`
    select ${columns}, t.name as team,
      (select count(*)::int from surveys.invitation i where i.workspace_id = ${workspaceId} and i.survey_id = s.survey_id) as asked,
      -- Of an anonymous one, what is held back counts as far as the links say that it was answered.
      greatest((select count(*)::int from surveys.answer a where a.workspace_id = ${workspaceId} and a.survey_id = s.survey_id),
        (select count(*)::int from surveys.invitation i
          where i.workspace_id = ${workspaceId} and i.survey_id = s.survey_id and i.answered)) as answers
    from surveys.survey s
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = s.audience_id
    where s.workspace_id = ${workspaceId} and ${surveyId ? sql`s.survey_id = ${surveyId}` : sql`true`}
    order by s.survey_id desc limit 500`.execute(tx);
  return rows;
}

/** As the keeper: whoever follows a link. */
export async function findSurvey(tx: Tx, workspaceId: string, surveyId: string) {
  const { rows } = await sql<SurveyRow & { workspace: string }>`
    select ${columns}, w.name as workspace from surveys.survey s
    join identity.workspace w on w.workspace_id = ${workspaceId}
    where s.workspace_id = ${workspaceId} and s.survey_id = ${surveyId}`.execute(tx);
  return rows[0];
}

/** Waits for whoever is just asking somebody, or answering: the questions are not changed under them. */
export async function lockSurvey(tx: Tx, workspaceId: string, surveyId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`survey ${workspaceId} ${surveyId}`}, 0))`.execute(tx);
}

export async function addSurvey(tx: Tx, { workspaceId }: Actor, row: Omit<SurveyRow, 'closed_at'>): Promise<void> {
  await tx
    .insertInto('surveys.survey')
    .values({ workspace_id: workspaceId, ...row, questions: toJsonb(row.questions) })
    .execute();
}

export async function updateSurvey(
  tx: Tx,
  { workspaceId }: Actor,
  surveyId: string,
  { questions, ...set }: Partial<Omit<SurveyRow, 'survey_id' | 'kind' | 'anonymous' | 'audience_id' | 'owner_id'>>,
): Promise<void> {
  const all = { ...set, ...(questions ? { questions: toJsonb(questions) } : {}) };
  if (Object.keys(all).length === 0) return;
  await tx
    .updateTable('surveys.survey')
    .set(all)
    .where('workspace_id', '=', workspaceId)
    .where('survey_id', '=', surveyId)
    .execute();
}

/** Whether somebody was asked at one of these by any survey within so many days. */
export async function wasAsked(
  tx: Tx,
  { workspaceId }: Actor,
  contactPointIds: readonly string[],
  days: number,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from surveys.asked where workspace_id = ${workspaceId} and contact_point_id = any(${contactPointIds}::uuid[])
      and asked_at > now() - make_interval(days => ${days})`.execute(tx);
  return rows.length > 0;
}

/** Takes the turn to ask somebody: of two at once one gets it. */
export async function takeTurn(tx: Tx, { workspaceId }: Actor, contactPointId: string, days: number): Promise<boolean> {
  const { rows } = await sql`
    insert into surveys.asked as a (workspace_id, contact_point_id) values (${workspaceId}, ${contactPointId})
    on conflict (workspace_id, contact_point_id) do update set asked_at = now()
      where a.asked_at <= now() - make_interval(days => ${days})
    returning 1`.execute(tx);
  return rows.length > 0;
}

/** Nobody was asked after all: the turn that this transaction took is there again. */
export async function giveTurnBack(tx: Tx, { workspaceId }: Actor, contactPointId: string): Promise<void> {
  await sql`delete from surveys.asked where workspace_id = ${workspaceId} and contact_point_id = ${contactPointId} and asked_at = now()`.execute(
    tx,
  );
}

export interface NewInvitation {
  invitation_id: string;
  survey_id: string;
  audience_id: string;
  via: 'mail' | 'conversation';
  contact_point_id: string;
  message_id?: string | null;
  conversation_id?: string;
  opportunity_id?: string | null;
  locale: string;
  secret_hash: Buffer;
}

/** @returns false where that conversation was offered it already */
export async function addInvitation(tx: Tx, { workspaceId, memberId }: Actor, row: NewInvitation): Promise<boolean> {
  const done = await tx
    .insertInto('surveys.invitation')
    .values({ workspace_id: workspaceId, asked_by: memberId, ...row })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return done.numInsertedOrUpdatedRows === 1n;
}

export interface InvitationRow {
  invitation_id: string;
  survey_id: string;
  via: 'mail' | 'conversation';
  contact_point_id: string | null;
  message_id: string | null;
  asked_by: string;
  locale: 'fr' | 'en';
  secret_hash: Buffer;
  answered: boolean;
}

/** As the keeper. Locked: of two answers by one link the second waits. */
export async function lockInvitation(
  tx: Tx,
  workspaceId: string,
  invitationId: string,
): Promise<InvitationRow | undefined> {
  const { rows } = await sql<InvitationRow>`
    select invitation_id, survey_id, via, contact_point_id, message_id, asked_by, locale, secret_hash, answered from surveys.invitation
    where workspace_id = ${workspaceId} and invitation_id = ${invitationId} for update`.execute(tx);
  return rows[0];
}

export async function noteAnswered(tx: Tx, workspaceId: string, invitationId: string): Promise<void> {
  await sql`update surveys.invitation set answered = true
    where workspace_id = ${workspaceId} and invitation_id = ${invitationId}`.execute(tx);
}

export interface NewAnswer {
  answer_id: string;
  survey_id: string;
  audience_id: string;
  via: 'mail' | 'conversation' | 'link';
  contact_point_id: string | null;
  score: number | null;
  given: Given;
  /** Held back, and its day is its month's first. */
  anonymous: boolean;
}

/** Keeps an answer in the place of what was answered before. As the keeper. @returns its day, the first one's */
export async function keepAnswer(tx: Tx, workspaceId: string, row: NewAnswer): Promise<string> {
  const { rows } = await sql<{ answered_on: string }>`
    insert into surveys.answer as a (workspace_id, answer_id, survey_id, audience_id, via, contact_point_id, score, given, shown, answered_on)
    values (${workspaceId}, ${row.answer_id}, ${row.survey_id}, ${row.audience_id}, ${row.via}, ${row.contact_point_id}, ${row.score},
      ${toJsonb(row.given)}, ${!row.anonymous},
      ${row.anonymous ? sql`date_trunc('month', now() at time zone 'UTC')::date` : sql`(now() at time zone 'UTC')::date`})
    on conflict (workspace_id, answer_id) do update set score = excluded.score, given = excluded.given
      where a.survey_id = excluded.survey_id and a.via = excluded.via
    returning answered_on::text`.execute(tx);
  return rows[0]?.answered_on ?? '';
}

export async function findGiven(tx: Tx, workspaceId: string, answerId: string): Promise<Given | undefined> {
  const row = await tx
    .selectFrom('surveys.answer')
    .select('given')
    .where('workspace_id', '=', workspaceId)
    .where('answer_id', '=', answerId)
    .executeTakeFirst();
  return row?.given as Given | undefined;
}

/** All answers of a survey, with nothing of whom they are from. As the keeper, or as a viewer. */
export async function listGiven(tx: Tx, workspaceId: string, surveyId: string) {
  const { rows } = await sql<{
    answer_id: string;
    given: Given;
    score: number | null;
    month: string;
    answered_on: string;
  }>`
    select answer_id, given, score, to_char(answered_on, 'YYYY-MM') as month, answered_on::text from surveys.answer
    where workspace_id = ${workspaceId} and survey_id = ${surveyId} order by answered_on desc limit 100000`.execute(tx);
  return rows;
}

/** Shows what was held back, once so many are that none stands out. As the keeper, with the survey locked. @returns what is shown from now on */
export async function release(tx: Tx, workspaceId: string, surveyId: string, least: number) {
  const { rows } = await sql<{ answer_id: string; given: Given; answered_on: string }>`
    update surveys.answer set shown = true
    where workspace_id = ${workspaceId} and survey_id = ${surveyId} and not shown and (
      select count(*) from surveys.answer a where a.workspace_id = ${workspaceId} and a.survey_id = ${surveyId} and not a.shown) >= ${least}
    returning answer_id, given, answered_on::text`.execute(tx);
  return rows;
}

/** What answers were read to be about, and how they sound. */
export async function listRead(tx: Tx, workspaceId: string, surveyId: string) {
  const { rows } = await sql<{ item_id: string; tone: 'negative' | 'neutral' | 'positive'; topic_ids: string[] }>`
    select e.item_id, e.tone, array_agg(t.topic_id) as topic_ids from voices.elsewhere e
    join voices.elsewhere_topic t on t.workspace_id = ${workspaceId} and t.origin = 'survey' and t.item_id = e.item_id
    where e.workspace_id = ${workspaceId} and e.origin = 'survey' and e.origin_id = ${surveyId}
    group by e.item_id, e.tone`.execute(tx);
  return rows;
}

export interface AnswerRow {
  answer_id: string;
  answered_on: string;
  via: 'mail' | 'conversation' | 'link';
  given: Given;
  contact_point_id: string | null;
  tone: 'negative' | 'neutral' | 'positive' | null;
  topic_ids: string[];
}

/** The very answers, the last day first. */
export async function listAnswers(
  tx: Tx,
  { workspaceId }: Actor,
  { surveyId, topicId }: { surveyId: string; topicId?: string | undefined },
  after: readonly [day: string, id: string] | null,
  limit: number,
): Promise<AnswerRow[]> {
  const topics = sql`select topic_id from voices.elsewhere_topic t
    where t.workspace_id = ${workspaceId} and t.origin = 'survey' and t.item_id = a.answer_id`;
  const { rows } = await sql<AnswerRow>`
    select a.answer_id, a.answered_on::text, a.via, a.given, a.contact_point_id, e.tone, array(${topics}) as topic_ids
    from surveys.answer a
    left join voices.elsewhere e on e.workspace_id = ${workspaceId} and e.origin = 'survey' and e.item_id = a.answer_id
    where a.workspace_id = ${workspaceId} and a.survey_id = ${surveyId}
      and ${topicId ? sql`${topicId} in (${topics})` : sql`true`}
      and ${after ? sql`(a.answered_on, a.answer_id) < (${after[0]}::date, ${after[1]}::uuid)` : sql`true`}
    order by a.answered_on desc, a.answer_id desc limit ${limit}`.execute(tx);
  return rows;
}
