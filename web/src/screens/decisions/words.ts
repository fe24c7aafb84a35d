import type { Outcome, Threshold } from '../../../../server/decisions/contract.ts';
import { money, number } from '../../format.ts';
import { t } from '../../i18n.ts';

export const outcomeName = (outcome: Outcome | null): string => t(`decisions.outcome.${outcome ?? 'undecided'}`);

/** A threshold as a sentence, without what it does not ask for. */
export function thresholdSentence({ tone, people, accounts, cents, currency, days }: Threshold): string {
  return t('decisions.threshold.said', {
    ...{ tone, people, days, accounts: accounts > 1 ? number(accounts) : 'none' },
    value: cents > 0 ? money({ cents, currency }) : 'none',
  });
}
