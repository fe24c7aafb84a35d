import { z } from 'zod';
import {
  type Access,
  type Batch,
  type Connector,
  passingTrouble,
  type Since,
  Trouble,
} from '../connectors/connector.ts';
import { type CollectionKind, pullCollection } from '../connectors/dav/collection.ts';
import { findCollections } from '../connectors/dav/discovery.ts';
import * as dav from '../connectors/dav/settings.ts';
import { type Calendar, type CalendarEvent, isCalendar, readCalendar } from '../formats/calendar/index.ts';
import { sha256 } from '../kernel/ids.ts';
import { findEntryStates } from './meetings.ts';
import { isDueWhole, spanOf } from './rules.ts';
import { type CalendarEntry, takeMeetings } from './taking-meetings.ts';
import { weighSoon } from './weighing.ts';

/** Addresses of the owner's in this calendar, besides those that are known of them anyway. */
const addresses = z.array(z.email().max(320)).max(20).default([]);

const letOthersWork = () => new Promise<void>((done) => setImmediate(done));
const read = (text: string): Promise<Calendar> => readCalendar(text, spanOf(new Date()), letOthersWork);

/** Where reading goes on: in the words of whoever reads, and since when the whole calendar was not read. */
const cursor = z.looseObject({ readAt: z.string() });

/**
 * Reads a calendar by what has changed, and all of it now and then: a series without an end goes on, and what lay too far ahead comes near.
 * @param pull says what changed since a cursor, or, `whole`, all that is there
 */
async function* pullCalendar(
  since: Since,
  pull: (since: Since, whole: boolean) => AsyncGenerator<Batch<CalendarEntry>>,
): AsyncGenerator<Batch<CalendarEntry>> {
  const before = cursor.safeParse(since.cursor).data;
  const now = new Date();
  const whole = isDueWhole(before?.readAt, now);
  const readAt = whole ? now.toISOString() : before!.readAt;
  for await (const batch of pull(whole ? { ...since, cursor: null } : since, whole))
    yield batch.cursor === undefined ? batch : { ...batch, cursor: { ...(batch.cursor as object), readAt } };
}

const keeping: Pick<Connector<never, never, CalendarEntry>, 'known' | 'take'> = {
  known: findEntryStates,
  async take({ app, tx, ...calendar }, { items, gone }) {
    const counts = await takeMeetings(app, tx, calendar, items, gone);
    await weighSoon(app, tx, calendar);
    return { ...counts };
  },
};

const calendarsOnline: CollectionKind = {
  service: 'caldav',
  addresses: { icloud: 'https://caldav.icloud.com/', fastmail: 'https://caldav.fastmail.com/' },
  type: 'K:calendar',
  home: 'K:calendar-home-set',
  multiget: 'K:calendar-multiget',
  data: 'K:calendar-data',
  mediaType: 'text/calendar',
};

const account = dav.settings.and(z.object({ addresses }));

/** A calendar of an account online (CalDAV, RFC 4791): read, never written to. */
export const calendarOnline: Connector<z.output<typeof account>, dav.Secret, CalendarEntry> = {
  ...keeping,
  kind: 'calendar',
  settings: account,
  secret: dav.secret,
  every: 900,
  connect: async (access) =>
    (await findCollections(access, calendarsOnline)).map((place) => ({ ...place, writable: false })),
  pull: (access, since) =>
    pullCalendar(since, (from, whole) => {
      // In no state that it is known in, all is fetched; what is gone is told by its name.
      const known = async () => new Map([...(await since.known())].map(([key]) => [key, null]));
      return pullCollection(access, whole ? { ...from, known } : from, calendarsOnline, async (key, state, octets) => [
        { key, state, events: (await read(octets)).events },
      ]);
    }),
};

/** When the last of its meetings begins, in milliseconds; 0: it has none. */
const lastOf = ({ occasions }: CalendarEvent): number =>
  occasions.reduce((last, { starts }) => Math.max(last, starts.at(-1)!.getTime()), 0);
const firstOf = ({ occasions }: CalendarEvent): number =>
  occasions.reduce((first, { starts }) => Math.min(first, starts[0]!.getTime()), Number.POSITIVE_INFINITY);

