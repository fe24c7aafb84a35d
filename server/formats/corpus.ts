/**
 * What a correct reader must get out of the files of the corpus (its MANIFEST.tsv, in a form that can be checked). The corpus
 * is no part of the project: the suite passes without it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { type Contact, type UnreadableCode, UnreadableFile } from './contact.ts';
import { readContacts } from './index.ts';
import { ownText } from './mail/quotes.ts';
import { parseMessage } from './mail/read.ts';

/** Folder of the corpus, or undefined when it is not there. */
export function corpusFolder(): URL | undefined {
  const folder = new URL('../../../shared/data/', import.meta.url);
  return existsSync(new URL('MANIFEST.tsv', folder)) ? folder : undefined;
}

type Proof = (contacts: Contact[]) => boolean;

/** A number of contacts, with proofs; or the code of a refusal. */
interface Expectation {
  contacts?: number;
  refused?: UnreadableCode;
  proofs?: Record<string, Proof>;
}

const one = (contacts: Contact[]): Contact => contacts[0]!;
const emails = (contact: Contact | undefined): string => (contact?.emails ?? []).map((email) => email.value).join(' ');
const allOf =
  (kind: Contact['kind']): Proof =>
  (contacts) =>
    contacts.every((contact) => contact.kind === kind);
const refused = (code: UnreadableCode): Expectation => ({ refused: code });

