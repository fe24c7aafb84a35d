import type { FieldInput } from '../cards/contract.ts';
import { insertCards, toEditing } from '../cards/editing.ts';
import { getOwnSource } from '../cards/rows.ts';
import { noteRegisteredCard } from '../events/registering.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import { AppError } from '../kernel/errors.ts';
import { sha256 } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import * as queries from './queries.ts';
import type { Said } from './rules.ts';
import { queueCard } from './submitting.ts';

const daySeconds = 86_400;

/**
 * Puts whoever sent a form into the book of the company that it names, as one of its stewards; once for each address. Where nobody looks after
 * the book, it is tried again each day until what they said is forgotten.
 */
export async function makeCard(app: App, workspaceId: string, submissionId: string): Promise<void> {
  const ready = await app.db.asSystem('keeper', async (tx) => {
    const row = await queries.findSubmission(tx, workspaceId, submissionId);
    if (!row?.said || !row.settings.bookId) return null;
    if (row.erased) {
      await queries.forgetSaid(tx, workspaceId, submissionId);
      return null;
    }
    const to = await queries.findSteward(tx, workspaceId, row.settings.bookId);
    if (!to) {
      await queueCard(app, tx, workspaceId, row, daySeconds);
      return null;
    }
    return { to, said: JSON.parse(app.secrets.decrypt(row.said)) as Said, row };
  });
  if (!ready) return;
  const { to, said, row } = ready;
  const by = { workspaceId, memberId: to.member_id };
  const fields = fieldsOf(said);
  const cardId = fields.length > 0 ? await write(app, by, to, keyOf(row.channel_id, said), fields) : null;
  await app.db.asSystem('keeper', async (tx) => {
    const { event_id: eventId, contact_point_id: contactPointId } = row;
    if (cardId && eventId && contactPointId)
      await noteRegisteredCard(app, tx, workspaceId, { eventId, contactPointId }, { cardId, memberId: to.member_id });
    await queries.forgetSaid(tx, workspaceId, submissionId);
  });
}

/** Whoever fills the form in again is the same card. */
const keyOf = (channelId: string, { email, phone, name }: Said): string =>
  `form ${sha256(JSON.stringify([channelId, email ?? phone ?? name])).toString('base64url')}`;

function fieldsOf({ name, email, phone, company }: Said): FieldInput[] {
  const fields: FieldInput[] = [];
  if (name !== '') fields.push({ kind: 'name', value: { full: name } });
  if (email) fields.push({ kind: 'email', value: { value: email } });
  if (phone) fields.push({ kind: 'phone', value: { raw: phone } });
  if (company !== '') fields.push({ kind: 'organization', value: { name: company } });
  return fields;
}

async function write(
  app: App,
  actor: { workspaceId: string; memberId: string },
  book: { book_id: string; book_no: number },
  sourceKey: string,
  fields: FieldInput[],
): Promise<string> {
  const later: (() => Promise<void>)[] = [];
  const cardId = await app.db
    .asActor(actor, async (tx) => {
      const editing = await toEditing({ app, tx, actor, afterCommit: (step) => void later.push(step) });
      const me = await getMember(tx, actor);
      const name = translator((me?.locale ?? 'en') as Locale)('forms.source');
      const sourceId = await getOwnSource(tx, actor, 'web_form', name);
      const there = await queries.findCard(tx, actor.workspaceId, { bookNo: book.book_no, sourceId }, sourceKey);
      if (there) return there;
      const [made] = await insertCards(editing, book, [{ kind: 'person', sourceKey, fields }], sourceId);
      return made!;
    })
    .catch((error: unknown) => {
      // The steward left at this moment: another one is found when it is tried again.
      if (error instanceof AppError && error.code === 'unauthenticated') throw new Error('The steward is gone.');
      throw error;
    });
  for (const step of later) await step();
  return cardId;
}
