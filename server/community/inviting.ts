import { findPersonCards, nameCards } from '../cards/persons.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { translator } from '../kernel/messages.ts';
import { chooseAddresses } from '../outreach/choosing.ts';
import { sendToContact } from '../outreach/contacts.ts';
import type { Refusal } from './contract.ts';

type Inviter = Pick<Context, 'app' | 'tx' | 'actor'>;

interface Chosen {
  personId: string;
  name: string;
  contactPointId: string | null;
  reasons: Refusal[];
}

/** An address at which the gate lets somebody be invited; where there is none, the reasons against the first. */
async function choose({ tx, actor }: Inviter, personId: string): Promise<Chosen> {
  const person = await findPersonCards(tx, actor, personId);
  if (!person) throw notFound();
  const name = [...(await nameCards({ tx, actor }, person.cardIds)).values()].find(Boolean) ?? '';
  const [chosen] = await chooseAddresses(tx, actor, [{ personId, purpose: 'invitation', manner: 'bulk' }]);
  const reasons = chosen?.asked?.reasons ?? ['no_address'];
  return { personId, name, contactPointId: chosen?.contactPointId ?? null, reasons };
}

const told = ({ personId, name, reasons }: Chosen) => ({ personId, name, allowed: reasons.length === 0, reasons });

export async function previewAll(inviter: Inviter, personIds: readonly string[]) {
  const items = [];
  for (const personId of new Set(personIds)) items.push(told(await choose(inviter, personId)));
  return items;
}

/** Writes to these people by the gate. @returns what became of each, and the contact points that were written to */
export async function inviteAll(
  inviter: Inviter,
  url: string,
  personIds: readonly string[],
  words: { subject: string; text: string; locale: 'fr' | 'en' },
) {
  const items = [];
  const points: string[] = [];
  for (const personId of new Set(personIds)) {
    const chosen = await choose(inviter, personId);
    const { contactPointId } = chosen;
    if (chosen.reasons.length === 0 && contactPointId) {
      const action = { label: translator(words.locale)('community.invite.button'), url };
      const wish = {
        personId,
        contactPointId,
        purpose: 'invitation',
        manner: 'bulk' as const,
        ...words,
        forContactOnly: { action },
      };
      const sent = await sendToContact(inviter, wish);
      if (sent.allowed) points.push(contactPointId);
      else chosen.reasons = sent.reasons;
    }
    items.push(told(chosen));
  }
  return { items, points };
}
