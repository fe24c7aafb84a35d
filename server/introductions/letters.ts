import { describeSides } from '../cards/persons.ts';
import { getMember } from '../identity/queries.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { notFound } from '../kernel/errors.ts';
import type { Translate } from '../kernel/messages.ts';
import type { Letter } from './contract.ts';
import type { AskRow } from './queries.ts';

/**
 * The two messages of an introduction that both sides agree to. They are the holder's own words to send with their own hand, in
 * their language; nothing is sent here. @throws AppError not_found for a contact that one is not asked about
 */
export async function writeLetters(
  { tx, actor }: { tx: Tx; actor: Actor },
  t: Translate,
  ask: AskRow,
  contactId: string,
): Promise<{ mayI: Letter; toBoth: Letter }> {
  const side = ask.card_ids.includes(contactId)
    ? (await describeSides({ tx, actor }, [contactId])).get(contactId)
    : undefined;
  if (!side) throw notFound();
  const me = await getMember(tx, actor);
  const name = side.values.find(({ kind }) => kind === 'name')?.value;
  const words = {
    contact: side.name,
    greeted: typeof name?.given === 'string' && name.given !== '' ? name.given : side.name,
    asker: ask.asker ?? '',
    workspace: me?.workspace ?? '',
    why: ask.message,
    me: me?.name ?? '',
  };
  const to = side.values.flatMap(({ kind, value }) => (kind === 'email' ? [String(value.value)] : [])).slice(0, 1);
  const letter = (which: 'mayI' | 'toBoth', cc: string[]): Letter => ({
    to,
    cc,
    subject: t(`introduction.${which}.subject`, words),
    body: t(`introduction.${which}.body`, words),
  });
  return { mayI: letter('mayI', []), toBoth: letter('toBoth', ask.asker_email ? [ask.asker_email] : []) };
}
