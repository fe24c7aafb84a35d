import type { Contact, ContactPhone } from '../formats/contact.ts';
import type { Translate } from '../kernel/messages.ts';

const columns = [
  'kind',
  'prefix',
  'given',
  'additional',
  'family',
  'suffix',
  'full',
  'organization',
  'department',
  'title',
  'email.1',
  'emailType.1',
  'email.2',
  'emailType.2',
  'email.3',
  'emailType.3',
  'phone.1',
  'phoneType.1',
  'phone.2',
  'phoneType.2',
  'phone.3',
  'phoneType.3',
  'street',
  'postcode',
  'city',
  'region',
  'country',
  'addressType',
  ...[2, 3].flatMap((number) =>
    ['street', 'postcode', 'city', 'region', 'country', 'addressType'].map((part) => `${part}.${number}`),
  ),
  'url',
  'birthday',
  'categories',
  'note',
  'id',
];

/** What one may leave out of a file, each with its columns. */
export const columnGroups = {
  name: /^(?:prefix|given|additional|family|suffix|full)$/,
  organization: /^(?:organization|department)$/,
  title: /^title$/,
  email: /^email/,
  phone: /^phone/,
  address: /^(?:street|postcode|city|region|country|addressType)/,
  url: /^url$/,
  birthday: /^birthday$/,
  categories: /^categories$/,
  note: /^note$/,
  id: /^id$/,
} as const;

/** Of the cells of a line those of the columns that are asked for. */
export function chosenCells(cells: readonly string[], groups: readonly (keyof typeof columnGroups)[]): string[] {
  return cells.filter((_, at) => groups.some((group) => columnGroups[group].test(columns[at]!)));
}

/** The names of the columns in one language. Our own reader knows them again (formats/table/layouts.ts). */
export function exportHeader(t: Translate): string[] {
  return columns.map((column) => {
    const [name, number] = column.split('.');
    return t(`export.${name}`, { number: number ?? '' })
      .replace('  ', ' ')
      .trim();
  });
}

/** Which number it is, in words that our reader understands: "Portable professionnel", "Fax (work)". */
function phoneWords({ label, type, place }: ContactPhone, t: Translate): string {
  if (label) return label;
  const where = place && place !== 'other' ? t(`contacts.place.${place}`) : '';
  if (!type || type === 'other') return where;
  const words = t(`contacts.phone.${type}`, { place: place ?? 'none' });
  const whereSaid = type === 'mobile' || type === 'landline' || where === '';
  return whereSaid ? words : `${words} (${where.toLowerCase()})`;
}

/** A contact as the cells of a line: of e-mails, numbers and addresses three. */
export function exportRow(contact: Contact, t: Translate): string[] {
  const { name, emails, phones, addresses } = contact;
  const address = (index: number) => {
    const { street, raw, postcode, city, region, country, type, label } = addresses[index] ?? {};
    const shown = label ?? (type ? t(`contacts.place.${type}`) : '');
    return [street ?? raw ?? '', postcode ?? '', city ?? '', region ?? '', country ?? '', shown];
  };
  const email = (index: number) => {
    const one = emails[index];
    return [one?.value ?? '', one?.label ?? (one?.type ? t(`contacts.place.${one.type}`) : '')];
  };
  const phone = (index: number) => {
    const one = phones[index];
    return one ? [one.e164 ?? one.raw, phoneWords(one, t)] : ['', ''];
  };
  return [
    t(`export.kind.${contact.kind}`),
    name.prefix ?? '',
    name.given ?? '',
    name.additional ?? '',
    name.family ?? '',
    name.suffix ?? '',
    name.full ?? '',
    contact.organization ?? '',
    contact.department ?? '',
    contact.title ?? '',
    ...[0, 1, 2].flatMap(email),
    ...[0, 1, 2].flatMap(phone),
    ...[0, 1, 2].flatMap(address),
    contact.urls[0]?.value ?? '',
    contact.birthday ?? '',
    contact.categories.join(', '),
    contact.note ?? '',
    contact.uid ?? '',
  ];
}
