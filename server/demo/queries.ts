import { sql } from 'kysely';
import { addBook, refreshReach } from '../delegation/queries.ts';
import { addMember, addToTeam, addWorkspace, anyWorkspace, takeBookNo } from '../identity/queries.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { type Company, companyName, type PlannedBook, type PlannedFile, seat, teamNames } from './company.ts';
import { givenNames } from './names.ts';

/** How far the demo has come: kept beside the installation's other facts, so that a killed process goes on where it was. */
export interface DemoState {
  workspaceId: string;
  /** By the plan's numbers. */
  memberIds: string[];
  bookIds: string[];
  ready: boolean;
}

export async function readState(tx: Tx): Promise<DemoState | null> {
  const row = await tx.selectFrom('kernel.installation').select('value').where('key', '=', 'demo').executeTakeFirst();
  return (row?.value as DemoState | undefined) ?? null;
}

export async function writeState(tx: Tx, key: 'demo' | 'seat', value: object): Promise<void> {
  await sql`insert into kernel.installation (key, value) values (${key}, ${JSON.stringify(value)}::jsonb)
    on conflict (key) do update set value = excluded.value`.execute(tx);
}

export const hasWorkspace = async (tx: Tx): Promise<boolean> => (await anyWorkspace(tx)) !== undefined;

/** The company without its contacts: members, teams, books and what they lend, in one transaction. */
export async function addCompany(tx: Tx, company: Company, accountIds: readonly string[]): Promise<DemoState> {
  const workspaceId = await addWorkspace(tx, companyName, 'FR', true);
  const teamIds = new Map<string, string>();
  for (const name of teamNames) {
    teamIds.set(name, newId());
    await tx
      .insertInto('identity.team')
      .values({ workspace_id: workspaceId, team_id: teamIds.get(name)!, name })
      .execute();
  }
  const memberIds: string[] = [];
  for (const [index, { name, email, team, admin, locale }] of company.members.entries()) {
    const role = admin ? 'admin' : 'member';
    const id = await addMember(tx, workspaceId, { accountId: accountIds[index]!, name, email, role, locale });
    memberIds.push(id);
    if (team) await addToTeam(tx, workspaceId, teamIds.get(team)!, id);
  }
  const bookIds: string[] = [];
  for (const book of company.books) bookIds.push(await openBook(tx, workspaceId, book, memberIds, teamIds));
  await addPlan(tx, workspaceId, memberIds[seat]!, [...teamIds.values()].slice(0, 2));
  await addSegments(tx, workspaceId, memberIds[seat]!);
  const state = { workspaceId, memberIds, bookIds, ready: false };
  await writeState(tx, 'demo', state);
  await writeState(tx, 'seat', { workspaceId, memberId: memberIds[seat]! });
  return state;
}

async function openBook(
  tx: Tx,
  workspaceId: string,
  book: PlannedBook,
  memberIds: readonly string[],
  teamIds: ReadonlyMap<string, string>,
): Promise<string> {
  const memberId = memberIds[book.holder ?? book.stewards[0]!]!;
  const bookId = book.name
    ? await addBook(
        tx,
        { workspaceId, memberId },
        { bookNo: await takeBookNo(tx, workspaceId), name: book.name, holderId: null },
      )
    : await getMainBook(tx, workspaceId, memberId);
  for (const steward of book.stewards) {
    await tx
      .insertInto('delegation.steward')
      .values({ workspace_id: workspaceId, book_id: bookId, member_id: memberIds[steward]! })
      .execute();
  }
  for (const { to, level } of book.sharing) {
    await tx
      .insertInto('delegation.grant')
      .values({
        workspace_id: workspaceId,
        grant_id: newId(),
        book_id: bookId,
        grantee_kind: to === 'workspace' ? 'workspace' : 'team',
        grantee_id: teamIds.get(to) ?? workspaceId,
        acts: level === 'read' ? ['discover', 'read'] : ['discover'],
        created_by: memberId,
      })
      .execute();
  }
  await refreshReach(tx, workspaceId, bookId);
  return bookId;
}

