import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corpusFolder } from '../corpus.ts';
import { readComplaint } from './complaint.ts';
import { type FactsOptions, type MailFacts, readMailFacts, type Skipped } from './index.ts';
import { openMessage } from './message.ts';

/** Seconds of the processor: a busy machine makes no test fail. */
function busySince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

const OWN = ['moi@entregent.example'];
const HEAD =
  'From: Anne Durand <anne@durand.example>\nTo: moi@entregent.example\nDate: Mon, 05 Jan 2026 10:00:00 +0100';

const mail = (head: string, body = 'Bonjour\n', from = HEAD): string =>
  `${from}\n${head ? `${head}\n` : ''}${/^content-type/im.test(head) ? '' : 'Content-Type: text/plain; charset=utf-8\n'}\n${body}`;

async function read(
  raw: string | Uint8Array,
  options: Partial<FactsOptions> = {},
): Promise<MailFacts | Skipped | undefined> {
  const opened = await openMessage(typeof raw === 'string' ? Buffer.from(raw) : raw);
  return opened && readMailFacts(opened, { own: OWN, ...options });
}

async function facts(raw: string | Uint8Array, options: Partial<FactsOptions> = {}): Promise<MailFacts> {
  const found = await read(raw, options);
  if (!found || 'personal' in found) throw new Error('nothing was read');
  return found;
}

describe('the origin of a message', () => {
  it.each<[MailFacts['origin'], string, string?]>([
    ['person', ''],
    ['person', 'Auto-Submitted: no'],
    ['person', 'Precedence: normal'],
    ['newsletter', 'List-Unsubscribe: <https://x.example/u>'],
    ['newsletter', 'List-Id: News <news.x.example>'],
    ['newsletter', 'Precedence: bulk'],
    ['newsletter', 'Feedback-ID: 1:2:x'],
    ['robot', 'Auto-Submitted: auto-generated'],
    ['robot', 'Auto-Submitted: auto-generated\nPrecedence: bulk'],
    ['robot', 'Auto-Submitted: auto-replied', 'Votre ticket 12 est enregistré.'],
    ['robot', 'X-Auto-Response-Suppress: All'],
    ['robot', 'Content-Type: multipart/report; report-type=disposition-notification; boundary=b'],
    ['absence', 'Auto-Submitted: auto-replied', 'Je suis absente.'],
    ['absence', 'Subject: Réponse automatique : devis', 'Je serai de retour lundi.'],
    ['absence', 'Subject: Automatische Antwort: Angebot', 'Ich bin nicht im Büro.'],
    ['absence', 'Subject: Respuesta automática: oferta', 'Estoy fuera de la oficina.'],
    ['absence', 'Subject: Out of office\nX-Auto-Response-Suppress: All', 'I am away until Monday.'],
    ['bounce', 'X-Failed-Recipients: a@b.example'],
    ['bounce', 'Content-Type: multipart/report; report-type=delivery-status; boundary=b'],
  ])('is a %s with "%s"', async (origin, head, body) => {
    expect((await facts(mail(head, body))).origin).toBe(origin);
  });

  it.each([
    'noreply',
    'no-reply',
    'ne-pas-repondre',
    'no-responder',
    'notifications',
    'donotreply',
  ])('is a robot where %s@ writes', async (local) => {
    const from = `From: Shop <${local}@shop.example>\nTo: moi@entregent.example`;
    expect(await facts(mail('', 'Bonjour', from))).toMatchObject({ origin: 'robot', people: [] });
  });
});

const report = (fields: string, returned = 'Message-ID: <ours@entregent.example>\nSubject: x\n'): string =>
  mail(
    'Message-ID: <theirs@mx.example>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"',
    `--b\nContent-Type: text/plain\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n${fields}\n\n--b\nContent-Type: text/rfc822-headers\n\n${returned}\n--b--\n`,
    'From: Mail Delivery System <MAILER-DAEMON@mx.example>\nTo: moi@entregent.example',
  );