const entryOf = (event: CalendarEvent): CalendarEntry => ({
  key: sha256(event.uid).toString('base64url'),
  state: `${sha256(JSON.stringify(event)).toString('base64url')} ${lastOf(event)}`,
  events: [event],
});

/** What a calendar file holds, event by event. */
export const readCalendarText = async (text: string): Promise<CalendarEntry[]> =>
  (await read(text)).events.map(entryOf);

/** Octets of a calendar at an address: some 30,000 events. */
const largest = 24 * 2 ** 20;
const mostRedirects = 5;

const published = z.object({ addresses });
const secretAddress = z.object({
  url: z
    .string()
    .trim()
    .max(2000)
    .transform((url) => url.replace(/^webcals?:/i, 'https:'))
    .pipe(z.url({ protocol: /^https?$/ })),
});
type AddressAccess = Access<z.output<typeof published>, z.output<typeof secretAddress>>;

/** What tells that it has not changed (RFC 9110, 13.1). */
const validators = z.object({ etag: z.string().nullable(), modified: z.string().nullable() });

async function ask({ secret, guarded, signal }: AddressAccess, headers: Record<string, string>): Promise<Response> {
  for (let url = secret.url, hops = 0; ; hops++) {
    const answer = await guarded.fetch(url, {
      headers: { 'user-agent': 'Entregent', accept: 'text/calendar', ...headers },
      signal,
      limit: largest,
    });
    if (answer.status === 200 || answer.status === 304) return answer;
    await answer.body?.cancel();
    const next = answer.status < 400 ? answer.headers.get('location') : null;
    // Nothing but the address itself opens it: no password goes along to wherever it leads.
    if (next && hops < mostRedirects && URL.canParse(next, url)) url = new URL(next, url).href;
    else throw toTrouble(answer);
  }
}

function toTrouble(answer: Response): Trouble {
  const { status } = answer;
  if (status === 401 || status === 403) return new Trouble('forbidden');
  if (status === 404 || status === 410) return new Trouble('place_gone');
  return passingTrouble(answer) ?? new Trouble('malformed');
}

async function fetchCalendar(answer: Response): Promise<Calendar> {
  const text = await answer.text();
  if (!isCalendar(text)) throw new Trouble('malformed');
  return read(text);
}

/** Events of a batch. */
const together = 300;

/**
 * The whole calendar, as it is published. Many services show only what is not long ago: what lies before the earliest meeting that is shown has
 * not been taken away.
 */
async function* pullPublished(
  access: AddressAccess,
  since: Since,
  whole: boolean,
): AsyncGenerator<Batch<CalendarEntry>> {
  const at = validators.safeParse(since.cursor).data;
  const condition: Record<string, string> = {};
  if (at?.etag) condition['if-none-match'] = at.etag;
  else if (at?.modified) condition['if-modified-since'] = at.modified;
  const answer = await ask(access, condition);
  if (answer.status === 304) return void (await answer.body?.cancel());
  const { events } = await fetchCalendar(answer);
  const known = await since.known();
  const there = events.map(entryOf);
  const changed = there.filter(({ key, state }) => whole || known.get(key) !== state);
  for (let from = 0; from < changed.length; from += together)
    yield { items: changed.slice(from, from + together), gone: [] };
  const earliest = events.reduce((first, event) => Math.min(first, firstOf(event)), Date.now());
  const shown = new Set(there.map(({ key }) => key));
  const gone = [...known].flatMap(([key, state]) => {
    const last = Number(state?.split(' ')[1]);
    return shown.has(key) || (last > 0 && last < earliest) ? [] : [key];
  });
  const { headers } = answer;
  yield { items: [], gone, cursor: { etag: headers.get('etag'), modified: headers.get('last-modified') } };
}

/** A calendar that a service publishes at an address which nobody else knows. */
export const calendarAtAddress: Connector<z.output<typeof published>, z.output<typeof secretAddress>, CalendarEntry> = {
  ...keeping,
  kind: 'calendar_at_address',
  settings: published,
  secret: secretAddress,
  every: 3600,
  async connect(access) {
    const { name } = await fetchCalendar(await ask(access, {}));
    return [{ id: 'calendar', name: name || new URL(access.secret.url).hostname, writable: false }];
  },
  pull: (access, since) => pullCalendar(since, (from, whole) => pullPublished(access, from, whole)),
};
