import type { Connection, ConnectionRun, ProblemCode, Provider } from '../../../../server/connectors/contract.ts';
import { longInstant } from '../../format.ts';
import { type MessageKey, t, told } from '../../i18n.ts';

/** How a connection fares, in a few words. */
export function healthOf({ state, running, syncedAt }: Connection): string {
  if (running) return t('connections.state.running');
  if (state !== 'ok') return t(`connections.state.${state}`);
  return syncedAt === null ? t('connections.state.never') : t('connections.state.ok', { when: longInstant(syncedAt) });
}

/** Why it does not work; of calendars, whose words differ, by their kind. */
export const problemOf = (code: ProblemCode, kind = ''): string =>
  (kind.startsWith('calendar') ? told(`connections.problem.${code}.calendar`) : undefined) ??
  t(`connections.problem.${code}`);

export const kindOf = (kind: string): string => told(`connections.kind.${kind}`) ?? kind;

/** Whose page opens an account of this kind. */
const opensAt: Partial<Record<string, Provider>> = { google_contacts: 'google', microsoft_contacts: 'microsoft' };

export const serviceOf = (provider: Provider): string => t(`connections.provider.${provider}`);

/** What it reads and writes, and what becomes of what. */
export function effectOf({ kind, twoWay }: { kind: string; twoWay: boolean }): string {
  if (kind.startsWith('file_')) return t('connections.does.files');
  if (kind.startsWith('calendar')) return t('connections.does.calendar');
  const opened = opensAt[kind];
  if (opened) return t('connections.does.opened', { service: serviceOf(opened) });
  const reads = told(`connections.reads.${kind}`);
  return [...(reads ? [reads] : []), t(twoWay ? 'connections.does.writes' : 'connections.does.reads')].join(' ');
}

/** What there is to choose from; undefined where a kind of service has one thing only. */
export function placeLabelOf(kind: string): string | undefined {
  if (kind === 'address_book' || kind in opensAt) return t('connections.place');
  if (kind === 'mailchimp') return t('connections.audience');
  return kind.startsWith('file_') ? t('connections.file') : undefined;
}

/** What a synchronisation came to: its numbers, or why it came to no good end. */
export function outcomeOf({ outcome, counts }: ConnectionRun): string {
  const numbers = Object.entries(counts).flatMap(([name, count]) => {
    const key = `connections.count.${name}`;
    return told(key) === undefined ? [] : [t(key as MessageKey, { count })];
  });
  if (outcome === null) return [t('connections.state.running'), ...numbers].join(' · ');
  if (outcome === 'interrupted') return [t('connections.state.interrupted'), ...numbers].join(' · ');
  if (outcome !== 'ok') return [problemOf(outcome), ...numbers].join(' ');
  return numbers.length === 0 ? t('connections.nothingNew') : numbers.join(' · ');
}