async function getMainBook(tx: Tx, workspaceId: string, memberId: string): Promise<string> {
  const row = await tx
    .selectFrom('delegation.book')
    .select('book_id')
    .where('workspace_id', '=', workspaceId)
    .where('holder_id', '=', memberId)
    .where('main', '=', true)
    .executeTakeFirstOrThrow();
  return row.book_id;
}

/** Where the import of a planned file stands; null when it has not begun. */
export async function findPlanned(tx: Tx, workspaceId: string, memberId: string, fileName: string) {
  return tx
    .selectFrom('sources.import')
    .select(['import_id', 'state', 'progress_total'])
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('file_name', '=', fileName)
    .executeTakeFirst();
}

/** Lays a file down as an upload does. It counts as imported `daysAgo`, so that the company has a past. */
export async function addUpload(
  tx: Tx,
  state: DemoState,
  file: PlannedFile,
  bookId: string,
  data: Uint8Array,
): Promise<string> {
  const importId = newId();
  const at = new Date(Date.now() - file.daysAgo * 86_400_000);
  const { workspaceId } = state;
  await tx
    .insertInto('sources.import')
    .values({
      workspace_id: workspaceId,
      import_id: importId,
      member_id: state.memberIds[file.member]!,
      file_name: file.fileName,
      size: data.length,
      state: 'analysing',
      country: 'FR',
      book_id: bookId,
      source_name: file.source,
      basis: 'legitimate_interest',
      created_at: at,
      started_at: at,
    })
    .execute();
  for (let no = 0, from = 0; from < data.length; no++, from += 2 ** 20) {
    await tx
      .insertInto('sources.file_piece')
      .values({
        workspace_id: workspaceId,
        import_id: importId,
        no,
        data: Buffer.from(data.subarray(from, from + 2 ** 20)),
      })
      .execute();
  }
  return importId;
}

export async function queueImport(tx: Tx, workspaceId: string, importId: string): Promise<void> {
  await tx
    .updateTable('sources.import')
    .set({ state: 'queued' })
    .where('workspace_id', '=', workspaceId)
    .where('import_id', '=', importId)
    .where('state', '=', 'ready')
    .execute();
}

/** Takes back what has been asked of matching and not been done. @returns the cards it was asked for */
export async function takeUnmatched(tx: Tx, workspaceId: string): Promise<string[]> {
  const rows = await tx
    .deleteFrom('kernel.outbox')
    .where('workspace_id', '=', workspaceId)
    .where('topic', '=', 'cards.changed')
    .returning('payload')
    .execute();
  return rows.flatMap((row) => (row.payload as { cardIds: string[] }).cardIds).sort();
}

/** Without figures about them, PostgreSQL plans for empty tables until autovacuum comes by. */
export async function analyseTables(tx: Tx): Promise<void> {
  await sql`analyze cards.card, cards.card_field, cards.entry, cards.entry_cover, cards.link, matching.proposal`.execute(
    tx,
  );
}

export async function hasWritten(tx: Tx, actor: Actor): Promise<boolean> {
  const note = await tx
    .selectFrom('cards.note')
    .select('note_id')
    .where('workspace_id', '=', actor.workspaceId)
    .where('author_id', '=', actor.memberId)
    .limit(1)
    .executeTakeFirst();
  return note !== undefined;
}

export async function addNote(
  tx: Tx,
  actor: Actor,
  card: { card_id: string; book_no: number; exposure: number },
  text: string,
  daysAgo: number,
): Promise<void> {
  await tx
    .insertInto('cards.note')
    .values({
      workspace_id: actor.workspaceId,
      note_id: newId(),
      card_id: card.card_id,
      book_no: card.book_no,
      exposure: card.exposure,
      author_id: actor.memberId,
      text,
      created_at: new Date(Date.now() - daysAgo * 86_400_000),
    })
    .execute();
}

