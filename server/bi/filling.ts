import {
  cardsOfEach,
  cardsOfWhole,
  clustersReached,
  composeReached,
  type Golden,
  listAudiences,
  listShown,
  readWhole,
  subjectsReached,
} from '../cards/golden.ts';
import { enterConversations } from '../conversations/queries.ts';
import { recordTaken } from '../delegation/ledger.ts';
import { enterFacts, listFactsOfEach } from '../facts/index.ts';
import { getCountry } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { Locale } from '../kernel/messages.ts';
import { isClosed } from '../relations/knowing.ts';
import { bandOf } from '../relations/strength.ts';
import { copySegments } from '../segments/index.ts';
import * as queries from './queries.ts';
import * as tables from './tables.ts';

const first = '00000000-0000-0000-0000-000000000000';
/** Persons of one transaction. */
const piece = 1000;

/** Countries whose companies have their tables explained in French. */
const french = new Set(['FR', 'BE', 'CH', 'LU', 'MC']);

export async function localeOf(tx: Tx, workspaceId: string): Promise<Locale> {
  return french.has(await getCountry(tx, workspaceId)) ? 'fr' : 'en';
}

/** One run of filling an access. */
interface Fill {
  /** Persons whose holders hear of this run already. */
  told: Set<string>;
  app: App;
  workspaceId: string;
  access: queries.AccessRow;
  /** The grantee, as whom everything is read that goes into the tables. */
  viewer: Actor;
  locale: Locale;
}

/** The access has ended meanwhile, or what it is filled from does not come to rest. */
class Broken extends Error {}

/** Grants change that often while one piece is copied only where something is wrong. */
const tries = 20;

/**
 * Reads, then writes what was read, each in transactions of its own; what grants have taken back in between is read again, and never written.
 * @throws Broken
 */
async function copy<T>(
  { app, workspaceId, access }: Fill,
  read: () => Promise<T>,
  write: (tx: Tx, found: T) => Promise<void>,
): Promise<T> {
  for (let tried = 0; tried < tries; tried++) {
    const before = await app.db.asSystem('keeper', (tx) => queries.findAccess(tx, workspaceId, access.access_id));
    if (!before) throw new Broken();
    const found = await read();
    const written = await app.db.asSystem('keeper', async (tx) => {
      if (!(await queries.lockAccess(tx, workspaceId, access.access_id, before.grants_no))) return false;
      await write(tx, found);
      return true;
    });
    if (written) return found;
  }
  throw new Broken();
}

const nothing = async () => {};

/**
 * A page of persons: whose line is made of what may be taken along alone is copied, the others are composed from what may be.
 * Both are read as the grantee, under row security.
 */
async function readPage(
  { app, viewer }: Pick<Fill, 'app' | 'viewer'>,
  audienceId: string,
  after: string,
  limit = piece,
) {
  const shown = await app.db.asActor(viewer, (tx) => listShown(tx, viewer, audienceId, after, limit));
  const ids = shown.map(({ personId }) => personId);
  const { whole, wholeCards, rest } = await app.db.asActor(
    viewer,
    async (tx) => {
      const found = await readWhole(tx, viewer, audienceId, ids);
      const known = new Set(found.map(({ personId }) => personId));
      const others = shown.filter(({ personId }) => !known.has(personId));
      // Mostly nothing of them may be taken along: those are not looked at one by one.
      const some = await clustersReached(
        tx,
        viewer,
        others.map(({ clusterId }) => clusterId),
      );
      const wholeCards = await cardsOfWhole(tx, viewer, audienceId, [...known]);
      return { whole: found, wholeCards, rest: others.filter(({ clusterId }) => some.has(clusterId)) };
    },
    'export',
  );
  const found =
    rest.length > 0
      ? await app.db.asActor(viewer, (tx) =>
          cardsOfEach(
            tx,
            viewer,
            rest.map(({ personId }) => personId),
          ),
        )
      : [];
  const composed =
    found.length > 0 ? await app.db.asActor(viewer, (tx) => composeReached(tx, viewer, found), 'export') : [];
  return {
    golden: [...whole, ...composed],
    cards: [...wholeCards, ...found],
    next: shown.length === limit ? ids.at(-1)! : null,
  };
}

