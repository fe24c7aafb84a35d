import type { z } from 'zod';
import * as cards from '../cards/contract.ts';
import { findPersonCards, findUsedCards, nameCards } from '../cards/persons.ts';
import * as conversations from '../conversations/contract.ts';
import { recordUses } from '../delegation/ledger.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import * as opportunities from '../opportunities/contract.ts';
import * as relations from '../relations/paths-contract.ts';
import * as segments from '../segments/contract.ts';
import { seenThrough } from '../segments/index.ts';
import type { Call } from './calling.ts';
import type * as contracts from './contract.ts';

type Answer<T extends contracts.Tool> = z.output<T['output']>;
type Asked<T extends contracts.Tool> = z.output<T['input']>;

/** Of a list within an answer so many at most; of a text so many characters. */
const most = { listed: 20, values: 60, people: 5, paths: 3, notes: 10 };
const cut = (text: string, length = 300): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

export async function searchPeople(
  call: Call,
  { query, kind, limit, after }: Asked<typeof contracts.searchPeople>,
): Promise<Answer<typeof contracts.searchPeople>> {
  const found = await call.run(call.own, cards.listPeople, { q: query, kind, limit, after });
  return {
    people: found.items.map(({ id, kind: what, name, organization, title, city, seenAt }) => ({
      ...{ id, kind: what, name: cut(name), seenAt },
      ...{ organization: organization && cut(organization), title: title && cut(title), city: city && cut(city) },
    })),
    next: found.next,
  };
}

/** What a person is called, as the app; their holders hear that it asked. @throws AppError not_found */
async function openPerson(call: Call, personId: string): Promise<{ id: string; name: string }> {
  return call.within(call.own, async ({ tx, actor }) => {
    const found = await findPersonCards(tx, actor, personId);
    if (!found) throw notFound();
    await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, found.cardIds));
    const names = await nameCards({ tx, actor }, found.cardIds);
    return { id: personId, name: cut(names.get(personId) ?? [...names.values()][0] ?? '') };
  });
}

async function tiesOf(call: Call, personId: string) {
  const { items, knownBy } = await call.run(call.member, relations.listTies, { personId });
  return {
    knownBy: knownBy
      .slice(0, most.listed)
      .map(({ member, mine, band, grounds }) => ({ member: member.name, me: mine, band, grounds })),
    ties: items.slice(0, most.listed).map(({ other, kind, forward, band }) => ({
      ...{ person: { id: other.id, name: cut(other.name) }, kind, forward, band },
    })),
  };
}

async function pathsTo(call: Call, personId: string) {
  const { items } = await call.run(call.member, relations.listPaths, { personId });
  return items.slice(0, most.paths).map(({ places, strength }) => ({
    steps: places.map((place) => (place.kind === 'me' ? call.t('mcp.me') : cut(place.name))),
    strength,
  }));
}

export async function whoKnows(
  call: Call,
  { personId, query }: Asked<typeof contracts.whoKnows>,
): Promise<Answer<typeof contracts.whoKnows>> {
  if ((personId === undefined) === (query === undefined))
    throw new AppError('invalid_input', { fields: { personId: call.t('mcp.oneOfBoth') } });
  const ids = personId
    ? [personId]
    : (await call.run(call.own, cards.listPeople, { q: query, kind: 'person', limit: most.people })).items.map(
        ({ id }) => id,
      );
  const people: Answer<typeof contracts.whoKnows>['people'] = [];
  for (const id of ids) {
    const person = await openPerson(call, id);
    people.push({ person, ...(await tiesOf(call, id)), paths: personId ? await pathsTo(call, id) : [] });
  }
  return { people };
}

type Brief = Answer<typeof contracts.briefPerson>;

