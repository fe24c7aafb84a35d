import { nameCards } from '../cards/persons.ts';
import { type CompiledSet, compileNow, personVariables, renderFor } from '../content/index.ts';
import { getMember } from '../identity/queries.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { Context, OutsideContext } from '../kernel/http.ts';
import { hashedId } from '../kernel/ids.ts';
import type { Locale } from '../kernel/messages.ts';
import { findPeople } from '../outreach/people.ts';
import type { Way } from '../outreach/ways-contract.ts';
import { judge, readSight } from '../segments/index.ts';
import * as arrivals from './arrivals.ts';
import { lookAt } from './checking.ts';
import type { Definition, Node, Result, StepSaid } from './contract.ts';
import { getMine, nothingDrawn } from './describing.ts';
import { drawFor } from './engine.ts';
import { drawPages, findGiving } from './pages.ts';
import * as queries from './queries.ts';
import { chooseAddresses, givenLater } from './steps.ts';
import { walk } from './walking.ts';
import { findZones, type Zones } from './zones.ts';

/** People who are taken along where nobody is named. */
const sample = 5;

interface Asked {
  scenarioId: string;
  definition?: Definition | undefined;
  personIds?: string[] | undefined;
  at?: string | undefined;
  holders: 'write' | 'go' | 'leave' | 'unanswered';
}

type Message = Extract<Node, { kind: 'message' }>;
type WouldBe = Map<string, { result: Result; said: StepSaid }>;

/** What is known of those who are taken along, by their card. */
interface Gathered {
  definition: Definition;
  people: { personId: string; name: string }[];
  zones: Zones;
  /** Of each message, what would become of it. */
  messages: Map<string, WouldBe>;
}

/** Takes real persons through a drawing, with the caller's own rights. It writes nothing. */
export async function dryRun(context: OutsideContext, asked: Asked) {
  const { scenarioId, holders } = asked;
  const definition = await context.asCaller(async (inside) => {
    await getMine(inside, scenarioId);
    const [row] = await queries.listScenarios(inside.tx, inside.actor, scenarioId);
    return asked.definition ?? row?.draft ?? nothingDrawn;
  });
  const { problems } = await lookAt(context, definition);
  if (problems.length > 0) return { problems, people: [] };
  const gathered = await context.asCaller((inside) => gather(inside, asked, definition));
  const answers = await judgeAll(
    context,
    definition,
    gathered.people.map(({ personId }) => personId),
  );
  const from = asked.at ? new Date(asked.at) : new Date();
  const people = gathered.people.map(({ personId, name }) => {
    const walked = walk(
      definition,
      {
        goal: answers.goal.has(personId),
        holds: new Set([...answers.holds].filter(([, of]) => of.has(personId)).map(([text]) => text)),
        zone: gathered.zones(personId),
        day: dayFor(definition, gathered.zones(personId), from),
        draw: (nodeId) => drawFor(hashedId(`dry run ${scenarioId} ${personId}`), nodeId),
        message: (nodeId) => gathered.messages.get(nodeId)!.get(personId)!,
        holders,
      },
      from,
    );
    return {
      personId,
      name,
      steps: walked.steps.map((step) => ({ ...step, at: step.at.toISOString() })),
      outcome: walked.outcome,
    };
  });
  return { problems: [], people };
}

/** For which day somebody would come in then, where a day of theirs lets them in. */
function dayFor({ entry }: Definition, zone: string, from: Date): string | null {
  if (entry.kind !== 'date') return null;
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(from);
  return new Date(Date.parse(today) + entry.daysBefore * 86_400_000).toISOString().slice(0, 10);
}

async function gather(context: Context, { scenarioId, personIds }: Asked, definition: Definition): Promise<Gathered> {
  const { tx, actor } = context;
  const planned = await getMine(context, scenarioId);
  const cardsOf = await findPeople(tx, actor, personIds ?? (await someOf(tx, actor, definition)));
  if (personIds?.some((one) => !cardsOf.has(one))) throw new AppError('not_found');
  const ids = [...cardsOf.keys()];
  const names = await nameCards(
    { tx, actor },
    [...cardsOf.values()].flat().map(({ cardId }) => cardId),
  );
  const called = (id: string) =>
    cardsOf
      .get(id)!
      .map(({ cardId }) => names.get(cardId))
      .find(Boolean) ?? '';
  const sending = definition.nodes.filter((node): node is Message => node.kind === 'message');
  const takers = ids.map((id) => ({ journey_id: id, card_id: id, contact_point_id: null, step_no: 0 }));
  const variables = sending.length > 0 ? await personVariables(tx, actor, ids) : new Map();
  const wished = ((await getMember(tx, actor))?.locale ?? 'fr') as Locale;
  const messages = new Map<string, WouldBe>();
  const chosenBy = new Map<Way, Awaited<ReturnType<typeof chooseAddresses>>>();
  for (const way of new Set(sending.map(({ channel }) => channel)))
    chosenBy.set(way, await chooseAddresses({ tx, actor, cardsOf, planned, scenarioId }, takers, way));
  for (const node of sending) {
    const set = await compileNow(context, node.contentId!);
    const giving = await findGiving(context, set, node.surveyId);
    const would: WouldBe = new Map();
    for (const one of chosenBy.get(node.channel)!) {
      const personId = one.taker.card_id;
      const pages = one.points && (await drawPages(context, giving, { personId, points: one.points }, 'look'));
      would.set(personId, wouldBe(set, one, pages, variables.get(personId) ?? {}, wished));
    }
    messages.set(node.id, would);
  }
  return {
    ...{ definition, messages, zones: await findZones(tx, actor, cardsOf, new Date()) },
    people: ids.map((personId) => ({ personId, name: called(personId) })),
  };
}

function wouldBe(
  set: CompiledSet,
  { reasons, laterAt }: Awaited<ReturnType<typeof chooseAddresses>>[number],
  pages: Awaited<ReturnType<typeof drawPages>> | null,
  variables: Parameters<typeof renderFor>[1],
  wished: Locale,
): { result: Result; said: StepSaid } {
  if (reasons.length > 0) return { result: 'refused', said: { reasons: [...reasons] } };
  if (pages && 'reason' in pages)
    return { result: 'aside', said: { reasons: [pages.reason], variable: pages.variable } };
  const mail = renderFor(set, { ...variables, ...givenLater, ...pages?.variables }, wished);
  if ('aside' in mail) {
    const { reason, variable } = mail.aside;
    return { result: 'aside', said: { reasons: [reason], ...(variable ? { variable } : {}) } };
  }
  return { result: 'sent', said: { subject: mail.subject, ...(laterAt ? { until: laterAt.toISOString() } : {}) } };
}

async function someOf(tx: Tx, actor: Actor, { entry }: Definition): Promise<string[]> {
  if (entry.kind !== 'segment' || entry.segmentId === null) return [];
  return (await arrivals.listMembers(tx, actor, entry.segmentId, null, sample)).map(({ cardId }) => cardId);
}

async function judgeAll(context: OutsideContext, definition: Definition, personIds: readonly string[]) {
  const filters = definition.nodes.flatMap((node) => (node.kind === 'condition' ? node.filter : []));
  const texts = [...new Set([...(definition.goal ? [definition.goal] : []), ...filters])];
  const sight = await context.asCaller(({ tx, actor }) => readSight(tx, actor));
  const { holds } = await context.asSystem('keeper', (tx) => judge(tx, context.actor, sight, texts, personIds));
  const of = new Map(texts.map((text, at) => [text, holds[at]!]));
  return { holds: of, goal: (definition.goal ? of.get(definition.goal) : undefined) ?? new Set<string>() };
}
