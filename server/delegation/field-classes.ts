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

/** What people call the values that they would rather keep to themselves; a sentence names these, not single classes. */
export const fieldGroups = {
  privateNumbers: ['phonePrivate', 'mobileUnlabelled'],
  privateEmails: ['emailPrivate'],
  privateAddresses: ['addressPrivate'],
  numbers: ['phoneWork', 'mobileWork', 'phoneUnlabelled'],
  emails: ['emailWork', 'emailUnlabelled'],
  addresses: ['addressWork'],
  notes: ['note'],
  birthday: ['birthday'],
  photo: ['photo'],
  profiles: ['url', 'social'],
  work: ['organization', 'title'],
  more: ['category', 'extra', 'consent'],
  original: ['original'],
} as const satisfies Record<string, readonly FieldClass[]>;
export type FieldGroup = keyof typeof fieldGroups;
