import { splitName } from '../formats/normalise/name.ts';
import { parsePhone, splitPhones } from '../formats/normalise/phone.ts';
import type { Field } from './engine/index.ts';
import type { FileCards } from './file-cards.ts';

/** One column of a table: where its values go. */
export interface Use {
  column: number;
  /** Position among the population's fields. */
  field: number;
  read: 'plain' | 'full' | 'phone' | 'street' | 'list' | 'host';
}

/** What a row of a table says of a card. */
export interface RowForm {
  fields: readonly Field[];
  uses: Use[];
  /** Positions of the columns; -1 where there are none. */
  id: number;
  truth: number;
  pattern: RegExp | undefined;
  country: string;
}

/** Adds the card that a row is; an empty row is none. @param row counted from 0, where the table has no column of ids */
export function addRow(cards: FileCards, form: RowForm, file: string, cells: string[], row: number): void {
  if (cells.length === 1 && cells[0]!.trim() === '') return;
  const values: (string | string[] | undefined)[] = new Array(form.fields.length);
  for (const { column, field, read } of form.uses) {
    const cell = cells[column]?.trim();
    if (!cell) continue;
    if (read === 'plain') values[field] ??= cell;
    else if (read === 'host') values[field] ??= hostOf(cell);
    else if (read === 'full') addFullName(values, cell);
    else if (read === 'street') values[field] = values[field] ? `${values[field]} ${cell}` : cell;
    else {
      const list = (values[field] as string[] | undefined) ?? [];
      values[field] = list;
      if (read === 'phone') addPhones(list, cell, form.country);
      else if (/[;,|\s]/.test(cell)) list.push(...cell.split(/[;,|\s]+|:::/));
      else list.push(cell);
    }
  }
  cards.population.add(values);
  cards.places.push(file, form.id < 0 ? String(row) : (cells[form.id]?.trim() ?? ''));
  if (form.truth >= 0) cards.truth.push(truthOf(cells[form.truth]?.trim() ?? '', form.pattern));
}

/** Positions of given and family among the fields that every file has. */
function addFullName(values: (string | string[] | undefined)[], cell: string): void {
  const { given, family, full } = splitName(cell);
  values[0] ??= given ?? (family ? undefined : full);
  values[1] ??= family;
}

function addPhones(list: string[], cell: string, country: string): void {
  const pieces = cell.length > 22 || /[/;|,\n]/.test(cell) ? splitPhones(cell) : [cell];
  for (const piece of pieces) list.push(parsePhone(piece, country).e164 ?? piece);
}

/** "acme.fr" of "https://www.acme.fr/contact". */
function hostOf(cell: string): string {
  return cell
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^www\d?\./, '')
    .replace(/[/?#:].*$/, '');
}

function truthOf(cell: string, pattern: RegExp | undefined): string {
  if (!pattern) return cell;
  const found = pattern.exec(cell);
  return found ? (found[1] ?? found[0]) : '';
}
