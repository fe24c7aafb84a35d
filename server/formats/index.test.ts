import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableFile } from './contact.ts';
import { gunzip } from './gzip.ts';
import { preview } from './index.ts';
import { readAll } from './testing.ts';

const refusal = async (data: string | Uint8Array, fileName?: string): Promise<string> => {
  try {
    return `${(await readAll(data, { fileName })).length} contacts`;
  } catch (error) {
    if (error instanceof UnreadableFile) return error.code;
    throw error;
  }
};

describe('files that hold no contacts', () => {
  it.each([
    ['nothing at all', '', 'empty'],
    ['blanks', ' \r\n\r\n', 'empty'],
    ['a calendar', 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n', 'calendar'],
    ['a PDF', '%PDF-1.7\n%âãÏÓ\n', 'binary'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]), 'binary'],
    ['a program', Buffer.from('MZ\0\0\u0001\0'), 'binary'],
    ['a web page', '<!DOCTYPE html><html><body>a@b.fr, c@d.fr</body></html>', 'no_contacts'],
    ['JSON', '{"name": "Jean", "email": "j@d.fr"}', 'no_contacts'],
    ['invoices', 'Numéro de facture;Client;Montant\nF1;Acme;12,00\n', 'invoice'],
    ['messages', 'From,To,Date,Content\nA,B,2024-01-01,hello\n', 'messages'],
    ['prose with one address', 'Bonjour, écrivez-moi\nà jean@d.fr, merci.\nBien à vous,\nJean\n', 'no_contacts'],
    ['a header without rows', 'Nom,Prénom,E-mail\n', 'no_contacts'],
    ['a cut-off workbook', 'PK\u0003\u0004rest', 'truncated'],
  ])('%s is refused', async (_, data, code) => {
    expect(await refusal(data)).toBe(code);
  });
});

describe('files packed with gzip', () => {
  const text = 'Nom,Prénom,E-mail\nDurand,Zoé,zoe@d.fr\n';
  const packed = gzipSync(text);

  it('are read as what they hold', async () => {
    expect(await readAll(packed, { fileName: 'people.csv.gz' })).toEqual(await readAll(text));
  });

  it.each([
    ['cut off', packed.subarray(0, 30), 'truncated'],
    ['spoilt', Buffer.concat([packed.subarray(0, 10), Buffer.alloc(20, 255)]), 'damaged'],
    ['empty inside', gzipSync(''), 'empty'],
    ['packed twice', gzipSync(packed), 'binary'],
  ])('are refused when %s', async (_, data, code) => {
    expect(await refusal(data)).toBe(code);
  });

  it('are given up when they grow beyond belief', async () => {
    const bomb = gzipSync(Buffer.alloc(80 << 20, 'Durand;Zoé;zoe@d.fr\n'), { level: 9 });
    let size = 0;
    const unpack = async () => {
      for await (const chunk of gunzip(Readable.from([bomb]))) size += chunk.length;
    };
    await expect(unpack()).rejects.toMatchObject({ code: 'zip_bomb' });
    expect(size).toBeLessThan(70 << 20);
  });
});

describe('hostile files', () => {
  it('refuses a table with 100,000 columns', async () => {
    const header = Array.from({ length: 100_000 }, (_, column) => `c${column}`).join(',');
    expect(await refusal(`${header}\n${'x,'.repeat(99_999)}x\n`)).toBe('too_many_columns');
  });

  it('reads ten thousand identical lines', async () => {
    expect(await refusal(`Nom,E-mail\n${'Dupont,j@d.fr\n'.repeat(10_000)}`)).toBe('10000 contacts');
  });

  it('keeps formulas, HTML, direction and control characters as they are', async () => {
    const [contact] = await readAll('Nom,Prénom,E-mail\n=HYPERLINK(1),<b>Jean\u202e\u0007</b>,j@d.fr\n');
    expect(contact?.name).toMatchObject({ family: '=HYPERLINK(1)', given: '<b>Jean\u202e\u0007</b>' });
  });

  it('is not slowed down by cells and messages made to cost time', async () => {
    const cells = [
      ' '.repeat(200_000),
      '@'.repeat(200_000),
      '@@ '.repeat(50_000),
      '"'.repeat(200_001),
      'a'.repeat(200_000),
    ];
    for (const cell of cells) {
      await refusal(`Nom,Catégorie,Tél,E-mail\nA,${cell}:::b,${cell}:::c,${cell}:::d\n`);
      await refusal(
        `From: ${cell.slice(0, 9000)}x@d.fr\nTo: a@b.fr\nContent-Type: text/plain\n\n1 <${cell}\n> b\n${cell}\n`,
      );
    }
    for (const tag of ['<style>', '<div', '<', '<blockquote']) {
      await refusal(`From: x@d.fr\nTo: a@b.fr\nContent-Type: text/html\n\n${tag.repeat(60_000)}`);
    }
  }, 10_000);

  it('never fails but by refusing, whatever the octets', async () => {
    const heads = [
      '',
      'PK\u0003\u0004',
      'From: a@b.fr\nTo: c@d.fr\n\n',
      'From a@b.fr Mon Jan 1 00:00:00 2024\nFrom: a@b.fr\n\n',
      'BEGIN:VCARD\r\n',
      'Nom,E-mail\n',
      '\ufeff"',
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }), async (head, octets) => {
        expect(await refusal(Buffer.concat([Buffer.from(head), octets]))).toBeTypeOf('string');
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same contacts however the file comes in pieces', async () => {
    const text = `Nom;Prénom;E-mail;Note\n${Array.from({ length: 30 }, (_, row) => `Lefèvre${row};Zoé;z${row}@d.fr;"a\nb ""${row}"""`).join('\n')}\n`;
    const whole = await readAll(text);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (piece) => {
        expect(await readAll(text, {}, piece)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the preview', () => {
  it('says what the file is, how its columns are read, and shows the first contacts', async () => {
    const text = `Notes:\n"An export"\n\nFirst Name,Last Name,Email Address,Company,Position,Connected On\n${'A,B,a@b.fr,C,D,01 Jan 2024\n'.repeat(50)}`;
    async function* source(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(text);
    }
    const { recognised, contacts } = await preview(source, { country: 'FR' });
    expect(contacts).toHaveLength(20);
    expect(recognised).toMatchObject({ format: 'csv', layout: 'linkedin', delimiter: ',', charset: 'utf-8' });
    expect(recognised.sheets?.[0]).toMatchObject({ name: '', headerRow: 3 });
    expect(recognised.sheets?.[0]?.mapping[2]).toEqual({
      header: 'Email Address',
      column: 2,
      target: 'email',
      confidence: 1,
      reason: 'layout',
    });
  });
});