const TABLES: Record<string, Expectation> = {
  'contacts_csv/constellation__google_contacts.csv': {
    contacts: 2,
    proofs: {
      'a comma in a quoted name stays': (c) => c[1]!.name.full === 'Zoë, Smith',
      'the phone is kept as written': (c) => one(c).phones[0]?.raw === '(757) 555-0101',
    },
  },
  'contacts_csv/dotmailer__contacts.csv': { contacts: 5 },
  'contacts_csv/dotmailer__contacts.xlsx': {
    contacts: 5,
    proofs: { 'same addresses as the CSV': (c) => /yopmail/.test(emails(c[4])) },
  },
  'contacts_csv/hannover__exhibitors.csv': {
    contacts: 7213,
    proofs: {
      'all are organisations': allOf('organization'),
      '2783 are German': (c) => c.filter((one) => one.addresses[0]?.country === 'Germany').length === 2783,
      '1473 are Chinese': (c) => c.filter((one) => one.addresses[0]?.country === 'China').length === 1473,
      '135 are French': (c) => c.filter((one) => one.addresses[0]?.countryCode === 'FR').length === 135,
      'Absoger SAS is in 82100': (c) =>
        c.find((one) => one.organization === 'Absoger SAS')?.addresses[0]?.postcode === '82100',
    },
  },
  'contacts_csv/horde__Gmail.csv': {
    contacts: 2,
    proofs: {
      'two e-mails each': (c) => c.every((one) => one.emails.length === 2),
      'a quoted comma in the company': (c) => one(c).organization === 'Example, Corp.',
    },
  },
  'contacts_csv/horde__KMail.csv': {
    contacts: 1,
    proofs: { 'names as the file has them': (c) => one(c).name.given === 'Firman Wandayandi' },
  },
  'contacts_csv/horde__Outlook.csv': {
    contacts: 1,
    proofs: {
      'the job title is no civility': (c) => one(c).title === 'Web Developer' && one(c).name.prefix === undefined,
      'company and department': (c) => one(c).organization === 'Foo' && one(c).department === 'Foo Net',
      Bandung: (c) => one(c).addresses[0]?.city === 'Bandung',
    },
  },
  'contacts_csv/horde__Thunderbird.csv': {
    contacts: 1,
    proofs: { 'known by position': (c) => one(c).name.family === 'Wandayandi' && one(c).title === 'Web Developer' },
  },
  'contacts_csv/horde__bug_6370.csv': {
    contacts: 1,
    proofs: {
      'line break and quotes in the street': (c) =>
        one(c).addresses[0]?.street === 'Big Tower\'", 1" Floor\n123 Main Street',
      'a zero date is none': (c) =>
        one(c).birthday === undefined && !one(c).warnings.some((w) => w.code === 'date.invalid'),
    },
  },
  'contacts_csv/hubspot__company_data.csv': { contacts: 24, proofs: { organisations: allOf('organization') } },
  'contacts_csv/hubspot__contact_data.csv': {
    contacts: 22,
    proofs: {
      'merged ids are kept': (c) =>
        one(c).uid === '78971951' && one(c).extra.some(({ value }) => value.startsWith('76340251;')),
    },
  },
  'contacts_csv/hubspot__contact_merge_audit_data.csv': refused('events'),
  'contacts_csv/linkedin__Connections.csv': {
    contacts: 10,
    proofs: {
      'three without e-mail': (c) => c.filter((one) => one.emails.length === 0).length === 3,
      'profile URL': (c) => one(c).urls[0]?.type === 'linkedin' && one(c).uid === one(c).urls[0]?.value,
    },
  },
  'contacts_csv/linkedin__Messages.csv': refused('messages'),
  'contacts_csv/noclist__groups.xlsx': {
    contacts: 6,
    proofs: { 'two a group': (c) => c.filter((one) => one.categories[0] === 'Group B').length === 2 },
  },
  'contacts_csv/npch__attendees.xlsx': {
    contacts: 5,
    proofs: {
      'a broken address is warned of': (c) => c.some((one) => one.warnings.some((w) => w.code === 'email.invalid')),
      'blanks are trimmed': (c) => c.some((one) => one.organization === 'Where'),
    },
  },
  'contacts_csv/ox__outlook_fr_header_repaired_cp1252.csv': refused('no_contacts'),
  'contacts_csv/roundcube__gmail.csv': {
    contacts: 1,
    proofs: {
      'the star is the preferred address': (c) =>
        one(c).emails[0]?.preferred === true && one(c).emails[0]?.type === 'home',
      groups: (c) => one(c).categories.join() === 'My Contacts,Test',
      birthday: (c) => one(c).birthday === '1975-12-12',
      '4 addresses, 7 phones': (c) => one(c).emails.length === 4 && one(c).phones.length === 7,
    },
  },
  'contacts_csv/roundcube__gmail.vcf': { contacts: 1 },
  'contacts_csv/roundcube__tb_plain.csv': {
    contacts: 1,
    proofs: {
      'birthday of three columns': (c) => one(c).birthday === '1970-11-15',
      'two addresses': (c) => one(c).addresses.length === 2,
    },
  },
  'contacts_csv/roundcube__tb_plain.vcf': { contacts: 1 },
  'contacts_csv/salesforce__sf_account_data.csv': {
    contacts: 10,
    proofs: { organisations: allOf('organization'), named: (c) => c.some((one) => one.organization === 'Seinfeld') },
  },
  'contacts_csv/salesforce__sf_contact_data.csv': {
    contacts: 4,
    proofs: { ids: (c) => c.every((one) => one.uid?.startsWith('003')) },
  },
  'contacts_csv/salesking__google_native_test_.csv': {
    contacts: 2,
    proofs: {
      'UTF-16 and a birthday': (c) => one(c).name.full === 'Angie Pupsi' && one(c).birthday === '1978-04-15',
      'a line break in the address': (c) => c[1]!.addresses[0]?.raw.includes('50789 Köln') === true,
    },
  },
  'contacts_csv/salesking__test1.csv': {
    contacts: 1,
    proofs: {
      'German names and address': (c) => one(c).name.family === 'Heineman' && one(c).addresses[0]?.postcode === '83620',
      tags: (c) => one(c).categories.join() === 'Messe,Presse',
    },
  },
  'contacts_csv/swit__attendees.csv': {
    contacts: 4,
    proofs: {
      'the # is no part of the header': (c) => one(c).name.given === 'John',
      'blanks trimmed': (c) => one(c).organization === 'College University',
    },
  },
};

