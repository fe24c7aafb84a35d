/** Months within which a request is answered, and by how many these can be made longer (RGPD art. 12, 3). */
export const legalMonths = { answer: 1, extension: 2 } as const;
/** Days for which the link to an answer opens. */
export const answerDays = 30;
/** Days after the end for which the address of a request is kept, so that who asks again is met knowing it. */
export const addressDays = 90;
/** Days before the last one on which who has to answer is told again; from the last of them on, an answer may leave without those who are silent. */
const warnings = [14, 7, 3, 1, 0] as const;
export const silentDays = 3;

const day = 86_400_000;
const asDate = (date: string): Date => new Date(`${date}T00:00:00Z`);
const asText = (date: Date): string => date.toISOString().slice(0, 10);

/**
 * The last day of a period of months that begins with an event on a day (Regulation 1182/71, art. 3): the same date of the last month, or its last day
 * where it has no such date; a Saturday or Sunday is followed by Monday. Public holidays, which differ from country to country, lengthen nothing here.
 * @param receivedOn YYYY-MM-DD
 */
export function lastDay(receivedOn: string, months: number): string {
  const received = asDate(receivedOn);
  const [year, month] = [received.getUTCFullYear(), received.getUTCMonth() + months];
  const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const due = new Date(Date.UTC(year, month, Math.min(received.getUTCDate(), lastOfMonth)));
  const beyond = { 6: 2, 0: 1 }[due.getUTCDay()] ?? 0;
  return asText(new Date(due.getTime() + beyond * day));
}

/** Whole days from one to the other; negative once it is past. */
export const daysUntil = (due: string, today: string): number =>
  Math.round((asDate(due).getTime() - asDate(today).getTime()) / day);

/** Which warning a day is due for: the nearest that has begun, or `late`; null while there is time. */
export function warningOn(due: string, today: string): number | 'late' | null {
  const left = daysUntil(due, today);
  if (left < 0) return 'late';
  return warnings.findLast((one) => left <= one) ?? null;
}
