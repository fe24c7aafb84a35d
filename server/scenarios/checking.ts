import { isRefusal, listVisible, readValue } from '../attributes/index.ts';
import { getContent } from '../content/index.ts';
import { AppError } from '../kernel/errors.ts';
import type { Context, OutsideContext } from '../kernel/http.ts';
import { judge, readSight } from '../segments/index.ts';
import { findAskedBy } from '../surveys/giving.ts';
import type { Definition, Node, Problem } from './contract.ts';
import * as queries from './queries.ts';
import { check } from './rules.ts';

// Whether what a drawing names is there for whoever looks, and can be asked.

/** The conditions of a drawing, each with the step that asks it. */
const filtersOf = ({ goal, nodes }: Definition): { nodeId: string | null; text: string }[] => [
  ...(goal ? [{ nodeId: null, text: goal }] : []),
  ...nodes.flatMap((node) =>
    node.kind === 'condition' && node.filter !== '' ? [{ nodeId: node.id, text: node.filter }] : [],
  ),
];

/** Null in place of what is not there for the caller. @throws what else it is */
export const isGone = (error: unknown): null => {
  if (error instanceof AppError && error.code === 'not_found') return null;
  throw error;
};

export interface Looked {
  problems: Problem[];
  /** The names of what it names, by id or key. */
  names: Record<string, string>;
}

type Seen = Pick<Context, 'tx' | 'actor' | 'role' | 'app'>;

/** What is wrong with a drawing, as the caller sees what it names. */
export async function lookAt(context: OutsideContext, definition: Definition): Promise<Looked> {
  const { sight, ...found } = await context.asCaller(async (inside) => ({
    ...(await findNamed(inside, definition)),
    sight: await readSight(inside.tx, inside.actor),
  }));
  const filters = filtersOf(definition);
  const texts = filters.map(({ text }) => text);
  const judged = await context.asSystem('keeper', (tx) => judge(tx, context.actor, sight, texts, []));
  const asked = filters.flatMap(({ nodeId }, at): Problem[] => {
    const problem = judged.problems[at];
    return problem ? [{ nodeId, code: 'filter', about: problem.about || problem.problem }] : [];
  });
  return { names: found.names, problems: [...check(definition), ...found.problems, ...asked] };
}

async function findNamed(context: Seen, definition: Definition): Promise<Looked> {
  const { tx, actor } = context;
  const { entry, nodes } = definition;
  const names: Record<string, string> = {};
  const problems: Problem[] = [];
  const say = (nodeId: string | null, code: Problem['code'], about = '') => problems.push({ nodeId, code, about });
  const attributes = new Map((await listVisible(tx, actor)).map((one) => [one.key, one]));
  if (entry.kind === 'segment' && entry.segmentId) {
    const name = (await queries.nameSegments(tx, actor, [entry.segmentId])).get(entry.segmentId);
    if (name === undefined) say(null, 'segment_gone');
    else names[entry.segmentId] = name;
  }
  if (entry.kind === 'fact' && entry.fact && !(await queries.findKind(tx, actor, entry.fact)))
    say(null, 'no_fact', entry.fact);
  if (entry.kind === 'date' && entry.of && entry.of !== 'birthday' && attributes.get(entry.of)?.type !== 'date')
    say(null, 'no_date', entry.of);
  const members = nodes.flatMap((node) =>
    node.kind === 'task' && node.owner === 'member' ? (node.memberId ?? []) : [],
  );
  const active = await queries.nameActive(tx, actor.workspaceId, members);
  for (const node of nodes) {
    if (node.kind === 'message' && node.contentId) {
      const content = await getContent(context, node.contentId).catch(isGone);
      if (content) names[node.contentId] = content.name;
      if (!content) say(node.id, 'content_gone');
      else if (content.kind !== node.channel) say(node.id, 'content_kind');
    }
    if (node.kind === 'message' && node.surveyId) {
      const survey = await findAskedBy(tx, actor, node.surveyId);
      if (survey && !survey.closed) names[node.surveyId] = survey.name;
      else say(node.id, 'no_survey', survey?.name ?? '');
    }
    if (node.kind === 'task' && node.owner === 'member' && node.memberId) {
      const name = active.get(node.memberId);
      if (name === undefined) say(node.id, 'no_member');
      else names[node.memberId] = name;
    }
    if (node.kind === 'attribute' && node.attribute !== '') {
      const problem = attributeProblem(node, attributes.get(node.attribute));
      if (problem) say(node.id, problem, node.attribute);
      else names[node.attribute] = attributes.get(node.attribute)!.name;
    }
  }
  return { names, problems };
}

type Attribute = Awaited<ReturnType<typeof listVisible>>[number];

function attributeProblem(
  { value }: Extract<Node, { kind: 'attribute' }>,
  attribute: Attribute | undefined,
): Problem['code'] | null {
  if (!attribute?.writes) return 'no_attribute';
  return isRefusal(readValue(attribute, value)) ? 'attribute_value' : null;
}
