import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Language, Saying } from '../../../../server/content/blocks-contract.ts';
import { tryContent } from '../../../../server/content/contract.ts';
import type { Kind } from '../../../../server/content/kinds-contract.ts';
import { reading } from '../../queries.ts';

interface Seen {
  wide: boolean;
  dark: boolean;
  /** Of an SMS: it advertises. */
  commercial: boolean;
  personId: string | undefined;
}

/** What is being written as somebody reads it, and what the checker finds: asked again a moment after the last stroke. */
export function useTrial(kind: Kind, saying: Saying, language: Language) {
  const [seen, setSeen] = useState<Seen>({
    ...{ wide: true, dark: false, commercial: true, personId: undefined },
  });
  const [settled] = useDebouncedValue(saying, 400);
  const { personId, dark, commercial } = seen;
  const answer = useQuery({
    ...reading(tryContent, {
      ...{ kind, language, saying: settled, dark, commercial },
      ...(personId ? { personId } : {}),
    }),
    placeholderData: (before) => before,
    gcTime: 30_000,
  });
  return {
    ...seen,
    data: answer.data,
    error: answer.error,
    findings: answer.data?.findings ?? [],
    set: (next: Partial<Seen>) => setSeen((before) => ({ ...before, ...next })),
  };
}
export type Trial = ReturnType<typeof useTrial>;
