import { type AttributeRow, isRefusal, readTyped, type Stored } from '../attributes/index.ts';
import type { Contact } from '../formats/contact.ts';
import { parseBirthday } from '../formats/normalise/date.ts';
import { fold } from '../formats/normalise/fold.ts';

/** Attributes that whoever imports writes, by key. */
export type Writable = ReadonlyMap<string, AttributeRow>;

/** A value for a card. */
export interface TypedValue {
  no: number;
  value: Stored;
}

const truths = /^(?:yes|y|true|1|x|oui|o|vrai)$/i;
const untruths = /^(?:no|n|false|0|non|faux)$/i;

/** A choice as it is called in either language, or its key. */
function keyOf({ choices }: AttributeRow, written: string): string {
  const wanted = fold(written).trim();
  return choices.find(({ key, fr, en }) => [key, fr, en].some((one) => fold(one) === wanted))?.key ?? written.trim();
}

/** A cell as the form of a page would give it. */
function typed(attribute: AttributeRow, cell: string): string[] {
  const text = cell.trim();
  if (attribute.type === 'boolean') return [truths.test(text) ? 'yes' : untruths.test(text) ? 'no' : text];
  if (attribute.type === 'date') return [parseBirthday(text) ?? text];
  if (attribute.type !== 'choice') return [text];
  return (attribute.many ? text.split(/[;,|\n]/) : [text]).map((one) => keyOf(attribute, one)).filter(Boolean);
}

/**
 * Reads the cells of a contact that are mapped to attributes. What cannot be a value of its attribute, and what whoever imports may not write, is
 * kept with the card as the file has it, and remarked.
 */
export function typeValues(contact: Contact, writable: Writable): TypedValue[] {
  return (contact.attributes ?? []).flatMap(({ key, header, value: cell }): TypedValue[] => {
    const attribute = writable.get(key);
    const value = attribute && readTyped(attribute, typed(attribute, cell));
    if (attribute && value === undefined) return [];
    if (attribute && value !== undefined && !isRefusal(value)) return [{ no: attribute.attribute_no, value }];
    contact.extra.push({ name: header, value: cell });
    contact.warnings.push({
      code: attribute ? 'attribute.invalid' : 'attribute.unknown',
      detail: header.slice(0, 200),
    });
    return [];
  });
}
