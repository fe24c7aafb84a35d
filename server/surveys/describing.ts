import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { loadTopics } from '../voices/tree.ts';
import { fewest, type Results, type Survey } from './contract.ts';
import * as queries from './queries.ts';
import { mainOf, meanOf, npsOf, rangeOf, scoreOf, writeOpenToken } from './rules.ts';

type Viewer = Pick<Context, 'app' | 'tx' | 'actor' | 'role'>;

/** Where the page of a token stands. */
export const pageUrl = ({ config }: Pick<App, 'config'>, token: string): string => `${config.publicUrl}/s/${token}`;

const mayChange = (
  row: Pick<queries.SurveyRow, 'owner_id'>,
  { actor, role }: Pick<Viewer, 'actor' | 'role'>,
): boolean => row.owner_id === actor.memberId || role === 'admin';

/** The surveys that the viewer sees. @throws AppError not_found where the one that is asked for is not among them */
export async function describeSurveys(viewer: Viewer, surveyId?: string): Promise<Survey[]> {
  const { app, tx, actor } = viewer;
  const rows = await queries.listSurveys(tx, actor, surveyId);
  if (surveyId && rows.length === 0) throw notFound();
  return rows.map((row) => ({
    id: row.survey_id,
    ...{ name: row.name, kind: row.kind, questions: row.questions, anonymous: row.anonymous },
    intro: { fr: row.intro_fr, en: row.intro_en },
    audience: {
      kind: row.audience_id === actor.workspaceId ? 'workspace' : row.team === null ? 'mine' : 'team',
      id: row.audience_id,
      name: row.team ?? '',
    },
    mine: mayChange(row, viewer),
    closed: row.closed_at !== null,
    pauseDays: row.pause_days,
    openUrl: row.open_link ? pageUrl(app, writeOpenToken(actor.workspaceId, row.survey_id)) : null,
    ...{ asked: row.asked, answers: row.answers },
  }));
}

export async function getSurvey(viewer: Viewer, surveyId: string): Promise<Survey> {
  return (await describeSurveys(viewer, surveyId))[0]!;
}

/** By its id. */
export async function nameTopics(tx: Tx, { workspaceId }: Actor) {
  return new Map((await loadTopics(tx, workspaceId)).map(({ id, name }) => [id, name]));
}

/** Whether anything of it may be shown. */
export const isHeld = ({ anonymous, answers }: Pick<Survey, 'anonymous' | 'answers'>): boolean =>
  anonymous && answers < fewest;

/** What was answered, counted. */
export async function describeResults(viewer: Viewer, surveyId: string): Promise<Results> {
  const { tx, actor } = viewer;
  const survey = await getSurvey(viewer, surveyId);
  const { asked, answers, questions } = survey;
  if (isHeld(survey)) return { asked, answers, held: true, questions: [], byMonth: [], byTopic: [] };
  const rows = await queries.listGiven(tx, actor.workspaceId, surveyId);
  const main = mainOf(questions);
  const group = (ids: readonly (typeof rows)[number][]) => ({
    answers: ids.length,
    score:
      survey.anonymous && ids.length < fewest
        ? null
        : scoreOf(
            main?.kind,
            ids.flatMap(({ score }) => score ?? []),
          ),
  });
  const months = Map.groupBy(rows, ({ month }) => month);
  return {
    ...{ asked, answers, held: false },
    questions: questions.map((one) => countQuestion(one, rows)),
    byMonth: [...months].map(([month, of]) => ({ month, ...group(of) })).sort((a, b) => (a.month < b.month ? -1 : 1)),
    byTopic: survey.anonymous ? [] : await groupByTopic(viewer, survey, rows, group),
  };
}

type GivenRow = Awaited<ReturnType<typeof queries.listGiven>>[number];

async function groupByTopic(
  { tx, actor }: Viewer,
  { id }: Survey,
  rows: readonly GivenRow[],
  group: (of: readonly GivenRow[]) => { answers: number; score: number | null },
): Promise<Results['byTopic']> {
  const byId = new Map(rows.map((row) => [row.answer_id, row]));
  const topics = new Map<string, GivenRow[]>();
  for (const { item_id, topic_ids } of await queries.listRead(tx, actor.workspaceId, id))
    for (const topicId of topic_ids)
      topics.set(topicId, [...(topics.get(topicId) ?? []), ...[byId.get(item_id) ?? []].flat()]);
  const names = await nameTopics(tx, actor);
  return [...topics]
    .map(([topicId, of]) => ({ topicId, name: names.get(topicId) ?? null, ...group(of) }))
    .sort((a, b) => b.answers - a.answers);
}

function countQuestion(question: Survey['questions'][number], rows: readonly GivenRow[]): Results['questions'][number] {
  const said = rows.flatMap(({ given }) => {
    const value = given[question.id];
    return typeof value === 'number' ? [value] : [];
  });
  const range = question.kind === 'choice' ? ([0, question.choices.length - 1] as const) : rangeOf(question);
  const values = range ? Array.from({ length: range[1] - range[0] + 1 }, (_, at) => range[0] + at) : [];
  return {
    id: question.id,
    counts: values.map((value) => ({ value, count: said.filter((one) => one === value).length })),
    mean: question.kind === 'choice' ? null : meanOf(said),
    nps: question.kind === 'nps' ? npsOf(said) : null,
  };
}
