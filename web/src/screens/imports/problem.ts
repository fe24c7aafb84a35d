import type { ImportRecord } from '../../../../server/sources/contract.ts';
import { t, told } from '../../i18n.ts';

/** Why a file was refused or an import failed, in words. The readers' own reasons come first. */
export function problemOf({ problem, state }: Pick<ImportRecord, 'problem' | 'state'>): string {
  const fallback = t(state === 'unreadable' ? 'error.unreadable_file' : 'error.internal');
  if (problem === null) return fallback;
  return (
    told(`unreadable.${problem.code}`, problem.details) ?? told(`error.${problem.code}`, problem.details) ?? fallback
  );
}

/** What a reader noticed on a row. `code` or `code: the offending piece`. */
export function warningOf(warning: string): string {
  const [code = warning, ...rest] = warning.split(': ');
  return told(`warning.${code}`, { detail: rest.join(': ') }) ?? warning;
}
