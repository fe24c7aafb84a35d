import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../api.ts';
import { t, told } from '../i18n.ts';

interface Form<V> {
  values: V;
  set: <K extends keyof V>(key: K, value: V[K]) => void;
  submit: (event: FormEvent) => void;
  sending: boolean;
  error: unknown;
  /** What the server says of this field. */
  problem: (key: keyof V & string) => string | undefined;
}

/** The values of a form, and its sending. What the server refuses stands at its field. */
export function useForm<V extends object>(initial: V, send: (values: V) => Promise<unknown>): Form<V> {
  const [values, setValues] = useState(initial);
  const mutation = useMutation({ mutationFn: send });
  const fields = mutation.error instanceof ApiError ? mutation.error.fields : {};
  return {
    values,
    set: (key, value) => setValues((before) => ({ ...before, [key]: value })),
    submit: (event) => {
      event.preventDefault();
      mutation.mutate(values);
    },
    sending: mutation.isPending,
    error: mutation.error,
    problem: (key) =>
      fields[key] === undefined ? undefined : (told(`error.field.${fields[key]}`) ?? t('error.field.invalid')),
  };
}
