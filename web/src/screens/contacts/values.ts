import type { FieldKind, Person, PersonValue } from '../../../../server/cards/contract.ts';
import { birthday } from '../../format.ts';
import { type MessageKey, t, told } from '../../i18n.ts';

/** In which order kinds stand on the page. Name and photo stand in the head. */
export const shownKinds = [
  'phone',
  'email',
  'title',
  'organization',
  'address',
  'url',
  'birthday',
  'category',
  'note',
] as const;

/** A word of a value, whose shape its kind decides. */
export function wordOf(value: Record<string, unknown> | undefined, key: string): string | undefined {
  const word = value?.[key];
  return typeof word === 'string' && word !== '' ? word : undefined;
}

export function chosenOf(person: Person, kind: FieldKind): PersonValue[] {
  return person.values.filter((value) => value.kind === kind && value.chosen);
}

export function alternativesOf(person: Person, value: PersonValue): PersonValue[] {
  return person.values.filter((other) => other.kind === value.kind && !other.chosen);
}

/** Where somebody works; of an organisation, whose own name it would repeat, nothing. */
export function organizationBeside(one: { name: string; organization: string | null | undefined }): string | undefined {
  return one.organization && one.organization !== one.name ? one.organization : undefined;
}

/** Which of several it is: "mobile, work", or the source's own label. */
export function labelOf({ kind, value }: Pick<PersonValue, 'kind' | 'value'>): string | undefined {
  const own = wordOf(value, 'label');
  if (own !== undefined) return own;
  if (kind === 'url') return urlLabel(wordOf(value, 'type'));
  if (kind === 'phone') return phoneLabel(wordOf(value, 'type'), wordOf(value, 'place'));
  const place = wordOf(value, 'type');
  return (kind === 'email' || kind === 'address') && place !== undefined
    ? t(`contacts.place.${place}` as MessageKey)
    : undefined;
}

/** Names of sites are the same in every language; places are not. */
function urlLabel(type: string | undefined): string | undefined {
  const names: Partial<Record<string, string>> = { linkedin: 'LinkedIn', github: 'GitHub', youtube: 'YouTube', x: 'X' };
  if (type === undefined) return undefined;
  const place = told(`contacts.url.${type}`);
  return place ?? names[type] ?? type.charAt(0).toUpperCase() + type.slice(1);
}

function phoneLabel(type: string | undefined, place: string | undefined): string | undefined {
  if (type === undefined || type === 'other') return place && t(`contacts.place.${place}` as MessageKey);
  return t(`contacts.phone.${type}` as MessageKey, { place: place ?? 'none' });
}

/** As people write it in their language; the server's own line otherwise. */
export function displayOf({ kind, value, display }: PersonValue): string {
  return kind === 'birthday' ? birthday(wordOf(value, 'value') ?? display) : display;
}

/** Where a value leads when it is pressed. Only addresses that browsers open safely. */
export function linkOf({ kind, value, display }: PersonValue): string | undefined {
  if (kind === 'email') return `mailto:${display}`;
  if (kind === 'phone') return `tel:${wordOf(value, 'e164') ?? display.replace(/[^\d+]/g, '')}`;
  if (kind === 'url') {
    const address = wordOf(value, 'value') ?? display;
    return /^https?:\/\//i.test(address) ? address : undefined;
  }
  return undefined;
}
