import type { Contact, ContactAddress, ContactName, PhoneType, Place } from '../formats/contact.ts';
import { countryCode } from '../formats/normalise/country.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { fullName, splitName } from '../formats/normalise/name.ts';
import { looksLikeOrganization } from '../formats/normalise/organization.ts';
import { parsePhone, splitPhones } from '../formats/normalise/phone.ts';
import type { Item } from './connector.ts';
import type { Thing } from './json.ts';

/** How a service names the place or the device of a value. */
interface Marks {
  type?: Place | undefined;
  label?: string | undefined;
}

/** What the last word on each contact makes of a page; null: it is there no more. */
export const batchOf = (last: ReadonlyMap<string, Item | null>): { items: Item[]; gone: string[] } => ({
  items: [...last.values()].filter((item) => item !== null),
  gone: [...last].flatMap(([key, item]) => (item ? [] : [key])),
});

const withoutEmpty = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined && part !== '')) as T;

/** A contact while a service's JSON is read: each value is normalised the way a file's values are. */
export class Gathered {
  readonly contact: Contact;
  private readonly country: string;

  /** @param original the whole of what the service says of the contact @param country for numbers without prefix */
  constructor(uid: string, original: Thing, country: string) {
    this.country = country;
    this.contact = {
      kind: 'person',
      ...(uid && { uid }),
      name: {},
      emails: [],
      phones: [],
      addresses: [],
      urls: [],
      categories: [],
      extra: [],
      warnings: [],
      original: { mediaType: 'application/json', data: Buffer.from(JSON.stringify(original)) },
    };
  }

  email(value: string, { type, label }: Marks): void {
    if (value === '') return;
    const normalised = normaliseEmail(value);
    const same = ({ value: said, normalised: known }: { value: string; normalised?: string }) =>
      normalised ? known === normalised : said === value;
    if (this.contact.emails.some(same)) return;
    if (normalised === undefined) this.contact.warnings.push({ code: 'email.invalid', detail: value.slice(0, 200) });
    this.contact.emails.push(withoutEmpty({ value, normalised, type, label }) as { value: string });
  }

  /** One value may hold several numbers. */
  phone(value: string, { type, label, device }: Marks & { device?: PhoneType | undefined }): void {
    for (const raw of splitPhones(value)) {
      const { e164, extension, type: ranged } = parsePhone(raw, this.country);
      const { phones, warnings } = this.contact;
      if (phones.some((one) => one.raw === raw || (e164 !== null && one.e164 === e164 && one.extension === extension)))
        continue;
      if (e164 === null) warnings.push({ code: 'phone.invalid', detail: raw.slice(0, 200) });
      phones.push({ raw, e164, ...withoutEmpty({ extension, type: device ?? ranged, place: type, label }) });
    }
  }

  /** @param lines as the service writes it; else made of its parts */
  address(parts: Partial<ContactAddress>, { type, label }: Marks, lines = ''): void {
    const { street, postcode, city, region, country } = parts;
    const town = [postcode, city].filter(Boolean).join(' ');
    const raw = lines || [street, town, region, country].filter(Boolean).join('\n');
    if (raw === '') return;
    const code = countryCode(parts.countryCode || country || '');
    this.contact.addresses.push({ ...withoutEmpty({ ...parts, countryCode: code, type, label }), raw });
  }

  url(value: string, type?: string): void {
    if (value === '' || this.contact.urls.some((one) => one.value === value)) return;
    this.contact.urls.push(withoutEmpty({ value, type }));
  }

  note(text: string): void {
    if (text !== '') this.contact.note = this.contact.note === undefined ? text : `${this.contact.note}\n${text}`;
  }

  category(name: string): void {
    if (name !== '' && !this.contact.categories.includes(name)) this.contact.categories.push(name);
  }

  /** What a contact has no place for. */
  extra(name: string, value: string): void {
    if (value !== '') this.contact.extra.push({ name, value });
  }

  organization(name: string, department: string, title: string): void {
    Object.assign(this.contact, withoutEmpty({ organization: name, department, title }));
  }

  /** Settles name and kind, once all else is known. */
  named(name: ContactName): Contact {
    const { contact } = this;
    const { full, given, family, nickname, ...rest } = withoutEmpty(name);
    const hasParts = given !== undefined || family !== undefined;
    const isOrganization =
      full === undefined ? contact.organization !== undefined && !nickname : isItsName(full, contact);
    if (!hasParts && isOrganization) {
      contact.kind = 'organization';
      contact.organization ??= full!;
      contact.name = { full: contact.organization, ...withoutEmpty({ nickname }) };
      return contact;
    }
    const parts = hasParts || full === undefined ? { given, family } : splitName(full);
    contact.name = withoutEmpty({ ...parts, ...rest, full, nickname });
    const shown = fullName(withoutEmpty({ ...contact.name, nickname: undefined }));
    if (shown !== '') contact.name.full = shown;
    return contact;
  }
}

const isItsName = (full: string, { organization }: Contact): boolean =>
  full === organization || (organization === undefined && looksLikeOrganization(full));
