import { z } from 'zod';
import { purpose } from '../../delegation/contract.ts';
import type { Channel } from './channel.ts';

/** Words in both languages; of a form in one, the other may be left out. */
const words = (most: number) =>
  z.object({ fr: z.string().trim().max(most).default(''), en: z.string().trim().max(most).default('') }).prefault({});

/** What somebody is asked that has words of its own in the page; of each at most one. */
const known = ['name', 'email', 'phone', 'company', 'message'] as const;
/** Questions of one's own. */
const own = ['text', 'choice', 'yesno'] as const;

const field = z.object({
  /** How an answer is told from others; it stays when the words change. */
  key: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
  kind: z.enum([...known, ...own]),
  /** Of a known one: instead of its own words. */
  label: words(200),
  required: z.boolean().default(false),
  choices: z.array(words(200)).max(30).default([]),
});
export type FormField = z.output<typeof field>;

const consent = z.object({
  key: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
  /** What whoever ticks it agrees to be written to for. */
  purpose,
  words: words(1000),
});

const shape = z.object({
  languages: z.enum(['fr', 'en', 'both']).default('both'),
  title: words(200),
  intro: words(2000),
  thanks: words(2000),
  fields: z.array(field).min(1).max(30),
  consents: z.array(consent).max(10).default([]),
  /** Whoever has the address is asked whether it was them. Left out: where consents are asked, or what is missing. */
  confirm: z.boolean().optional(),
  /** Asks what the collection plan wants and is missing, at most so many questions; left out or null: nothing. */
  profile: z
    .object({ most: z.number().int().min(1).max(5) })
    .nullable()
    .default(null),
  /** Sites that may show it within their pages, scheme and host; empty: none. It stands at an address of its own in any case. */
  origins: z.array(z.url().max(200)).max(50).default([]),
  /** A book of the company into which a card is put. */
  bookId: z.uuid().nullable().default(null),
  /** The shared mailbox from which it is confirmed and answered; null: the company's outgoing mail. */
  mailboxId: z.uuid().nullable().default(null),
});

const formSettings = shape
  .transform((said) => ({ ...said, confirm: said.confirm ?? (said.consents.length > 0 || said.profile !== null) }))
  .superRefine((form, context) => {
    for (const [path, message] of problemsOf(form)) context.addIssue({ code: 'custom', path, message });
  });
export type FormSettings = z.output<typeof formSettings>;

export type FormLanguage = 'fr' | 'en';
export const languagesOf = ({ languages }: Pick<FormSettings, 'languages'>): FormLanguage[] =>
  languages === 'both' ? ['fr', 'en'] : [languages];

/** What keeps a form from being filled in, and where. */
function* problemsOf(form: FormSettings): Generator<[(string | number)[], string]> {
  const lacks = (said: Record<FormLanguage, string>) => languagesOf(form).some((one) => said[one] === '');
  if (lacks(form.title)) yield [['title'], 'required'];
  const seen = new Set<string>();
  const kinds = new Set<string>();
  for (const [no, { key, kind, label, choices }] of form.fields.entries()) {
    const at = ['fields', no];
    if (seen.has(key)) yield [[...at, 'key'], 'taken'];
    seen.add(key);
    if ((known as readonly string[]).includes(kind) && kinds.has(kind)) yield [[...at, 'kind'], 'taken'];
    kinds.add(kind);
    if ((own as readonly string[]).includes(kind) && lacks(label)) yield [[...at, 'label'], 'required'];
    if (kind === 'choice' && (choices.length < 2 || choices.some(lacks))) yield [[...at, 'choices'], 'required'];
  }
  for (const [no, { key, words: said }] of form.consents.entries()) {
    if (seen.has(key)) yield [['consents', no, 'key'], 'taken'];
    seen.add(key);
    if (lacks(said)) yield [['consents', no, 'words'], 'required'];
  }
  const asksAddress = form.fields.some(({ kind, required }) => kind === 'email' && required);
  // What is said of somebody stands once it is known that it was them.
  if (form.profile && !form.confirm) yield [['confirm'], 'profile'];
  // Without an address nobody can be asked, and nothing is there that a consent could stand at.
  if ((form.confirm || form.consents.length > 0) && !asksAddress) yield [['confirm'], 'email'];
}

/** A form that visitors fill in at our address; answers leave as mail. */
export const form: Channel<FormSettings, Record<string, never>> = {
  kind: 'form',
  settings: formSettings,
  secret: z.object({}),
  carried: true,
  capabilities: {
    public: false,
    mostCharacters: null,
    files: { mostOctets: 25 * 2 ** 20, types: ['*/*'] },
    windowHours: null,
    templates: false,
    subject: false,
  },
};
