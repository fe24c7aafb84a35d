import { contactFrom } from '../cards/export.ts';
import { findCardsOfPersons, loadCards } from '../cards/persons.ts';
import { findGrantsFor, type UsedCard } from '../delegation/ledger.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { findEverybody, isShown, type Looking } from '../segments/index.ts';
import { sentFields } from './contract.ts';
import type { AnyKind } from './kind.ts';
import { digestOf, type Said, sayOf } from './said.ts';
import { findObjected, findUsed, type Held, type SentRow } from './sent.ts';

// Who may stand at a destination, and what is said of them: read as its grantee, entered for taking along.

/** Of a destination what it takes to read for it. */
export type Reader = Pick<
  Held,
  'workspace_id' | 'destination_id' | 'grantee_kind' | 'grantee_id' | 'segment_id' | 'fields' | 'created_by'
>;

/** Somebody who may stand there. */
export interface Candidate {
  personId: string;
  key: string;
  digest: string;
  said: Said;
  used: UsedCard[];
}

export interface Composed {
  candidates: Candidate[];
  /** They may go along, and cannot be kept there. */
  unfit: number;
  grants: Awaited<ReturnType<typeof findGrantsFor>>;
}

/** People who are composed in one transaction. */
const together = 200;

const viewerOf = (to: Reader) => ({ workspaceId: to.workspace_id, memberId: to.grantee_id });

/** @param otherwise where nothing is lent to the grantee (any more), or they are not there */
async function asGrantee<T>(app: App, to: Reader, work: (tx: Tx) => Promise<T>, otherwise: T): Promise<T> {
  return app.db.asActor(viewerOf(to), work, 'export').catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'unauthenticated') return otherwise;
    throw error;
  });
}

const lookingAs = (app: App, to: Reader, act: 'read' | 'export'): Looking => ({
  viewer: viewerOf(to),
  audience: { kind: to.grantee_kind === 'member' ? 'member' : 'team', id: to.grantee_id },
  asViewer: (work) => app.db.asActor(viewerOf(to), work, act),
  asKeeper: (work) => app.db.asSystem('keeper', work),
});

/** Who is in the segment by what may be taken along (or read); null: it is shown to the grantee no longer. */
export async function findMembers(app: App, to: Reader, act: 'read' | 'export' = 'export'): Promise<string[] | null> {
  const shown = await asGrantee(app, to, (tx) => isShown(tx, viewerOf(to), to.segment_id), null);
  if (shown === null) return [];
  return shown ? findEverybody(lookingAs(app, to, act), to.segment_id) : null;
}

/** What is said there of these persons, as far as they may be taken along now. */
export async function composeSome(
  app: App,
  to: Reader,
  kind: AnyKind,
  personIds: readonly string[],
): Promise<Composed> {
  const nobody: Composed = { candidates: [], unfit: 0, grants: new Map() };
  return asGrantee(app, to, (tx) => compose(tx, to, kind, personIds), nobody);
}

async function compose(tx: Tx, to: Reader, kind: AnyKind, personIds: readonly string[]): Promise<Composed> {
  const viewer = viewerOf(to);
  const cardsOf = await findCardsOfPersons(tx, viewer, personIds);
  const used = new Map(
    (await findUsed(tx, viewer, to.created_by, [...cardsOf.values()].flat())).map((card) => [card.card_id, card]),
  );
  const loaded = new Map((await loadCards(tx, viewer, [...used.keys()])).map((card) => [card.card_id, card]));
  const points = [...loaded.values()].flatMap(({ fields }) => fields.flatMap((field) => field.contact_point_id ?? []));
  const objected = await findObjected(tx, viewer, points);
  let unfit = 0;
  const candidates = personIds.flatMap((personId): Candidate[] => {
    const cards = (cardsOf.get(personId) ?? []).flatMap((id) => loaded.get(id) ?? []);
    if (cards.length === 0) return [];
    const refusing = cards.flatMap(({ fields }) =>
      fields.flatMap(({ contact_point_id, value }) => {
        const { value: address, e164, raw } = value as Record<string, string | null>;
        return contact_point_id && objected.has(contact_point_id) ? [address ?? e164 ?? raw ?? ''] : [];
      }),
    );
    const said = sayOf(personId, contactFrom(personId, cards), to.fields, new Set(refusing));
    const apt = kind.mails ? { ...said, emails: said.emails.filter((one) => !said.objected.includes(one)) } : said;
    const key = kind.keyOf(apt);
    if (key === null) unfit++;
    const mine = cards.flatMap(({ card_id }) => used.get(card_id) ?? []);
    return key === null ? [] : [{ personId, key, said: apt, digest: digestOf(to.destination_id, apt), used: mine }];
  });
  const bookIds = [...new Set(candidates.flatMap((one) => one.used.map(({ book_id }) => book_id)))];
  return { candidates, unfit, grants: await findGrantsFor(tx, viewer, 'sent_out', bookIds) };
}

/** What is to change there. */
export interface Plan {
  upserts: { personId: string; key: string; change: 'added' | 'changed' }[];
  removals: string[];
  unchanged: number;
  unfit: number;
  /** The segment is shown to the grantee no longer: nothing is added, and whoever was withdrawn is taken away. */
  gone: boolean;
}

/**
 * @param adding otherwise what stands there is only looked through for who may stand there no longer
 * @param goOn asked before each piece: throws where it is to go on no longer
 */
export async function makePlan(
  app: App,
  to: Reader,
  kind: AnyKind,
  sent: readonly SentRow[],
  adding: boolean,
  goOn: () => Promise<void> = async () => {},
): Promise<Plan> {
  const members = adding ? await findMembers(app, to) : null;
  if (members === null) return { ...(await planKeeping(app, to, kind, sent, goOn)), gone: adding };
  const known = new Map(sent.map((row) => [row.key, row]));
  const wanted = new Set<string>();
  const plan: Plan = { upserts: [], removals: [], unchanged: 0, unfit: 0, gone: false };
  for (let from = 0; from < members.length; from += together) {
    await goOn();
    const { candidates, unfit } = await composeSome(app, to, kind, members.slice(from, from + together));
    plan.unfit += unfit;
    for (const { personId, key, digest } of candidates) {
      // Two who are called the same there stand there once.
      if (wanted.has(key)) continue;
      wanted.add(key);
      const row = known.get(key);
      if (row && row.digest === digest && (row.state === 'sent' || row.state === 'refused')) plan.unchanged++;
      else plan.upserts.push({ personId, key, change: row?.arrived ? 'changed' : 'added' });
    }
  }
  plan.removals = sent.filter(({ key }) => !wanted.has(key)).map(({ key }) => key);
  return plan;
}

async function planKeeping(
  app: App,
  to: Reader,
  kind: AnyKind,
  sent: readonly SentRow[],
  goOn: () => Promise<void>,
): Promise<Omit<Plan, 'gone'>> {
  const personIds = [...new Set(sent.map((row) => row.person_id))];
  const open = new Set<string>();
  for (let from = 0; from < personIds.length; from += together) {
    await goOn();
    const whole = { ...to, fields: [...sentFields] };
    const { candidates } = await composeSome(app, whole, kind, personIds.slice(from, from + together));
    for (const { personId } of candidates) open.add(personId);
  }
  const removals = sent.filter(({ person_id }) => !open.has(person_id)).map(({ key }) => key);
  return { upserts: [], removals, unchanged: sent.length - removals.length, unfit: 0 };
}
