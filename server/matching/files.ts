import type { Contact } from '../formats/contact.ts';
import { UnreadableFile } from '../formats/contact.ts';
import { type ByteSource, openTables, readContacts } from '../formats/index.ts';
import { parseTarget } from '../formats/table/columns.ts';
import { foldHeader } from '../formats/table/header.ts';
import { planTable, SAMPLE_ROWS } from '../formats/table/mapping.ts';
import type { Table } from '../formats/table/read.ts';
import type { Row } from '../formats/table/rows.ts';
import { type Field, type FieldKind, Population } from './engine/index.ts';
import { type FileCards, noCards } from './file-cards.ts';
import { addRow, type RowForm, type Use } from './table-rows.ts';

/** A file to be read; one that lies on the disk may be read in two halves. */
export interface InputFile {
  name: string;
  source: ByteSource;
  path?: string;
}

export interface FileOptions {
  /** Default country of phones, ISO 3166-1 alpha-2. */
  country: string;
  /** Further columns and their kinds; they outrank what is recognised. */
  compare: ReadonlyMap<string, FieldKind>;
  /** The column that tells the truth, never evidence. */
  truth?: { column: string; pattern: RegExp | undefined };
}

/** A file that cannot be matched as it was asked for. */
export class MatchProblem extends Error {
  readonly code: 'no_column' | 'nothing_to_compare';
  readonly details: Record<string, string>;
  constructor(code: MatchProblem['code'], details: Record<string, string> = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

const IDS = ['row', 'id', 'unique_id', 'rec_id'];

/** The fields that every file may fill; further columns of a table are added to them. */
const FIELDS: Field[] = [
  { name: 'given', kind: 'given' },
  { name: 'family', kind: 'family' },
  { name: 'email', kind: 'email' },
  { name: 'phone', kind: 'phone' },
  { name: 'organization', kind: 'organization' },
  { name: 'street', kind: 'street' },
  { name: 'postcode', kind: 'postcode' },
  { name: 'city', kind: 'city' },
];

/** Headers that `read` has no place for but that tell people or companies apart. */
const FURTHER: [RegExp, string, FieldKind][] = [
  [
    /^(soc sec(urity)?( id| number| no)?|ssn|nss|nir|numero de securite sociale|national id|passport( number)?|siren|siret|vat( number| id)?|tva( intracommunautaire)?|duns|lei)$/,
    'identifier',
    'identifier',
  ],
  [/^(birth ?place|place of birth|lieu de naissance|pob|geburtsort)$/, 'birthplace', 'text'],
  [/^(gender|sex|sexe|genre|geschlecht)$/, 'gender', 'category'],
  [/^(occupation|profession|metier)$/, 'occupation', 'text'],
];

/**
 * Reads files into a population, without a database. Tables are read column by column, as `read` recognises them; of other files
 * the contacts are taken.
 *
 * @throws UnreadableFile, MatchProblem
 */
export async function readCards(files: readonly InputFile[], options: FileOptions): Promise<FileCards> {
  const cards = noCards();
  let started = false;
  for (const { name, source } of files) {
    const tables = await openTables(source, name);
    if (tables === undefined) {
      if (!started) cards.population = new Population([...FIELDS, ...FURTHER_OF_CONTACTS]);
      started = true;
      await addContacts(cards, name, source, options);
      continue;
    }
    for await (const table of tables) {
      const reader = await TableReader.open(table, options, started ? cards.population.fields : undefined);
      if (!reader) continue;
      if (!started) {
        cards.population = new Population(reader.fields);
        cards.columns = reader.columns;
        started = true;
      }
      if (reader.idName !== undefined && cards.idName === 'row') cards.idName = reader.idName;
      await reader.readAll(cards, name);
    }
  }
  if (!started || cards.population.size === 0) throw new UnreadableFile('no_contacts', { what: 'table' });
  return cards;
}

const FURTHER_OF_CONTACTS: Field[] = [
  { name: 'birthday', kind: 'date' },
  { name: 'title', kind: 'text' },
];

async function addContacts(cards: FileCards, name: string, source: ByteSource, options: FileOptions): Promise<void> {
  let row = 0;
  for await (const contact of readContacts(source, { country: options.country, fileName: name, octets: false })) {
    cards.population.add(cards.population.fields.map((field) => fieldOf(contact, field)));
    cards.places.push(name, String(row++));
    cards.truth.push('');
  }
}

function fieldOf(contact: Contact, field: Field): string | string[] | undefined {
  const [address] = contact.addresses;
  const person = contact.kind === 'person';
  switch (field.name) {
    case 'given':
      return person ? contact.name.given : undefined;
    case 'family':
      return person ? contact.name.family : undefined;
    case 'email':
      return contact.emails.map((email) => email.normalised ?? email.value);
    case 'phone':
      return contact.phones.map((phone) => phone.e164 ?? phone.raw);
    case 'organization':
      return contact.organization ?? (person ? undefined : contact.name.full);
    case 'street':
    case 'postcode':
    case 'city':
      return address?.[field.name];
    case 'birthday':
      return contact.birthday;
    case 'title':
      return contact.title;
    default:
      return undefined;
  }
}

/** Reads the rows of one table, whose columns it recognised by its first rows. */
export class TableReader {
  readonly fields: readonly Field[];
  readonly columns: { header: string; used: string }[] = [];
  readonly idName: string | undefined;
  readonly form: RowForm;
  private readonly uses: Use[] = [];
  private readonly id: number;
  private readonly truth: number;
  private readonly rows: AsyncIterator<Row>;
  private readonly waiting: Row[];
  private readonly options: FileOptions;

  private constructor(
    headers: string[],
    targets: (string | undefined)[],
    rows: AsyncIterator<Row>,
    waiting: Row[],
    options: FileOptions,
    fields?: readonly Field[],
  ) {
    this.rows = rows;
    this.waiting = waiting;
    this.options = options;
    const own = [...(fields ?? FIELDS)];
    const names = headers.map((header) => header.trim());
    this.id = IDS.map((name) => names.indexOf(name)).find((at) => at >= 0) ?? -1;
    this.idName = this.id < 0 ? undefined : names[this.id];
    this.truth = options.truth ? names.indexOf(options.truth.column) : -1;
    for (const column of options.compare.keys())
      if (!names.includes(column)) throw new MatchProblem('no_column', { column });
    if (options.truth && this.truth < 0) throw new MatchProblem('no_column', { column: options.truth.column });
    names.forEach((header, column) => {
      const used = this.use(header, column, targets, own, fields === undefined);
      this.columns.push({ header, used });
    });
    this.fields = own;
    this.form = {
      fields: own,
      uses: this.uses,
      id: this.id,
      truth: this.truth,
      pattern: options.truth?.pattern,
      country: options.country,
    };
    if (this.uses.length === 0) throw new MatchProblem('nothing_to_compare');
  }

  static async open(table: Table, options: FileOptions, fields?: readonly Field[]): Promise<TableReader | undefined> {
    const rows = table.rows[Symbol.asyncIterator]();
    const sample: Row[] = [];
    while (sample.length < SAMPLE_ROWS) {
      const next = await rows.next();
      if (next.done) break;
      sample.push(next.value);
    }
    if (sample.length === 0) return undefined;
    const { headers, targets, first } = plan(sample, options);
    return new TableReader(headers, targets, rows, sample.slice(first), options, fields);
  }

  private use(
    header: string,
    column: number,
    targets: readonly (string | undefined)[],
    own: Field[],
    open: boolean,
  ): string {
    if (column === this.truth) return 'truth';
    if (column === this.id) return 'id';
    const asked = this.options.compare.get(header);
    const found = asked
      ? { name: header, kind: asked, read: 'plain' as const }
      : meaning(header, targets[column], targets);
    if (!found) return '';
    let field = own.findIndex(
      ({ name, kind }) => kind === found.kind && (FIELDS.some((one) => one.kind === kind) || name === found.name),
    );
    if (field < 0) {
      if (!open) return '';
      field = own.push({ name: found.name, kind: found.kind }) - 1;
    }
    this.uses.push({ column, field, read: found.read });
    return found.kind;
  }

  /** @returns how many rows there were, and whether a quote was found that is never closed */
  async readAll(cards: FileCards, file: string): Promise<{ rows: number; broken: boolean }> {
    let row = 0;
    let broken = false;
    for (const one of this.waiting) {
      if (one.warnings) broken = true;
      addRow(cards, this.form, file, one.cells, row++);
    }
    for (let next = await this.rows.next(); !next.done; next = await this.rows.next()) {
      if (next.value.warnings) broken = true;
      addRow(cards, this.form, file, next.value.cells, row++);
    }
    return { rows: row, broken };
  }
}

/** Header and meaning of the columns; a table that holds no contacts is taken by its first row when columns were asked for. */
function plan(
  sample: Row[],
  options: FileOptions,
): { headers: string[]; targets: (string | undefined)[]; first: number } {
  try {
    const { headers, mapping, headerRow } = planTable(sample.map(({ cells }) => cells));
    const targets: (string | undefined)[] = [];
    for (const { column, target } of mapping) targets[column] = target;
    return { headers, targets, first: headerRow === null ? 0 : headerRow + 1 };
  } catch (error) {
    if (!(error instanceof UnreadableFile) || options.compare.size === 0) throw error;
    return { headers: sample[0]!.cells, targets: [], first: 1 };
  }
}

interface Meaning {
  name: string;
  kind: FieldKind;
  read: Use['read'];
}

const PLAIN: Record<string, FieldKind> = {
  given: 'given',
  family: 'family',
  organization: 'organization',
  postcode: 'postcode',
  city: 'city',
};

function meaning(
  header: string,
  target: string | undefined,
  targets: readonly (string | undefined)[],
): Meaning | undefined {
  const folded = foldHeader(header);
  const further = FURTHER.find(([pattern]) => pattern.test(folded));
  if (further) return { name: further[1], kind: further[2], read: 'plain' };
  if (/^(suburb|locality)$/.test(folded) && !targets.some((one) => parseTarget(one ?? '')?.field === 'city'))
    return { name: 'city', kind: 'city', read: 'plain' };
  const parsed = target === undefined ? undefined : parseTarget(target);
  if (!parsed) return undefined;
  const { field } = parsed;
  if (Object.hasOwn(PLAIN, field)) return { name: field, kind: PLAIN[field]!, read: 'plain' };
  const named = (one: string): boolean => targets.some((other) => parseTarget(other ?? '')?.field === one);
  if (field === 'full')
    return named('given') && named('family') ? undefined : { name: 'given', kind: 'given', read: 'full' };
  // A person's web site is often an employer's, which many share; an organisation's is its own.
  if (field === 'url' && !named('given') && !named('family') && !named('full'))
    return { name: 'website', kind: 'identifier', read: 'host' };
  if (field === 'email') return { name: 'email', kind: 'email', read: 'list' };
  if (field === 'phone') return { name: 'phone', kind: 'phone', read: 'phone' };
  if (field === 'birthday') return { name: 'birthday', kind: 'date', read: 'plain' };
  if (field === 'title') return { name: 'title', kind: 'text', read: 'plain' };
  if (field === 'street' || field === 'streetPart' || field === 'formatted')
    return { name: 'street', kind: 'street', read: 'street' };
  if (field === 'url' && parsed.qualifiers.includes('linkedin'))
    return { name: 'linkedin', kind: 'identifier', read: 'plain' };
  return undefined;
}