describe('a bounce', () => {
  it.each([
    ['5.1.1', 'failed', 'hard', true],
    ['5.1.10', 'failed', 'hard', true],
    ['5.2.1', 'failed', 'hard', true],
    ['5.0.0', 'failed', 'hard', true],
    ['5.4.4', 'failed', 'hard', true],
    ['5.2.2', 'failed', 'hard', false],
    ['5.3.4', 'failed', 'hard', false],
    ['5.7.1', 'failed', 'hard', false],
    ['5.1.8', 'failed', 'hard', false],
    ['4.2.2', 'delayed', 'soft', false],
    ['4.4.7', 'failed', 'soft', false],
    ['5.1.1', 'delayed', 'soft', false],
  ])('of status %s (%s) is %s and invalidates the address: %s', async (status, action, kind, invalidates) => {
    const fields = `Final-Recipient: rfc822; Jean@Nulle.example\nAction: ${action}\nStatus: ${status}`;
    const { bounces, returned } = await facts(report(fields));
    expect(bounces).toEqual([
      { recipient: 'jean@nulle.example', status, kind, invalidates, ...(action === 'delayed' && { delayed: true }) },
    ]);
    expect(returned).toBe('<ours@entregent.example>');
  });

  it('tells of each recipient by itself, and not of who was reached', async () => {
    const one = (address: string, action: string, status: string) =>
      `Final-Recipient: rfc822;${address}\nAction: ${action}\nStatus: ${status}`;
    const { bounces } = await facts(
      report(
        [
          one('a@x.example', 'failed', '5.1.1'),
          one('b@x.example', 'delayed', '4.4.1'),
          one('c@x.example', 'delivered', '2.0.0'),
        ].join('\n\n'),
      ),
    );
    expect(bounces.map(({ recipient, kind }) => [recipient, kind])).toEqual([
      ['a@x.example', 'hard'],
      ['b@x.example', 'soft'],
    ]);
  });

  it('takes the status from the diagnostic code where none is stated', async () => {
    const { bounces } = await facts(
      report('Final-Recipient: rfc822; a@x.example\nAction: failed\nDiagnostic-Code: smtp; 550 5.1.1 unknown'),
    );
    expect(bounces).toMatchObject([{ status: '5.1.1', kind: 'hard' }]);
  });

  it('of a daemon that knows no RFC is read from its text, above what it gives back', async () => {
    const body =
      'failed permanently:\n\n  a@x.example\n\n550 5.1.1 User unknown\n\n----- Original message -----\n\nTo: b@x.example\n';
    const from = 'From: mailer-daemon@mx.example\nTo: moi@entregent.example';
    expect((await facts(mail('Subject: failure notice', body, from))).bounces).toMatchObject([
      { recipient: 'a@x.example', status: '5.1.1', invalidates: true },
    ]);
  });

  it('names no correspondent', async () => {
    expect((await facts(report('Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1'))).people).toEqual(
      [],
    );
  });
});

const away = async (body: string, head = 'Auto-Submitted: auto-replied\nSubject: Absence') =>
  (await facts(mail(head, body))).absence;