const CONVERSATIONS: Record<string, Expectation> = {
  'conversations/airline__tweets_1_800.csv': refused('messages'),
  'conversations/anfer__reviews_fr_1_400.csv': refused('messages'),
  'conversations/comeup__avis.csv': refused('messages'),
  'conversations/whatstk__lorem-merge-part1.txt': refused('messages'),
  'conversations/whatstk__pokemon.txt': refused('messages'),
  'conversations/granary__feed_with_note.rss.xml': refused('messages'),
  'conversations/granary__note.bsky.json': refused('no_contacts'),
  'conversations/granary__actor.bsky.json': refused('no_contacts'),
  'conversations/granary__note_mastodon_with_video.as2.json': refused('no_contacts'),
  'conversations/granary__repost.bsky.json': refused('no_contacts'),
  'conversations/pywa__callback_button.json': refused('no_contacts'),
  'conversations/pywa__message_status.json': refused('no_contacts'),
  'conversations/pywa__system.json': refused('no_contacts'),
  'emails_fr_dataset/melusine__emails_0_23.json': refused('no_contacts'),
  'conversations/pywa__message.json': refused('no_contacts'),
  'conversations/zendesk__organization_data.csv': { contacts: 10, proofs: { organisations: allOf('organization') } },
  'conversations/zendesk__ticket_comment_data.csv': refused('messages'),
  'conversations/zendesk__ticket_data.csv': refused('messages'),
  'conversations/zendesk__user_data.csv': {
    contacts: 10,
    proofs: {
      'ids differ': (c) => new Set(c.map((one) => one.uid)).size === 10,
      'one address for all': (c) => c.every((one) => emails(one) === 'example@email.com'),
    },
  },
};

const REFERENCES: Record<string, Expectation> = {
  'fr_reference/diminutives__male_diminutives.csv': refused('no_contacts'),
  'fr_reference/lbb__city_codes.csv': refused('no_contacts'),
  'fr_reference/lbb__naf_labels.csv': refused('no_contacts'),
  'fr_reference/lbb__ogr_labels.csv': refused('no_contacts'),
  'fr_reference/lbb__rome_labels.csv': refused('no_contacts'),
  'fr_reference/nicknames__names.csv': refused('events'),
  'fr_reference/prenoms__Prenoms.csv': refused('no_contacts'),
  'fr_reference/npm_codes-naf.json': refused('no_contacts'),
  'fr_reference/sirene__sample_etablissements_OK.csv': {
    contacts: 3,
    proofs: { organisations: allOf('organization'), 'leading zeros stay': (c) => one(c).uid === '00588003400011' },
  },
  'fr_reference/etalab__natures-juridiques.json': refused('no_contacts'),
  'fr_reference/npm_email-providers_all.json': refused('no_contacts'),
  'fr_reference/npm_etalab_departements.json': refused('no_contacts'),
  'fr_reference/npm_free-email-domains.json': refused('no_contacts'),
  'fr_reference/sirene__etablissement.json': refused('no_contacts'),
  'graphs/eucore__email-Eu-core-department-labels.txt': refused('no_contacts'),
  'graphs/eucore__email-Eu-core.txt': refused('no_contacts'),
  'graphs/igraph__lesmis.graphml': refused('no_contacts'),
  'graphs/walsh__quaker-edges.csv': refused('events'),
  'graphs/walsh__quaker-nodes.csv': { contacts: 96 },
  'feeds/rssparser__encoding.rss': refused('messages'),
  'feeds/rssparser__gulp-atom.atom': refused('messages'),
  'feeds/rssparser__reddit.rss': refused('messages'),
  'feeds/rssparser__heise.atom': refused('messages'),
  'matching/dataset1.csv': { contacts: 1000 },
  'matching/dataset2.csv': { contacts: 5000 },
  'matching/nicknames_en.csv': refused('events'),
  'matching/dataset3.csv': { contacts: 5000 },
  'matching/fake_1000.csv': { contacts: 1000 },
  'business_cards/imvs8__validimage.jpg': refused('binary'),
  'business_cards/bizcardx__1.png': refused('binary'),
};