const sampled = 12;

/** The first persons that its tables hold, read as the grantee at this moment. */
export async function firstShown(app: App, viewer: Actor) {
  const golden: Golden[] = [];
  for (const audienceId of await app.db.asActor(viewer, listAudiences))
    if (golden.length < sampled) golden.push(...(await readPage({ app, viewer }, audienceId, first, piece)).golden);
  return golden
    .slice(0, sampled)
    .map(({ personId: id, name, organization: organisation }) => ({ id, name, organisation }));
}

const common = (one: Golden) => ({
  name: one.name,
  email: one.email,
  phone: one.phone,
  city: one.city,
  cards: one.cardCount,
  sources: one.sourceIds.length,
  last_seen: one.seenAt,
});

async function writePage(tx: Tx, fill: Fill, golden: readonly Golden[]): Promise<void> {
  const { workspaceId, access } = fill;
  const persons = golden.filter(({ kind }) => kind === 'person');
  const organizations = golden.filter(({ kind }) => kind === 'organization');
  const changed = new Set([
    ...(await tables.putRows(
      tx,
      access.short,
      'persons',
      persons.map((one) => ({
        person_id: one.personId,
        organisation: one.organization,
        title: one.title,
        ...common(one),
      })),
    )),
    ...(await tables.putRows(
      tx,
      access.short,
      'organisations',
      organizations.map((one) => ({ organisation_id: one.personId, ...common(one) })),
    )),
  ]);
  // Who was taken for the other until now.
  const idsOf = (those: readonly Golden[]) => those.map(({ personId }) => personId);
  await tables.dropRows(tx, access.short, idsOf(organizations), ['persons']);
  await tables.dropRows(tx, access.short, idsOf(persons), ['organisations']);
  const through = golden.map(({ personId: id, kind, bookNos, bookMasks }) => ({
    ...{ id, organization: kind === 'organization', bookNos, bookMasks },
  }));
  await queries.putThrough(tx, workspaceId, access.access_id, through);
  await tell(tx, fill, [...changed]);
}

/** What left is told to the holders: of whom something is new or says something else, by book, once for the day and each once for a run. */
async function tell(tx: Tx, { workspaceId, access, told }: Fill, personIds: readonly string[]): Promise<void> {
  const fresh = personIds.filter((id) => !told.has(id));
  if (fresh.length === 0) return;
  const byBook = new Map<number, number>();
  for (const { book_nos } of await queries.findBooksOf(tx, workspaceId, access.access_id, fresh))
    for (const no of book_nos) byBook.set(no, (byBook.get(no) ?? 0) + 1);
  const user = { workspaceId, memberId: access.created_by };
  await recordTaken(tx, user, 'analysed', access.access_id, byBook);
  for (const id of fresh) told.add(id);
}

/** Persons whose facts are read together. */
const few = 50;

/** What persons did and what happened to them, of the kinds that are open to the grantee, as far as it hangs on what may be taken along. */
async function fillFacts(fill: Fill, persons: readonly { personId: string; cardIds: string[] }[]): Promise<void> {
  const { app, viewer, access } = fill;
  for (let at = 0; at < persons.length; at += few) {
    const some = persons.slice(at, at + few);
    const read = () =>
      app.db.asActor(
        viewer,
        async (tx) => {
          await enterFacts(tx);
          return listFactsOfEach(tx, viewer, await subjectsReached(tx, viewer, some));
        },
        'export',
      );
    const ids = some.map(({ personId }) => personId);
    await copy(fill, read, async (tx, facts) =>
      tell(tx, fill, await tables.replaceOf(tx, access.short, 'facts', ids, facts)),
    );
  }
}