/** What the reference says, with where it comes from. */
function valuesOf(person: cards.Person): Pick<Brief, 'values' | 'consent'> {
  const cardOf = new Map(person.cards.map((card) => [card.id, card]));
  const chosen = person.values.filter((one) => one.chosen && one.kind !== 'photo').slice(0, most.values);
  return {
    values: chosen.map(({ kind, display, reason, age, provenance }) => ({
      ...{ kind, text: cut(display, 1000), why: reason, likely: age?.likely ?? null },
      sources: provenance.slice(0, 5).map(({ cardId, seenAt }) => ({
        ...{ holder: cardOf.get(cardId)?.holder.name ?? '', source: cardOf.get(cardId)?.source.name ?? '', seenAt },
      })),
    })),
    consent: chosen.flatMap(({ kind, display, contactPoint }) =>
      contactPoint
        ? [{ channel: kind, text: cut(display), consent: contactPoint.consent, health: contactPoint.health }]
        : [],
    ),
  };
}

async function opportunitiesOf(call: Call, personId: string): Promise<Brief['opportunities']> {
  const asked = { personId, state: 'open', limit: most.listed } as const;
  const { items } = await call.run(call.member, opportunities.listOpportunities, asked);
  return items.map(({ name, owner, openedOn, expectedOn, value }) => ({
    ...{ name: cut(name), owner: owner.name, openedOn, expectedOn, value },
  }));
}

async function conversationsOf(call: Call, personId: string): Promise<Brief['conversations']> {
  const asked = { personId, status: 'any', limit: most.notes } as const;
  const { items } = await call.run(call.member, conversations.listConversations, asked);
  return items.map(({ channel, subject, status, lastAt, lastKind, waitingSince }) => ({
    ...{ channel: channel.kind, subject: cut(subject), status, lastAt, lastWord: lastKind, waitingSince },
  }));
}

async function notesOf(call: Call, personId: string): Promise<Brief['notes']> {
  const { items } = await call.run(call.own, cards.listHistory, { personId, limit: 200 });
  return items
    .flatMap(({ note, at, memberName }) => (note ? [{ at, author: memberName ?? '', text: cut(note.text, 2000) }] : []))
    .slice(0, most.notes);
}

export async function briefPerson(call: Call, { personId }: Asked<typeof contracts.briefPerson>): Promise<Brief> {
  const person = await call.run(call.own, cards.getPerson, { personId });
  return {
    person: { id: person.id, kind: person.kind, name: cut(person.name), freshness: person.freshness },
    ...valuesOf(person),
    ...(await tiesOf(call, personId)),
    opportunities: await opportunitiesOf(call, personId),
    conversations: await conversationsOf(call, personId),
    notes: await notesOf(call, personId),
  };
}

export async function listSegments(call: Call): Promise<Answer<typeof contracts.listSegments>> {
  const { items } = await call.run(call.member, segments.listSegments, {});
  // How many are in it the member sees; the app is told how many of them are among its own (`countSegment`).
  return {
    segments: items
      .slice(0, 100)
      .map(({ id, name, kind, description }) => ({ id, name: cut(name), kind, description: cut(description) })),
    more: items.length > 100,
  };
}

/** People of a segment that are looked at. */
const mostCounted = 20_000;

export async function countSegment(
  call: Call,
  { segmentId, people }: Asked<typeof contracts.countSegment>,
): Promise<Answer<typeof contracts.countSegment>> {
  const { app, member } = call;
  const { memberId } = member.actor;
  const ids = await seenThrough(
    {
      viewer: member.actor,
      audience: { kind: 'member', id: memberId },
      asViewer: (work) => call.within(member, ({ tx }) => work(tx)),
      asKeeper: (work) => app.db.asSystem('keeper', work),
    },
    segmentId,
    call.own.actor.memberId,
  );
  const looked = ids.slice(0, mostCounted);
  const names = await call.within(call.own, ({ tx, actor }) => nameCards({ tx, actor }, looked));
  return {
    count: names.size,
    more: ids.length > looked.length,
    people: [...names]
      .map(([id, name]) => ({ id, name: cut(name) }))
      .sort((one, other) => one.name.localeCompare(other.name, 'fr'))
      .slice(0, people),
  };
}
