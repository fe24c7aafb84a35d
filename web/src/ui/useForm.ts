import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../api.ts';
import { t, told } from '../i18n.ts';

export interface Form<V> {
  values: V;
  set: <K extends keyof V>(key: K, value: V[K]) => void;
  /** For a form with `noValidate`, whose fields carry their key as `name`: the browser would speak its own language. */
  submit: (event: FormEvent<HTMLFormElement>) => void;
  sending: boolean;
  error: unknown;
  /** What is wrong with this field, before it is sent or as the server says. */
  problem: (key: keyof V & string) => string | undefined;
}

/** The values of a form, and its sending. What cannot be sent, or is refused, stands at its field. */
export function useForm<V extends object>(initial: V, send: (values: V) => Promise<unknown>): Form<V> {
  const [values, setValues] = useState(initial);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const mutation = useMutation({ mutationFn: send });
  const fields = mutation.error instanceof ApiError ? mutation.error.fields : {};
  return {
    values,
    set: (key, value) => {
      setValues((before) => ({ ...before, [key]: value }));
      setMissing(({ [key as string]: _mended, ...others }) => others);
    },
    submit: (event) => {
      event.preventDefault();
      const found = invalidFields(event.currentTarget);
      setMissing(Object.fromEntries(found.map(({ field, message }) => [field.name, message])));
      found[0]?.field.focus();
      if (found.length === 0) mutation.mutate(values);
    },
    sending: mutation.isPending,
    error: mutation.error,
    problem: (key) => {
      // What the contract has further in goes by its last name.
      const said = Object.entries(fields).find(([path]) => path.split('.').at(-1) === key)?.[1];
      return missing[key] ?? (said === undefined ? undefined : wordsOf(said));
    },
  };
}

/** The server says a code of ours, or what its contract expects, in the language of this page. */
function wordsOf(said: string): string {
  return told(`error.field.${said}`) ?? (/^[a-z_]+$/.test(said) ? t('error.field.invalid') : said);
}

type Field = HTMLInputElement | HTMLTextAreaElement;

function invalidFields(form: HTMLFormElement): { field: Field; message: string }[] {
  return [...form.elements].flatMap((field) => {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) || field.name === '') return [];
    const message = messageOf(field);
    return message === undefined ? [] : [{ field, message }];
  });
}

function messageOf(field: Field): string | undefined {
  if (field.required && field.value.trim() === '') return t('error.field.required');
  if (field.validity.typeMismatch) return t('error.field.email');
  // `validity.tooShort` counts only what was typed since the page drew the value.
  return field.minLength > field.value.length ? t('error.field.short', { min: field.minLength }) : undefined;
}
