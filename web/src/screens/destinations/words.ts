import { problemCode } from '../../../../server/connectors/contract.ts';
import { ownTroubles } from '../../../../server/destinations/contract.ts';
import { t } from '../../i18n.ts';
import { problemOf } from '../connections/sentences.ts';

/** Why a destination was not reached, in words; null for none. */
export function troubleOf(code: string | null | undefined): string | null {
  const own = ownTroubles.find((one) => one === code);
  if (own) return t(`destinations.trouble.${own}`);
  const known = problemCode.options.find((one) => one === code);
  return known ? problemOf(known) : null;
}

/** What came of a run. */
export function outcomeOf(outcome: string | null): string {
  if (outcome === null) return t('destinations.run.running');
  if (outcome === 'ok' || outcome === 'interrupted') return t(`destinations.run.${outcome}`);
  return troubleOf(outcome) ?? outcome;
}