const named =
  (address: string, name: string): Proof =>
  (contacts) =>
    contacts.some((contact) => contact.name.full === name && emails(contact).toLowerCase() === address.toLowerCase());

const MAIL: Record<string, Expectation> = {
  'emails/mailparser__delivery-status.eml': refused('no_contacts'),
  'emails/mailparser__nested.eml': { contacts: 1 },
  'emails/mailparser__spam.eml': {
    contacts: 1,
    proofs: { 'noreply is nobody': (c) => !c.some((one) => /noreply/.test(emails(one))) },
  },
  'emails/mikel__empty_group_lists.eml': {
    contacts: 2,
    proofs: { sender: named('ceciledwards@sbcglobal.net', 'Cecil Edwards') },
  },
  'emails/mikel__encoding_madness.eml': {
    contacts: 1,
    proofs: { 'an empty address is none': (c) => !c.some((one) => emails(one) === '') },
  },
  'emails/mikel__multi_address_bounce1.eml': refused('no_contacts'),
  'emails/mikel__raw_email_multiple_from.eml': { contacts: 2 },
  'emails/mikel__report_422.eml': refused('no_contacts'),
  'emails/nylas__raw_message_with_ical_invite.txt': {
    contacts: 2,
    proofs: {
      'the organiser is read from the invitation': named('dontspam@khamidou.com', 'Karim Hamidou'),
      'the robot is nobody': (c) => !c.some((one) => /noreply/.test(emails(one))),
    },
  },
  'emails/phpmime__m0014': { contacts: 2, proofs: { sender: named('dwsauder@example.com', 'Doug Sauder') } },
  'emails/phpmime__m0015': refused('no_contacts'),
  'emails/redmine__fullname_of_sender_in_parentheses.eml': {
    contacts: 2,
    proofs: { comment: named('jdoe@example.net', 'John Doe') },
  },
  'emails/redmine__ticket_with_cc.eml': {
    contacts: 3,
    proofs: { cc: (c) => c.some((one) => emails(one) === 'DLopper@somenet.foo') },
  },
  'emails/sisimai__arf-01.eml': refused('no_contacts'),
  'emails/sisimai__lhost-gmail-01.eml': refused('no_contacts'),
  'emails/sisimai__lhost-office365-01.eml': refused('no_contacts'),
  'emails/sisimai__rfc3834-02.eml': {
    contacts: 2,
    proofs: { 'name with comma': named('nekonyaan@example.org', 'Nyaan Neko') },
  },
  'emails/sisimai__rhost-franceptt-07.eml': refused('no_contacts'),
  'emails/sisimai__rhost-franceptt-10.eml': refused('no_contacts'),
  'emails/talon__ms_outlook_2010.html': refused('no_contacts'),
  'mbox/coppit__mailarc-1.txt': { contacts: 16 },
  'mbox/coppit__newlines_at_beginning.txt': {
    contacts: 3,
    proofs: { first: named('dblank@comp.uark.edu', 'Douglas Blank') },
  },
};

