import { findPersonCards } from '../cards/persons.ts';
import { findRefusals, answer as reply } from '../conversations/answering.ts';
import type { AnyChannel } from '../conversations/channels/channel.ts';
import { reply as replyContract } from '../conversations/contract.ts';
import { findConversation, findListeners, findPointsOfCards } from '../conversations/queries.ts';
import { fill } from '../conversations/saved-replies.ts';
import { splitName } from '../formats/normalise/name.ts';
import { getMember } from '../identity/queries.ts';
import { makeRequest } from '../introductions/asking.ts';
import { AppError } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { sendToContact } from '../outreach/contacts.ts';
import { askGate } from '../outreach/gate.ts';
import { listKnowing } from '../relations/knowing.ts';
import { loadTopics, type Speaker } from '../voices/index.ts';
import * as answers from './answers.ts';
import { speakersOf, type Viewer } from './describing.ts';
import type { Planned } from './loop-contract.ts';
import type { CaseRow } from './queries.ts';

/** People of a case that are put together; those who spoke before them come once these are answered. */
const mostRaised = 2000;

/** Somebody who raised the point, as the viewer sees them: their contact points on this case together, who spoke last first. */
export interface One {
  key: string;
  speaker: Speaker;
  rows: answers.RaisedRow[];
  cardIds: string[];
}

/**
 * All who raised a point, or those of these contact points: with all contact points on this case of each. A person is answered where any of
 * theirs is.
 */
export async function findRaised(
  viewer: Viewer,
  caseId: string,
  pointIds: readonly string[] | null = null,
): Promise<One[]> {
  const { tx, actor } = viewer;
  const wanted = pointIds && [...pointIds, ...(await findOthers(viewer, caseId, pointIds))];
  const found = await answers.listRaised(tx, actor, caseId, mostRaised, wanted);
  const speakers = await speakersOf(viewer, found);
  const speakerOf = (row: answers.RaisedRow) => speakers.get(row.contact_point_id ?? row.card_id!)!;
  const all = [...Map.groupBy(found, (row) => speakerOf(row).key).values()].map((rows) => ({
    ...{ key: rows[0]!.point_id, speaker: speakerOf(rows[0]!), rows, cardIds: [] },
  }));
  return pointIds ? all.filter(({ rows }) => rows.some(({ point_id }) => pointIds.includes(point_id))) : all;
}

/** The other contact points and cards of those whose these are. */
async function findOthers(viewer: Viewer, caseId: string, pointIds: readonly string[]): Promise<string[]> {
  const { tx, actor } = viewer;
  const speakers = await speakersOf(viewer, await answers.listRaised(tx, actor, caseId, mostRaised, pointIds));
  const persons = [...new Set([...speakers.values()].flatMap(({ personId }) => personId ?? []))];
  const cards: string[] = [];
  for (const person of persons) cards.push(...((await findPersonCards(tx, actor, person))?.cardIds ?? []));
  return [...cards, ...(await findPointsOfCards(tx, actor, cards))];
}

/** Finds whom of us these know: who has the strongest tie, else who has their conversation in hand. */
export async function findColleagues(viewer: Viewer, all: readonly One[]): Promise<Map<One, string>> {
  const { tx, actor } = viewer;
  const byCard = new Map<string, One>();
  for (const one of all) {
    const { personId } = one.speaker;
    one.cardIds = personId ? ((await findPersonCards(tx, actor, personId))?.cardIds ?? []) : [];
    for (const cardId of one.cardIds) byCard.set(cardId, one);
  }
  const known = new Map<One, { holder_id: string; strength: number | null; mine: boolean }>();
  for (const held of await listKnowing(tx, actor, [...byCard.keys()])) {
    const one = byCard.get(held.card_id)!;
    const best = known.get(one);
    const beats = (held.strength ?? 0) - (best?.strength ?? 0);
    if (!best || beats > 0 || (beats === 0 && held.mine)) known.set(one, held);
  }
  return new Map([...known].map(([one, { holder_id }]) => [one, holder_id]));
}

/** The last message of all their conversations on this case: ids follow each other in time. */
const seenOf = ({ rows }: One): string | null =>
  rows
    .flatMap(({ seen }) => seen ?? [])
    .sort()
    .at(-1) ?? null;

type Texts = { fr?: string | undefined; en?: string | undefined };
type Writing = Pick<Context, 'app' | 'tx' | 'actor'>;

