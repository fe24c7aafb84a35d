import { piecesOf, type Variables } from '../content/index.ts';

/** Hours of the workspace's clock between which letters of a hunt leave, Monday to Friday: as people write. */
const hours = { from: 8, to: 19 } as const;

/** The parts of an instant in a time zone. */
function clockIn(at: Date, zone: string): { hour: number; minute: number; weekday: number } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hour: '2-digit', minute: '2-digit', weekday: 'short', hourCycle: 'h23' },
  }).formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)!.value;
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  return { hour: Number(of('hour')), minute: Number(of('minute')), weekday: days.indexOf(of('weekday')) };
}

const minute = 60_000;

/**
 * The first instant from `at` on at which people are at work in that zone. Quarters of an hour are looked at one after the other: nights on which clocks
 * are changed need no rule of their own.
 */
export function atWork(at: Date, zone: string): Date {
  let moment = at;
  for (let looked = 0; looked < 4 * 24 * 8; looked++) {
    const { hour, minute: past, weekday } = clockIn(moment, zone);
    if (weekday >= 1 && weekday <= 5 && hour >= hours.from && hour < hours.to) return moment;
    moment = new Date(moment.getTime() + (15 - (past % 15)) * minute - (moment.getTime() % minute));
  }
  return moment;
}

/**
 * When letters leave, one after the other as somebody writes them: each at least `pace` minutes behind the one before, up to twice that by lot, in hours
 * of work. @param last when the last one that was given a time leaves; null: there is none @param lot from 0 to 1
 */
export function timesFor(
  many: number,
  {
    now,
    last,
    pace,
    zone,
    lot = Math.random,
  }: { now: Date; last: Date | null; pace: number; zone: string; lot?: () => number },
): Date[] {
  const times: Date[] = [];
  // The first waits a little, so that it can be taken back.
  let at = Math.max(now.getTime() + minute, last ? last.getTime() + pace * minute * (1 + lot()) : 0);
  for (let n = 0; n < many; n++) {
    const time = atWork(new Date(at), zone);
    times.push(time);
    at = time.getTime() + pace * minute * (1 + lot());
  }
  return times;
}

const through = {
  upcase: (text: string) => text.toLocaleUpperCase(),
  downcase: (text: string) => text.toLocaleLowerCase(),
  capitalize: (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1),
} as const;

/** A letter for one person. @returns its words, and what it asks for that is not known */
export function writeLetter(text: string, variables: Variables): { words: string; missing: string[] } {
  const missing: string[] = [];
  const words = piecesOf(text).map((piece) => {
    if (piece.kind === 'words') return piece.text;
    if (piece.kind === 'wrong') return '';
    const { variable, fallback, filters } = piece.expression;
    const value = variables[variable] ?? fallback;
    if (value === null || value === undefined) {
      missing.push(variable);
      return '';
    }
    return filters.reduce((so, name) => through[name](so), value);
  });
  return { words: words.join(''), missing };
}

/** What cannot be read of a letter: wrong marks, variables that the dictionary does not hold or that a letter has no page for. */
export const wrongIn = (text: string): string[] =>
  piecesOf(text).flatMap((piece) => {
    if (piece.kind === 'wrong') return [piece.text];
    if (piece.kind === 'value' && /^(link|event)\./.test(piece.expression.variable)) return [piece.expression.variable];
    return [];
  });
