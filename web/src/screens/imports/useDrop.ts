import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';
import { sendFiles } from './uploads.ts';

/** Takes files in: one opens its own page, several the list of imports. */
export function useTakeFiles(): (files: readonly File[]) => Promise<void> {
  const router = useRouter();
  return useCallback(
    async (files) => {
      if (files.length === 0) return;
      if (router.state.location.pathname !== '/imports') await router.navigate({ to: '/imports' });
      const [first] = await sendFiles(files);
      if (first === undefined || files.length > 1 || router.state.location.pathname !== '/imports') return;
      await router.navigate({ to: '/imports/$importId', params: { importId: first.id } });
    },
    [router],
  );
}
