/** Lines of one event that are looked at; the rest (titles' neighbours: descriptions, places, attachments, alarms) is never parsed. */
const WANTED = new Set(
  `UID DTSTART DTEND DURATION RRULE RDATE EXDATE RECURRENCE-ID STATUS CLASS SUMMARY CATEGORIES ATTENDEE ORGANIZER`.split(
    ' ',
  ),
);
/** Signs of a line, and lines of an event: what goes beyond is not read. */
const longestLine = 8000;
const mostLines = 1000;

/** What a calendar file holds: its events as their lines, and how far zones of its own are from UTC. */
export interface Blocks {
  name: string;
  /** Unfolded lines of interest of each event (RFC 5545, 3.6.1). */
  events: string[][];
  /** Minutes east of UTC in winter, by the name of a zone that the file defines (RFC 5545, 3.6.5). */
  offsets: Map<string, number>;
}

/** Unfolded lines (RFC 5545, 3.1), each cut off at its limit. One pass, however the text is made. */
function* unfold(text: string): Generator<string> {
  let line = '';
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const stop = text[end - 1] === '\r' ? end - 1 : end;
    const folded = text[at] === ' ' || text[at] === '\t';
    const room = folded ? longestLine - line.length : longestLine;
    const piece = text.slice(folded ? at + 1 : at, Math.min(stop, at + Math.max(0, room) + 1));
    if (folded) line += piece;
    else {
      if (line) yield line;
      line = piece;
    }
    at = end + 1;
  }
  if (line) yield line;
}

const nameOf = (line: string): string => /^[A-Za-z0-9-]+/.exec(line)?.[0].toUpperCase() ?? '';
const textOf = (line: string): string => line.slice(line.indexOf(':') + 1).trim();

/** Takes a calendar apart without judging it: what is broken in one event spoils no other. */
export function readBlocks(text: string): Blocks {
  const blocks: Blocks = { name: '', events: [], offsets: new Map() };
  /** Names of the components that the line lies in. */
  let within: string[] = [];
  let event: string[] = [];
  let zone = '';
  for (const line of unfold(text.replace(/^\uFEFF/, ''))) {
    const name = nameOf(line);
    if (name === 'BEGIN') {
      // A calendar, an event, a part of it: nothing lies deeper.
      within = [...within, textOf(line).toUpperCase()].slice(-4);
      if (within.at(-1) === 'VEVENT') event = [];
      if (within.at(-1) === 'VTIMEZONE') zone = '';
      continue;
    }
    const [outer, inner] = within.slice(-2);
    const component = inner ?? outer;
    if (name === 'END') {
      if (component === 'VEVENT' && event.length > 0) blocks.events.push(event);
      within = within.slice(0, -1);
    } else if (component === 'VEVENT' && WANTED.has(name) && event.length < mostLines) event.push(line);
    else if (component === 'VTIMEZONE' && name === 'TZID') zone = textOf(line);
    else if (component === 'STANDARD' && name === 'TZOFFSETTO') {
      const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)/.exec(textOf(line)) ?? [];
      if (zone && sign) blocks.offsets.set(zone, Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)));
    } else if (component === 'VCALENDAR' && name === 'X-WR-CALNAME') blocks.name = textOf(line).slice(0, 200);
  }
  return blocks;
}
