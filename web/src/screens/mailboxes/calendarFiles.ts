import { readCalendarFile } from '../../../../server/correspondents/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { say, sayError } from '../../ui/undo.tsx';
import { refreshMailboxes } from './queries.ts';

export const isCalendarFile = ({ name, type }: File): boolean =>
  /\.(?:ics|ical)$/i.test(name) || type === 'text/calendar';

/** Has calendar files read, one after the other, and says what each came to. */
export async function readCalendarFiles(files: readonly File[]): Promise<void> {
  for (const file of files)
    try {
      const { meetings, private: passedOver } = await call(readCalendarFile, { text: await file.text() });
      say(t('mailboxes.calendars.fileRead', { meetings, private: passedOver }));
    } catch (error) {
      sayError(error);
    }
  await refreshMailboxes();
}
