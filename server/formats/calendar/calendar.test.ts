import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCalendar, type Occasion, readCalendar } from './index.ts';

const span = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2027, 0, 31) };
const people = [
  'ORGANIZER;CN=Anne:mailto:anne@a.example',
  'ATTENDEE;PARTSTAT=ACCEPTED;CN="Doe, Bob":MAILTO:Bob@B.example',
];

const calendar = (...events: string[][]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
  ].join('\r\n');
const meeting = (...lines: string[]) =>
  calendar(['UID:u1', 'DTSTART:20261103T090000Z', 'DTEND:20261103T100000Z', ...people, ...lines]);
const occasions = async (text: string): Promise<Occasion[]> =>
  (await readCalendar(text, span)).events[0]?.occasions ?? [];
const starts = async (text: string) =>
  (await occasions(text)).map((one) => one.starts.map((at) => at.toISOString().slice(0, 16)));

describe('a meeting', () => {
  test('says who, when and how long, and nothing else', async () => {
    expect(await readCalendar(meeting('SUMMARY:Merger', 'LOCATION:Room 3', 'DESCRIPTION:Secret'), span)).toEqual({
      name: '',
      events: [
        {
          uid: 'u1',
          private: false,
          occasions: [
            {
              recurrence: '',
              starts: [new Date('2026-11-03T09:00:00Z')],
              minutes: 60,
              people: [
                { email: 'anne@a.example', name: 'Anne', organiser: true, answer: 'none' },
                { email: 'bob@b.example', name: 'Doe, Bob', organiser: false, answer: 'accepted' },
              ],
            },
          ],
        },
      ],
    });
  });

  test.each([
    ['its class', 'CLASS:PRIVATE'],
    ['its class, confidential', 'CLASS:CONFIDENTIAL'],
    ['its title', 'SUMMARY:[Privé] dentiste'],
    ['a word in its title', 'SUMMARY:Déjeuner perso'],
    ['the first word of its title', 'SUMMARY:Private lunch'],
    ['its title in German', 'SUMMARY:Privat'],
    ['its category', 'CATEGORIES:Travaux,Personnel'],
  ])('that is private by %s is not read', async (_by, line) => {
    expect((await readCalendar(meeting(line), span)).events).toEqual([{ uid: 'u1', private: true, occasions: [] }]);
  });

  test.each([
    ['cancelled', 'STATUS:CANCELLED'],
    ['all day', 'DTSTART;VALUE=DATE:20261103'],
    ['longer than a day', 'DTEND:20261105T100000Z'],
  ])('that is %s is none', async (_what, line) => {
    const name = /^[A-Z]+/.exec(line)![0];
    const lines = meeting()
      .split('\r\n')
      .filter((one) => !one.startsWith(`${name}:`));
    expect(await occasions([...lines.slice(0, 3), line, ...lines.slice(3)].join('\r\n'))).toEqual([]);
  });

  test('has no rooms, resources and lists among its people, whoever is named twice counts once', async () => {
    const [one] = await occasions(
      meeting(
        'ATTENDEE;CUTYPE=ROOM:mailto:room3@a.example',
        'ATTENDEE;CUTYPE=RESOURCE:mailto:beamer@a.example',
        'ATTENDEE;CUTYPE=GROUP:mailto:team@a.example',
        'ATTENDEE;PARTSTAT=DECLINED:mailto:ANNE@a.example',
        'ATTENDEE;EMAIL=zoe@z.example:urn:uuid:5d1b',
        'ATTENDEE:invalid',
      ),
    );
    expect(one!.people.map(({ email, organiser, answer }) => [email, organiser, answer])).toEqual([
      ['anne@a.example', true, 'declined'],
      ['bob@b.example', false, 'accepted'],
      ['zoe@z.example', false, 'none'],
    ]);
  });
});

describe('time zones', () => {
  const at = (line: string, ...zone: string[]) =>
    starts(['BEGIN:VCALENDAR', ...zone, calendar(['UID:u', line, ...people]).slice(17)].join('\r\n'));
  const own = (name: string) => [
    'BEGIN:VTIMEZONE',
    `TZID:${name}`,
    'BEGIN:STANDARD',
    'TZOFFSETTO:+0530',
    'END:STANDARD',
    'END:VTIMEZONE',
  ];
  test.each([
    ['of IANA, in winter', 'DTSTART;TZID=Europe/Paris:20261103T090000', [], '2026-11-03T08:00'],
    ['of IANA, in summer', 'DTSTART;TZID=Europe/Paris:20260703T090000', [], '2026-07-03T07:00'],
    ['of the file', 'DTSTART;TZID="Office, 3":20261103T090000', own('Office, 3'), '2026-11-03T03:30'],
    ['that nobody knows', 'DTSTART;TZID=Mars/Olympus:20261103T090000', [], '2026-11-03T09:00'],
    ['none', 'DTSTART:20261103T090000', [], '2026-11-03T09:00'],
  ])('%s', async (_zone, line, zone, expected) => {
    expect(await at(line, ...zone)).toEqual([[expected]]);
  });
});

