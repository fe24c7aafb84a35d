import { enterAttributes, listVisible, setValues } from '../attributes/index.ts';
import { findUsedCards } from '../cards/persons.ts';
import { type CompiledSet, personVariables, renderFor } from '../content/index.ts';
import { findHolders } from '../delegation/queries.ts';
import { getMember } from '../identity/queries.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { hashedId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { layOnPile } from '../letters/index.ts';
import { sendToContacts } from '../outreach/contacts.ts';
import { askGates } from '../outreach/gate.ts';
import { findHeldFields, type HeldCard, type HeldField, isReached } from '../outreach/people.ts';
import { keepRefusals } from '../outreach/planning.ts';
import type { Way } from '../outreach/ways-contract.ts';
import type { PlannedCampaign } from '../plan/index.ts';
import { giveTask } from '../tasks/giving.ts';
import { queueCalls } from './calling.ts';
import type { Node, Result, StepSaid } from './contract.ts';
import * as effects from './effects.ts';
import * as journeys from './journeys.ts';
import { type Drawn, drawPages, findGiving, type Giving, givePagesBack, keepPages } from './pages.ts';
import * as queries from './queries.ts';

// What steps do. All of it is written in the transaction in which those who take them go on, as who answers for the scenario.

/** What steps are done with. */
export interface Hand {
  app: AppInside;
  tx: Tx;
  actor: Actor;
  scenarioId: string;
  planned: Pick<PlannedCampaign, 'name' | 'purpose'>;
  /** The cards of those who take steps, by the card on which their way hangs. */
  cardsOf: ReadonlyMap<string, readonly HeldCard[]>;
  /** Sealed contents, by `contentKey`. */
  compiled: ReadonlyMap<string, CompiledSet>;
  now: Date;
}

/** Somebody who takes a step. */
export type Taker = Pick<journeys.JourneyRow, 'journey_id' | 'card_id' | 'contact_point_id' | 'step_no'>;

export interface Done {
  result: Result;
  said: StepSaid;
  /** They stay until then, or until their holder answers. */
  until?: Date;
}

const day = 86_400_000;
/** Addresses of one person that are tried. */
const mostAddresses = 3;

export const contentKey = (contentId: string, version: number): string => `${contentId} ${version}`;

/** The same for a step of somebody's at each attempt. */
const idFor = (what: string, { journey_id, step_no }: Taker): string =>
  hashedId(`scenario ${what} ${journey_id} ${step_no}`);

/** Of a person the addresses of a way: the one by which they came in, then those on cards of the actor's own, then the others. */
function addressesOf(
  { contact_point_id }: Pick<Taker, 'contact_point_id'>,
  cards: readonly HeldCard[],
  fieldsOf: ReadonlyMap<string, readonly HeldField[]>,
  way: Way = 'email',
): string[] {
  const found = [...cards]
    .sort((a, b) => Number(b.mine) - Number(a.mine))
    .flatMap(({ cardId }) => fieldsOf.get(cardId) ?? [])
    .filter((field) => field.pointId !== null && isReached(way, field))
    .map(({ pointId }) => pointId!);
  const first = found.filter((one) => one === contact_point_id);
  return [...new Set([...first, ...found])].slice(0, mostAddresses);
}