/** What somebody would be told, how, and by whom. */
export async function plan(
  viewer: Viewer,
  channels: readonly AnyChannel[],
  one: One,
  how: { texts: Texts; colleagueId: string | null; names: ReadonlyMap<string, string> },
): Promise<Planned> {
  const { tx, actor } = viewer;
  const [last] = one.rows as [answers.RaisedRow];
  const { language, text } = await write(viewer, one, how.texts);
  const base = { key: one.key, name: one.speaker.name, language, text, seen: seenOf(one) };
  const row = last.conversation_id ? await findConversation(tx, actor, last.conversation_id) : undefined;
  const refusals = row?.tends
    ? await findRefusals(tx, actor.workspaceId, channels, row, { text, template: false })
    : (['not_begun'] as const);
  const { colleagueId } = how;
  const hands =
    colleagueId !== null && colleagueId !== actor.memberId && row && refusals.length === 0
      ? (await findListeners(tx, actor, row.conversation_id, [colleagueId]))[0]
      : undefined;
  if (hands)
    return { ...base, way: 'handed', to: { id: hands, name: how.names.get(hands) ?? '' }, refusals: [], reasons: [] };
  if (refusals.length === 0) return { ...base, way: 'reply', to: null, refusals: [], reasons: [] };
  const wish = await findWish(viewer, one);
  const gate = wish && (await askGate(tx, actor, wish, 'look'));
  const reasons = gate?.reasons ?? [];
  const way = !gate ? 'none' : gate.allowed ? 'mail' : isAskFirst(reasons) ? 'introduction' : 'none';
  return { ...base, way, to: null, refusals: [...refusals], reasons };
}

/** Nothing stands in the way but that the holder wants to be asked each time. */
const isAskFirst = (reasons: readonly string[]): boolean => reasons.length === 1 && reasons[0] === 'ask_first';

/** Whom to write to by mail, where the viewer knows them and an address of theirs: the one on which they spoke, if it is one. */
async function findWish({ tx, actor }: Viewer, { speaker, cardIds, rows }: One) {
  const { personId } = speaker;
  if (personId === null) return null;
  const known = cardIds.length > 0 ? cardIds : ((await findPersonCards(tx, actor, personId))?.cardIds ?? []);
  const addresses = await answers.findAddresses(tx, actor, known);
  const contactPointId = addresses.find((one) => rows.some((row) => row.contact_point_id === one)) ?? addresses[0];
  return contactPointId === undefined
    ? null
    : { personId, contactPointId, purpose: 'service', manner: 'bulk' as const };
}

/** The text in the language that they write, with what is known of them. */
async function write({ tx, actor }: Viewer, { speaker, rows }: One, texts: Texts) {
  const [last] = rows as [answers.RaisedRow];
  const me = await getMember(tx, actor);
  const wanted = last.language === 'fr' || last.language === 'en' ? last.language : me?.locale === 'en' ? 'en' : 'fr';
  const language: 'fr' | 'en' = texts[wanted] ? wanted : texts.fr ? 'fr' : 'en';
  const first = (name: string) => splitName(name).given ?? name;
  const text = await fill(texts[language]!, {
    contact: { name: speaker.name, first_name: first(speaker.name) },
    agent: { name: me?.name ?? '', first_name: first(me?.name ?? '') },
    conversation: { subject: '', channel: last.channel_name ?? '' },
  });
  return { language, text };
}

export type Became = 'reply' | 'mail' | 'introduction' | 'handed' | 'refused';

/**
 * Does what is planned, and notes it in the same transaction: after a crash either both stand or nothing has left.
 * @throws AppError conflict where they said something else at this very moment
 */
export async function carryOut(
  context: Writing,
  channels: readonly AnyChannel[],
  row: CaseRow,
  one: One,
  { way, text, language, to }: Planned,
): Promise<Became> {
  const { tx, actor } = context;
  const keep = (answer: answers.NewAnswer) => answers.keepAnswer(tx, actor, row.case_id, one.rows, { text, ...answer });
  switch (way) {
    case 'none':
      return 'refused';
    case 'handed':
      await keep({ kind: 'handed', to_id: to!.id });
      return 'handed';
    case 'reply': {
      const { conversation_id, seen } = one.rows[0]!;
      const conversationId = conversation_id!;
      const said = replyContract.input.parse({ conversationId, text, ...(seen ? { after: seen } : {}) });
      const messageId = await reply(context, channels, said);
      await keep({ kind: 'reply', conversation_id: conversationId, message_id: messageId });
      return 'reply';
    }
    case 'mail': {
      const topic = (await loadTopics(tx, actor.workspaceId)).find(({ id }) => id === row.topic_id);
      const wish = (await findWish(context, one))!;
      const words = { subject: topic?.name[language] ?? '', text, locale: language };
      const { messageId } = await sendToContact(context, { ...wish, ...words });
      if (!messageId) return 'refused';
      await keep({ kind: 'mail', message_id: messageId });
      return 'mail';
    }
    case 'introduction': {
      const { requestId } = await makeRequest(context, {
        ...{ sought: one.speaker.name.slice(0, 200), kind: 'person', cardId: one.cardIds[0] },
        ...{ purpose: 'other', message: text.slice(0, 5000) },
      });
      await keep({ kind: 'introduction', request_id: requestId });
      return 'introduction';
    }
  }
}

/** @throws AppError invalid_input for a text that is no sound template */
export async function checkTexts(texts: Texts): Promise<void> {
  const sample = {
    contact: { name: 'Léa Martin', first_name: 'Léa' },
    agent: { name: 'Bob Stone', first_name: 'Bob' },
    conversation: { subject: '', channel: '' },
  };
  for (const [language, text] of Object.entries(texts))
    if (text)
      await fill(text, sample).catch(() => {
        throw new AppError('invalid_input', { fields: { [`texts.${language}`]: 'template' } });
      });
}
