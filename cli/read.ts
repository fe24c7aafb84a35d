import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { Contact } from '../server/formats/contact.ts';
import { readContacts } from '../server/formats/index.ts';
import { countryCode } from '../server/formats/normalise/address.ts';
import { pickLocale, type Translate, translator } from '../server/kernel/messages.ts';
import { language } from './language.ts';
import { reason } from './reason.ts';

/** One of the two ways to print contacts. */
interface Printer {
  contact(contact: Contact, file: string, index: number): string;
  /** What is left to say at the end of a file. */
  flush(): string;
  start: string;
  end: string;
}

/**
 * `entregent read FILE… [--json] [--country FR]`: prints what files hold, without a database.
 *
 * @returns exit code: 0, or 2 when a file could not be read or the arguments are wrong
 */
export async function run(args: string[]): Promise<number> {
  const t = translator(pickLocale(language()));
  const parsed = parse(args, t);
  if (typeof parsed === 'string') {
    process.stderr.write(`${parsed}\n`);
    return 2;
  }
  const printer = parsed.json ? jsonPrinter() : textPrinter(t);
  let code = 0;
  await write(printer.start);
  for (const file of parsed.files) {
    const problem = await readFile(file, parsed.country, printer, t);
    if (problem === undefined) continue;
    process.stderr.write(`${file}: ${problem}\n`);
    code = 2;
  }
  await write(printer.end);
  return code;
}

interface Arguments {
  files: string[];
  json: boolean;
  country: string;
}

function parse(args: string[], t: Translate): Arguments | string {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, country: { type: 'string', default: 'FR' } },
    });
    if (positionals.length === 0) return t('read.usage');
    const country = countryCode(values.country);
    if (!country) return t('read.country', { country: values.country });
    return { files: positionals, json: values.json, country };
  } catch {
    return t('read.usage');
  }
}

/** Prints the contacts of one file; the reason when it cannot be read. */
async function readFile(file: string, country: string, printer: Printer, t: Translate): Promise<string | undefined> {
  let index = 0;
  let pending = '';
  try {
    const source = () => createReadStream(file, { highWaterMark: 1 << 16 });
    for await (const contact of readContacts(source, { country, fileName: basename(file), octets: false })) {
      pending += printer.contact(contact, file, index++);
      if (pending.length < 1 << 15) continue;
      await write(pending);
      pending = '';
    }
  } catch (error) {
    await write(pending + printer.flush());
    return reason(error, t);
  }
  await write(pending + printer.flush());
  return undefined;
}

/** Waits for the reader of our output, so that a slow one does not fill our memory. */
async function write(text: string): Promise<void> {
  if (text === '' || process.stdout.write(text)) return;
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}

function jsonPrinter(): Printer {
  let first = true;
  return {
    start: '[',
    end: '\n]\n',
    contact(contact, file, index) {
      const separator = first ? '\n' : ',\n';
      first = false;
      return separator + JSON.stringify(plain(contact, file, index));
    },
    flush: () => '',
  };
}

/** The contact as JSON shows it: without octets. */
function plain(contact: Contact, file: string, index: number): object {
  const { original: _, photo, ...rest } = contact;
  const shown = photo ? { photo: { ...photo, data: undefined } } : {};
  return { file, index, ...rest, ...shown };
}

/** Ten thousand identical lines are told once, with their number. */
function textPrinter(t: Translate): Printer {
  let last = '';
  let repeated = 0;
  const flush = () => {
    const told = repeated > 0 ? `   ${t('read.identical', { count: repeated })}\n` : '';
    [last, repeated] = ['', 0];
    return told;
  };
  return {
    start: '',
    end: '',
    flush,
    contact(contact, _file, index) {
      const kind = contact.kind === 'organization' ? ` (${t('read.organization')})` : '';
      const lines = [`${contact.name.full ?? t('read.noName')}${kind}`, ...details(contact, t)];
      const text = `${lines.map(printable).join('\n   ')}\n`;
      if (text === last) {
        repeated++;
        return '';
      }
      const told = flush();
      last = text;
      return `${told}${index + 1}. ${text}`;
    },
  };
}

function details(contact: Contact, t: Translate): string[] {
  const job = [contact.title, contact.department, contact.kind === 'person' ? contact.organization : undefined];
  const lines = [
    job.filter(Boolean).join(', '),
    contact.emails.map((email) => email.value).join(', '),
    contact.phones.map((phone) => phone.e164 ?? phone.raw).join(', '),
    ...contact.addresses.map((address) => address.raw.replace(/\s*[\r\n]+\s*/g, ', ')),
    contact.urls.map((url) => url.value).join(', '),
    contact.birthday ?? '',
    contact.categories.join(', '),
    ...(contact.consent ?? []).map((consent) => consent.evidence),
    ...contact.warnings.map(
      (warning) => `! ${t(`warning.${warning.code}`)}${warning.detail ? `: ${warning.detail}` : ''}`,
    ),
  ];
  return lines.filter((line) => line !== '');
}

/** Control and direction characters of a file must not command the terminal. */
function printable(line: string): string {
  return line.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
