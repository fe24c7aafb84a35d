/**
 * What the messages of the corpus say of their writers, as its MANIFEST.tsv and the annotations beside them state it. The corpus is
 * no part of the project: the suite passes without it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Email } from 'postal-mime';
import { parseMessage } from '../mail/read.ts';
import { originOf } from '../mail-facts/origin.ts';
import { proposeContact } from './index.ts';

/** Fields that annotations state, `kind value`; of the others of these folders none is stated, or that there is none. */
const STATED: Record<string, string[]> = {
  talon__jeff_body: ['name Stavros Xxxxxx'],
  talon__johndoeexamplecom_body: [
    'name John E. Doe, Ph.D.',
    'title President',
    'organization Xxx Research',
    'email john@example.com',
    'url www.example.com',
  ],
  talon__long_body: [
    'name Gina Xxxxxxxxx',
    'email gina@example.com',
    'phone work (555) 346-9947',
    'url www.example.com',
  ],
  talon__sparse_body: [
    'name Me John Doe',
    'phone work 555-931-0702',
    'phone fax 555-875-7611',
    'profile skype: xxx',
    'url http://example.com/',
    'url http://www.example.com/in/xxx',
  ],
  'crisp__email_tricky_16_unicode_signatures.txt': [
    'name Sarah Johnson',
    'title Product Manager',
    'email sarah@example.com',
    'phone mobile +1 555-0123',
  ],
};

export interface CorpusMessage {
  file: string;
  mail: Email;
  stated: string[];
}

/** All messages of the folders `email_signatures` and `emails`. */
export async function corpusMessages(folder: URL): Promise<CorpusMessage[]> {
  const found: CorpusMessage[] = [];
  for (const file of readdirSync(new URL('email_signatures/', folder))) {
    if (/_(?:sender|signature)$/.test(file)) continue;
    const mail = await parseMessage(bodyWithSender(folder, file));
    if (mail) found.push({ file, mail, stated: STATED[file] ?? [] });
  }
  for (const file of readdirSync(new URL('emails/', folder))) {
    const octets = readFileSync(new URL(`emails/${file}`, folder));
    const bare = file.endsWith('.html') ? 'From: Alex <alex@example.org>\nContent-Type: text/html\n\n' : '';
    const mail = await parseMessage(Buffer.concat([Buffer.from(bare), octets]));
    if (mail) found.push({ file, mail, stated: [] });
  }
  return found;
}

/** Bodies stand there without a header; of some the sender stands beside them. */
function bodyWithSender(folder: URL, file: string): Buffer {
  const read = (name: string) => readFileSync(new URL(`email_signatures/${name}`, folder), 'utf8');
  const sender = file.endsWith('_body') ? read(file.replace(/_body$/, '_sender')).trim() : 'x@unknown.example';
  const from = sender.includes('@') ? sender : `${sender} <x@unknown.example>`;
  return Buffer.from(`From: ${from}\nContent-Type: text/plain; charset=utf-8\n\n${read(file)}`);
}

/** What was read of a message, as `STATED` writes it, and whether a person wrote it. */
export function reading({ mail }: CorpusMessage): { fields: string[]; person: boolean } {
  const fields = proposeContact(mail, 'US')?.fields ?? [];
  return {
    fields: fields.map(({ kind, phone, value }) => [kind, phone, value].filter(Boolean).join(' ')),
    person: originOf(mail) === 'person',
  };
}
