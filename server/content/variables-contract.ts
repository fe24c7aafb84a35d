// The dictionary: what a content may name, and nothing else. Its meanings stand under `content.variable.<key>`.

export const variableKeys = [
  'person.givenName',
  'person.familyName',
  'person.fullName',
  'person.civility',
  'person.jobTitle',
  'person.city',
  'person.language',
  'organization.name',
  'sender.name',
  'sender.givenName',
  'sender.email',
  'company.name',
  'event.name',
  'event.day',
  'event.place',
  'link.rsvp',
  'link.survey',
  'link.update',
  'link.preferences',
  'link.unsubscribe',
] as const;
export type VariableKey = (typeof variableKeys)[number];

/** Whether a text is the name of a variable. */
export const isVariable = (text: string): text is VariableKey => (variableKeys as readonly string[]).includes(text);

/** A page that a campaign gives; its value is a whole address. */
export const isLink = (key: VariableKey): boolean => key.startsWith('link.');

/** What everybody has, so that it needs no fall-back: the sender and the company. */
export const isAlwaysThere = (key: VariableKey): boolean =>
  key === 'company.name' || key === 'sender.name' || key === 'sender.email';

/** What is known of one person, and of whoever writes to them; what is not known is left out. */
export type Variables = { readonly [key in VariableKey]?: string };

/** What a value is written through: as it is, in capitals, in small letters, with a capital. */
export const filters = ['upcase', 'downcase', 'capitalize'] as const;
export type FilterName = (typeof filters)[number];