describe('an absence', () => {
  it.each([
    ['Je suis absente et de retour le 12 janvier.', '2026-01-12', 'back'],
    ['Je suis absent jusqu’au lundi 12 janvier inclus.', '2026-01-12', 'until'],
    ['En congés du 5 au 16 janvier 2026, merci.', '2026-01-16', 'until'],
    ['Absent du 05/01 au 09/01/2026.', '2026-01-09', 'until'],
    ['Je suis absent et de retour le 1er février.', '2026-02-01', 'back'],
    ['I am out of the office and will be back on January 12th.', '2026-01-12', 'back'],
    ['I am on leave until 20 February 2026.', '2026-02-20', 'until'],
    ['I am away from 5 to 16 January.', '2026-01-16', 'until'],
    ['I am out of the office, returning on Monday, 12 January.', '2026-01-12', 'back'],
    ['I am on vacation until 1/23/2026.', '2026-01-23', 'until'],
    ['Ich bin bis einschließlich 16. Januar nicht im Büro.', '2026-01-16', 'until'],
    ['Ich bin im Urlaub und ab dem 19.01. wieder erreichbar.', '2026-01-19', 'back'],
    ['Ich bin vom 5. bis 16. Januar nicht erreichbar.', '2026-01-16', 'until'],
    ['Ich bin abwesend und am 12.01.2026 zurück.', '2026-01-12', 'back'],
    ['Estoy de vacaciones hasta el 16 de enero.', '2026-01-16', 'until'],
    ['Estoy ausente; vuelvo el lunes 19 de enero.', '2026-01-19', 'back'],
    ['Estaré fuera de la oficina del 5 al 16 de enero de 2026.', '2026-01-16', 'until'],
    ['I am on vacation until 1/2/2026.', undefined, undefined],
    ['Je suis absent jusqu’au 31 février.', undefined, undefined],
    ['Je suis absent, de retour bientôt.', undefined, undefined],
  ])('"%s" is over on %s', async (body, date, means) => {
    expect((await away(body))?.back).toEqual(date && { date, means });
  });

  it('counts a date without a year from the day of the message', async () => {
    const head = (day: string) =>
      `From: a@x.example\nTo: moi@entregent.example\nDate: ${day}\nAuto-Submitted: auto-replied\nContent-Type: text/plain\n\nJe suis absent jusqu'au 5 janvier.`;
    expect((await facts(head('Mon, 22 Dec 2025 10:00:00 +0100'))).absence?.back?.date).toBe('2026-01-05');
    expect((await facts(head('Mon, 05 Jan 2026 10:00:00 +0100'))).absence?.back?.date).toBe('2026-01-05');
    const undated = "From: a@x.example\nAuto-Submitted: auto-replied\n\nJe suis absent jusqu'au 5 janvier.";
    expect((await facts(undated)).absence?.back).toBeUndefined();
    expect((await facts(undated, { received: new Date('2026-12-20') })).absence?.back?.date).toBe('2027-01-05');
  });

  it.each([
    ["Anne Durand a quitté l'entreprise. Merci de contacter Marie Petit (marie@durand.example).", 'Marie Petit'],
    ['Anne ne travaille plus chez nous, écrivez à Marie Petit : marie@durand.example', 'Marie Petit'],
    ['Anne has left the company. Please write to Marie Petit at marie@durand.example.', 'Marie Petit'],
    ['Anne no longer works here. Contact Marie Petit <marie@durand.example>.', 'Marie Petit'],
    ['Anne ist nicht mehr bei uns. Bitte wenden Sie sich an Frau Marie Petit, marie@durand.example.', 'Marie Petit'],
    ['Anne ya no trabaja aquí. Póngase en contacto con Marie Petit en marie@durand.example', 'Marie Petit'],
    ['Anne has left. Please contact marie@durand.example (Marie Petit).', 'Marie Petit'],
    ['Anne has left. Please contact marie@durand.example.', undefined],
  ])('"%s" names a successor', async (body, name) => {
    expect(await away(body)).toEqual({
      left: true,
      instead: [{ email: 'marie@durand.example', ...(name && { name }) }],
    });
  });

  it('names deputies too, but not the writer, nor who is quoted', async () => {
    const body =
      'Absente jusqu’au 12 janvier. En cas d’urgence : Paul Roy (paul@durand.example) ou Eva Lang (eva@durand.example).\nAnne, anne@durand.example\n\n> contact me at moi@entregent.example';
    expect(await away(body)).toEqual({
      left: false,
      back: { date: '2026-01-12', means: 'until' },
      instead: [
        { email: 'paul@durand.example', name: 'Paul Roy' },
        { email: 'eva@durand.example', name: 'Eva Lang' },
      ],
    });
  });

  it('still names the one who is away as a correspondent', async () => {
    const { people } = await facts(mail('Auto-Submitted: auto-replied', 'Je suis absente.'));
    expect(people).toEqual([
      { email: 'anne@durand.example', name: 'Anne Durand', role: 'from', direction: 'incoming' },
    ]);
  });
});

