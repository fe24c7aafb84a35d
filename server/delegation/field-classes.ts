import type { FieldKind } from '../cards/contract.ts';

/**
 * Every value of a card belongs to one class, so that a grant can leave any of them out. The number is the class's bit in a
 * grant's `field_mask` and in the settings of row security; it stands in stored rows and never changes its meaning.
 * Bit 0 is the card itself, bit 31 means "holds the book".
 */
export const fieldClass = {
  name: 1,
  organization: 2,
  title: 3,
  emailWork: 4,
  emailPrivate: 5,
  emailUnlabelled: 6,
  phoneWork: 7,
  mobileWork: 8,
  phonePrivate: 9,
  mobileUnlabelled: 10,
  phoneUnlabelled: 11,
  addressWork: 12,
  addressPrivate: 13,
  url: 14,
  note: 15,
  photo: 16,
  birthday: 17,
  category: 18,
  extra: 19,
  original: 20,
  social: 21,
  consent: 22,
} as const;
export type FieldClass = keyof typeof fieldClass;

const names = new Map<number, FieldClass>(Object.entries(fieldClass).map(([name, bit]) => [bit, name as FieldClass]));
export const fieldClassName = (bit: number): FieldClass => names.get(bit) ?? 'extra';

interface Labelled {
  type?: string | undefined;
  place?: string | undefined;
}

function phoneClass({ type, place }: Labelled): FieldClass {
  if (type === 'mobile')
    return place === 'work' ? 'mobileWork' : place === 'home' ? 'phonePrivate' : 'mobileUnlabelled';
  if (place === 'work' || type === 'main') return 'phoneWork';
  return place === 'home' ? 'phonePrivate' : 'phoneUnlabelled';
}

const socialTypes = /linkedin|twitter|facebook|instagram|mastodon|bluesky|xing|github|skype|whatsapp|telegram|signal/i;

/** The class of a value, from its kind and labels. An address without label counts as private. */
export function classOf(kind: FieldKind, value: object): FieldClass {
  const labelled = value as Labelled;
  switch (kind) {
    case 'email':
      return labelled.type === 'work' ? 'emailWork' : labelled.type === 'home' ? 'emailPrivate' : 'emailUnlabelled';
    case 'phone':
      return phoneClass(labelled);
    case 'address':
      return labelled.type === 'work' ? 'addressWork' : 'addressPrivate';
    case 'url':
      return socialTypes.test(labelled.type ?? '') ? 'social' : 'url';
    default:
      return kind;
  }
}
