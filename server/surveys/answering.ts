import { randomUUID, timingSafeEqual } from 'node:crypto';
import { recordFacts } from '../facts/index.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { hashedId } from '../kernel/ids.ts';
import { tellOfAnswer } from '../outreach/unsubscribe.ts';
import { heardElsewhere } from '../voices/index.ts';
import { fewest, type Question } from './contract.ts';
import * as queries from './queries.ts';
import { type Given, mainOf, readAnswers, readToken, wordsOf } from './rules.ts';

/** What somebody finds who follows a link. */
export interface Visit {
  survey: NonNullable<Awaited<ReturnType<typeof queries.findSurvey>>>;
  locale: 'fr' | 'en' | null;
  /** What they answered before, where that can be changed. */
  given: Given;
  /** An anonymous one, answered: nobody knows which answer is theirs. */
  done: boolean;
}

type Found = Pick<Visit, 'survey'> & { workspaceId: string; invitation: queries.InvitationRow | null };

/** Follows a link; null for one that is not ours. They are told apart by nothing. */
async function follow(tx: Tx, token: string): Promise<Found | null> {
  const given = readToken(token);
  if (!given) return null;
  const { workspaceId } = given;
  if ('surveyId' in given) {
    const survey = await queries.findSurvey(tx, workspaceId, given.surveyId);
    return survey?.open_link ? { workspaceId, survey, invitation: null } : null;
  }
  const invitation = await queries.lockInvitation(tx, workspaceId, given.invitationId);
  if (!invitation || !timingSafeEqual(invitation.secret_hash, given.secretHash)) return null;
  const survey = await queries.findSurvey(tx, workspaceId, invitation.survey_id);
  return survey ? { workspaceId, survey, invitation } : null;
}

/** What a link shows. Changes nothing: scanners of mail follow links. */
export function visit(app: App, token: string): Promise<Visit | null> {
  return app.db.asSystem('keeper', async (tx) => {
    const found = await follow(tx, token);
    if (!found) return null;
    const { survey, invitation, workspaceId } = found;
    const known = invitation && !survey.anonymous;
    return {
      survey,
      locale: invitation?.locale ?? null,
      given: (known && (await queries.findGiven(tx, workspaceId, invitation.invitation_id))) || {},
      done: survey.anonymous && invitation?.answered === true,
    };
  });
}

export interface Taken {
  outcome: 'unknown' | 'closed' | 'done' | 'kept' | 'missing';
  visit: Visit | null;
  missing: string[];
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Keeps an answer: once for each link, in the place of what was answered before until the survey is closed. Of an anonymous survey nothing is kept
 * by which it could be found again.
 */
export function answer(app: App, token: string, form: URLSearchParams): Promise<Taken> {
  return app.db.asSystem('keeper', async (tx) => {
    const found = await follow(tx, token);
    if (!found) return { outcome: 'unknown', visit: null, missing: [] };
    const { invitation, workspaceId } = found;
    await queries.lockSurvey(tx, workspaceId, found.survey.survey_id);
    // As it stands now that nobody else changes it.
    const survey = (await queries.findSurvey(tx, workspaceId, found.survey.survey_id))!;
    const { given, missing } = readAnswers(survey.questions, form);
    const shown = { survey, locale: invitation?.locale ?? null, given, done: false };
    if (survey.closed_at) return { outcome: 'closed', visit: shown, missing };
    if (survey.anonymous && invitation?.answered) return { outcome: 'done', visit: shown, missing };
    if (missing.length > 0 || Object.keys(given).length === 0) return { outcome: 'missing', visit: shown, missing };
    await keep(app, tx, { ...found, survey }, given, form.get('answer') ?? '');
    return { outcome: 'kept', visit: shown, missing };
  });
}

/** @param drawn the id that an open page drew for its answer, so that it is one however often it is sent */
async function keep(
  app: App,
  tx: Tx,
  { workspaceId, survey, invitation }: Found,
  given: Given,
  drawn: string,
): Promise<void> {
  const known = invitation && !survey.anonymous ? invitation : null;
  const main = mainOf(survey.questions);
  const score = main ? given[main.id] : undefined;
  const row: queries.NewAnswer = {
    // What is shown of it leads nobody back to what the page drew.
    answer_id:
      known?.invitation_id ??
      (!invitation && uuid.test(drawn) ? hashedId(`${survey.survey_id} ${drawn}`) : randomUUID()),
    ...{ survey_id: survey.survey_id, audience_id: survey.audience_id, anonymous: survey.anonymous },
    via: survey.anonymous ? 'link' : (invitation?.via ?? 'link'),
    contact_point_id: known?.contact_point_id ?? null,
    score: typeof score === 'number' ? score : null,
    given,
  };
  const saidOn = await queries.keepAnswer(tx, workspaceId, row);
  if (saidOn === '') return;
  if (invitation && !invitation.answered) {
    await queries.noteAnswered(tx, workspaceId, invitation.invitation_id);
    // That they answered an anonymous one is told to nobody.
    if (known?.message_id) await tellOfAnswer(tx, workspaceId, known.message_id);
  }
  await hear(tx, workspaceId, survey, { ...row, saidOn });
  // That they answered is a fact for everybody of the company where the survey is.
  if (row.contact_point_id && survey.audience_id === workspaceId)
    await recordFacts(app, tx, workspaceId, 'surveys', [
      {
        ...{ externalId: row.answer_id, kind: 'survey', at: new Date(), subjectId: row.contact_point_id },
        props: { survey: survey.name, ...(row.score === null ? {} : { score: row.score }) },
      },
    ]);
}

type Said = Pick<queries.NewAnswer, 'answer_id' | 'contact_point_id' | 'given'> & { saidOn: string };

/**
 * What was said in words becomes a voice; of an anonymous survey when it is shown, five or more at once, under ids that lead to no answer.
 */
async function hear(tx: Tx, workspaceId: string, survey: queries.SurveyRow, said: Said): Promise<void> {
  if (!survey.anonymous) return hearOne(tx, workspaceId, survey, said);
  for (const one of await queries.release(tx, workspaceId, survey.survey_id, fewest))
    await hearOne(tx, workspaceId, survey, {
      ...{ given: one.given, saidOn: one.answered_on, contact_point_id: null, answer_id: randomUUID() },
    });
}

async function hearOne(
  tx: Tx,
  workspaceId: string,
  { survey_id, audience_id, questions }: { survey_id: string; audience_id: string; questions: readonly Question[] },
  { answer_id, contact_point_id, given, saidOn }: Said,
): Promise<void> {
  await heardElsewhere(tx, workspaceId, {
    ...{ origin: 'survey', originId: survey_id, itemId: answer_id, audienceId: audience_id, saidOn },
    contactPointId: contact_point_id,
    text: wordsOf(questions, given),
  });
}
