import type { LaterReason, Message, Reason } from '../../../../server/outreach/contract.ts';
import { ago, longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';

export const reasonWords = (reason: Reason): string => t(`gate.${reason}`);
export const laterWords = (reason: LaterReason): string => t(`gate.later.${reason}`);
/** That it leaves later, and when. */
export const whenLater = (at: string): string => t('gate.later', { when: longInstant(at) });
export const reasonWhy = (reason: Reason): string => t(`gate.why.${reason}`);

/** What the mail server answered: the stage in words, its code behind. */
export function answerWords(answer: string): string {
  const [stage, ...code] = answer.split(' ');
  // A platform says it in words of its own list.
  const words = told(`mail.answer.${stage}`) ?? told(`channels.refusal.${stage}`) ?? t('mail.answer.unknown');
  return code.length > 0 ? `${words} ${t('mail.code', { code: code.join(' ') })}` : words;
}

/** Why a message came back (RFC 3463: x.1 is the address, x.2.2 a full mailbox, 4 is for now). */
export function bounceWords(status: string): string {
  if (!/^\d/.test(status)) return answerWords(status);
  const kind = /^\d\.2\.2$/.test(status)
    ? 'full'
    : status.startsWith('4')
      ? 'later'
      : /^5\.(?:1|2\.[016]|4\.4|0\.0|10)/.test(status)
        ? 'address'
        : 'refused';
  return t(`mail.bounced.${kind}`, { status });
}

/** Where a message stands, in a word or two. */
export function stateWords({ state, attempts, nextAt }: Message): string {
  return t(`mail.state.${state}`, { tried: attempts, when: nextAt ? soon(nextAt) : '' });
}

const soon = (instant: string): string => {
  const minutes = Math.max(1, Math.round((Date.parse(instant) - Date.now()) / 60_000));
  const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'always' });
  return minutes < 90 ? relative.format(minutes, 'minute') : relative.format(Math.round(minutes / 60), 'hour');
};

/** What it was for: a purpose, or that it went to a member. */
export const purposeWords = ({ kind, purpose }: Message): string =>
  kind !== 'contact'
    ? t(kind === 'member' ? 'mail.toMember' : 'mail.toAsker')
    : (told(`grant.purpose.${purpose}`) ?? purpose);

export const whenWords = ({ settledAt, createdAt }: Message): string => ago(settledAt ?? createdAt);
