import type { Contact, ContactName, ReadOptions } from '../contact.ts';
import { parseBirthday, parseInstant } from '../normalise/date.ts';
import { fullName, splitName } from '../normalise/name.ts';
import { looksLikeOrganization } from '../normalise/organization.ts';
import { type AddressColumns, addAddress, groupAddresses } from './addresses.ts';
import { addEmails, addPhones, cellValue, splitMulti, warn } from './cells.ts';
import { FIELDS, type Field, parseTarget, type Target } from './columns.ts';
import { addConsents, type ConsentColumn } from './consent.ts';
import { type Label, readLabel } from './labels.ts';
import type { TablePlan } from './mapping.ts';
import type { Row } from './rows.ts';

interface PointColumn {
  column: number;
  header: string;
  label: Label;
  typeColumn?: number;
  urlType?: string;
}

interface FieldColumn {
  field: Field;
  column: number;
  header: string;
}

interface Compiled {
  names: FieldColumn[];
  works: FieldColumn[];
  emails: PointColumn[];
  phones: PointColumn[];
  urls: PointColumn[];
  addresses: AddressColumns[];
  dates: FieldColumn[];
  notes: FieldColumn[];
  categories: FieldColumn[];
  uids: FieldColumn[];
  kinds: FieldColumn[];
  consents: ConsentColumn[];
  attributes: { key: string; column: number; header: string }[];
  extras: FieldColumn[];
}

interface Placed {
  target: Target;
  column: number;
  header: string;
}

/** Makes the function that turns a row of this table into a contact; undefined for a blank row. Throws nothing. */
export function contactBuilder(plan: TablePlan, options: ReadOptions): (row: Row) => Contact | undefined {
  const placed = plan.mapping.flatMap(({ target: text, column, header }): Placed[] => {
    const target = parseTarget(text);
    return target ? [{ target, column, header: header || `${column + 1}` }] : [];
  });
  const compiled = compile(placed);
  const width = plan.mapping.length;
  return (row) => (isBlank(row.cells) ? undefined : build(row, compiled, plan, options, width));
}

function isBlank(cells: string[]): boolean {
  return cells.every((cell) => cell === '' || cell.trim() === '');
}

function compile(placed: Placed[]): Compiled {
  const of = (...fields: Field[]): FieldColumn[] =>
    placed
      .filter(({ target }) => fields.includes(target.field))
      .map(({ target, column, header }) => ({ field: target.field, column, header }));
  const kinds = (kind: string): Field[] => (Object.keys(FIELDS) as Field[]).filter((field) => FIELDS[field] === kind);
  return {
    names: of(...kinds('name')),
    works: of(...kinds('work')),
    emails: points(placed, 'email', 'emailType'),
    phones: points(placed, 'phone', 'phoneType'),
    urls: points(placed, 'url', 'urlType'),
    addresses: groupAddresses(
      placed.filter(({ target }) => FIELDS[target.field] === 'address' || target.field === 'addressType'),
    ),
    dates: of(...kinds('date')),
    notes: of('note'),
    categories: of('category'),
    uids: of('uid'),
    kinds: of('kind'),
    consents: placed.filter(({ target }) => FIELDS[target.field] === 'consent').map(consentColumn),
    attributes: placed
      .filter(({ target }) => target.field === 'attribute')
      .map(({ target, column, header }) => ({ key: target.qualifiers[0]!, column, header })),
    extras: of('ignore'),
  };
}

function consentColumn({ target, column, header }: Placed): ConsentColumn {
  const channel = target.qualifiers.find((word) => word === 'phone' || word === 'post' || word === 'any') ?? 'email';
  return { field: target.field, channel: channel as ConsentColumn['channel'], column, header };
}

function points(placed: Placed[], field: Field, typeField: Field): PointColumn[] {
  return placed
    .filter(({ target }) => target.field === field)
    .map(({ target, column, header }) => {
      const type = placed.find((other) => other.target.field === typeField && other.target.number === target.number);
      const urlType = target.qualifiers.find((word) => word !== 'preferred');
      const label = Object.assign(
        {},
        ...target.qualifiers.map((word) => (word === 'preferred' ? { preferred: true } : readLabel(word))),
      ) as Label;
      if (field === 'email' || target.qualifiers.includes('other')) delete label.own;
      return { column, header, label, typeColumn: type?.column, urlType };
    });
}

