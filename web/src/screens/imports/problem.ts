import type { ImportRecord } from '../../../../server/sources/contract.ts';
import { spoken, t, told } from '../../i18n.ts';

/** Why a file was refused or an import failed, as a sentence. The readers' own reasons come first. */
export function problemOf({ problem, state }: Pick<ImportRecord, 'problem' | 'state'>): string {
  const fallback = t(state === 'unreadable' ? 'error.unreadable_file' : 'error.internal');
  if (problem === null) return fallback;
  const reason = told(`unreadable.${problem.code}`, problem.details);
  return reason === undefined ? (told(`error.${problem.code}`, problem.details) ?? fallback) : asSentence(reason);
}

/** What a reader noticed on a row: `code`, or `code: the offending piece`. */
export function warningOf(warning: string): string {
  const [code = warning, ...rest] = warning.split(': ');
  const words = told(`warning.${code}`);
  return words === undefined ? warning : asSentence([words, ...rest].join(' – '));
}

/** The readers' reasons are fragments ("the file is empty"), because the command line puts the file's name before them. */
function asSentence(fragment: string): string {
  const [first = '', ...rest] = fragment;
  const text = first.toLocaleUpperCase(spoken()) + rest.join('');
  return /[.…]$/.test(text) ? text : `${text}.`;
}