/** E-mail addresses of people whom several colleagues know: those are the customers. */
export async function listCustomers(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select contact_point_id as id from cards.card_field
    where workspace_id = ${workspaceId} and kind = 'email' and contact_point_id is not null
    group by contact_point_id having count(*) > 1 order by min(card_id::text), contact_point_id limit 1500`.execute(tx);
  return rows.map((row) => row.id);
}

const scoreOfDemo = {
  ...{ kind: 'score', base: 0, least: 0, most: 100 },
  rules: [
    { points: 40, filter: 'count(order last 12 months) >= 1', why: 'A commandé dans l’année' },
    { points: 30, filter: 'count(visit last 3 months) >= 2', why: 'Est passé sur le site' },
    { points: 20, filter: 'tie >= good', why: 'L’un des nôtres le connaît bien' },
    { points: -30, filter: 'consent.email = objected', why: 'Ne veut pas d’e-mails' },
  ],
};

/** A score, and segments that the company's grants are enough for. They are computed by a job. */
async function addSegments(tx: Tx, workspaceId: string, ownerId: string): Promise<void> {
  await sql`
    insert into segments.measure (workspace_id, measure_id, key, kind, name, meaning, unit, definition, changed_by)
    values (${workspaceId}, ${newId()}, 'engagement', 'score', 'Engagement', 'Combien ils se tournent vers nous', '/ 100',
      ${JSON.stringify(scoreOfDemo)}, ${ownerId})`.execute(tx);
  for (const [key, name, filter] of [
    ['clients', 'Clients de l’année', 'count(order last 12 months) >= 1'],
    ['a_rappeler', 'À rappeler', 'count(order) > 0 and days_since(last(order)) > 120 and consent.email != objected'],
    ['engages', 'Les plus engagés', 'engagement >= 50'],
    ['tickets', 'Tickets ouverts', 'count(ticket last 3 months) > 0'],
  ] as const)
    await sql`
      insert into segments.segment (workspace_id, segment_id, key, name, kind, filter, audience_kind, audience_id, owner_id)
      values (${workspaceId}, ${newId()}, ${key}, ${name}, 'filter', ${filter}, 'workspace', ${workspaceId}, ${ownerId})`.execute(
      tx,
    );
}

/** All parts are open; two systems that nothing connects, and a lot that has begun. */
async function addPlan(tx: Tx, workspaceId: string, ownerId: string, teamIds: readonly string[]): Promise<void> {
  await sql`insert into adoption.house (workspace_id, all_open) values (${workspaceId}, true)`.execute(tx);
  await sql`
    insert into adoption.lot (workspace_id, lot_id, name, starts_on, state, team_ids, sources, parts, goal)
    values (${workspaceId}, ${newId()}, 'Commerce, premier lot', current_date - 30, 'running', ${teamIds}, 'téléphones, LinkedIn, l’ancien CRM',
      '{network,opportunities}', 'Chacun délègue un carnet avant la fin du trimestre')`.execute(tx);
  const [erp, shop] = [newId(), newId()];
  const flow = (other: string, how: string, what: string) => [{ direction: 'to', other, how, what }];
  for (const [id, name, kind, volume, freshness, fields, flows] of [
    [
      erp,
      'ERP Comptoir',
      'erp',
      4200,
      'daily',
      ['addresses', 'numbers', 'work'],
      flow('entregent', 'file', 'clients, chaque lundi'),
    ],
    [
      shop,
      'Boutique en ligne',
      'shop',
      18_000,
      'live',
      ['emails', 'addresses', 'birthday'],
      flow(erp, 'automatic', 'commandes'),
    ],
    [newId(), 'Fichier salons', 'spreadsheet', 650, 'rarely', ['emails', 'notes'], []],
  ] as const)
    await sql`
      insert into data_map.system (workspace_id, system_id, name, kind, owner_id, fields, volume, freshness, flows, changed_by)
      values (${workspaceId}, ${id}, ${name}, ${kind}, ${ownerId}, ${fields}, ${volume}, ${freshness}, ${JSON.stringify(flows)}::jsonb, ${ownerId})`.execute(
      tx,
    );
}

export const hasChannels = async (tx: Tx, workspaceId: string): Promise<boolean> =>
  (await tx
    .selectFrom('conversations.channel')
    .select('channel_id')
    .where('workspace_id', '=', workspaceId)
    .limit(1)
    .executeTakeFirst()) !== undefined;

/** First names that are none of France: who bears one writes in English. */
const french: ReadonlySet<string> = new Set([...givenNames.FR.female, ...givenNames.FR.male]);
const foreign = [givenNames.GB, givenNames.DE]
  .flatMap(({ female, male }) => [...female, ...male])
  .filter((name) => !french.has(name));

/** Somebody who writes to the company. */
export interface Customer {
  email: string;
  name: string;
  contact_point_id: string;
  /** By their first name. */
  english: boolean;
}

/** Those of the customers whose names are written out, in an order that stays. */
export async function listWriters(tx: Tx, workspaceId: string): Promise<Customer[]> {
  const { rows } = await sql<Customer>`
    select f.value ->> 'normalised' as email, min(n.value ->> 'full') as name, f.contact_point_id,
      bool_or(n.value ->> 'given' = any(${foreign})) as english
    from cards.card_field f
    join cards.card_field n on n.workspace_id = ${workspaceId} and n.card_id = f.card_id and n.kind = 'name'
      and n.value ->> 'given' <> '' and n.value ->> 'family' <> ''
    where f.workspace_id = ${workspaceId} and f.kind = 'email' and f.contact_point_id is not null and f.value ? 'normalised'
    group by f.value ->> 'normalised', f.contact_point_id having count(distinct f.card_id) > 2
    order by 1 limit 400`.execute(tx);
  return rows;
}

/** What was told of a channel, by the ids under which it was. */
export async function findTold(tx: Tx, workspaceId: string, channelId: string) {
  const { rows } = await sql<{ external_id: string; conversation_id: string; message_id: string; sent_at: Date }>`
    select external_id, conversation_id, message_id, sent_at from conversations.message
    where workspace_id = ${workspaceId} and channel_id = ${channelId} and external_id is not null`.execute(tx);
  return new Map(rows.map((row) => [row.external_id, row]));
}

export interface Written {
  message_id: string;
  author_id: string;
  sent_at: Date;
}

/** Says which member wrote what, and when: it counts as written then. */
export async function signMessages(tx: Tx, workspaceId: string, channelId: string, written: readonly Written[]) {
  await sql`
    update conversations.message m set author_id = n.author_id, sent_at = n.sent_at
    from jsonb_to_recordset(${JSON.stringify(written)}::jsonb) n (message_id uuid, author_id uuid, sent_at timestamptz)
    where m.workspace_id = ${workspaceId} and m.channel_id = ${channelId} and m.message_id = n.message_id`.execute(tx);
}

/** Closed conversations with people of different addresses: where a survey may have been offered. */
export async function listClosed(tx: Tx, workspaceId: string, limit: number) {
  const { rows } = await sql<{ conversation_id: string; contact_point_id: string }>`
    select distinct on (contact_point_id) conversation_id, contact_point_id from conversations.conversation
    where workspace_id = ${workspaceId} and status = 'closed' and erased_at is null
    order by contact_point_id, conversation_id limit ${limit}`.execute(tx);
  return rows;
}

export async function addPoint(tx: Tx, workspaceId: string, contactPointId: string): Promise<void> {
  await sql`insert into cards.contact_point (workspace_id, contact_point_id, channel)
    values (${workspaceId}, ${contactPointId}, 'email') on conflict do nothing`.execute(tx);
}
