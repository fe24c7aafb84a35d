import ICAL from 'ical.js';
import type { Wall } from './zones.ts';

/** From when to when meetings are of interest, as instants. */
export interface Span {
  from: number;
  to: number;
}

/** Days of a daily series that are looked at, leap for leap: 50 years. */
const mostSteps = 20_000;
const longestRule = 500;
/** Nobody meets hourly: such a rule counts as none. */
const FREQUENCIES = new Set(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']);

class TooLong extends Error {}

const asTime = (wall: Wall): ICAL.Time => {
  const at = new Date(wall);
  return ICAL.Time.fromData({
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  });
};

export const wallOf = ({ year, month, day, hour, minute, second }: ICAL.Time): Wall =>
  Date.UTC(year, month - 1, day, hour, minute, second);

/**
 * When a rule (RFC 5545, 3.3.10) has something happen within a span, beginning with `start`. What never ends is cut at the end of the span; what
 * finds no day, or takes too many steps to find one, ends there. An unreadable rule gives nothing but the start.
 *
 * @param until the rule's own end on the same clock as `start`; undefined: it has none
 */
export function expand(rule: ICAL.Recur, start: Wall, until: Wall | undefined, span: Span): Wall[] {
  const end = Math.min(until ?? Number.POSITIVE_INFINITY, span.to);
  if (
    !FREQUENCIES.has(rule.freq) ||
    !(rule.interval >= 1 && rule.interval <= 1000) ||
    rule.toString().length > longestRule
  )
    return [start];
  const found: Wall[] = [];
  try {
    const bounded = rule.clone();
    bounded.until = asTime(end);
    const steps = bounded.iterator(asTime(start));
    countSteps(steps, span.to);
    for (let next = steps.next(); next; next = steps.next()) {
      const at = wallOf(next);
      if (at > end) break;
      if (at >= span.from) found.push(at);
    }
  } catch (error) {
    // The library says so of rules that nothing can follow; what was found before stands.
    if (!(error instanceof TooLong) && found.length === 0) return [start];
  }
  return found;
}

/** The library looks for the next day for as long as there is none: each look is counted. */
function countSteps(steps: ICAL.RecurIterator, to: number): void {
  const check = steps.check_contracting_rules.bind(steps);
  let count = 0;
  steps.check_contracting_rules = () => {
    if (++count > mostSteps || wallOf(steps.last) > to) throw new TooLong();
    return check();
  };
}
