import { findPersonsByPoints } from '../cards/facts.ts';
import { findPersonCards, summarise } from '../cards/persons.ts';
import type { Context } from '../kernel/http.ts';
import { findWorth, type Worth } from '../opportunities/worth.ts';
import type { Origin, Tone } from './contract.ts';
import * as heard from './heard.ts';
import { type Voice, voicesOf, weightOf } from './reading/counting.ts';

export type Viewer = Pick<Context, 'tx' | 'actor'>;

/** What counts how much until an admin says otherwise. */
export const usualWeighing: heard.Weighing = { person: 1, account: 2, thousand: 0.1, currency: 'EUR' };

/** Contact points, all topics together, of which it is asked whose they are; who spoke before them is not counted, which is said. */
export const mostHeard = 5000;

/** A person as the viewer sees them who spoke on a topic; where nobody, or more than one, has the contact point, that itself. */
export interface Speaker {
  /** The same for all that the viewer knows to be of one person. */
  key: string;
  /** Of the person; null: not known to the viewer. */
  personId: string | null;
  name: string;
  account: string | null;
  pointIds: string[];
  worth: Worth[];
}

/** Contact points and cards → whose they are for the viewer. */
export type Speakers = Map<string, Speaker>;

/** Finds whose contact points and cards are, with their organisations and what is at stake with them, as the viewer may know it. */
export async function findSpeakers(
  viewer: Viewer,
  pointIds: readonly string[],
  cardIds: readonly string[] = [],
): Promise<Speakers> {
  const { tx, actor } = viewer;
  const byPoint = await findPersonsByPoints(tx, actor, pointIds);
  const sure = new Map(
    [...byPoint].flatMap(([point, persons]) => (persons.length === 1 ? [[point, persons[0]!]] : [])),
  );
  for (const cardId of cardIds) {
    const person = await findPersonCards(tx, actor, cardId);
    if (person) sure.set(cardId, person.cardIds);
  }
  const lines = await summarise(
    viewer,
    [...new Map([...sure.values()].map((cards) => [cards[0]!, cards])).values()],
    false,
  );
  const lineOf = new Map(lines.map((line) => [line.personId, line]));
  const called = await heard.nameHeard(
    tx,
    actor,
    pointIds.filter((point) => !sure.has(point)),
  );
  const speakers: Speakers = new Map();
  const persons = new Map<string, Speaker>();
  for (const of of [...pointIds, ...cardIds]) {
    const cards = sure.get(of);
    const line = cards && lineOf.get(cards[0]!);
    const isPoint = !cardIds.includes(of);
    const known = line && persons.get(line.personId);
    const speaker: Speaker = known ?? {
      key: line?.personId ?? of,
      personId: line?.personId ?? null,
      name: line?.name ?? called.get(of) ?? '',
      account: line?.organization || null,
      pointIds: [],
      worth: [],
    };
    if (isPoint) speaker.pointIds.push(of);
    if (line) persons.set(line.personId, speaker);
    speakers.set(of, speaker);
  }
  await addWorth(viewer, sure, speakers);
  return speakers;
}

async function addWorth({ tx, actor }: Viewer, cardsOf: ReadonlyMap<string, string[]>, speakers: Speakers) {
  const all = new Set(speakers.values());
  const organizations = [...all].flatMap(({ account }) => account?.toLowerCase() ?? []);
  const worth = await findWorth(tx, actor, [...cardsOf.values()].flat(), [...new Set(organizations)]);
  const byCard = new Map<string, Worth[]>();
  const byOrganization = Map.groupBy(worth, ({ organization }) => organization);
  for (const one of worth) for (const card of one.card_ids) byCard.set(card, [...(byCard.get(card) ?? []), one]);
  for (const [of, cards] of cardsOf) {
    const speaker = speakers.get(of)!;
    const own = cards.flatMap((card) => byCard.get(card) ?? []);
    const ofAccount = speaker.account ? (byOrganization.get(speaker.account.toLowerCase()) ?? []) : [];
    speaker.worth = [...new Map([...own, ...ofAccount].map((one) => [one.opportunity_id, one])).values()];
  }
}

/** Amounts by currency, each opportunity once, the largest first. */
export function sumOf(worth: readonly Worth[]): { currency: string; cents: number }[] {
  const each = new Map(worth.map((one) => [one.opportunity_id, one]));
  const sums = new Map<string, number>();
  for (const { currency, cents } of each.values()) sums.set(currency, (sums.get(currency) ?? 0) + cents);
  return [...sums].map(([currency, cents]) => ({ currency, cents })).sort((a, b) => b.cents - a.cents);
}

export interface Weighed {
  people: number;
  accounts: number;
  values: { currency: string; cents: number }[];
  weight: number;
  voices: (Voice & { speaker: Speaker; tone: Tone; origins: Origin[] })[];
}

/** Puts together who spoke on one topic, each person once, and what that weighs. */
export function weigh(rows: readonly heard.HeardBy[], speakers: Speakers, weighing: heard.Weighing): Weighed {
  const { currency, ...weights } = weighing;
  const said = rows.map((row) => {
    const speaker = speakers.get(row.contact_point_id ?? row.card_id!)!;
    const { account } = speaker;
    return {
      row,
      speaker,
      at: row.last.toISOString(),
      ...(account === null ? {} : { account: account.toLowerCase() }),
    };
  });
  const bySpeaker = Map.groupBy(said, ({ speaker }) => speaker.key);
  const voices = voicesOf(
    said.map(({ row, speaker, at, ...of }) => ({ ...of, person: speaker.key, topic: row.topic_id, at })),
  ).map((voice) => {
    const own = bySpeaker.get(voice.person)!;
    const last = own.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0]!;
    return {
      ...voice,
      first: own.map(({ row }) => row.first.toISOString()).sort()[0]!,
      times: own.reduce((sum, { row }) => sum + row.times, 0),
      speaker: last.speaker,
      tone: last.row.tone,
      origins: [...new Set(own.flatMap(({ row }) => row.origins))],
    };
  });
  const values = sumOf(voices.flatMap(({ speaker }) => speaker.worth));
  // Each opportunity once: of two who speak for one account the value is that of the account.
  const { people, accounts } = weightOf(voices);
  const counted = values.find((one) => one.currency === currency)?.cents ?? 0;
  const weight = people * weights.person + accounts * weights.account + (counted / 100_000) * weights.thousand;
  return { people, accounts, values, weight: Math.round(weight * 10) / 10, voices };
}
