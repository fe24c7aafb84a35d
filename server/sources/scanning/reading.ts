import type { FieldInput } from '../../cards/contract.ts';
import { fieldsOf } from '../../cards/fields.ts';
import { inputOf } from '../../cards/recognised.ts';
import { readCard } from '../../formats/business-cards/index.ts';
import type { CardLine } from '../../formats/business-cards/ocr.ts';
import type { Contact } from '../../formats/contact.ts';
import { readVcards } from '../../formats/vcard/index.ts';
import type { Scan, ScannedField } from './messages.ts';

type Kind = FieldInput['kind'];

/** What a person can write on a card; photos and what has no word of ours are left out. */
const writable: readonly string[] = [
  'name',
  'email',
  'phone',
  'organization',
  'title',
  'address',
  'url',
  'birthday',
  'note',
  'category',
] satisfies Kind[];

/** What lines and a code of a picture say together: of what the code says, the recogniser's guess is dropped. */
export async function readScan(lines: readonly CardLine[], code: string | undefined, country: string): Promise<Scan> {
  const vcard = code === undefined ? undefined : await contactIn(code, country);
  const said = vcard ? fieldsOfContact(vcard) : [];
  const told = new Set(said.map(({ field }) => field.kind));
  const guessed = readCard(lines, country)
    .map((field) => ({ field: inputOf(field, country), confidence: field.confidence, line: field.line }))
    .filter(({ field }) => !told.has(field.kind));
  const all = [...said, ...guessed];
  const kind = vcard?.kind ?? kindOf(all);
  return {
    kind,
    code: vcard !== undefined,
    fields: (kind === 'organization' ? all.map(named) : all).sort((a, b) => rank(a) - rank(b)),
    lines: lines.map(({ text, confidence }) => ({ text, confidence })),
    cards: [],
  };
}

const rank = ({ field }: ScannedField): number => writable.indexOf(field.kind);

/** A card that names a company and nobody is the company's. */
function kindOf(fields: readonly ScannedField[]): Scan['kind'] {
  const has = (kind: Kind) => fields.some(({ field }) => field.kind === kind);
  return has('organization') && !has('name') ? 'organization' : 'person';
}

/** Of an organisation, its name is the name. */
function named(scanned: ScannedField): ScannedField {
  const { field } = scanned;
  return field.kind === 'organization'
    ? { ...scanned, field: { kind: 'name', value: { full: field.value.name ?? '' } } }
    : scanned;
}

async function contactIn(vcard: string, country: string): Promise<Contact | undefined> {
  try {
    for await (const contact of readVcards(once(vcard), { country })) return contact;
  } catch {
    // A code that only begins like a vCard says nothing.
  }
  return undefined;
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function fieldsOfContact(contact: Contact): ScannedField[] {
  const fields = fieldsOf(contact, null).filter(({ kind }) => writable.includes(kind));
  const whole = contact.kind === 'organization' ? fields.filter(({ kind }) => kind !== 'organization') : fields;
  return whole.map((field) => ({ field: field as FieldInput, confidence: 1, line: null }));
}