describe('a change of address', () => {
  it.each([
    'Bonjour, veuillez noter ma nouvelle adresse e-mail : anne@neuf.example. Merci.',
    'Mon adresse mail a changé, c’est maintenant anne@neuf.example',
    'Désormais, merci de m’écrire à anne@neuf.example',
    'Please note my new email address: anne@neuf.example',
    'My email address has changed to anne@neuf.example.',
    'Bitte beachten Sie meine neue E-Mail-Adresse: anne@neuf.example',
    'Meine Adresse hat sich geändert: anne@neuf.example',
    'Les informo de mi nueva dirección de correo: anne@neuf.example',
    'Mi correo ha cambiado a anne@neuf.example',
    'Changement d’adresse mail : utilisez anne@neuf.example',
  ])('is told by "%s"', async (body) => {
    expect((await facts(mail('', body))).moved).toEqual({ old: 'anne@durand.example', new: 'anne@neuf.example' });
  });

  it('from the new address names the old one, or says nothing', async () => {
    const from = 'From: Anne <anne@neuf.example>\nTo: moi@entregent.example';
    const body = 'Voici ma nouvelle adresse mail : anne@neuf.example.';
    expect((await facts(mail('', `${body} Mon ancienne adresse anne@vieux.example sera fermée.`, from))).moved).toEqual(
      {
        old: 'anne@vieux.example',
        new: 'anne@neuf.example',
      },
    );
    expect((await facts(mail('', body, from))).moved).toBeUndefined();
  });

  it.each([
    'Le nouveau directeur est Paul Roy (paul@durand.example).',
    'Vous pouvez contacter paul@durand.example.',
    'Nouvelle adresse du bureau : 12 rue Haute, Lyon.',
    'On Monday, Paul <paul@durand.example> wrote:\n> my new email address is paul@x.example',
  ])('is not told by "%s"', async (body) => {
    expect((await facts(mail('', body))).moved).toBeUndefined();
  });
});

describe('a message marked as private', () => {
  it.each([
    ['header', 'Sensitivity: Personal'],
    ['header', 'Sensitivity: private'],
    ['subject', 'Subject: Personnel'],
    ['subject', 'Subject: [Personnel] rendez-vous'],
    ['subject', 'Subject: PERSONNEL ET CONFIDENTIEL - bilan'],
    ['subject', 'Subject: RE: privé : dîner'],
    ['subject', 'Subject: dîner (perso)'],
    ['subject', 'Subject: Private: dinner'],
    ['subject', 'Subject: Persönlich: Essen'],
    ['subject', 'Subject: AW: Privat - Essen'],
    ['subject', 'Subject: =?utf-8?q?Priv=C3=A9?='],
  ])('by its %s (%s) is not read', async (personal, head) => {
    expect(await read(mail(head))).toEqual({ personal });
  });

  it.each([
    'INBOX/Personnel',
    'Privé',
    'INBOX.perso',
    'Mes messages personnels',
    'Private',
    'Archive/Persönlich',
  ])('by its folder %s is not read', async (folder) => {
    expect(await read(mail(''), { folder })).toEqual({ personal: 'folder' });
  });

  it.each([
    ['Subject: Recrutement du personnel'],
    ['Subject: Personnel de sécurité demandé'],
    ['Subject: personal data protection'],
    ['Subject: Private equity'],
    ['Sensitivity: Company-Confidential'],
    ['Subject: Formation du service du personnel'],
  ])('is not one with %s', async (head) => {
    expect(await read(mail(head), { folder: 'INBOX/Service du personnel' })).toMatchObject({ origin: 'person' });
  });
});

describe('correspondents', () => {
  it('come with role and direction, without the owner, robots and lists', async () => {
    const from = 'From: Anne Durand <anne@durand.example>\nTo: Moi@Entregent.example, "Roy, Paul" <paul@roy.example>';
    const { people } = await facts(
      mail('Cc: Equipe: eva@lang.example, noreply@x.example;, Anne <anne@durand.example>', 'x', from),
    );
    expect(people).toEqual([
      { email: 'anne@durand.example', name: 'Anne Durand', role: 'from', direction: 'incoming' },
      { email: 'paul@roy.example', name: 'Roy, Paul', role: 'to', direction: 'beside' },
      { email: 'eva@lang.example', role: 'cc', direction: 'beside' },
    ]);
  });

  it('of a sent message are those it was sent to', async () => {
    const { people } = await facts(
      mail('', 'x', 'From: Moi <moi@entregent.example>\nTo: paul@roy.example\nCc: moi@entregent.example'),
    );
    expect(people).toEqual([{ email: 'paul@roy.example', role: 'to', direction: 'outgoing' }]);
  });
});

