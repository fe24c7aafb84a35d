/**
 * What the messages of the corpus say of their writers, as its MANIFEST.tsv and the annotations beside them state it. The corpus is
 * no part of the project: the suite passes without it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Email } from 'postal-mime';
import { parseMessage } from '../mail/read.ts';
import { originOf } from '../mail-facts/origin.ts';
import { proposeContact, replyText } from './index.ts';

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

const lorem = (said: string): boolean => said.startsWith('Fusce') && said.split('\n').length === 5;
const hello = (said: string): boolean => said === 'Hello';

/** Of what messages say without quotes and signatures, as MANIFEST.tsv and the annotations beside them state it. */
const REPLIES: Record<string, (said: string) => boolean> = {
  ...Object.fromEntries(
    'android aol apple_mail_2 comcast gmail hotmail iphone outlook sparrow thunderbird yahoo'
      .split(' ')
      .map((name) => [`talon__${name}.eml`, hello]),
  ),
  ...Object.fromEntries(
    'email_10 email_11 email_fr_multiline email_french_dash_separator email_german_outlook email_ios_outlook_fr email_tricky_5_mixed_languages'
      .split(' ')
      .map((name) => [`crisp__${name}.txt`, lorem]),
  ),
  'crisp__email_3.txt': (said) => said.startsWith('Oh thanks.') && !/Russell|riak-users|^__/m.test(said),
  'crisp__email_customer_quote_header_3.txt': (said) =>
    said === "bonjour,\nje n'ai pas eu de retour sur ma précision..\nmerci d'avance",
  'crisp__correct_sig.txt': (said) => said === 'this is an email with a correct -- signature.',
  'crisp__email_tricky_16_unicode_signatures.txt': (said) =>
    said.startsWith('Thanks for the update!') && !/Product Manager|sarah@|555-0123/.test(said),
};

/** Whether a reply is told apart from its quotes and signature; undefined where nothing is stated of the message. */
export function replyUnderstood(folder: URL, { file, mail }: CorpusMessage): boolean | undefined {
  const said = replyText(mail);
  if (!file.endsWith('_body')) return REPLIES[file]?.(said);
  const read = (name: string) =>
    readFileSync(new URL(`email_signatures/${name}`, folder), 'utf8').replaceAll('#sig#', '');
  const signature = read(file.replace(/_body$/, '_signature'))
    .trim()
    .split('\n')[0]!;
  const body = read(file);
  return (
    said ===
    body
      .slice(0, body.indexOf(signature))
      .replace(/[\s-]+$/, '')
      .trim()
  );
}
