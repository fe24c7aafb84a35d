import { type ColumnMapping, type ContactKind, UnreadableFile } from '../contact.ts';
import { looksLikeOrganization } from '../normalise/organization.ts';
import { formatTarget, parseTarget } from './columns.ts';
import { guessNames, guessValues, looksLikeEmail } from './guess.ts';
import { foldHeader, targetOfHeader } from './header.ts';
import { findHeader, type HeaderRow } from './headerRow.ts';
import { LAYOUTS, type Layout, POSITIONAL, type PositionalLayout } from './layouts.ts';
import { REFUSALS } from './refusals.ts';

/** How one table is read. */
export interface TablePlan {
  layout: string;
  /** Position from 0 among all rows, blank ones included; null for a table without header. */
  headerRow: number | null;
  headers: string[];
  mapping: ColumnMapping[];
  /** When all rows are of one kind. */
  kind?: ContactKind;
  /** Each column is a group and each cell an e-mail address of a member. */
  groups: boolean;
}

/** Rows looked at before a table is read. */
export const SAMPLE_ROWS = 200;

/**
 * Decides how a table is read from its first rows.
 *
 * @param chosen columns as a person corrected them; they outrank every guess
 * @throws UnreadableFile when the table holds something else than contacts
 */
export function planTable(sample: string[][], chosen: ColumnMapping[] = []): TablePlan {
  refuseOthers(sample);
  const header = findHeader(sample);
  const body = sample.slice(header ? header.row + 1 : 0).filter((row) => row.some((cell) => cell.trim() !== ''));
  const plan = header ? withHeader(header, body) : withoutHeader(body);
  if (header && !header.known && !plan.groups) refuseProse(plan.mapping, body);
  if (header && body.length === 0) throw new UnreadableFile('no_contacts', { what: 'rows' });
  override(plan.mapping, chosen);
  if (!plan.groups && !holdsContacts(plan.mapping)) throw new UnreadableFile('no_contacts', { what: 'table' });
  return plan;
}

/** Rows among which the header of a table of messages or events is looked for. */
const REFUSAL_DEPTH = 15;

function refuseOthers(sample: string[][]): void {
  for (const cells of sample.slice(0, REFUSAL_DEPTH)) {
    const present = new Set(cells.map(foldHeader));
    const found = REFUSALS.find((refusal) => refusal.headers.every((name) => present.has(name)));
    if (found && !present.has('email') && !present.has('e mail'))
      throw new UnreadableFile(found.code, { what: found.what });
  }
}

function withHeader(header: HeaderRow, body: string[][]): TablePlan {
  const groups = !header.known && areGroups(header.cells, body);
  const layout = findLayout(header.cells);
  const width = Math.max(header.cells.length, ...body.map((row) => row.length));
  const headers = Array.from({ length: width }, (_, column) => header.cells[column]?.trim() ?? '');
  const mapping = mapHeaders(headers, layout);
  settleTitles(mapping, body);
  if (!layout?.closed && !groups) addGuesses(mapping, body);
  const kind = layout?.kind ?? settleNames(mapping, body);
  const name = layout?.name ?? 'unknown';
  return { layout: groups ? 'groups' : name, headerRow: header.row, headers, mapping, kind, groups };
}

/** "Group A, Group B": every column holds e-mail addresses and nothing else. */
function areGroups(headers: string[], body: string[][]): boolean {
  const columns = headers.map((_, column) =>
    body.map((row) => row[column]?.trim() ?? '').filter((cell) => cell !== ''),
  );
  const filled = columns.filter((cells) => cells.length > 0);
  return filled.length >= 2 && filled.every((cells) => cells.filter(looksLikeEmail).length >= 0.8 * cells.length);
}

function findLayout(headers: string[]): Layout | undefined {
  const present = new Set(headers.map(foldHeader));
  return LAYOUTS.find((layout) => layout.signatures.some((names) => names.every((name) => present.has(name))));
}