/** Messages between two people: both are correspondents. */
const PAIRS = [
  'mikel__attachment_message_rfc822.eml',
  'mikel__japanese_shift_jis.eml',
  'mikel__raw_email10.eml',
  'redmine__issue_update_with_multiple_quoted_reply_above.eml',
  'redmine__smime_signature.eml',
  'redmine__thunderbird_with_attachment_iso-8859-1.eml',
  'sisimai__rfc3834-01.eml',
  'talon__android.eml',
  'talon__aol.eml',
  'talon__apple_mail_2.eml',
  'talon__comcast.eml',
  'talon__gmail.eml',
  'talon__hotmail.eml',
  'talon__iphone.eml',
  'talon__outlook.eml',
  'talon__sparrow.eml',
  'talon__thunderbird.eml',
  'talon__yahoo.eml',
];
for (const name of PAIRS) MAIL[`emails/${name}`] = { contacts: 2 };
MAIL['emails/talon__reply-quotations-share-block.eml'] = { contacts: 1 };
MAIL['emails/mailparser__mixed.eml'] = refused('no_contacts');
MAIL['emails/phpmime__issue116'] = refused('no_contacts');

export const FILES: Record<string, Expectation> = { ...TABLES, ...CONVERSATIONS, ...REFERENCES, ...MAIL };

/** Reads one file; what is not as expected, or nothing. */
export async function disappointments(folder: URL, file: string): Promise<string[]> {
  const expected = FILES[file]!;
  const contacts: Contact[] = [];
  try {
    for await (const contact of readContacts(() => chunks(readFileSync(new URL(file, folder))), {
      country: 'FR',
      fileName: file,
    })) {
      contacts.push(contact);
    }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return error.code === expected.refused ? [] : [`refused as ${error.code}`];
  }
  if (expected.refused) return [`read as ${contacts.length} contacts, to be refused as ${expected.refused}`];
  const failed = Object.entries(expected.proofs ?? {}).filter(([, proof]) => !proof(contacts));
  const wrong = contacts.length === expected.contacts ? [] : [`${contacts.length} contacts, not ${expected.contacts}`];
  return [...wrong, ...failed.map(([name]) => name)];
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** Messages whose own text, without quotes, is known. */
export const OWN_TEXTS: Record<string, string> = Object.fromEntries(
  ['android', 'aol', 'comcast', 'gmail', 'hotmail', 'outlook', 'thunderbird', 'yahoo'].map((name) => [
    `emails/talon__${name}.eml`,
    'Hello',
  ]),
);

/** What the sender of a message of the corpus wrote. */
export async function ownTextOf(folder: URL, file: string): Promise<string> {
  const mail = await parseMessage(readFileSync(new URL(file, folder)));
  return ownText(mail?.text ?? '').trim();
}

const LOREM = (text: string): boolean => text.startsWith('Fusce') && text.endsWith('eu nisl.') === false;

/** Bodies: what their own text must be. */
export const BODIES: Record<string, (own: string) => boolean> = {
  'crisp__email_10.txt': (own) => LOREM(own) && !own.includes('De :') && own.split('\n').length === 5,
  'crisp__email_11.txt': (own) => LOREM(own) && !own.includes('De :') && own.split('\n').length === 5,
  'crisp__email_3.txt': (own) => own.startsWith('Oh thanks.') && !own.includes('Russell'),
  'crisp__email_customer_quote_header_3.txt': (own) =>
    own === "bonjour,\nje n'ai pas eu de retour sur ma précision..\nmerci d'avance",
  'crisp__email_fr_multiline.txt': (own) => LOREM(own) && !own.includes('a écrit'),
  'crisp__email_french_dash_separator.txt': (own) => LOREM(own) && !own.includes('abc@abc.org'),
  'crisp__email_german_outlook.txt': (own) => LOREM(own) && !own.includes('Mustermann'),
  'crisp__email_ios_outlook_fr.txt': (own) => LOREM(own) && !own.includes('From:'),
  'crisp__email_tricky_5_mixed_languages.txt': (own) => LOREM(own) && !own.includes('Pierre Dubois'),
};

/** Whether a body of the corpus is understood. */
export function bodyUnderstood(folder: URL, name: string): boolean {
  const read = (file: string) => readFileSync(new URL(`email_signatures/${file}`, folder), 'utf8');
  const own = ownText(read(name));
  return BODIES[name]!(own);
}