/** Persons and organisations; then what is there no longer goes. @returns the persons in the tables */
async function fillPersons(fill: Fill): Promise<Set<string>> {
  const { app, viewer, workspaceId, access } = fill;
  const present = new Set<string>();
  for (const audienceId of await app.db.asActor(viewer, listAudiences))
    for (let after: string | null = first; after; ) {
      const from: string = after;
      const page = await copy(
        fill,
        async () => {
          const { golden, cards, next } = await readPage(fill, audienceId, from);
          // Whom two audiences show stands once.
          return { fresh: golden.filter(({ personId }) => !present.has(personId)), cards, next };
        },
        (tx, { fresh }) => writePage(tx, fill, fresh),
      );
      for (const { personId } of page.fresh) present.add(personId);
      const people = new Set(page.fresh.flatMap(({ kind, personId }) => (kind === 'person' ? [personId] : [])));
      await fillFacts(
        fill,
        page.cards.filter(({ personId }) => people.has(personId)),
      );
      after = page.next;
    }
  await copy(fill, nothing, async (tx) => {
    const gone = (await queries.listRowIds(tx, workspaceId, access.access_id)).filter((id) => !present.has(id));
    await queries.forgetRows(tx, workspaceId, access.access_id, gone);
    await tables.dropRows(tx, access.short, gone);
  });
  return present;
}

/** Who knows whom, as far as it may be taken along, of the persons in the tables. */
async function readTies({ app, viewer }: Fill, present: ReadonlySet<string>) {
  const best = new Map<string, { person_id: string; colleague: string; strength: number }>();
  for (let after: string | null = first; after; ) {
    const from: string = after;
    const page = await app.db.asActor(
      viewer,
      async (tx) => ((await isClosed(tx, viewer)) ? [] : queries.listTies(tx, viewer, from, piece)),
      'export',
    );
    const persons = await app.db.asActor(viewer, (tx) =>
      cardsOfEach(tx, viewer, [...new Set(page.map((tie) => tie.card_id))]),
    );
    const personOf = new Map(persons.map(({ personId, cardIds }) => [personId, cardIds.find((id) => present.has(id))]));
    for (const { card_id, colleague, strength } of page) {
      const person_id = personOf.get(card_id);
      if (!person_id) continue;
      const key = `${person_id} ${colleague}`;
      if (strength > (best.get(key)?.strength ?? -1)) best.set(key, { person_id, colleague, strength });
    }
    after = page.length === piece ? page.at(-1)!.card_id : null;
  }
  return [...best.values()].map(({ strength, ...tie }) => ({ ...tie, band: bandOf(strength) }));
}

/** In bands, and only as each colleague lets it be known. */
async function fillTies(fill: Fill, present: ReadonlySet<string>): Promise<void> {
  const { workspaceId, access } = fill;
  await copy(
    fill,
    () => readTies(fill, present),
    async (tx, ties) => {
      const there = new Set(await queries.listRowIds(tx, workspaceId, access.access_id));
      const rows = ties.filter(({ person_id }) => there.has(person_id));
      await tables.replaceRows(tx, access.short, 'ties', rows);
    },
  );
}

/** How the persons in the tables are called there, of ids that another audience's list gives them. */
async function namesOf({ app, viewer }: Fill, ids: readonly string[], present: ReadonlySet<string>) {
  const strange = ids.filter((id) => !present.has(id));
  const found = strange.length > 0 ? await app.db.asActor(viewer, (tx) => cardsOfEach(tx, viewer, strange)) : [];
  const others = new Map(found.map(({ personId, cardIds }) => [personId, cardIds.find((id) => present.has(id))]));
  return (id: string): string | undefined => (present.has(id) ? id : others.get(id));
}

