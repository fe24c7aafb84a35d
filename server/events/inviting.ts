import { findPersonCards, nameCards } from '../cards/persons.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { chooseAddresses } from '../outreach/choosing.ts';
import { sendToContact } from '../outreach/contacts.ts';
import { askGate } from '../outreach/gate.ts';
import type { Refusal } from './contract.ts';
import { guestUrl } from './describing.ts';
import * as queries from './queries.ts';
import { isOpen } from './rules.ts';
import { wordsOf } from './words.ts';

/** What an invitation is for the gate. */
const meant = { purpose: 'invitation', manner: 'bulk' } as const;

type Inviter = Pick<Context, 'app' | 'tx' | 'actor'>;

/** Somebody who is to be invited: at which address, or every reason why not. */
interface Chosen {
  personId: string;
  name: string;
  contactPointId: string | null;
  cardId: string;
  reasons: Refusal[];
}

export const timingOf = (event: queries.EventRow) => ({
  startsAt: event.starts_at,
  answersUntil: event.answers_until,
  cancelledAt: event.cancelled_at,
});

/** Chooses an address at which the gate lets somebody be invited; where there is none, the reasons against the first. */
async function choose({ tx, actor }: Inviter, event: queries.EventRow, personId: string): Promise<Chosen> {
  const person = await findPersonCards(tx, actor, personId);
  if (!person) throw notFound();
  const name = [...(await nameCards({ tx, actor }, person.cardIds)).values()].find(Boolean) ?? '';
  const [chosen] = await chooseAddresses(tx, actor, [{ personId, ...meant }]);
  // Who is invited at one address is not invited at the next.
  const invited = await queries.listInvited(tx, actor, event.event_id, chosen?.points ?? []);
  const own: Refusal[] = [
    ...(isOpen(timingOf(event), new Date()) ? [] : ['closed' as const]),
    ...(invited.size > 0 ? ['invited_already' as const] : []),
  ];
  const cardId = chosen?.asked?.cardId ?? person.cardIds[0]!;
  const reasons = [...own, ...(chosen?.asked?.reasons ?? ['no_address' as const])];
  return { personId, name, contactPointId: chosen?.contactPointId ?? null, cardId, reasons };
}

const told = ({ personId, name, reasons }: Chosen) => ({ personId, name, allowed: reasons.length === 0, reasons });

/** Whom of these people the gate lets be invited. */
export async function previewAll(inviter: Inviter, event: queries.EventRow, personIds: readonly string[]) {
  const items = [];
  for (const personId of new Set(personIds)) items.push(told(await choose(inviter, event, personId)));
  return items;
}

interface Words {
  subject: string;
  text: string;
  locale: Locale;
}

/** Invites these people by mail, each by the gate, in one transaction. */
export async function inviteAll(inviter: Inviter, event: queries.EventRow, personIds: readonly string[], words: Words) {
  const teamId = await queries.findTeamOf(inviter.tx, inviter.actor, event.event_id);
  const items = [];
  for (const personId of new Set(personIds)) {
    const chosen = await choose(inviter, event, personId);
    const reasons = chosen.reasons.length > 0 ? chosen.reasons : await invite(inviter, event, teamId, chosen, words);
    items.push(told({ ...chosen, reasons }));
  }
  return items;
}

async function invite(
  { app, tx, actor }: Inviter,
  event: queries.EventRow,
  teamId: string | null,
  { personId, contactPointId, cardId }: Chosen,
  { subject, text, locale }: Words,
): Promise<Refusal[]> {
  const guestId = newId();
  const point = { contact_point_id: contactPointId!, card_id: cardId };
  // Asked before they are put on the list: who may not be written to is not invited.
  const gate = await askGate(tx, actor, { personId, contactPointId: contactPointId!, ...meant }, 'look');
  if (!gate || gate.reasons.length > 0) return gate?.reasons ?? ['no_address'];
  const added = await queries.addGuest(tx, actor, event, { guest_id: guestId, ...point, team_id: teamId, locale });
  if (!added) return ['invited_already'];
  const sent = await sendToContact(
    { app, tx, actor },
    {
      ...{ personId, contactPointId: contactPointId!, ...meant, subject, text, locale },
      forContactOnly: linksOf(event, guestUrl(app, { workspaceId: actor.workspaceId, guestId }), locale),
    },
  );
  if (sent.messageId) await queries.setMessage(tx, actor.workspaceId, guestId, sent.messageId);
  return sent.reasons;
}

/** When and where, and what leads to their page; its sender never reads the links. */
function linksOf(event: queries.EventRow, url: string, locale: Locale) {
  const t = translator(locale);
  const { when, where } = wordsOf(event, locale);
  return {
    paragraph: [when, where].filter(Boolean).join('\n'),
    choices: [
      { label: t('events.mail.coming'), url: `${url}?coming=yes` },
      { label: t('events.mail.declining'), url: `${url}?coming=no` },
    ],
    action: { label: t('events.mail.answer'), url },
  };
}