function build(row: Row, columns: Compiled, plan: TablePlan, options: ReadOptions, width: number): Contact {
  const { cells } = row;
  const contact: Contact = {
    kind: plan.kind ?? 'person',
    name: {},
    emails: [],
    phones: [],
    addresses: [],
    urls: [],
    categories: [],
    extra: [],
    warnings: [],
    original: { mediaType: 'text/csv', data: NO_OCTETS },
  };
  addTexts(contact, columns, cells);
  for (const group of columns.addresses) addAddress(contact, group, cells, options.country);
  addPoints(contact, columns, cells, options.country);
  addDates(contact, columns.dates, cells);
  if (columns.consents.length > 0) addConsents(contact, columns.consents, cells);
  addAttributes(contact, columns.attributes, cells);
  addExtras(contact, columns.extras, cells, width);
  settleKind(contact, columns, cells, plan);
  settleName(contact);
  if (plan.layout === 'linkedin') contact.uid ??= contact.urls[0]?.value;
  for (const code of row.warnings ?? []) warn(contact, code);
  if (isEmpty(contact)) warn(contact, 'contact.empty');
  return contact;
}

const NO_OCTETS = new Uint8Array(0);

function addTexts(contact: Contact, columns: Compiled, cells: string[]): void {
  for (const { field, column, header } of columns.names) {
    const value = cellValue(cells[column]);
    if (value === '') continue;
    const name = contact.name as Record<string, string | undefined>;
    if (field === 'prefix' && name.prefix) name.prefix += ` ${value}`;
    else keepFirst(contact, name, field, value, header);
  }
  for (const { field, column, header } of columns.works) {
    const value = cellValue(cells[column]);
    if (value !== '')
      keepFirst(contact, contact as unknown as Record<string, string | undefined>, field, value, header);
  }
  for (const { column, header } of columns.uids) {
    const value = cellValue(cells[column]);
    if (value !== '')
      keepFirst(contact, contact as unknown as Record<string, string | undefined>, 'uid', value, header);
  }
  const notes = columns.notes.map(({ column }) => cellValue(cells[column])).filter((value) => value !== '');
  if (notes.length > 0) contact.note = notes.join('\n');
  for (const { column } of columns.categories) addCategories(contact, cellValue(cells[column]));
}

/** The first of several columns for one value wins; another value of theirs is kept as extra. */
function keepFirst(
  contact: Contact,
  holder: Record<string, string | undefined>,
  field: string,
  value: string,
  header: string,
): void {
  if (holder[field] === undefined) holder[field] = value;
  else if (holder[field] !== value) contact.extra.push({ name: header, value });
}

/** Time to take a list apart may grow with the square of its blanks. */
const LONGEST_LIST = 5000;

function addCategories(contact: Contact, value: string): void {
  if (value === '') return;
  if (value.length > LONGEST_LIST) {
    contact.extra.push({ name: 'category', value });
    return;
  }
  const separator = value.includes(':::') ? /\s*:::\s*/ : /\s*[;,\n|]\s*/;
  for (const piece of value.split(separator)) {
    const category = piece
      .replace(/^\*\s*/, '')
      .replace(/^"(.*)"$/, '$1')
      .trim();
    if (category !== '' && !contact.categories.includes(category)) contact.categories.push(category);
  }
}

function addPoints(contact: Contact, columns: Compiled, cells: string[], defaultCountry: string): void {
  for (const point of columns.emails) {
    const value = pointValue(contact, point, cells);
    if (value !== '') addEmails(contact, value, labelOf(point, cells));
  }
  const country = contact.addresses.find((address) => address.countryCode)?.countryCode ?? defaultCountry;
  for (const point of columns.phones) {
    const value = pointValue(contact, point, cells);
    if (value !== '') addPhones(contact, value, labelOf(point, cells), country);
  }
  for (const point of columns.urls) {
    const value = pointValue(contact, point, cells);
    if (value === '') continue;
    const written = point.typeColumn === undefined ? '' : cellValue(cells[point.typeColumn]);
    const type = written === '' ? (point.urlType ?? knownSite(value)) : written.replace(/^\*\s*/, '').toLowerCase();
    for (const url of splitMulti(value)) contact.urls.push(type ? { value: url, type } : { value: url });
  }
}

/** A longer cell is no list of addresses or numbers: it is kept as extra. */
const LONGEST_POINT = 2000;

function pointValue(contact: Contact, point: PointColumn, cells: string[]): string {
  const value = cellValue(cells[point.column]);
  if (value.length <= LONGEST_POINT) return value;
  contact.extra.push({ name: point.header, value });
  return '';
}

function labelOf(point: PointColumn, cells: string[]): Label {
  if (point.typeColumn === undefined) return point.label;
  return { ...point.label, ...readLabel(cells[point.typeColumn] ?? '') };
}

