import type { Contact } from '../formats/contact.ts';
import { writeVcard } from '../formats/vcard/index.ts';

const texts = (fields: readonly Record<string, unknown>[], kind: string): Record<string, string>[] =>
  fields.filter((field) => field.kind === kind).map(({ value }) => (value ?? {}) as Record<string, string>);

/** One value of each, as several cards say it again and again. */
const once = <T extends object>(values: readonly T[], keyOf: (value: T) => string | undefined): T[] => [
  ...new Map(values.flatMap((value) => (keyOf(value) ? [[keyOf(value), value]] : []))).values(),
];

/** The values of cards as one contact in vCard 4.0 (RFC 6350), which every address book reads. @param fields `kind` and `value`, as disclosed */
export function contactOf(fields: readonly Record<string, unknown>[]): string {
  const [organization] = texts(fields, 'organization');
  const [title] = texts(fields, 'title');
  const contact: Contact = {
    kind: 'person',
    name: texts(fields, 'name')[0] ?? {},
    ...(organization?.name && { organization: organization.name }),
    ...(title?.value && { title: title.value }),
    emails: once(texts(fields, 'email'), ({ value }) => value).map(({ value }) => ({ value: value! })),
    phones: once(texts(fields, 'phone'), ({ raw }) => raw).map(({ raw, e164 }) => ({ raw: raw!, e164: e164 ?? null })),
    addresses: once(texts(fields, 'address'), ({ raw }) => raw).map(({ raw, ...rest }) => ({ ...rest, raw: raw! })),
    urls: once(texts(fields, 'url'), ({ value }) => value).map(({ value }) => ({ value: value! })),
    categories: [],
    extra: [],
    warnings: [],
    original: { mediaType: 'application/json', data: new Uint8Array() },
  };
  return writeVcard(contact, '4.0');
}
