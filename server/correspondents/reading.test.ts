import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findForwarded } from '../formats/mail/forwarded.ts';
import { readDropped, tagged } from './dropping.ts';
import { readMessage } from './reading.ts';
import { letter } from './testing.ts';

const own = ['me@maison.example'];
const read = (text: string | Uint8Array) =>
  readMessage(
    { raw: Buffer.from(text), filedUnder: ['INBOX'], receivedAt: new Date('2026-11-28T12:00:00Z'), sent: false },
    { own, country: 'FR' },
  );
/** Seconds of the processor: a busy machine makes no test fail. */
async function busy(work: () => Promise<unknown>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

test('any message is read without failing, and its date is never later than its arrival', async () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'From: a@b.example',
      'Date: Mon, 1 Jan 2099 00:00:00 +0000',
      'Content-Type: multipart/mixed; boundary=b',
      '--b',
      'Content-Transfer-Encoding: base64',
      'Content-Type: text/plain; charset=x-klingon',
      '',
      'De : x@y.example',
      'Sent: now',
      'To: z@y.example',
      '-- ',
      'Jean Dupont',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 40 }), async (lines) => {
      const reading = await read(lines.join('\r\n'));
      if (typeof reading === 'object')
        expect(reading.at.getTime()).toBeLessThanOrEqual(Date.parse('2026-11-29T12:00:00Z'));
    }),
  );
});

describe('what is meant to harm', () => {
  test('parts within parts without end are not taken apart', async () => {
    let text = 'From: a@b.example\r\nTo: me@maison.example\r\n';
    for (let no = 0; no < 2000; no++) text += `Content-Type: multipart/mixed; boundary=b${no}\r\n\r\n--b${no}\r\n`;
    expect(await busy(async () => expect(await read(text)).toBe('unreadable'))).toBeLessThan(2);
  });

  test('a charset that lies, or that nobody knows, costs the letters only', async () => {
    const text = letter({ from: 'Zoé <zoe@b.example>', to: own[0]! }).replace('utf-8', 'utf-16');
    expect(await read(text)).toMatchObject({ people: [{ email: 'zoe@b.example', direction: 'incoming' }] });
  });

  test('a message passed on ten thousand times over is the outermost one', async () => {
    const head = 'De : Ada Une <ada@b.example>\nEnvoyé : lundi\nÀ : moi\nObjet : Re\n\n';
    const text =
      head + Array.from({ length: 10_000 }, (_, no) => `De : n${no}@b.example\nEnvoyé : lundi\nÀ : moi\n\n`).join('');
    expect(await busy(async () => expect(findForwarded(text)?.from.address).toBe('ada@b.example'))).toBeLessThan(2);
  });

  test('any text is searched for a message passed on in time that grows with its length only', async () => {
    const hostile = ['De : ', '*', ':', '@', 'a@', '> ', 'Objet:', ' '];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...hostile), async (piece) => {
        expect(await busy(async () => findForwarded(piece.repeat(100_000)))).toBeLessThan(1);
      }),
    );
  });
});

test('a drop-box address with signs of patterns in it is no pattern', async () => {
  const [address, tag] = ['co.pies@maison.example', 'abcdefghijkl'];
  const sender = { memberId: 'm', email: own[0]!, tag };
  const drop = (cc: string) =>
    readDropped(
      {
        raw: Buffer.from(letter({ from: own[0]!, to: 'x@b.example', cc })),
        filedUnder: ['INBOX'],
        receivedAt: new Date(),
        sent: false,
      },
      address,
      [sender],
      'FR',
    );
  expect(await drop(tagged(address, tag))).toMatchObject({ memberId: 'm' });
  expect(await drop(`coXpies+${tag}@maison.example`)).toBeUndefined();
  expect(await drop(`x.co.pies+${tag}@maison.example`)).toBeUndefined();
  expect(await drop(`${tagged(address, tag)}.evil.example`)).toBeUndefined();
});