/** Whom the gate lets write to at which address; where to none, the first with the reasons against it. */
export async function chooseAddresses(
  { tx, actor, cardsOf, planned, scenarioId }: Pick<Hand, 'tx' | 'actor' | 'cardsOf' | 'planned' | 'scenarioId'>,
  takers: readonly Taker[],
  way: Way,
) {
  const cardIds = [
    ...new Set(takers.flatMap(({ card_id }) => (cardsOf.get(card_id) ?? []).map(({ cardId }) => cardId))),
  ];
  const fieldsOf = Map.groupBy(await findHeldFields(tx, actor.workspaceId, cardIds), ({ cardId }) => cardId);
  const wishes = takers.flatMap((taker) =>
    addressesOf(taker, cardsOf.get(taker.card_id) ?? [], fieldsOf, way).map((contactPointId) => ({
      ...{ taker, personId: taker.card_id, contactPointId, purpose: planned.purpose },
      ...{ manner: 'automated' as const, campaignId: scenarioId, way },
    })),
  );
  const answers = await askGates(tx, actor, wishes, 'look');
  const asked = Map.groupBy(
    wishes.map((wish, at) => ({ wish, answer: answers[at]! })),
    ({ wish }) => wish.taker,
  );
  return takers.map((taker) => {
    const of = asked.get(taker) ?? [];
    const fits = of.find(({ answer }) => answer?.allowed) ?? of[0];
    const at = fits?.wish.contactPointId;
    const all = of.map(({ wish }) => wish.contactPointId);
    return {
      taker,
      wish: fits?.wish ?? null,
      /** Their addresses, the chosen one first. */
      points: at ? ([at, ...all.filter((one) => one !== at)] as const) : null,
      /** What the gate says against it; null: it allows it, or was not asked. */
      refusal: fits?.answer && !fits.answer.allowed ? fits.answer.reasons : null,
      reasons: fits ? (fits.answer?.reasons ?? ['out_of_sight']) : ['no_address'],
      laterAt: fits?.answer?.later?.at ?? null,
    };
  });
}

/** Pages that the queue gives each message of when it leaves. */
export const givenLater = {
  'link.unsubscribe': 'https://later.invalid/',
  'link.preferences': 'https://later.invalid/',
} as const;

type NodeOf<K extends Node['kind']> = Extract<Node, { kind: K }>;

async function sendMessages(hand: Hand, node: NodeOf<'message'>, takers: readonly Taker[]): Promise<Done[]> {
  const { tx, actor, compiled } = hand;
  const set = compiled.get(contentKey(node.contentId!, node.contentVersion!))!;
  const chosen = await chooseAddresses(hand, takers, node.channel);
  await keepRefusals(
    tx,
    actor,
    'written',
    chosen.flatMap(({ wish, refusal }) => (wish && refusal ? [{ wish, reasons: refusal }] : [])),
  );
  const variables = await personVariables(
    tx,
    actor,
    takers.map(({ card_id }) => card_id),
  );
  const wished = ((await getMember(tx, actor))?.locale ?? 'fr') as Locale;
  const giving = await findGiving(hand, set, node.surveyId);
  const written: (Done | Leaving)[] = [];
  for (const one of chosen)
    written.push(await writeFor(hand, node, { set, giving, wished }, one, variables.get(one.taker.card_id) ?? {}));
  const leaving = written.filter((one) => 'wish' in one);
  const sent = await sendToContacts(
    hand,
    leaving.map(({ wish }) => wish),
  );
  if (node.channel === 'letter' && sent.some(({ messageId }) => messageId !== null))
    await layOnPile(hand, { campaignId: hand.scenarioId, name: hand.planned.name }, hand.now);
  const of = new Map(leaving.map((one, at) => [one, sent[at]!]));
  const done: Done[] = [];
  for (const one of written) {
    if (!('wish' in one)) {
      done.push(one);
      continue;
    }
    const { messageId, reasons } = of.get(one)!;
    if (messageId === null) await givePagesBack(hand, one.pages);
    else await keepPages(hand, giving, one.pages, messageId, one.language);
    done.push(messageId === null ? { result: 'refused', said: { reasons } } : { result: 'sent', said: { messageId } });
  }
  return done;
}

/** A message that is to leave, with the pages that are drawn for its reader. */
interface Leaving {
  wish: Parameters<typeof sendToContacts>[1][number];
  pages: Drawn;
  language: Locale;
}

type Chosen = Awaited<ReturnType<typeof chooseAddresses>>[number];