function mapHeaders(headers: string[], layout: Layout | undefined): ColumnMapping[] {
  const seen = new Map<string, number>();
  return headers.map((header, column) => {
    const folded = foldHeader(header);
    const occurrence = (seen.get(folded) ?? 0) + 1;
    seen.set(folded, occurrence);
    const known = layout && targetInLayout(layout, folded, occurrence);
    if (known) return { header, column, target: known, confidence: 1, reason: 'layout' };
    const word = layout?.closed ? undefined : targetOfHeader(header);
    if (word) return { header, column, target: word, confidence: 0.9, reason: 'header' };
    return { header, column, target: 'ignore', confidence: 0, reason: 'none' };
  });
}

function targetInLayout(layout: Layout, folded: string, occurrence: number): string | undefined {
  const direct = (occurrence > 1 ? layout.headers[`${folded}#${occurrence}`] : undefined) ?? layout.headers[folded];
  if (direct) return direct;
  const number = /\d+/.exec(folded)?.[0];
  if (!number) return undefined;
  const pattern = layout.headers[folded.replace(/\d+/, '#')];
  return pattern?.replace('#', String(Number(number)));
}

const CIVILITY =
  /^(m|mr|mrs|ms|mme|mlle|dr|me|pr|prof|herr|frau|monsieur|madame|mademoiselle|docteur|maître|sr|sra)\.?$/i;

/** A bare "Title" or "Titre" is the civility when another column holds the job, or when its values say so. */
function settleTitles(mapping: ColumnMapping[], body: string[][]): void {
  const titles = mapping.filter((column) => column.target === 'title');
  for (const column of titles) {
    if (!/^(title|titre)$/.test(foldHeader(column.header))) continue;
    const values = body.map((row) => row[column.column]?.trim() ?? '').filter((value) => value !== '');
    const civil = values.filter((value) => CIVILITY.test(value)).length;
    const another = titles.some((other) => other !== column && other.target === 'title');
    if (civil > values.length / 2 || (values.length === 0 && another)) column.target = 'prefix';
  }
}

/** Settles what a column called "Name" or "Nom" holds, and with it the kind of the whole table. */
function settleNames(mapping: ColumnMapping[], body: string[][]): ContactKind | undefined {
  const has = (target: string) => mapping.some((column) => column.target === target);
  const ambiguous = mapping.filter((column) => column.target === 'name');
  const [first, ...rest] = ambiguous;
  for (const column of rest) column.target = 'ignore';
  if (!first) return undefined;
  if (has('given') && !has('family')) first.target = 'family';
  else if (has('family') && !has('given') && !/^noms?$/.test(foldHeader(first.header))) first.target = 'given';
  else if (has('given') || has('family') || !namesOrganizations(first, mapping, body)) first.target = 'full';
  else {
    first.target = has('organization') ? 'ignore' : 'organization';
    return 'organization';
  }
  return undefined;
}

/** Legal forms among the names; a street and a web site without any sign of a person say the same. */
function namesOrganizations(name: ColumnMapping, mapping: ColumnMapping[], body: string[][]): boolean {
  const personal = ['title', 'birthday', 'prefix', 'full', 'organization', 'nickname'];
  if (mapping.some((column) => personal.includes(column.target))) return false;
  const values = body.map((row) => row[name.column]?.trim() ?? '').filter((value) => value !== '');
  const share =
    values.filter((value) => value.length < 200 && looksLikeOrganization(value)).length / (values.length || 1);
  const businesslike =
    mapping.some((column) => column.target.startsWith('url')) &&
    mapping.some((column) => column.target.startsWith('street'));
  return share >= 0.4 || (businesslike && share >= 0.15);
}

