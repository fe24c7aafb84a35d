import type { Contact, ContactEmail, ContactPhone } from '../contact.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { parsePhone, splitPhones } from '../normalise/phone.ts';
import type { Label } from './labels.ts';

/** What exporters write for "nothing". Lower-case "null" is left: it is a family name. */
const NOTHING = /^(?:NULL|#N\/A|N\/A|n\/a|#REF!|#VALUE!|-+|—|\.|0\/0\/0000|0\/0\/00|0000-00-00|\\N)$/;

/** The cell without blanks around it, "" when it stands for nothing. */
export function cellValue(cell: string | undefined): string {
  if (cell === undefined || cell === '') return '';
  const value = cell.trim();
  return value.length <= 10 && NOTHING.test(value) ? '' : value;
}

const TRUTH = /^(?:true|1|yes|y|oui|o|vrai|x|ja|wahr|si|sí|sì|on|opt-?in|checked|✓|✔)$/i;
const FALSEHOOD = /^(?:false|0|no|n|non|faux|nein|falsch|off|opt-?out|unchecked)$/i;

/** A tick in words; undefined when it says neither yes nor no. */
export function readTruth(value: string): boolean | undefined {
  if (TRUTH.test(value)) return true;
  return FALSEHOOD.test(value) ? false : undefined;
}

/** Several values in one cell: Google's " ::: ", and line breaks. */
export function splitMulti(value: string): string[] {
  if (!value.includes(':::') && !value.includes('\n')) return [value];
  return value.split(/\s*:::\s*|\r?\n/).filter((piece) => piece !== '');
}

const ADDRESSED = /^\s*"?([^"<>]*?)"?\s*<([^<>\s]+@[^<>\s]+)>\s*$/;

/** Adds the addresses of a cell, "Name <address>" and lists included; an invalid one is kept and warned of. */
export function addEmails(contact: Contact, value: string, label: Label): void {
  for (const piece of splitEmails(value)) {
    const addressed = ADDRESSED.exec(piece);
    const address = addressed?.[2] ?? piece.replace(/^mailto:/i, '');
    if (addressed?.[1] && !contact.name.full) contact.name.full = addressed[1].trim();
    const normalised = normaliseEmail(address);
    const email: ContactEmail = { value: address };
    if (normalised) email.normalised = normalised;
    else warn(contact, 'email.invalid', address);
    if (contact.emails.some((other) => (other.normalised ?? other.value) === (normalised ?? address))) continue;
    if (label.place) email.type = label.place;
    if (label.own) email.label = label.own;
    if (label.preferred) email.preferred = true;
    contact.emails.push(email);
  }
}

function splitEmails(value: string): string[] {
  if (value.indexOf('@') === value.lastIndexOf('@') && !value.includes(':::')) return [value];
  const pieces = value
    .split(/\s*(?::::|[;\n|,])\s*/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  if (pieces.every((piece) => piece.includes('@'))) {
    return pieces.flatMap((piece) => {
      const words = piece.split(/\s+/);
      return words.every((word) => word.includes('@')) ? words : [piece];
    });
  }
  return [value];
}

/** Adds the numbers of a cell ("06… / 01…"); what is no number is kept with `e164: null` and warned of. */
export function addPhones(contact: Contact, value: string, label: Label, country: string): void {
  for (const part of splitMulti(value)) {
    for (const raw of splitPhones(part)) {
      const parsed = parsePhone(raw, country);
      if (parsed.e164 === null) warn(contact, 'phone.invalid', raw);
      else if (contact.phones.some((other) => other.e164 === parsed.e164 && other.extension === parsed.extension)) {
        if (merged(contact, parsed.e164, label)) continue;
      }
      const phone: ContactPhone = { raw, e164: parsed.e164 };
      if (parsed.extension) phone.extension = parsed.extension;
      const type = label.phone ?? parsed.type;
      if (type) phone.type = type;
      if (label.place) phone.place = label.place;
      if (label.own) phone.label = label.own;
      if (label.preferred) phone.preferred = true;
      contact.phones.push(phone);
    }
  }
}

/** The same number in two columns is one number, unless the columns say different things of it. */
function merged(contact: Contact, e164: string, label: Label): boolean {
  return contact.phones.some(
    (other) =>
      other.e164 === e164 &&
      (!label.place || other.place === label.place) &&
      (!label.phone || other.type === label.phone) &&
      !label.own,
  );
}

export function warn(contact: Contact, code: string, detail?: string): void {
  contact.warnings.push(detail === undefined ? { code } : { code, detail: detail.slice(0, 200) });
}