/** What a step writes to somebody, or why it does not: who cannot be written to now goes the other way. It is put into words when it leaves, with what is known then. */
async function writeFor(
  hand: Hand,
  { contentId, contentVersion }: NodeOf<'message'>,
  { set, giving, wished }: { set: CompiledSet; giving: Giving; wished: Locale },
  { taker, wish, points, reasons }: Chosen,
  variables: Parameters<typeof renderFor>[1],
): Promise<Done | Leaving> {
  if (wish === null || points === null || reasons.length > 0)
    return { result: 'refused', said: { reasons: [...reasons] } };
  const pages = await drawPages(hand, giving, { personId: taker.card_id, points }, 'take');
  if ('reason' in pages) return { result: 'aside', said: { reasons: [pages.reason], variable: pages.variable } };
  const mail = renderFor(set, { ...variables, ...givenLater, ...pages.variables }, wished);
  if ('aside' in mail) {
    await givePagesBack(hand, pages);
    const { reason, variable } = mail.aside;
    return { result: 'aside', said: { reasons: [reason], ...(variable ? { variable } : {}) } };
  }
  const { taker: _taker, ...rest } = wish;
  const content = {
    ...{ contentId: contentId!, version: contentVersion! },
    ...(giving.pages.length > 0 ? { variables: pages.variables } : {}),
  };
  return {
    wish: { ...rest, content, subject: mail.subject || hand.planned.name, locale: wished },
    pages,
    language: mail.language,
  };
}

/** Who holds the contact: the actor, where a card is theirs; else who lends the card on which their way hangs. */
async function findHolderOf({ tx, actor, cardsOf }: Hand): Promise<(taker: Taker) => string> {
  const books = new Map<number, string>();
  for (const bookNo of new Set([...cardsOf.values()].flat().map((one) => one.bookNo))) {
    const [holder] = (await findHolders(tx, actor.workspaceId, [bookNo])).sort();
    if (holder) books.set(bookNo, holder);
  }
  return ({ card_id }) => {
    const cards = cardsOf.get(card_id) ?? [];
    if (cards.some(({ mine }) => mine)) return actor.memberId;
    const first = cards.find(({ cardId }) => cardId === card_id) ?? cards[0];
    return (first && books.get(first.bookNo)) ?? actor.memberId;
  };
}

const dayAfter = (now: Date, days: number): string => new Date(now.getTime() + days * day).toISOString().slice(0, 10);

async function giveTasks(hand: Hand, node: NodeOf<'task'>, takers: readonly Taker[]): Promise<Done[]> {
  const { actor, now } = hand;
  const holderOf = node.owner === 'holder' ? await findHolderOf(hand) : null;
  const wanted = (taker: Taker) =>
    holderOf ? holderOf(taker) : node.owner === 'member' ? node.memberId! : actor.memberId;
  // Who has left does nothing: it is for who answers for the scenario then.
  const active = await queries.nameActive(hand.tx, actor.workspaceId, [...new Set(takers.map(wanted))]);
  const done: Done[] = [];
  for (const taker of takers) {
    const owner = wanted(taker);
    const memberId = active.has(owner) ? owner : actor.memberId;
    const taskId = idFor('task', taker);
    await giveTask(hand, {
      ...{ task_id: taskId, title: node.title, note: node.note || null, owner_id: memberId, card_id: taker.card_id },
      due_on: dayAfter(now, node.dueInDays),
    });
    done.push({ result: 'given', said: { taskId, memberId } });
  }
  return done;
}

async function askHolders(hand: Hand, node: NodeOf<'ask_holder'>, takers: readonly Taker[]): Promise<Done[]> {
  const { tx, actor, now, scenarioId, planned } = hand;
  const { workspaceId } = actor;
  const holderOf = await findHolderOf(hand);
  const active = await queries.nameActive(tx, workspaceId, [...new Set(takers.map(holderOf))]);
  const until = new Date(now.getTime() + node.withinDays * day);
  const asked: journeys.NewQuestion[] = [];
  for (const taker of takers) {
    const wanted = holderOf(taker);
    const holderId = active.has(wanted) ? wanted : actor.memberId;
    const taskId = idFor('ask', taker);
    const say = translator(((await getMember(tx, { workspaceId, memberId: holderId }))?.locale ?? 'en') as Locale);
    await giveTask(hand, {
      ...{
        task_id: taskId,
        title: say('scenarios.task.ask', { name: planned.name }).slice(0, 300),
        owner_id: holderId,
      },
      ...{ card_id: taker.card_id, due_on: dayAfter(now, node.withinDays) },
      note: say('scenarios.task.note', { words: node.words, path: '/scenario-questions' }),
    });
    asked.push({
      ...{
        questionId: idFor('question', taker),
        journeyId: taker.journey_id,
        stepNo: taker.step_no,
        cardId: taker.card_id,
      },
      ...{ holderId, words: node.words, taskId, expiresAt: until },
    });
  }
  await journeys.addQuestions(tx, workspaceId, scenarioId, asked, now);
  return asked.map(({ taskId, holderId }) => ({
    ...{ result: 'asked' as const, until },
    said: { taskId, memberId: holderId, until: until.toISOString() },
  }));
}

