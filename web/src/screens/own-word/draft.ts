import { useState } from 'react';
import type { Given } from '../../../../server/attributes/contract.ts';
import type { FieldInput } from '../../../../server/cards/contract.ts';
import type { Input, Output } from '../../../../server/kernel/contract.ts';
import type { answer, enter, HeldValue, Preference } from '../../../../server/self-update/contract.ts';
import { draftOf, type Draft as Words } from '../contacts/draft.ts';

export type Visit = Output<typeof enter>;
type Purposes = Preference['purposes'];

/** What somebody is about to say of themself. */
export interface Draft {
  changed: Record<string, FieldInput>;
  gone: string[];
  added: FieldInput[];
  /** Only those that were touched. */
  wishes: Record<string, Purposes>;
  /** Answers to what was asked, by its number. */
  answers: Record<number, Given | null>;
  /** Whether it may be seen what becomes of mails; null: not touched. */
  tracking: boolean | null;
  left: boolean;
  successor: { name: string; email: string; phone: string; title: string };
  share: boolean;
}

export const emptyDraft: Draft = {
  changed: {},
  gone: [],
  added: [],
  wishes: {},
  answers: {},
  tracking: null,
  left: false,
  successor: { name: '', email: '', phone: '', title: '' },
  share: true,
};

const kept = new Map<string, unknown>();

/** State that outlives a change of the page's language, which draws everything anew; it is never written down. */
export function useKept<T>(name: string, initial: T): [T, (next: T) => void] {
  const [value, setValue] = useState(() => (kept.has(name) ? (kept.get(name) as T) : initial));
  return [
    value,
    (next) => {
      kept.set(name, next);
      setValue(next);
    },
  ];
}

/** Whether a value goes with an employer: it goes when one leaves. An address or number that is not said to be private does. */
export function isOfWork({ kind, value }: HeldValue): boolean {
  if (kind === 'organization' || kind === 'title') return true;
  if (kind === 'email') return value.type === 'work';
  if (kind === 'phone') return value.place === 'work';
  return kind === 'address' && value.type === 'work';
}

/** A field on one line, as it was typed. */
export function lineOf({ kind, value }: FieldInput): string {
  const words: Words = draftOf({ value });
  switch (kind) {
    case 'name':
      return [words.given, words.family].filter(Boolean).join(' ') || (words.full ?? '');
    case 'phone':
      return words.raw ?? '';
    case 'organization':
      return [words.name, words.department].filter(Boolean).join(', ');
    case 'address':
      return [words.street, [words.postcode, words.city].filter(Boolean).join(' '), words.country]
        .filter(Boolean)
        .join(', ');
    default:
      return words.value ?? '';
  }
}

const answered = ({ answers }: Pick<Draft, 'answers'>) =>
  Object.entries(answers).flatMap(([no, value]) => (value === null ? [] : [{ no: Number(no), value }]));

export const isTouched = ({ changed, gone, added, wishes, answers, successor, tracking }: Draft): boolean =>
  Object.keys(changed).length + gone.length + added.length + Object.keys(wishes).length + answered({ answers }).length >
    0 ||
  successor.name !== '' ||
  tracking !== null;

/** What is sent: whatever was neither changed nor taken away is right. */
export function answerOf(token: string, { visit, values }: Visit, draft: Draft): Input<typeof answer> {
  const { changed, gone, added, wishes, left, share } = draft;
  const { name, email, phone, title } = draft.successor;
  return {
    token,
    visit,
    right: values.map(({ key }) => key).filter((key) => !gone.includes(key) && !changed[key]),
    changed: Object.entries(changed).map(([key, to]) => ({ key, to })),
    gone,
    added,
    answers: answered(draft),
    ...(draft.tracking !== null && { tracking: draft.tracking }),
    preferences: Object.entries(wishes).map(([key, purposes]) => ({ key, purposes })),
    share,
    successor:
      left && name.trim() !== ''
        ? { name, email: email.trim() || null, phone: phone.trim() || null, title: title.trim() || null }
        : null,
  };
}
