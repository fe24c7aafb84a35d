import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll } from '../testing.ts';
import { ownText } from './quotes.ts';

const eml = (headers: string[], body = 'Bonjour\r\n'): string =>
  `${headers.join('\r\n')}\r\nMessage-ID: <1@d>\r\nDate: Mon, 05 Jan 2026 10:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${body}`;

const FRENCH = [
  'Bonjour,',
  '',
  'Voici le devis.',
  '',
  'Bien cordialement,',
  '',
  'Hélène Lefèvre',
  'Directrice des achats',
  'Société Lumière SAS',
  '12 rue de la République',
  '69002 Lyon',
  'Tél. : 04 72 00 00 01 | Mob : 06 12 34 56 78',
  'www.lumiere.example',
].join('\n');

describe('own text', () => {
  it('ends where somebody else is quoted', () => {
    const text = `D'accord.\n\nLe lun. 5 janv. 2026 à 10:00, Hélène <h@l.fr>\na écrit :\n\n${FRENCH}`;
    expect(ownText(text)).toBe("D'accord.");
  });

  it('is found in any text', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('-- ', 'Cordialement,', 'De : a', '> b', '75001 Paris'));
    fc.assert(fc.property(fc.array(line), (lines) => void ownText(lines.join('\n'))));
  });
});

describe('a signature', () => {
  it('gives what it says, each value as its kind is written', async () => {
    const [contact] = await readAll(eml(['From: Hélène Lefèvre <helene@lumiere.example>', 'To: me@d.fr'], FRENCH));
    expect(contact).toMatchObject({
      name: { full: 'Hélène Lefèvre' },
      title: 'Directrice des achats',
      organization: 'Société Lumière SAS',
      phones: [
        { raw: '04 72 00 00 01', e164: '+33472000001', place: 'work' },
        { raw: '06 12 34 56 78', e164: '+33612345678', type: 'mobile' },
      ],
      addresses: [{ street: '12 rue de la République', postcode: '69002', city: 'Lyon' }],
      urls: [{ value: 'www.lumiere.example' }],
    });
  });
});

describe('correspondents', () => {
  it('are senders and receivers, in comment and group syntax, without robots and lists', async () => {
    const contacts = await readAll(
      eml([
        'From: h@lumiere.example (Hélène Lefèvre)',
        'To: Team: "Doe, Jane" <jane@d.fr>, paul@d.fr;, noreply@d.fr',
        'Cc: sales-list@lists.d.fr',
        'Reply-To: <>',
      ]),
    );
    expect(contacts.map((one) => [one.name.full, one.emails[0]?.value])).toEqual([
      ['Hélène Lefèvre', 'h@lumiere.example'],
      ['Jane Doe', 'jane@d.fr'],
      [undefined, 'paul@d.fr'],
    ]);
  });

  it('come once a mailbox, with what their newest signature says', async () => {
    const message = (year: number, title: string) =>
      `From x@y Mon Jan  5 10:00:00 ${year}\nFrom: Jane Doe <jane@acme.fr>\nTo: me@d.fr\nDate: Mon, 05 Jan ${year} 10:00:00 +0100\n\nHi\n>From here\n\n-- \nJane Doe\n${title}\n06 12 34 56 78\n\n`;
    const contacts = await readAll(message(2025, 'Sales Director') + message(2024, 'Sales Assistant'));
    expect(contacts).toHaveLength(2);
    expect(await readAll(message(2025, 'Sales Director') + message(2024, 'Sales Assistant'), {}, 7)).toEqual(contacts);
    expect(contacts[0]).toMatchObject({
      title: 'Sales Director',
      revision: '2025-01-05T09:00:00.000Z',
      phones: [{ e164: '+33612345678' }],
    });
  });

  it('are none in newsletters, reports and automatic messages', async () => {
    await expect(
      readAll(eml(['From: News <news@d.fr>', 'To: me@d.fr', 'List-Unsubscribe: <mailto:u@d.fr>'])),
    ).rejects.toMatchObject({ code: 'no_contacts' });
    await expect(readAll(eml(['From: MAILER-DAEMON@d.fr', 'To: me@d.fr', 'Subject: failure']))).rejects.toMatchObject({
      code: 'no_contacts',
    });
  });

  it('keep only the head and the signature of the mail as their original', async () => {
    const [contact] = await readAll(eml(['From: Hélène Lefèvre <h@lumiere.example>', 'To: me@d.fr'], FRENCH));
    const original = Buffer.from(contact!.original.data).toString();
    expect(original).toContain('From: Hélène Lefèvre');
    expect(original).toContain('Directrice des achats');
    expect(original).not.toContain('Voici le devis');
  });
});