describe('a series', () => {
  const weekly = ['UID:s', 'DTSTART;TZID=Europe/Paris:20261015T090000', 'DURATION:PT30M', ...people];
  test('keeps its hour on the wall when the clocks change', async () => {
    expect(await starts(calendar([...weekly, 'RRULE:FREQ=WEEKLY;COUNT=3']))).toEqual([
      ['2026-10-15T07:00', '2026-10-22T07:00', '2026-10-29T08:00'],
    ]);
  });
  test('ends with the meeting whose time it names, in whatever zone that is told', async () => {
    expect(await starts(calendar([...weekly, 'RRULE:FREQ=WEEKLY;UNTIL=20261029T080000Z']))).toEqual([
      ['2026-10-15T07:00', '2026-10-22T07:00', '2026-10-29T08:00'],
    ]);
  });
  test('leaves its exceptions out, moves what was moved, and drops what was cancelled', async () => {
    const text = calendar(
      [...weekly, 'RRULE:FREQ=WEEKLY;COUNT=5', 'EXDATE;TZID=Europe/Paris:20261022T090000', 'RDATE:20261016T100000Z'],
      ['UID:s', 'RECURRENCE-ID:20261029T080000Z', 'DTSTART:20261030T080000Z', 'DURATION:PT1H', ...people],
      [
        'UID:s',
        'RECURRENCE-ID;TZID=Europe/Paris:20261105T090000',
        'DTSTART:20261105T080000Z',
        'STATUS:CANCELLED',
        ...people,
      ],
    );
    expect(await occasions(text)).toMatchObject([
      { recurrence: '', minutes: 30 },
      { recurrence: '2026-10-29T08:00:00.000Z', minutes: 60, starts: [new Date('2026-10-30T08:00:00Z')] },
    ]);
    expect((await starts(text))[0]).toEqual(['2026-10-15T07:00', '2026-10-16T10:00', '2026-11-12T08:00']);
  });
  test('without an end goes as far as is looked, and not back beyond it', async () => {
    const [daily] = await starts(calendar(['UID:d', 'DTSTART:20000101T080000Z', 'RRULE:FREQ=DAILY', ...people]));
    expect([daily!.length, daily!.at(0), daily!.at(-1)]).toEqual([1126, '2024-01-01T08:00', '2027-01-30T08:00']);
  });
});

describe('a hostile calendar', () => {
  const hostile = [
    'FREQ=SECONDLY',
    'FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;INTERVAL=1000000000',
    'FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2',
    'FREQ=MONTHLY;BYDAY=5MO,5TU;BYMONTH=2;BYSETPOS=-5',
    'FREQ=YEARLY;BYYEARDAY=366;BYDAY=1MO;INTERVAL=7',
    'FREQ=YEARLY;BYDAY=53MO;BYMONTHDAY=15',
    'FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6',
    'FREQ=WEEKLY;BYDAY=;WKST=XX',
    `FREQ=DAILY;BYMONTHDAY=${Array.from({ length: 5000 }, () => 30).join(',')}`,
    `FREQ=YEARLY;BYHOUR=${Array.from({ length: 24 }, (_, i) => i).join(',')};BYMINUTE=${Array.from({ length: 60 }, (_, i) => i).join(',')}`,
    'FREQ=DAILY;UNTIL=99999999T999999Z',
    'FREQ=DAILY;COUNT=99999999999',
  ];
  test.each(hostile)('cannot make a series run on: %.60s', async (rule) => {
    for (const start of ['20261103T090000', '00010101T000000Z', '99991231T235959Z', '20261399T999999']) {
      const began = performance.now();
      const found = await occasions(calendar(['UID:h', `DTSTART:${start}`, `RRULE:${rule}`, ...people]));
      expect(found.flatMap((one) => one.starts).length).toBeLessThan(5000);
      expect(performance.now() - began).toBeLessThan(3000);
    }
  });

  test('may be nested, cut off, folded for ever or name 100,000 people: it is read in one pass', async () => {
    const began = performance.now();
    for (const text of [
      'BEGIN:VEVENT\n'.repeat(300_000),
      `BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nSUMMARY:${'\n a'.repeat(1_000_000)}`,
      calendar([
        'UID:x',
        'DTSTART:20261103T090000Z',
        ...Array.from({ length: 100_000 }, (_, i) => `ATTENDEE:mailto:p${i}@x.example`),
      ]),
      calendar([
        'UID:x',
        'DTSTART:20261103T090000Z',
        ...people,
        ...Array.from({ length: 900 }, () => 'RRULE:FREQ=DAILY'),
      ]),
    ])
      await readCalendar(text, span);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('never throws, and stays within its span, whatever its lines say', async () => {
    const name = fc.constantFrom(
      'DTSTART',
      'DTSTART;TZID=Europe/Paris',
      'DTEND',
      'DURATION',
      'RRULE',
      'EXDATE',
      'RDATE;VALUE=PERIOD',
      'RECURRENCE-ID',
      'UID',
      'STATUS',
      'ATTENDEE;CN="',
      'ORGANIZER',
      'BEGIN',
      'END',
    );
    const value = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(
        '20261103T090000Z',
        '20261103T090000',
        '20261103',
        'PT1H',
        '-P9999999D',
        'VEVENT',
        'VALARM',
        'mailto:a@b.example',
        'VCALENDAR',
        ...hostile,
      ),
      fc.stringMatching(
        /^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;(INTERVAL|COUNT|BYDAY|BYMONTH|BYMONTHDAY|BYSETPOS|BYYEARDAY|BYWEEKNO)=-?[0-9]{1,3}(MO|SU)?){0,4}$/,
      ),
    );
    const line = fc.tuple(name, value).map(([key, said]) => `${key}:${said}`);
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const { events } = await readCalendar(
          calendar(['UID:u', 'DTSTART:20261103T090000Z', ...people, ...lines]),
          span,
        );
        for (const { starts: times } of events.flatMap((one) => one.occasions))
          for (const at of times) expect(at.getTime() >= span.from && at.getTime() <= span.to).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });
});

test('a text that does not begin as one is no calendar', () => {
  expect(isCalendar('\uFEFFBEGIN:VCALENDAR\r\nVERSION:2.0')).toBe(true);
  for (const text of ['', 'BEGIN:VCARD\n', '<html>BEGIN:VCALENDAR ', 'BEGIN:VCALENDARS'])
    expect(isCalendar(text)).toBe(false);
});
