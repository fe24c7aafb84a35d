import { Anchor } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';

/** A link to an address of ours that the server gave. */
export function HistoryLink({ to, children }: { to: string; children: ReactNode }) {
  const router = useRouter();
  const go = (event: MouseEvent) => {
    event.preventDefault();
    void router.history.push(to);
  };
  return (
    <Anchor href={to} onClick={go}>
      {children}
    </Anchor>
  );
}