async function setAttributes(hand: Hand, node: NodeOf<'attribute'>, takers: readonly Taker[]): Promise<Done[]> {
  const { tx, actor, cardsOf } = hand;
  const attribute = (await listVisible(tx, actor)).find(({ key }) => key === node.attribute);
  const not = (reason: string): Done => ({ result: 'not_set', said: { reasons: [reason] } });
  if (!attribute?.writes) return takers.map(() => not('not_writable'));
  await enterAttributes(tx);
  const all = [...new Set(takers.flatMap(({ card_id }) => (cardsOf.get(card_id) ?? []).map(({ cardId }) => cardId)))];
  const fieldsOf = Map.groupBy(await findHeldFields(tx, actor.workspaceId, all), ({ cardId }) => cardId);
  const own = new Map(
    (await findUsedCards(tx, actor, all)).filter(({ mine }) => mine).map((one) => [one.card_id, one]),
  );
  // On a card of one's own; of a contact that is lent, on the address by which it is reached.
  const values = takers.map((taker) => {
    const cards = cardsOf.get(taker.card_id) ?? [];
    const card = cards.map(({ cardId }) => own.get(cardId)).find((one) => one !== undefined);
    if (card) return { subjectId: card.card_id, card, attribute, value: node.value };
    const [point] = addressesOf(taker, cards, fieldsOf);
    return point ? { subjectId: point, attribute, value: node.value } : null;
  });
  const there = values.filter((one) => one !== null);
  const refused = new Set(
    (await setValues(tx, actor.workspaceId, { origin: 'member', saidBy: actor.memberId }, there)).map(
      (at) => there[at],
    ),
  );
  return values.map((one): Done => {
    if (one === null) return not('no_address');
    return refused.has(one) ? not('value') : { result: 'set', said: {} };
  });
}

async function callOut(hand: Hand, node: NodeOf<'webhook'>, takers: readonly Taker[]): Promise<Done[]> {
  const { app, tx, actor, scenarioId, now } = hand;
  const all = takers.map(
    (taker): effects.NewEffect => ({
      ...{
        effectId: idFor('call', taker),
        journeyId: taker.journey_id,
        stepNo: taker.step_no,
        nodeId: node.id,
        url: node.url,
      },
      body: {
        ...{ type: 'scenario.step', at: now.toISOString(), scenario: { id: scenarioId } },
        ...{ step: { id: node.id }, journeyId: taker.journey_id, personId: taker.card_id },
      },
    }),
  );
  await effects.addEffects(tx, actor.workspaceId, scenarioId, all);
  const ids = all.map(({ effectId }) => effectId);
  await queueCalls(app, tx, actor.workspaceId, ids);
  return ids.map((effectId) => ({ result: 'called', said: { effectId } }));
}

/** Does a step for those who stand at it: all of them at once. @returns what became of each; undefined for steps that only lead on */
export async function doStep(hand: Hand, node: Node, takers: readonly Taker[]): Promise<Done[] | undefined> {
  switch (node.kind) {
    case 'message':
      return sendMessages(hand, node, takers);
    case 'task':
      return giveTasks(hand, node, takers);
    case 'ask_holder':
      return askHolders(hand, node, takers);
    case 'attribute':
      return setAttributes(hand, node, takers);
    case 'webhook':
      return callOut(hand, node, takers);
    default:
      return undefined;
  }
}
