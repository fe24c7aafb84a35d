import { compose, type Value } from '../cards/compose.ts';
import type { FieldKind } from '../cards/contract.ts';
import { findCardsOfPersons, loadSome } from '../cards/persons.ts';
import type { ContactName } from '../formats/contact.ts';
import { fold } from '../formats/normalise/fold.ts';
import { splitName } from '../formats/normalise/name.ts';
import { getMember } from '../identity/queries.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Variables } from './variables-contract.ts';

const kinds: FieldKind[] = ['name', 'organization', 'title', 'address', 'extra'];

/** What a source may call the language somebody speaks (vCard's LANG, RFC 6350, 6.4.4, among them). */
const languageNames = new Set(['lang', 'language', 'langue', 'preferred language', 'langue preferee']);

function languageIn(values: readonly Value[]): 'fr' | 'en' | undefined {
  const said = values.find(
    ({ kind, value }) =>
      kind === 'extra' && typeof value.name === 'string' && languageNames.has(fold(value.name).trim()),
  );
  const word = fold(String(said?.value.value ?? '')).trim();
  return /^(?:fr\b|fran)/.test(word) ? 'fr' : /^(?:en\b|engl|angl)/.test(word) ? 'en' : undefined;
}

function ofPerson(values: readonly Value[]): Variables {
  const chosen = (kind: FieldKind) => values.find((value) => value.kind === kind && value.chosen);
  const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);
  const name = (chosen('name')?.value ?? {}) as ContactName;
  const city = values.find(({ kind, value }) => kind === 'address' && text(value.city))?.value.city;
  const split = name.given || name.family ? name : splitName(name.full ?? '');
  const found: { [key in keyof Variables]: string | undefined } = {
    'person.givenName': text(split.given),
    'person.familyName': text(split.family),
    'person.fullName': text(chosen('name')?.display),
    'person.civility': text(name.prefix),
    'person.jobTitle': text(chosen('title')?.value.value),
    'person.city': text(city),
    'person.language': languageIn(values),
    'organization.name': text(chosen('organization')?.value.name),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** What is the same for all to whom a member writes. */
export async function senderVariables(tx: Tx, actor: Actor): Promise<Variables> {
  const member = await getMember(tx, actor);
  if (!member) return {};
  const given = splitName(member.name).given ?? member.name;
  return {
    'sender.name': member.name,
    'sender.givenName': given,
    'sender.email': member.email,
    'company.name': member.workspace,
  };
}

/**
 * What may be written of persons as the actor sees them, with the actor as the sender: the same few queries for one and for a thousand. Those whom the
 * actor does not see are left out. What is used of lent cards is recorded by whoever writes.
 */
export async function personVariables(
  tx: Tx,
  actor: Actor,
  personIds: readonly string[],
): Promise<Map<string, Variables>> {
  const cardsOf = await findCardsOfPersons(tx, actor, personIds);
  const cards = new Map(
    (await loadSome(tx, actor, [...new Set([...cardsOf.values()].flat())], kinds)).map((card) => [card.cardId, card]),
  );
  const sender = await senderVariables(tx, actor);
  return new Map(
    [...cardsOf].map(([personId, cardIds]) => {
      const own = cardIds.flatMap((cardId) => cards.get(cardId) ?? []);
      return [personId, { ...ofPerson(compose(own)), ...sender }];
    }),
  );
}
