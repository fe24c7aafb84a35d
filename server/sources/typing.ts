import { type AttributeRow, isRefusal, readTyped, type Stored } from '../attributes/index.ts';
import type { Contact } from '../formats/contact.ts';
import { parseBirthday } from '../formats/normalise/date.ts';
import { fold } from '../formats/normalise/fold.ts';
import { readTruth } from '../formats/table/cells.ts';

/** Attributes that whoever imports writes, by key. */
export type Writable = ReadonlyMap<string, AttributeRow>;

/** A value for a card. */
export interface TypedValue {
  no: number;
  value: Stored;
}

/** A choice as it is called in either language, or its key. */
function keyOf({ choices }: AttributeRow, written: string): string {
  const wanted = fold(written).trim();
  return choices.find(({ key, fr, en }) => [key, fr, en].some((one) => fold(one) === wanted))?.key ?? written.trim();
}

/** A cell as the form of a page would give it. */
function typed(attribute: AttributeRow, cell: string): string[] {
  const text = cell.trim();
  if (attribute.type === 'boolean') {
    const truth = readTruth(text);
    return [truth === undefined ? text : truth ? 'yes' : 'no'];
  }
  if (attribute.type === 'date') return [parseBirthday(text) ?? text];
  if (attribute.type !== 'choice') return [text];
  return (attribute.many ? text.split(/[;,|\n]/) : [text]).map((one) => keyOf(attribute, one)).filter(Boolean);
}

/**
 * Reads the cells of a contact that are mapped to attributes. What cannot be a value of its attribute, and what whoever imports may not write, is
 * kept with the card as the file has it, and remarked; of an attribute that is for some alone it is remarked only.
 */
export function typeValues(contact: Contact, writable: Writable): TypedValue[] {
  return (contact.attributes ?? []).flatMap(({ key, header, value: cell }): TypedValue[] => {
    const attribute = writable.get(key);
    const value = attribute && readTyped(attribute, typed(attribute, cell));
    if (attribute && value === undefined) return [];
    if (attribute && value !== undefined && !isRefusal(value)) return [{ no: attribute.attribute_no, value }];
    // What few may see is not put where all who read the card do: its row stands with it.
    const isForAll = !attribute || attribute.access.some(({ kind }) => kind === 'workspace');
    if (isForAll) contact.extra.push({ name: header, value: cell });
    contact.warnings.push({
      code: attribute ? 'attribute.invalid' : 'attribute.unknown',
      detail: header.slice(0, 200),
    });
    return [];
  });
}
