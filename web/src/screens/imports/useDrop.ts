import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';
import { isCalendarFile, readCalendarFiles } from '../mailboxes/calendarFiles.ts';
import { sendFiles } from './uploads.ts';

/** Takes files in: one opens its own page, several the list of imports; calendars are read at once. */
export function useTakeFiles(): (files: readonly File[]) => Promise<void> {
  const router = useRouter();
  return useCallback(
    async (dropped) => {
      const calendars = dropped.filter(isCalendarFile);
      if (calendars.length > 0) await readCalendarFiles(calendars);
      const files = dropped.filter((file) => !isCalendarFile(file));
      if (files.length === 0) return;
      if (router.state.location.pathname !== '/imports') await router.navigate({ to: '/imports' });
      const [first] = await sendFiles(files);
      if (first === undefined || files.length > 1 || router.state.location.pathname !== '/imports') return;
      await router.navigate({ to: '/imports/$importId', params: { importId: first.id } });
    },
    [router],
  );
}
