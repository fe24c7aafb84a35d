import { z } from 'zod';
import { findPersonsByPoints } from '../cards/facts.ts';
import { nameCards } from '../cards/persons.ts';
import { isAudience } from '../conversations/queries.ts';
import { id } from '../kernel/contract.ts';
import { AppError } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { getOpportunity } from '../opportunities/finding.ts';
import * as contracts from './contract.ts';
import { describeResults, describeSurveys, getSurvey, isHeld, nameTopics } from './describing.ts';
import * as queries from './queries.ts';
import { audienceId } from './rules.ts';
import { offerIn, previewAll, sendAll } from './sending.ts';

const byDay = z.tuple([z.iso.date(), id]);

/** @throws AppError forbidden for everybody's survey by who does not address contacts for the company, invalid_input for another's team */
async function checkAudience(
  { tx, actor, role }: Context,
  wanted: z.output<typeof contracts.audience>,
): Promise<string> {
  if (wanted.kind === 'workspace' && role !== 'admin' && role !== 'marketing') throw new AppError('forbidden');
  const chosen = audienceId(wanted, actor);
  if (wanted.kind === 'team' && !(await isAudience(tx, chosen)))
    throw new AppError('invalid_input', { fields: { 'audience.id': 'unknown' } });
  return chosen;
}

/** A page of the very answers, with whose they are as far as the viewer sees them. */
async function describeAnswers(
  context: Context,
  anonymous: boolean,
  rows: readonly queries.AnswerRow[],
): Promise<contracts.Answer[]> {
  const { tx, actor } = context;
  const persons = await findPersonsByPoints(tx, actor, [...new Set(rows.flatMap((row) => row.contact_point_id ?? []))]);
  const names = await nameCards(context, [...persons.values()].flat(2));
  const topics = await nameTopics(tx, actor);
  return rows.map((row) => {
    const cardIds = row.contact_point_id ? (persons.get(row.contact_point_id)?.[0] ?? []) : [];
    const name = cardIds.map((cardId) => names.get(cardId)).find(Boolean) ?? '';
    return {
      ...{ id: row.answer_id, on: row.answered_on, via: row.via, given: row.given },
      // Of an anonymous one, what words are about would lead from a voice to an answer.
      tone: anonymous ? null : row.tone,
      topics: anonymous ? [] : row.topic_ids.flatMap((topicId) => topics.get(topicId) ?? []),
      person: cardIds[0] ? { id: cardIds[0], name } : null,
    };
  });
}

export const surveysOperations: Operation[] = [
  implement(contracts.listSurveys, async (_input, context) => ({ items: await describeSurveys(context) })),

  implement(contracts.getSurvey, ({ surveyId }, context) => getSurvey(context, surveyId)),

  implement(contracts.addSurvey, async ({ audience, intro, openLink, pauseDays, ...said }, context) => {
    const { tx, actor } = context;
    const surveyId = newId();
    await queries.addSurvey(tx, actor, {
      ...{
        survey_id: surveyId,
        ...said,
        audience_id: await checkAudience(context, audience),
        owner_id: actor.memberId,
      },
      ...{ intro_fr: intro.fr, intro_en: intro.en, open_link: openLink, pause_days: pauseDays },
    });
    return getSurvey(context, surveyId);
  }),

  implement(contracts.updateSurvey, async ({ surveyId, intro, openLink, pauseDays, closed, ...said }, context) => {
    const { tx, actor } = context;
    await queries.lockSurvey(tx, actor.workspaceId, surveyId);
    const before = await getSurvey(context, surveyId);
    if (!before.mine) throw new AppError('forbidden');
    const { questions } = said;
    const changed = questions && JSON.stringify(questions) !== JSON.stringify(before.questions);
    if (changed && before.asked + before.answers > 0) throw new AppError('conflict');
    await queries.updateSurvey(tx, actor, surveyId, {
      ...(said.name === undefined ? {} : { name: said.name }),
      ...(questions ? { questions } : {}),
      ...(intro ? { intro_fr: intro.fr, intro_en: intro.en } : {}),
      ...(openLink === undefined ? {} : { open_link: openLink }),
      ...(pauseDays === undefined ? {} : { pause_days: pauseDays }),
      ...(closed === undefined ? {} : { closed_at: closed ? new Date() : null }),
    });
    return getSurvey(context, surveyId);
  }),

  implement(contracts.previewSending, async ({ surveyId, personIds }, context) => ({
    items: await previewAll(context, await getSurvey(context, surveyId), personIds),
  })),

  implement(contracts.sendSurvey, async ({ surveyId, personIds, opportunityId = null, ...words }, context) => {
    const { tx, actor } = context;
    await queries.lockSurvey(tx, actor.workspaceId, surveyId);
    const survey = await getSurvey(context, surveyId);
    if (opportunityId) await getOpportunity(context, opportunityId);
    return { items: await sendAll(context, survey, personIds, { ...words, opportunityId }) };
  }),

  implement(contracts.offerInConversation, async ({ surveyId, conversationId, locale }, context) => {
    await queries.lockSurvey(context.tx, context.actor.workspaceId, surveyId);
    return offerIn(context, await getSurvey(context, surveyId), conversationId, locale);
  }),

  implement(contracts.getResults, ({ surveyId }, context) => describeResults(context, surveyId)),

  implement(contracts.listAnswers, async ({ surveyId, topicId, after, limit }, context) => {
    const survey = await getSurvey(context, surveyId);
    if (isHeld(survey)) return { items: [], next: null };
    const { tx, actor } = context;
    // Of an anonymous one a topic may be that of too few: its words are shown all together.
    const which = { surveyId, topicId: survey.anonymous ? undefined : topicId };
    const rows = await queries.listAnswers(tx, actor, which, after ? decodeCursor(after, byDay) : null, limit + 1);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      items: await describeAnswers(context, survey.anonymous, shown),
      next: last ? encodeCursor([last.answered_on, last.answer_id]) : null,
    };
  }),
];
