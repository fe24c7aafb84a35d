import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'entregent-match-'));
afterAll(() => rmSync(folder, { recursive: true }));
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function entregent(args: string[], lang = 'en'): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: lang };
    execFile(process.execPath, [MAIN, 'match', ...args], { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

const book = write(
  'book.csv',
  `unique_id,Prénom,Nom,E-mail,Téléphone,Société,truth
a1,Zélie,Quintrand,zelie@quintrand.example,06 12 34 56 78,Quintrand SA,p1
a2,QUINTRAND,Zelie,,+33612345678,,p1
b1,Paul,Kerbrat,paul.kerbrat@kerbrat.example,,Kerbrat,p2
b2,Anne,Kerbrat,contact@kerbrat.example,,Kerbrat,p3
`,
);

test('the cluster of every row stands in --out under the id of the file, and pairs with their probability in --pairs', async () => {
  const [out, pairs] = [join(folder, 'clusters.csv'), join(folder, 'pairs.csv')];
  const { code, out: text } = await entregent([book, '--out', out, '--pairs', pairs]);
  expect(code).toBe(0);
  expect(text).toContain('4 cards are 3 persons or organisations: 1 duplicate.');
  expect(readFileSync(out, 'utf8')).toBe('unique_id,cluster\na1,a1\na2,a1\nb1,b1\nb2,b2\n');
  const [header, first] = readFileSync(pairs, 'utf8').split('\n');
  expect(header).toBe('unique_id_a,unique_id_b,probability,decision');
  expect(first).toMatch(/^a1,a2,(0\.9|1\.0)\d+,\w+$/);
});

test('rows without an id are counted from 0, and of several files each row says its own', async () => {
  const one = write('one.csv', 'First name,Last name,E-mail\nZélie,Quintrand,z@quintrand.example\n');
  const two = write(
    'two.vcf',
    'BEGIN:VCARD\nVERSION:3.0\nFN:Zélie Quintrand\nN:Quintrand;Zélie;;;\nEMAIL:z@quintrand.example\nEND:VCARD\n',
  );
  const out = join(folder, 'two.csv');
  expect((await entregent([one, two, '--out', out])).code).toBe(0);
  expect(readFileSync(out, 'utf8')).toBe('file,row,cluster\none.csv,0,0\ntwo.vcf,0,0\n');
});

test('a column of truth measures the result and is never evidence; an expression picks its part', async () => {
  const { out } = await entregent([book, '--truth', 'truth:(p\\d)']);
  expect(out).toMatch(/clusters, threshold of the engine\tP 1\.0000\tR 1\.0000\tF1 1\.0000/);
  expect(out.split('\n')[0]).not.toContain('truth');
});

test('two rows are explained in words, in French and in English', async () => {
  const { out } = await entregent([book, '--explain', 'a1', 'a2']);
  expect(out).toMatch(/phone: equal/);
  expect(out).toMatch(/% that they are one/);
  expect((await entregent([book, '--explain', 'b1', 'b2'], 'fr')).out).toContain('prénom: différent');
});

test('a further column is compared when it is asked for by kind', async () => {
  const ships = write('ships.csv', 'nom,matricule\nMarie Galante,X1234\nSanta Anna,X1234\nSanta Anna,Y99887\n');
  const { code, out } = await entregent([ships, '--compare', 'matricule:identifier']);
  expect(code).toBe(0);
  expect(out).toContain('matricule (identifier)');
});

test('what cannot be done gives one clear line and exit code 2', async () => {
  for (const [args, message] of [
    [[join(folder, 'none.csv')], 'there is no such file'],
    [[book, '--truth', 'no'], 'There is no column “no”'],
    [[book, '--compare', 'Nom:shoe'], '“shoe” is no kind of column'],
    [[book, '--explain', 'a1', 'zz'], 'There is no row with the id “zz”'],
    [[], 'Usage: entregent match'],
  ] as const) {
    const { code, err } = await entregent([...args]);
    expect(err).toContain(message);
    expect(code).toBe(2);
  }
  expect((await entregent(['--help'])).code).toBe(0);
});