/** Segments that the grantee sees, and whom of them may be taken along. */
async function fillSegments(fill: Fill, present: ReadonlySet<string>): Promise<void> {
  const { app, viewer, workspaceId, access } = fill;
  const looking = {
    viewer,
    audience: { kind: access.grantee_kind === 'member' ? ('member' as const) : ('team' as const), id: viewer.memberId },
    asViewer: <T>(work: (tx: Tx) => Promise<T>) => app.db.asActor(viewer, work, 'export'),
    asKeeper: <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work),
  };
  const read = async () => {
    const found = [];
    for await (const { people, ...segment } of copySegments(looking)) {
      const nameOf = await namesOf(fill, people?.map(({ personId }) => personId) ?? [], present);
      const members = new Map(
        people?.flatMap(({ personId, since }) => {
          const id = nameOf(personId);
          return id === undefined ? [] : [[id, since] as const];
        }),
      );
      found.push({ segment, members, isKept: people === null });
    }
    return found;
  };
  await copy(fill, read, async (tx, found) => {
    const there = new Set(await queries.listRowIds(tx, workspaceId, access.access_id));
    const rows = found.map(({ segment: { segmentId, ...said }, members, isKept }) => {
      const ids = [...members.keys()].filter((id) => there.has(id));
      return { segment_id: segmentId, ...said, members: isKept ? null : ids.length };
    });
    await tables.keepSegments(
      tx,
      access.short,
      rows.map((row) => row.segment_id),
    );
    await tables.putRows(tx, access.short, 'segments', rows);
    for (const { segment, members } of found) {
      const said = [...members].map(([person_id, since]) => ({ segment_id: segment.segmentId, person_id, since }));
      await tell(tx, fill, await tables.replaceOf(tx, access.short, 'segment_members', [segment.segmentId], said));
    }
  });
}

/** What is counted of conversations and voices, on the channels that the grantee tends. */
async function fillCounts(fill: Fill): Promise<void> {
  const { app, viewer, locale, access } = fill;
  await copy(
    fill,
    () =>
      app.db.asActor(viewer, async (tx) => {
        await enterConversations(tx);
        return {
          conversations: await queries.countConversations(tx, viewer, locale),
          voices: await queries.countVoices(tx, viewer, locale),
        };
      }),
    async (tx, { conversations, voices }) => {
      await tables.replaceRows(tx, access.short, 'conversations', conversations);
      await tables.replaceRows(tx, access.short, 'voices', voices);
    },
  );
}

/**
 * Fills the tables of an access from what its grantee may take along now. Where the grantee is no more, nothing is done: what looks after accesses
 * ends it.
 */
export async function fillAccess(app: App, workspaceId: string, accessId: string): Promise<void> {
  const { access, locale, madeOf } = await app.db.asSystem('keeper', async (tx) => ({
    access: await queries.findAccess(tx, workspaceId, accessId),
    locale: await localeOf(tx, workspaceId),
    madeOf: await queries.readMadeOf(tx, workspaceId, accessId),
  }));
  if (!access) return;
  const viewer = { workspaceId, memberId: access.grantee_id };
  const fill: Fill = { app, workspaceId, access, viewer, locale, told: new Set() };
  try {
    await copy(fill, nothing, (tx) => tables.makeTables(tx, workspaceId, access.short, locale));
    const present = await fillPersons(fill);
    await fillTies(fill, present);
    await fillSegments(fill, present);
    await fillCounts(fill);
    await copy(fill, nothing, (tx) => noteFill(tx, fill, madeOf));
  } catch (error) {
    if (!(error instanceof Broken || (error instanceof AppError && error.code === 'unauthenticated'))) throw error;
  }
}

async function noteFill(tx: Tx, { workspaceId, access }: Fill, madeOf: string): Promise<void> {
  const counts = await tables.countRows(tx, access.short);
  counts.delete('fills');
  const filled_at = new Date();
  const fills = [...counts].map(([table_name, row_count]) => ({ table_name, row_count, filled_at }));
  await tables.replaceRows(tx, access.short, 'fills', fills);
  const count = fills.reduce((sum, { row_count }) => sum + row_count, 0);
  await queries.noteFill(tx, workspaceId, access.access_id, madeOf, count);
}
