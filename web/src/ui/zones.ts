/** A clock's reading as `datetime-local` has it: YYYY-MM-DDTHH:MM. */
type Wall = string;

const parts = (zone: string) =>
  new Intl.DateTimeFormat('en-CA', {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    ...{ hourCycle: 'h23', timeZone: zone },
  } as Intl.DateTimeFormatOptions);

/** What clocks of a time zone show at an instant. */
export function wallOf(instant: Date, zone: string): Wall {
  const of = Object.fromEntries(
    parts(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  return `${of.year!.padStart(4, '0')}-${of.month}-${of.day}T${of.hour}:${of.minute}`;
}

const asUtc = (wall: Wall): number => Date.parse(`${wall.slice(0, 16)}:00Z`);

/**
 * The instant at which clocks of a time zone show this; of an hour that comes twice in autumn the first, of one that spring leaves out the one as
 * far behind the gap (as RFC 5545, 3.3.5 has it).
 */
export function instantOf(wall: Wall, zone: string): Date {
  const wanted = asUtc(wall);
  const offsetAt = (at: number) => asUtc(wallOf(new Date(at), zone)) - at;
  // The offset before and after any change of clocks on that day.
  const [before, after] = [offsetAt(wanted - 86_400_000), offsetAt(wanted + 86_400_000)];
  const fits = [before, after].find((offset) => offsetAt(wanted - offset) === offset);
  return new Date(wanted - (fits ?? before));
}

/** Time zones by their IANA names, the reader's own first. */
export function zones(): string[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [...new Set([own, ...Intl.supportedValuesOf('timeZone')])];
}