const SITES = /(?:^|[/.])(linkedin|facebook|instagram|xing|twitter|github|youtube)\.com\//i;

function knownSite(url: string): string | undefined {
  return SITES.exec(url)?.[1]?.toLowerCase() ?? (/(?:^|\/)x\.com\//.test(url) ? 'twitter' : undefined);
}

function addDates(contact: Contact, columns: FieldColumn[], cells: string[]): void {
  const split: Partial<Record<Field, string>> = {};
  for (const { field, column, header } of columns) {
    const value = cellValue(cells[column]);
    if (value === '') continue;
    if (field === 'revision')
      contact.revision ??= parseInstant(value.replace(/^(\d{4}-\d\d-\d\d) /, '$1T')) ?? undefined;
    if (field === 'revision' && contact.revision) continue;
    if (field === 'birthday') {
      const birthday = parseBirthday(value);
      if (birthday && !contact.birthday) {
        contact.birthday = birthday;
        continue;
      }
      if (!birthday) warn(contact, 'date.invalid', value);
    }
    if (field.startsWith('birth') && field !== 'birthday') split[field] = value;
    else contact.extra.push({ name: header, value });
  }
  if (Object.keys(split).length > 0) addSplitBirthday(contact, split);
}

function addSplitBirthday(contact: Contact, { birthYear, birthMonth, birthDay }: Partial<Record<Field, string>>): void {
  const two = (part: string | undefined) => (part ?? '').padStart(2, '0');
  const birthday = parseBirthday(`${birthYear ?? '-'}-${two(birthMonth)}-${two(birthDay)}`);
  if (birthday) contact.birthday ??= birthday;
  else contact.extra.push({ name: 'birthday', value: [birthYear, birthMonth, birthDay].filter(Boolean).join('-') });
}

function addAttributes(contact: Contact, columns: Compiled['attributes'], cells: string[]): void {
  const said = columns.flatMap(({ key, header, column }) => {
    const value = cells[column]?.trim() ?? '';
    return value === '' ? [] : [{ key, header, value }];
  });
  if (said.length > 0) contact.attributes = said;
}

function addExtras(contact: Contact, columns: FieldColumn[], cells: string[], width: number): void {
  for (const { column, header } of columns) {
    const value = cells[column];
    if (value !== undefined && value.trim() !== '') contact.extra.push({ name: header, value });
  }
  if (cells.length <= width) return;
  for (let column = width; column < cells.length; column++) {
    if (cells[column]!.trim() !== '') contact.extra.push({ name: `${column + 1}`, value: cells[column]! });
  }
}

/** A row without any person's name, but with a company, is the company; so is a name with a legal form and no company. */
function settleKind(contact: Contact, columns: Compiled, cells: string[], plan: TablePlan): void {
  for (const { column, header } of columns.kinds) {
    const value = cellValue(cells[column]);
    if (/^(?:org|compan|soci|entrep|firm|account|(?:personne )?moral|pm$)/i.test(value)) contact.kind = 'organization';
    else if (/^(?:person|personne(?: physique)?)$/i.test(value)) return;
    else if (value !== '') contact.extra.push({ name: header, value });
  }
  if (plan.kind || contact.kind === 'organization') return;
  const { name, organization } = contact;
  const personal = name.given || name.family || contact.title || contact.birthday;
  if (personal) return;
  if (!name.full && organization) contact.kind = 'organization';
  else if (
    name.full &&
    (name.full === organization || (!organization && isShort(name.full) && looksLikeOrganization(name.full)))
  )
    contact.kind = 'organization';
}

function settleName(contact: Contact): void {
  const { name } = contact;
  if (contact.kind === 'organization') {
    contact.organization ??= name.full ?? fullName(name);
    if (contact.organization === '') delete contact.organization;
    if (contact.organization) name.full ??= contact.organization;
    return;
  }
  if (name.full && isShort(name.full) && !name.given && !name.family) {
    const { full: _, ...parts } = splitName(name.full);
    contact.name = { ...parts, ...name } satisfies ContactName;
  } else if (!name.full) {
    const full = fullName(name);
    if (full !== '') name.full = full;
  }
}

/** Longer values are no names, and not worth taking apart. */
function isShort(name: string): boolean {
  return name.length <= 300;
}

function isEmpty(contact: Contact): boolean {
  return (
    !contact.name.full &&
    !contact.uid &&
    !contact.organization &&
    contact.emails.length + contact.phones.length + contact.addresses.length + contact.urls.length === 0
  );
}
