import type { Outcome, Threshold } from '../../../../server/decisions/contract.ts';
import type { Planned, Raised } from '../../../../server/decisions/loop-contract.ts';
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

/** What was done about somebody, in a sentence. */
export function answerWords({ kind, state, by, to, reason }: NonNullable<Raised['answer']>): string {
  const lost = state === 'failed' || state === 'refused' || state === 'cancelled';
  const values = { by: by.name, to: to?.name ?? '', reason };
  if (lost) return t('decisions.answer.lost', values);
  return t(state === 'in_doubt' ? 'decisions.answer.doubt' : `decisions.answer.${kind}`, values);
}

/** How somebody will be reached, or all reasons why not. */
export function plannedWords({ way, to, refusals, reasons }: Planned): string[] {
  if (way !== 'none') return [t(`decisions.way.${way}`, { to: to?.name ?? '' })];
  return [
    ...refusals.map((one) => t(`conversations.refusal.${one}`)),
    ...(reasons.length > 0 ? reasons.map((one) => t(`gate.${one}`)) : [t('decisions.way.unknown')]),
  ];
}
