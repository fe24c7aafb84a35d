import type { FullChannel } from '../../../../server/conversations/channels-contract.ts';

export type Language = 'fr' | 'en';
export type Words = Record<Language, string>;
const none = (): Words => ({ fr: '', en: '' });

/** Questions with words of their own in the page, of each at most one; and those that one asks oneself. */
export const knownKinds = ['name', 'email', 'phone', 'company', 'message'] as const;
export const ownKinds = ['text', 'choice', 'yesno'] as const;
export type QuestionKind = (typeof knownKinds)[number] | (typeof ownKinds)[number];
export const isOwn = (kind: QuestionKind): boolean => (ownKinds as readonly string[]).includes(kind);

export interface Question {
  key: string;
  kind: QuestionKind;
  label: Words;
  required: boolean;
  choices: Words[];
}

export interface Consent {
  key: string;
  purpose: string;
  words: Words;
}

/** A form as it is set up. */
export interface FormDraft {
  languages: 'fr' | 'en' | 'both';
  title: Words;
  intro: Words;
  thanks: Words;
  fields: Question[];
  consents: Consent[];
  confirm: boolean;
  /** Asks what the collection plan wants, at most so many questions; null: nothing. */
  profile: { most: number } | null;
  origins: string[];
  bookId: string | null;
  mailboxId: string | null;
}

export const languagesOf = ({ languages }: Pick<FormDraft, 'languages'>): Language[] =>
  languages === 'both' ? ['fr', 'en'] : [languages];

/** The next key that nobody has: an answer is told from others by it, whatever the words. */
export function freshKey(draft: Pick<FormDraft, 'fields' | 'consents'>, letter: 'q' | 'c'): string {
  const taken = new Set([...draft.fields, ...draft.consents].map(({ key }) => key));
  for (let no = 1; ; no++) if (!taken.has(`${letter}${no}`)) return `${letter}${no}`;
}

export function newQuestion(draft: FormDraft, kind: QuestionKind): Question {
  return {
    key: isOwn(kind) ? freshKey(draft, 'q') : kind,
    kind,
    label: none(),
    required: false,
    choices: kind === 'choice' ? [none(), none()] : [],
  };
}

export const newConsent = (draft: FormDraft): Consent => ({
  key: freshKey(draft, 'c'),
  purpose: 'newsletter',
  words: none(),
});

/** What a form asks at first: enough to be answered. */
export function newForm(language: Language): FormDraft {
  const empty: FormDraft = {
    ...{ languages: language, title: none(), intro: none(), thanks: none(), fields: [], consents: [], confirm: false },
    ...{ profile: null, origins: [], bookId: null, mailboxId: null },
  };
  const kinds = ['name', 'email', 'message'] as const;
  const fields = kinds.map((kind) => ({ ...newQuestion(empty, kind), required: kind !== 'name' }));
  return { ...empty, fields };
}

/** What is kept, in the shape in which it is typed. */
export const draftOf = ({ settings }: Pick<FullChannel, 'settings'>): FormDraft => settings as unknown as FormDraft;

/** Choices as they are typed, one a line, in one language; those of the other stay where they are. */
export function typeChoices(choices: readonly Words[], language: Language, typed: string): Words[] {
  const lines = typed.split('\n');
  const length = Math.max(lines.length, language === 'fr' ? countOf(choices, 'en') : countOf(choices, 'fr'));
  return Array.from({ length }, (_, no) => ({ ...none(), ...choices[no], [language]: lines[no] ?? '' }));
}

const countOf = (choices: readonly Words[], language: Language): number =>
  choices.findLastIndex((choice) => choice[language] !== '') + 1;

/** One place up or down. */
export function moved<T>(all: readonly T[], at: number, by: -1 | 1): T[] {
  const next = [...all];
  const [one] = next.splice(at, 1);
  next.splice(Math.min(Math.max(at + by, 0), next.length), 0, one!);
  return next;
}