function addGuesses(mapping: ColumnMapping[], body: string[][]): void {
  for (const column of mapping) {
    if (column.reason !== 'none') continue;
    const guess = guessValues(body.map((row) => row[column.column] ?? ''));
    const taken = guess && SINGLE.has(guess.target) && mapping.some((other) => other.target === guess.target);
    if (guess && !taken) Object.assign(column, guess, { reason: 'values' });
  }
  if (mapping.some((column) => NAMES.has(parseTarget(column.target)?.field ?? ''))) return;
  const emails = mapping.find((column) => column.target.startsWith('email'));
  const free = mapping.filter((column) => column.reason === 'none').map((column) => column.column);
  for (const { column, target, confidence } of guessNames(body, emails?.column, free)) {
    Object.assign(mapping[column]!, { target, confidence, reason: 'values' });
  }
}

const SINGLE = new Set(['organization', 'country']);
const NAMES = new Set(['full', 'given', 'family', 'name']);

function withoutHeader(body: string[][]): TablePlan {
  const width = Math.max(0, ...body.map((row) => row.length));
  const positional = POSITIONAL.find((layout) => provesPosition(layout, body));
  const mapping: ColumnMapping[] = Array.from({ length: width }, (_, column) => {
    const target = positional?.targets[column];
    if (target) return { header: '', column, target, confidence: 0.9, reason: 'layout' };
    return { header: '', column, target: 'ignore', confidence: 0, reason: 'none' };
  });
  if (!positional) {
    addGuesses(mapping, body);
    refuseProse(mapping, body);
  }
  return { layout: positional?.name ?? 'unknown', headerRow: null, headers: [], mapping, groups: false };
}

function provesPosition(layout: PositionalLayout, body: string[][]): boolean {
  if (body.length === 0 || !body.every((row) => layout.widths.includes(row.length))) return false;
  let proven = false;
  for (const [column, kind] of Object.entries(layout.proof)) {
    const cells = body.map((row) => row[Number(column)]!.trim()).filter((cell) => cell !== '');
    if (!cells.every((cell) => (kind === 'email' ? looksLikeEmail(cell) : /^[01]?$/.test(cell)))) return false;
    proven ||= kind === 'email' && cells.length > 0;
  }
  return proven;
}

/** Without header, most rows must hold an e-mail address or a phone number: prose with one address in it is no table. */
function refuseProse(mapping: ColumnMapping[], body: string[][]): void {
  const points = mapping.filter((column) => /^(email|phone)/.test(column.target)).map((column) => column.column);
  const reached = body.filter((row) => points.some((column) => (row[column] ?? '').trim() !== '')).length;
  if (reached === 0 || reached < body.length / 2) throw new UnreadableFile('no_contacts', { what: 'text' });
  const long = body.filter((row) => row.some((cell) => cell.length > 60 && cell.split(' ').length > 9)).length;
  if (long > body.length / 3) throw new UnreadableFile('no_contacts', { what: 'text' });
}

function override(mapping: ColumnMapping[], chosen: ColumnMapping[]): void {
  for (const { column, target } of chosen) {
    const own = mapping[column];
    const parsed = parseTarget(target);
    if (own && parsed) Object.assign(own, { target: formatTarget(parsed), confidence: 1, reason: 'user' });
  }
}

/** A given name alone, or a city alone, is a word list; a contact has a name, an address on a channel, or an identity. */
function holdsContacts(mapping: ColumnMapping[]): boolean {
  const fields = new Set(mapping.map((column) => parseTarget(column.target)?.field));
  const layout = mapping.some((column) => column.reason === 'layout' || column.reason === 'user');
  if (fields.has('email') || fields.has('phone')) return true;
  if (layout) return ['full', 'family', 'organization', 'uid'].some((field) => fields.has(field as 'full'));
  const companions = [
    'organization',
    'city',
    'postcode',
    'street',
    'birthday',
    'title',
    'url',
    'note',
    'category',
    'uid',
    'given',
  ];
  const named = fields.has('family') || fields.has('full') || fields.has('organization');
  return (
    named &&
    companions.filter((field) => fields.has(field as 'given')).length >=
      (fields.has('family') && fields.has('given') ? 1 : 2)
  );
}
