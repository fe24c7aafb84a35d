import { bandFrom } from './paths-contract.ts';

/** What a member's own mail, meetings and words say of how well they know somebody. */
export interface Evidence {
  /** Messages: they wrote; the member wrote; both received what a third wrote. */
  received: number;
  sent: number;
  beside: number;
  /** Meetings held, and the hours of them that fall to each of the others who were there. */
  meetings: number;
  meetingHours: number;
  /** Of all of it. */
  firstAt: Date | null;
  lastAt: Date | null;
  /** Introductions that the member made of this person, or was made to them. */
  introductions: number;
  /** As the member says: never met (0) to friends (4). */
  closeness: number | null;
}

export type Ground = 'held' | 'mail' | 'meetings' | 'introduced' | 'said';

export interface Weighed {
  /** 0 to 100. */
  strength: number;
  grounds: Ground[];
}

/** What is left of a tie of which nothing was seen for so long is half. A year: relations in the same place of work outlast quarters. */
export const halfLifeDays = 365;
/** Of what somebody says, which holds for longer. */
export const saidHalfLifeDays = 3 * 365;

/** What holding a card says by itself: they have met, or might have. */
export const held = 10;

/** What each step of closeness stands for. */
const ofCloseness = [2, 25, 50, 75, 95] as const;

const day = 86_400_000;

/** What `strength` has come down to since it was seen, by halves. */
export function faded(strength: number, seenAt: Date, now: Date, halfLife = halfLifeDays): number {
  const age = Math.max(0, now.getTime() - seenAt.getTime()) / day;
  return strength * 2 ** (-age / halfLife);
}

/** Independent signs put together: none takes anything from another, and all together stay below certainty. */
const together = (signs: readonly number[]): number =>
  100 * (1 - signs.reduce((left, sign) => left * (1 - sign / 100), 1));

/** Grows quickly at first and never above `most`; half-way at about 0.7 × `scale`. */
const growing = (amount: number, most: number, scale: number): number => most * (1 - Math.exp(-amount / scale));

/**
 * How well a member knows a person, 0 to 100, with what it rests on. Messages in both directions count by their geometric mean, so that a newsletter
 * or a cold series of mails makes no tie (reciprocity: Granovetter, The Strength of Weak Ties, 1973; Gilbert and Karahalios, Predicting Tie
 * Strength with Social Media, 2009); meetings by the time that falls to each person there; both fade by halves in a year. What the member says
 * themself outranks what was counted.
 */
export function weigh(evidence: Evidence, now: Date): Weighed {
  const { received, sent, beside, meetings, meetingHours, firstAt, lastAt, introductions, closeness } = evidence;
  if (closeness !== null) return { strength: ofCloseness[closeness]!, grounds: ['said'] };
  const answered = growing(2 * Math.sqrt(received * sent), 70, 25);
  const written = growing(received + sent + beside / 2, 12, 40);
  const met = growing(meetingHours, 80, 4);
  const years = firstAt && lastAt ? Math.max(0, lastAt.getTime() - firstAt.getTime()) / (365 * day) : 0;
  // A relation that lasted says more than as many words in a week.
  const lasting = answered + met > 0 ? growing(years, 15, 3) : 0;
  const contact = together([answered, written, met, lasting]);
  const now_ = lastAt ? faded(contact, lastAt, now) : 0;
  const introduced = introductions > 0 ? growing(introductions, 30, 1) : 0;
  const found: Ground[] = ['held'];
  if (received + sent + beside > 0) found.push('mail');
  if (meetings > 0) found.push('meetings');
  if (introductions > 0) found.push('introduced');
  return { strength: Math.round(Math.min(99, together([held, now_, introduced]))), grounds: found };
}

/** What the hours that two persons spent in the same small meetings say of how well they know each other, 1 to 60. */
export const weighMet = (hours: number): number => Math.max(1, Math.round(growing(hours, 60, 4)));

/** What others are told of a strength where a member says how well they know people: the band and no number, which would tell a word or a day. */
export const toldStrength = (strength: number): number => ({ strong: 75, good: 40, weak: held })[bandOf(strength)];

/** In words: a strong tie, a good one; below a weak one, which often leads further than the others (Granovetter, 1973). */
export function bandOf(strength: number): 'strong' | 'good' | 'weak' {
  return strength >= bandFrom.strong ? 'strong' : strength >= bandFrom.good ? 'good' : 'weak';
}
