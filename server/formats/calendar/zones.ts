/** What a clock on the wall shows, as if it were UTC. */
export type Wall = number;

const formats = new Map<string, Intl.DateTimeFormat | null>();
/** Zones that are remembered: there are some 400, and whoever writes a file can invent more. */
const mostZones = 1000;

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat | null = null;
  try {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
      hourCycle: 'h23',
    });
  } catch {
    // No zone of IANA's.
  }
  if (formats.size < mostZones) formats.set(zone, format);
  return format;
}

/**
 * How far a zone is from UTC at an instant, in milliseconds: as IANA has it, else as the file says of its winter, else as UTC. An hour's error
 * changes nothing of who met whom.
 */
function offsetAt(zone: string, instant: number, offsets: ReadonlyMap<string, number>): number {
  const format = formatOf(zone);
  if (!format) return (offsets.get(zone) ?? 0) * 60_000;
  const [day, month, year, hour, minute, second] = format.format(instant).split(/\D+/).map(Number);
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) - instant;
}

/** The instant at which a clock of that zone shows this; of a time that summer leaves out, the one an hour later. */
export function toInstant(wall: Wall, zone: string | undefined, offsets: ReadonlyMap<string, number>): number {
  if (zone === undefined) return wall;
  const guess = wall - offsetAt(zone, wall, offsets);
  return wall - offsetAt(zone, guess, offsets);
}

/** What a clock of that zone shows then. */
export const toWall = (instant: number, zone: string | undefined, offsets: ReadonlyMap<string, number>): Wall =>
  zone === undefined ? instant : instant + offsetAt(zone, instant, offsets);
