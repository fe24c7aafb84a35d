import type {
  FullOpportunity,
  Opportunity,
  Outcome,
  Reason,
  Stage,
} from '../../../../server/opportunities/contract.ts';
import { calendarDay, money } from '../../format.ts';
import { type MessageKey, t } from '../../i18n.ts';

/** What a stage is called: as an admin called it, else in the reader's language. */
export const stageName = ({ key, name }: Pick<Stage, 'key' | 'name'>): string =>
  name ?? t(`opportunities.stage.${key ?? 'lead'}`);

export const nameOfStage = (stages: readonly Stage[], stageId: string | null): string => {
  const stage = stages.find(({ id }) => id === stageId);
  return stage ? stageName(stage) : '–';
};

export const worthOf = ({ value }: Pick<Opportunity, 'value'>): string => (value ? money(value) : '');

export const reasonWord = (outcome: Outcome, reason: Reason): string =>
  t(`opportunities.reason.${outcome}.${reason}` as MessageKey);

/** Today on the reader's clock. */
export const today = (): string => new Date().toLocaleDateString('sv-SE');

export const isLate = ({ outcome, expectedOn }: Pick<Opportunity, 'outcome' | 'expectedOn'>): boolean =>
  outcome === null && expectedOn !== null && expectedOn < today();

/** When it is expected, or when it ended. */
export function whenOf(one: Opportunity): string {
  if (one.outcome !== null) return t(`opportunities.outcome.${one.outcome}`, { day: calendarDay(one.closedOn!) });
  if (one.expectedOn === null) return '';
  return t(isLate(one) ? 'opportunities.late' : 'opportunities.expected', { day: calendarDay(one.expectedOn) });
}

/** Who sees it, as a sentence. */
export function seenBy({ visibility }: Pick<FullOpportunity, 'visibility'>, workspace: string): string {
  if (visibility.kind === 'workspace') return t('opportunities.see.workspace', { workspace });
  if (visibility.kind === 'owner') return t('opportunities.see.owner');
  return visibility.name === ''
    ? t('opportunities.see.teamGone')
    : t('opportunities.see.team', { team: visibility.name });
}

/** An amount as people type it, in hundredths; undefined where it is none. */
export function centsOf(text: string): number | null | undefined {
  const plain = text.replaceAll(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  if (plain === '') return null;
  return /^\d{1,13}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : undefined;
}

/** The same amount, to be typed on. */
export const typedOf = (cents: number): string => (cents % 100 === 0 ? String(cents / 100) : (cents / 100).toFixed(2));

/** Currencies that are offered first; what an opportunity has stands beside them. */
export const commonCurrencies = ['EUR', 'CHF', 'GBP', 'USD', 'CAD', 'MAD', 'TND', 'XOF', 'SEK', 'PLN', 'JPY'] as const;
