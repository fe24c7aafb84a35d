import { TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../../api.ts';
import { t } from '../../i18n.ts';

/** Whether a code is asked for beside the password: the server says so once the password is right. */
export function useCodeQuestion() {
  const [asked, setAsked] = useState(false);
  /** @returns null when a code is asked for first */
  async function withCode<T>(send: () => Promise<T>): Promise<T | null> {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'code_required') throw error;
      setAsked(true);
      return null;
    }
  }
  return { asked, withCode };
}

/** An empty field is no code. */
export const codeOf = ({ code }: { code: string }) => (code.trim() === '' ? {} : { code: code.trim() });

interface CodeFieldProps {
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
  /** What may be typed. */
  hint: string;
}

/** Appears when it is its turn, and takes the focus. */
export function CodeField({ value, onChange, error, hint }: CodeFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <TextInput
      ref={input}
      name="code"
      label={t('identity.code')}
      description={hint}
      autoComplete="one-time-code"
      autoCapitalize="characters"
      spellCheck={false}
      maxLength={50}
      required
      withAsterisk={false}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
