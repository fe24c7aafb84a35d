import { sql } from 'kysely';
import type { ContactName } from '../formats/contact.ts';
import { fullName } from '../formats/normalise/name.ts';
import { type CardAddress, postalKey, postalLines } from '../formats/normalise/postal.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { stir } from '../kernel/stirring.ts';
import { addContactPoints } from './rows.ts';
import { contactPointId } from './writing.ts';

// Somebody at a postal address is a contact point, too. What makes it one stands in several fields of a card (who, and where), so that it is not known when
// one of them is written: it follows the card, as the list does.

interface AddressRow {
  card_id: string;
  no: number;
  value: CardAddress;
  contact_point_id: string | null;
  name: ContactName | null;
  organization: string | null;
  /** What the source says of letters; null: nothing. */
  consent: 'given' | 'objected' | null;
}

const country = async (tx: Tx, workspaceId: string): Promise<string> => {
  const { rows } = await sql<{ country: string }>`
    select country from identity.workspace where workspace_id = ${workspaceId}`.execute(tx);
  return rows[0]?.country ?? 'FR';
};

/** The addresses of cards, with who they are the address of. Locked in one order, as matching locks them. */
async function findAddresses(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<AddressRow[]> {
  const { rows } = await sql<AddressRow>`
    select f.card_id, f.no, f.value, f.contact_point_id,
      (select n.value from cards.card_field n where n.workspace_id = ${workspaceId} and n.card_id = f.card_id and n.kind = 'name' and n.value <> '{}'
        order by n.no limit 1) as name,
      (select o.value ->> 'name' from cards.card_field o where o.workspace_id = ${workspaceId} and o.card_id = f.card_id and o.kind = 'organization'
        and o.value <> '{}' order by o.no limit 1) as organization,
      (select max(c.value ->> 'state') from cards.card_field c where c.workspace_id = ${workspaceId} and c.card_id = f.card_id and c.kind = 'consent'
        and c.value ->> 'channel' in ('any', 'post') and c.value ->> 'state' in ('given', 'objected')) as consent
    from cards.card_field f
    where f.workspace_id = ${workspaceId} and f.card_id = any(${cardIds}::uuid[]) and f.kind = 'address'
    order by f.card_id, f.no for update of f`.execute(tx);
  return rows;
}

/**
 * Gives the addresses on cards their contact points: those to which a letter can go, of whom the card is. As the keeper, in a transaction of its own;
 * done again it changes nothing. What a file says against letters (or against everything) stands at the contact point, which is never loosened by it.
 */
export async function addressCards(app: App, workspaceId: string, cardIds: readonly string[]): Promise<void> {
  if (cardIds.length === 0) return;
  await app.db.asSystem('keeper', (tx) => addressIn(app, tx, workspaceId, cardIds));
}

async function addressIn(app: App, tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<void> {
  const rows = await findAddresses(tx, workspaceId, cardIds);
  if (rows.length === 0) return;
  const home = await country(tx, workspaceId);
  const points = new Map<string, 'postal'>();
  const objecting = new Set<string>();
  const changed = rows.flatMap((row) => {
    const id = pointOf(app, workspaceId, row, home);
    if (id !== null) points.set(id, 'postal');
    if (id !== null && row.consent === 'objected') objecting.add(id);
    return id === row.contact_point_id ? [] : [{ ...row, id }];
  });
  await addContactPoints(tx, workspaceId, points);
  if (objecting.size > 0)
    await sql`update cards.contact_point set consent = 'objected', consent_evidence = 'card', consent_since = now(), consent_purposes = null
      where workspace_id = ${workspaceId} and contact_point_id = any(${[...objecting].sort()}::uuid[]) and consent <> 'objected'`.execute(
      tx,
    );
  if (changed.length === 0) return;
  await sql`update cards.card_field f set contact_point_id = n.id
    from unnest(${changed.map((one) => one.card_id)}::uuid[], ${changed.map((one) => one.no)}::int[], ${changed.map((one) => one.id)}::uuid[])
      n (card_id, no, id)
    where f.workspace_id = ${workspaceId} and f.card_id = n.card_id and f.no = n.no`.execute(tx);
  await stir(
    tx,
    workspaceId,
    'consent',
    changed.flatMap(({ id }) => id ?? []),
  );
}

function pointOf(app: App, workspaceId: string, row: AddressRow, home: string): string | null {
  const { given, family, full = '' } = row.name ?? {};
  const organization = row.organization ?? '';
  const name = row.name ? fullName(row.name) || full : '';
  if (postalLines({ name, organization }, row.value, home) === null) return null;
  // A civility is on one card, and not on another.
  const bare = [given, family].filter(Boolean).join(' ') || name;
  const address = postalKey({ name: bare, organization }, row.value, home);
  return address && contactPointId(app.secrets, workspaceId, { channel: 'postal', address });
}

/** Cards of one transaction, and milliseconds for which a job goes on. */
const [atOnce, shift] = [1000, 20_000];

/**
 * Gives their contact points to the addresses that stood on cards before letters were written: once in each workspace, in steps that a crash only makes
 * begin again where they were.
 */
export async function addressEarlier(app: App): Promise<void> {
  const until = Date.now() + shift;
  for (const workspaceId of await app.db.asSystem('keeper', findUnaddressed))
    while (Date.now() < until && (await addressNext(app, workspaceId)));
}

async function findUnaddressed(tx: Tx): Promise<string[]> {
  // No workspace: it is done in all of them.
  const { rows } = await sql<{ workspace_id: string }>`
    select w.workspace_id from identity.workspace w
    left join cards.postal_progress p on p.workspace_id = w.workspace_id where p.done_at is null order by 1`.execute(
    tx,
  );
  return rows.map((row) => row.workspace_id);
}

/** @returns whether there is more to do */
const addressNext = (app: App, workspaceId: string): Promise<boolean> =>
  app.db.asSystem('keeper', async (tx) => {
    await sql`insert into cards.postal_progress (workspace_id) values (${workspaceId}) on conflict do nothing`.execute(
      tx,
    );
    const { rows: from } = await sql<{ after_id: string }>`
      select after_id from cards.postal_progress where workspace_id = ${workspaceId} for update`.execute(tx);
    const { rows } = await sql<{ card_id: string }>`
      select card_id from cards.card where workspace_id = ${workspaceId} and card_id > ${from[0]!.after_id} order by card_id limit ${atOnce}`.execute(
      tx,
    );
    const ids = rows.map((row) => row.card_id);
    await addressIn(app, tx, workspaceId, ids);
    const over = ids.length < atOnce;
    await sql`update cards.postal_progress set after_id = ${ids.at(-1) ?? from[0]!.after_id}, done_at = case when ${over} then now() end
      where workspace_id = ${workspaceId}`.execute(tx);
    return !over;
  });
