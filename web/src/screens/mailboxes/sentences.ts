import type { Connection } from '../../../../server/connectors/contract.ts';
import type { Correspondent } from '../../../../server/correspondents/contract.ts';
import { ago, hours, longDate } from '../../format.ts';
import { t, told } from '../../i18n.ts';

const said = (parts: readonly (string | false)[]): string => parts.filter(Boolean).join(' · ');

/** Mail with somebody: how much each way, and when last. Empty: none. */
export function mailOf({ received, sent, beside, lastReceivedAt, lastSentAt }: Correspondent): string {
  if (received + sent + beside === 0) return '';
  const last = [lastReceivedAt, lastSentAt]
    .flatMap((at) => at ?? [])
    .sort()
    .at(-1);
  return said([
    received > 0 && t('mailboxes.received', { count: received }),
    sent > 0 && t('mailboxes.sent', { count: sent }),
    received + sent === 0 && t('mailboxes.beside', { count: beside }),
    last !== undefined && t('mailboxes.last', { when: ago(last) }),
  ]);
}

/** Meetings with somebody: how many, how long in all, and when last. Empty: none. */
export function meetingsOf({ meetings }: Correspondent): string {
  if (!meetings || meetings.count === 0) return '';
  return said([
    t('mailboxes.met', { count: meetings.count, time: hours(meetings.minutes) }),
    meetings.lastAt !== null && t('mailboxes.lastMet', { when: ago(meetings.lastAt) }),
  ]);
}

/** What more there is to say of them. */
export function circumstancesOf({ meetings }: Correspondent): string {
  if (!meetings) return '';
  const { alone, byMe, byThem, declined, nextAt } = meetings;
  return said([
    alone > 0 && t('mailboxes.met.alone', { count: alone }),
    byMe > 0 && t('mailboxes.met.byMe', { count: byMe }),
    byThem > 0 && t('mailboxes.met.byThem', { count: byThem }),
    declined > 0 && t('mailboxes.met.declined', { count: declined }),
    nextAt !== null && t('mailboxes.met.next', { when: longDate(nextAt) }),
  ]);
}

/** How what is read fares. @param begun what was there from the beginning is still being read */
export function readingOf({ kind, state, problem, running, syncedAt }: Connection, begun: boolean): string {
  if (state === 'paused') return t('mailboxes.paused');
  if (problem) return problemWords(problem, kind);
  if (begun || syncedAt === null) {
    if (!running && !begun) return t('mailboxes.waiting');
    return t(kind.startsWith('calendar') ? 'mailboxes.readingCalendar' : 'mailboxes.reading');
  }
  return t('mailboxes.upToDate', { when: ago(syncedAt) });
}

/** What a server would not do, in words. */
export const problemWords = (code: string, kind: string): string =>
  (kind.startsWith('calendar') ? told(`connections.problem.${code}.calendar`) : told(`mailboxes.problem.${code}`)) ??
  told(`connections.problem.${code}`) ??
  t('mailboxes.problem');