const line = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.constantFrom(
    ...[
      'From: a@b.example',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '--b',
      '--b--',
      '',
    ],
    ...[
      'Content-Type: message/delivery-status',
      'Final-Recipient: rfc822; a@b',
      'Status: 5.1.1',
      'Subject: =?utf-8?b?////?=',
    ],
    ...[
      'Content-Type: text/plain; charset=utf-16',
      'Auto-Submitted: auto-replied',
      'jusqu’au 99 janvier 2026',
      'ma nouvelle adresse mail a@b.example',
    ],
  ),
);

describe('any octets', () => {
  it('are read without failing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 2000 }),
          fc.array(line, { maxLength: 30 }).map((lines) => Buffer.from(lines.join('\n'))),
        ),
        async (raw) => {
          const found = await read(raw);
          if (!found || 'personal' in found) return;
          for (const { kind, status, invalidates } of found.bounces) {
            expect(kind === 'hard').toBe(kind === 'hard' && status.startsWith('5'));
            expect(invalidates && kind === 'soft').toBe(false);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  const nested = (depth: number) =>
    `From: a@b.example\n${Array.from({ length: depth }, (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\n\n--b${at}\n`).join('')}`;
  it.each<[string, string | Uint8Array]>([
    ['parts within parts', nested(20_000)],
    [
      'parts beside parts',
      mail('Content-Type: multipart/mixed; boundary=b', '--b\nContent-Type: text/plain\n\nx\n'.repeat(200_000)),
    ],
    ['a header without end', `From: a@b.example\n${'X-A: b\n'.repeat(500_000)}`],
    ['one header field without end', `Subject: ${'é'.repeat(1_000_000)}`],
    ['addresses without end', `From: a@b.example\nTo: ${'x@y.example, '.repeat(30_000)}\n\nx`],
    ['groups within groups', `From: a@b.example\nTo: ${'a:'.repeat(20_000)}\n\nx`],
    ['recipients without end', report('Final-Recipient: rfc822; a@x.example\nStatus: 5.1.1\n\n'.repeat(30_000))],
    ['base64 that is none', mail('Content-Transfer-Encoding: base64', '!'.repeat(3_000_000))],
    [
      'a charset that lies',
      Buffer.concat([Buffer.from(mail('Content-Type: text/plain; charset=utf-16le', '')), Buffer.alloc(500_001, 0xff)]),
    ],
    ['a charset that nobody knows', mail('Content-Type: text/plain; charset="x-none-such"', 'é'.repeat(100_000))],
    ['dates without end', mail('Auto-Submitted: auto-replied', `absent ${'du 5 janvier '.repeat(50_000)}`)],
    ['new addresses without end', mail('', 'nouvelle adresse '.repeat(50_000))],
    ['at signs without end', mail('Auto-Submitted: auto-replied', `absent, contact ${'a@'.repeat(200_000)}`)],
    [
      'names without end',
      mail('Auto-Submitted: auto-replied', `absent, contact ${'Anne '.repeat(100_000)} a@b.example`),
    ],
    [
      'a report that is nothing but at signs',
      `From: mailer-daemon@x.example\nTo: moi@entregent.example\nContent-Type: text/plain\n\n550 5.1.1 ${'@'.repeat(19_900)}`,
    ],
    [
      'a report that is nothing but dots',
      `From: mailer-daemon@x.example\nTo: moi@entregent.example\nContent-Type: text/plain\n\n550 5.1.1 a@${'a.'.repeat(9_900)}`,
    ],
    ['elements without end', mail('Content-Type: text/html', '<div '.repeat(200_000))],
  ])('are read in bounded time: %s', async (_, raw) => {
    const began = process.cpuUsage();
    await read(raw);
    expect(busySince(began)).toBeLessThan(6);
  });
});

const folder = corpusFolder();

describe.skipIf(!folder)('the corpus of real messages', () => {
  it.each([
    ['mailparser__delivery-status.eml', [['xxxx@xxxx.com', '5.1.1']]],
    ['mikel__report_422.eml', [['fraser@oooooooo.com.au', '4.2.2']]],
    ['sisimai__rhost-franceptt-07.eml', [['xxxx@wanadoo.fr', '4.0.0']]],
    ['sisimai__rhost-franceptt-10.eml', [['xxxx@laposte.net', '4.5.0']]],
    ['sisimai__lhost-gmail-01.eml', [['userunknown@example.jp', '5.1.1']]],
    ['sisimai__lhost-office365-01.eml', [['kijitora@example.com', '5.1.10']]],
  ])('%s is a bounce of its recipients', async (file, bounces) => {
    const found = await facts(readFileSync(new URL(`emails/${file}`, folder)));
    expect(found.origin).toBe('bounce');
    expect(found.bounces.map(({ recipient, status }) => [recipient, status])).toEqual(bounces);
  });

  it('flags every address of a report on several', async () => {
    const { bounces } = await facts(readFileSync(new URL('emails/mikel__multi_address_bounce1.eml', folder)));
    expect(bounces.map(({ status, invalidates }) => [status, invalidates])).toEqual(Array(5).fill(['5.1.1', true]));
  });

  it.each<[string, Partial<MailFacts>]>([
    [
      'sisimai__rfc3834-01.eml',
      { origin: 'absence', absence: { left: false, back: { date: '2005-05-05', means: 'back' }, instead: [] } },
    ],
    ['sisimai__rfc3834-02.eml', { origin: 'absence' }],
    ['sisimai__arf-01.eml', { origin: 'robot', complaint: {} }],
    ['mailparser__spam.eml', { origin: 'robot', people: [] }],
    ['phpmime__m0015', { origin: 'newsletter', people: [] }],
    ['nylas__raw_message_with_ical_invite.txt', { origin: 'robot', people: [] }],
    ['mikel__empty_group_lists.eml', { origin: 'person' }],
    ['redmine__fullname_of_sender_in_parentheses.eml', { origin: 'person' }],
  ])('%s is what its description says', async (file, expected) => {
    expect(await facts(readFileSync(new URL(`emails/${file}`, folder)))).toMatchObject(expected);
  });
});

describe('a complaint (RFC 5965)', () => {
  const report = (fields: string, original: string, type = 'feedback-report') =>
    Buffer.from(
      `From: p@p.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=${type}; boundary=b\r\nMessage-ID: <report@p.example>\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n${fields}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n${original}\r\n--b--\r\n`,
    );
  const complaintIn = async (raw: Uint8Array) => {
    const opened = await openMessage(raw);
    return opened && readComplaint(opened.mail, opened.raw);
  };

  it('names the message below it and not itself, however the header is folded', async () => {
    const raw = report(
      'Version: 1\r\nFeedback-Type: Abuse\r\nOriginal-Rcpt-To:\r\n <A@b.example>',
      'Message-ID:\r\n <1@us.example>\r\n\r\nMessage-ID: <quoted@x.example>',
    );
    expect(await complaintIn(raw)).toEqual({ messageId: '<1@us.example>', recipient: 'a@b.example' });
  });

  it('is none in a report of another kind, nor in what only looks like one', async () => {
    expect(await complaintIn(report('Feedback-Type: not-spam', 'Message-ID: <1@us.example>'))).toBeUndefined();
    expect(
      await complaintIn(report('Feedback-Type: abuse', 'Message-ID: <1@us.example>', 'delivery-status')),
    ).toBeUndefined();
    expect(
      await complaintIn(report('Feedback-Type: abuse', 'Message-ID: <1@us.example>', 'feedback-report-x')),
    ).toBeUndefined();
  });

  it('is read without harm, whatever stands in it', async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.constantFrom(
        '--b',
        'Content-Type: message/rfc822',
        'Feedback-Type: abuse',
        'Message-ID: <<<>',
        'Original-Rcpt-To: @',
        '\r\n\r\n',
      ),
    );
    const lines = fc.array(text, { maxLength: 12 }).map((all) => all.join('\r\n'));
    await fc.assert(
      fc.asyncProperty(lines, lines, async (fields, original) => {
        const found = await complaintIn(report(fields, original));
        if (found?.messageId !== undefined) expect(found.messageId).toMatch(/^<[^<>\s]{3,300}>$/);
        if (found?.recipient !== undefined) expect(found.recipient).toMatch(/^[^\s@]+@[^\s@]+$/);
      }),
    );
    await complaintIn(report('A:'.repeat(1_000_000), 'Message-ID:\r\n '.repeat(100_000)));
  });
});
