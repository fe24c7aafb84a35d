import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { zip } from '../server/formats/xlsx/testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'entregent-read-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function entregent(args: string[], lang = 'en'): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: lang, NO_COLOR: '1' };
    execFile(process.execPath, [MAIN, ...args], { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

const people = file('people.csv', 'Nom,Prénom,Tél,E-mail\nDupont,Jean,0612345678,jean@d.fr\nMartin,Zoé,,zoe@d.fr\n');
const calendar = file('agenda.csv', 'BEGIN:VCALENDAR\nEND:VCALENDAR\n');

describe('entregent read', () => {
  it('prints one JSON array for all files, without octets, lists always present', async () => {
    const { code, out } = await entregent(['read', people, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      {
        file: people,
        index: 0,
        kind: 'person',
        name: { given: 'Jean', family: 'Dupont', full: 'Jean Dupont' },
        emails: [{ value: 'jean@d.fr', normalised: 'jean@d.fr' }],
        phones: [{ raw: '0612345678', e164: '+33612345678', type: 'mobile' }],
        addresses: [],
        urls: [],
        categories: [],
        extra: [],
        warnings: [],
      },
      expect.objectContaining({ index: 1 }),
    ]);
  });

  it('ends with 2 and one clear line for a file it cannot read, and reads the others', async () => {
    const { code, out, err } = await entregent(
      ['read', calendar, people, join(folder, 'none.csv'), '--json'],
      'fr_FR.UTF-8',
    );
    expect(code).toBe(2);
    expect(JSON.parse(out)).toHaveLength(2);
    expect(err.trim().split('\n')).toEqual([
      `${calendar}: c’est un calendrier, pas un fichier de contacts`,
      `${join(folder, 'none.csv')}: ce fichier n’existe pas`,
    ]);
  });

  it('names what it cannot read in one line: a folder, an old workbook, an OpenDocument one', async () => {
    const old = join(folder, 'old.xls');
    writeFileSync(old, Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]));
    const open = join(folder, 'open.ods');
    const part = (name: string) => ({ name, data: Buffer.from('<x/>') });
    writeFileSync(open, zip([part('mimetype'), part('content.xml'), part('styles.xml')]));
    const { code, err } = await entregent(['read', folder, old, open]);
    expect(code).toBe(2);
    expect(err.trim().split('\n')).toEqual([
      `${folder}: this is a folder: name the files in it`,
      expect.stringContaining('an old Excel, Word or Outlook file'),
      expect.stringContaining('this OpenDocument file'),
    ]);
  });

  it('takes numbers without prefix as those of the country asked for', async () => {
    const german = file('de.csv', 'Nachname,Vorname,Telefon\nMüller,Max,030 901820\n');
    const { out } = await entregent(['read', german, '--json', '--country', 'DE']);
    expect(JSON.parse(out)[0].phones[0].e164).toBe('+4930901820');
  });

  it('prints a readable summary, in which a file cannot command the terminal', async () => {
    const hostile = file('hostile.csv', 'Nom,E-mail\n\u001b[31mX\u202eY,x@d.fr\n');
    const { out } = await entregent(['read', people, hostile]);
    expect(out).toContain('1. Jean Dupont\n   jean@d.fr\n   +33612345678\n');
    expect([out.includes('\u001b'), out.includes('\u202e')]).toEqual([false, false]);
  });

  it('tells identical lines once, with their number, file by file', async () => {
    const line = 'Dupont,Jean,jean@d.fr\n';
    const many = file('many.csv', `Nom,Prénom,E-mail\n${line.repeat(4)}Martin,Zoé,zoe@d.fr\n${line}`);
    const again = file('again.csv', `Nom,Prénom,E-mail\n${line.repeat(2)}`);
    const jean = 'Jean Dupont\n   jean@d.fr\n';
    const { out } = await entregent(['read', many, again]);
    expect(out).toBe(
      `1. ${jean}   and 3 more, identical\n5. Zoé Martin\n   zoe@d.fr\n6. ${jean}1. ${jean}   and one more, identical\n`,
    );
    expect(JSON.parse((await entregent(['read', many, '--json'])).out)).toHaveLength(6);
  });

  it('says how it is used when arguments are missing or wrong', async () => {
    expect(await entregent(['read'])).toMatchObject({
      code: 2,
      err: 'Usage: entregent read FILE… [--json] [--country FR]\n',
    });
    expect((await entregent(['read', people, '--country', 'Nowhere'])).code).toBe(2);
    expect((await entregent(['fly'])).err).toContain('unknown command: fly');
  });
});
