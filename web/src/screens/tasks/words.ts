import type { Task } from '../../../../server/tasks/contract.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';

const two = (part: number) => String(part).padStart(2, '0');

/** A day so many days from today, on this device's calendar, as `YYYY-MM-DD`. */
export function dayAfter(days: number, from = new Date()): string {
  const day = new Date(from.getFullYear(), from.getMonth(), from.getDate() + days);
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

export const isLate = ({ dueOn, doneAt }: Task): boolean => doneAt === null && dueOn !== null && dueOn < dayAfter(0);

/** "today at 15:30", "for 3 March 2027"; nothing where no day was said. */
export function dueWords({ dueOn, dueTime }: Task): string | undefined {
  if (dueOn === null) return undefined;
  const day =
    dueOn === dayAfter(0)
      ? t('tasks.today')
      : dueOn === dayAfter(1)
        ? t('tasks.tomorrow')
        : t('tasks.dueOn', { day: longDate(`${dueOn}T12:00:00`) });
  return dueTime === null ? day : `${day} ${t('tasks.at', { time: dueTime })}`;
}

export type Remind = 'never' | 'due' | 'dayBefore';
/** A task of a day, without a time, is recalled in the morning. */
const morning = '09:00';

/** The instant at which this device's owner means to be reminded. */
export function remindAt(remind: Remind, dueOn: string, dueTime: string): string | null {
  if (remind === 'never' || dueOn === '') return null;
  const due = new Date(`${dueOn}T${dueTime || morning}:00`);
  if (remind === 'dayBefore') due.setDate(due.getDate() - 1);
  return due.toISOString();
}

/** What was chosen, read back from the instant. */
export function remindOf({ remindAt: at, dueOn, dueTime }: Task): Remind {
  if (at === null || dueOn === null) return 'never';
  return at === remindAt('dayBefore', dueOn, dueTime ?? '') ? 'dayBefore' : 'due';
}
