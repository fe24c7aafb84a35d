import type { Pace, SendingOf, WhyNot } from '../../../../server/campaigns/contract.ts';
import { ApiError } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { sayError, sayProblem } from '../../ui/undo.tsx';

/** Why somebody does not get it, in a sentence. */
export const whyWords = (why: WhyNot): string => told(`campaigns.aside.${why}`) ?? told(`gate.${why}`) ?? why;
export const isOfGate = (why: WhyNot): boolean => !['no_address', 'left_segment', 'twice'].includes(why);

export function paceWords({ perHour, lots, overHours }: Pace): string {
  const speed = perHour === null ? t('campaigns.pace.free') : t('campaigns.pace.hour', { count: perHour });
  return lots > 1 && overHours > 0 ? `${speed} ${t('campaigns.pace.lots', { lots, hours: overHours })}` : speed;
}

/** What a variant is called. */
export const letterOf = (no: number): string => String.fromCharCode(64 + no);

/** A part of one in points of a hundred, with its sign. */
export const points = (part: number): string =>
  new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(
    part * 100,
  );

/** Where it stands, in a sentence. */
export function stateWords({ sending }: SendingOf): string {
  if (!sending) return t('campaigns.none');
  const { state, approved, startsAt, endedAt, toChoose } = sending;
  if (state === 'draft') return t(approved ? 'campaigns.state.ready' : 'campaigns.state.draft');
  if (state === 'scheduled') return t('campaigns.state.scheduled', { when: startsAt ? longInstant(startsAt) : '' });
  if (state === 'done' || state === 'stopped')
    return t(`campaigns.state.${state}`, { when: endedAt ? longInstant(endedAt) : '' });
  if (toChoose && state === 'sending') return t('campaigns.state.toChoose');
  return t(`campaigns.state.${state}`);
}

/** What stands in the way, as far as the server says it of this; else what it says of anything. */
export function sayWhyNot(error: unknown): void {
  const [field, why] = error instanceof ApiError ? (Object.entries(error.fields)[0] ?? []) : [];
  const words = field === 'step' ? told(`plan.may.${why}`) : told(`campaigns.not.${field}.${why}`);
  if (words) sayProblem(words);
  else sayError(error);
}
