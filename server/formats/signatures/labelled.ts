/** Invented messages with the answers written into them (`labelled/*.txt`), and how a reading of them is counted. */
import { readFileSync } from 'node:fs';
import PostalMime from 'postal-mime';
import { fold } from '../normalise/fold.ts';
import { type Field, type FieldKind, proposeContact } from './index.ts';

/** Languages, and the country whose numbers are written there without prefix. */
const COUNTRIES: Record<string, string> = { fr: 'FR', en: 'GB', de: 'DE', es: 'ES' };

const MARKS: Record<string, [FieldKind, string?]> = {
  n: ['name'],
  t: ['title'],
  o: ['organization'],
  e: ['email'],
  m: ['phone', 'mobile'],
  w: ['phone', 'work'],
  f: ['phone', 'fax'],
  a: ['address'],
  u: ['url'],
  s: ['profile'],
};

/** What a signature says, as it is compared. */
interface Answer {
  kind: FieldKind;
  key: string;
  value: string;
}

export interface Labelled {
  name: string;
  language: string;
  country: string;
  raw: string;
  answers: Answer[];
  /** Whether a machine sent it. */
  automatic: boolean;
}

/**
 * On which rules were made; the half that was only measured; the same half of harder ones, written when the rules stood; and of those that were
 * written when the rules had been mended for these.
 */
export type Part = 'development' | 'held-out' | 'later' | 'fresh';

/** Of the other half by their number, but seen when a test failed on them: they count as development since. */
const SEEN = new Set(['de 4']);

/** Messages with an odd number in their file are for development, the others were kept aside. */
export function labelled(part?: Part): Labelled[] {
  return [...Object.keys(COUNTRIES), 'later', 'fresh'].flatMap((file) =>
    messagesOf(file).filter(({ name }, index) => {
      const kept = file === 'later' || file === 'fresh' ? file : 'held-out';
      return part === undefined || part === (index % 2 === 0 || SEEN.has(name) ? 'development' : kept);
    }),
  );
}

function messagesOf(file: string): Labelled[] {
  return readFileSync(new URL(`labelled/${file}.txt`, import.meta.url), 'utf8')
    .split(/\n%%\n/)
    .map((text, index) => message(file, index + 1, text));
}

const LABEL = /\{([a-z])\|([^{}]*)\}/g;

/** Written down beside the rules of `originOf`, so that a wrong rule shows. */
const AUTOMATIC =
  /^(?:auto-submitted|x-auto-response-suppress|precedence|list-id|list-unsubscribe):|^from:.*(?:no-?reply|no-responder|no-contestar|do-not-reply|mailer-daemon|postmaster|notifications|alert[ea]s)@/im;

function message(language: string, number: number, text: string): Labelled {
  const blank = text.indexOf('\n\n');
  const head = text.slice(0, blank);
  const body = text.slice(blank + 2);
  const answers = [...body.matchAll(LABEL)].map((match) => answer(match[1]!, match[2]!));
  const html = /^\s*<(?:p|div|html|h1|table)\b/.test(body);
  const type = /^content-type:/im.test(head) ? '' : `\nContent-Type: text/${html ? 'html' : 'plain'}; charset=utf-8`;
  const country = /^country: (..)$/im.exec(head)?.[1] ?? COUNTRIES[language]!;
  const raw = `${head}\nTo: <moi@entregent.example>\nMIME-Version: 1.0${type}\n\n${body.replace(LABEL, '$2')}\n`;
  return {
    name: `${language} ${number}`,
    language,
    country,
    raw,
    answers,
    automatic: AUTOMATIC.test(head),
  };
}

function answer(mark: string, written: string): Answer {
  const [kind, phone] = MARKS[mark]!;
  const value = written
    .replace(/<br>/g, '\n')
    .replace(/&amp;/g, '&')
    .replace(/&nbsp;/g, ' ')
    .replace(/&([a-z])uml;/gi, '$1\u0308')
    .replace(/&szlig;/g, 'ß')
    .replace(/&([a-z])acute;/gi, '$1\u0301')
    .normalize('NFC');
  return { kind, value, key: keyOf(kind, value, phone) };
}

/** Academic titles and letters behind names: part of a name as it is written, but not what tells whose it is. */
const TITLES = /\b(?:dr|dra|prof|mme|me|lic|ing|med|dipl|kfm|phd|ph d|cpa|dds|riba|bsc|mrics|ceng|mimeche)\b/g;

function keyOf(kind: FieldKind, value: string, phone?: string): string {
  const plain = fold(value);
  if (kind === 'phone') return `${phone} ${value.replace(/\(0\)/g, '').replace(/\D/g, '')}`;
  if (kind === 'name')
    return plain
      .replace(/[^a-z ]+/g, ' ')
      .replace(TITLES, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  if (kind === 'url' || kind === 'profile') return plain.replace(/^https?:\/\/|\/$/g, '');
  return plain.replace(/[^a-z0-9@.+]+/g, '');
}

const foundKey = ({ kind, value, phone }: Field): string => keyOf(kind, value, phone);

export interface Tally {
  right: number;
  wrong: string[];
  missed: string[];
}

/** Reads one message and counts what is right, what is wrong and what was missed. */
export async function count({ raw, country, answers }: Labelled): Promise<Tally> {
  const mail = await PostalMime.parse(raw);
  return compare(proposeContact(mail, country)?.fields ?? [], answers);
}

/** Each answer is met once. */
function compare(fields: readonly Field[], answers: readonly Answer[]): Tally {
  const open = [...answers];
  const wrong: string[] = [];
  for (const field of fields) {
    const at = open.findIndex(({ kind, key }) => kind === field.kind && key === foundKey(field));
    if (at >= 0) open.splice(at, 1);
    else wrong.push(`${field.kind} ${field.phone ?? ''} ${JSON.stringify(field.value)}`);
  }
  return {
    right: answers.length - open.length,
    wrong,
    missed: open.map(({ kind, value, key }) => `${kind} ${kind === 'phone' ? key : JSON.stringify(value)}`),
  };
}
