import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram } from '../../tools/peers.ts';
import * as cards from '../cards/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { addDevice, type TestDevice } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'entregent-dav-'));
let app: TestApp;
let alice: Member;
let laptop: TestDevice;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  laptop = await addDevice(app, alice);
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a program to its end. @throws Error with what it said when it failed */
async function run(program: string, args: string[], env: Record<string, string>): Promise<string> {
  const child = spawn(findProgram(program)!, args, {
    env: { ...process.env, HOME: folder, LC_ALL: 'C.UTF-8', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += piece));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${output}`);
  return output;
}

const vcard = (uid: string, given: string, family: string, ...more: string[]) =>
  [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `UID:${uid}`,
    `FN:${given} ${family}`,
    `N:${family};${given};;;`,
    ...more,
    'END:VCARD',
    '',
  ]
    .map((line) => `${line}`)
    .join('\r\n');

describe.runIf(findProgram('vdirsyncer'))('vdirsyncer', () => {
  const books = join(folder, 'books');
  const config = join(folder, 'vdirsyncer.conf');
  const sync = async () => {
    await run('vdirsyncer', ['-c', config, 'discover', '--list'], {});
    await run('vdirsyncer', ['-c', config, 'sync'], {});
  };
  /** The folder of the main book, once the program knows it. */
  const mainFolder = () => join(books, readdirSync(books)[0]!);
  const names = async () => (await alice.call(cards.listPeople, {})).items.map(({ name }) => name).sort();

  beforeAll(() => {
    mkdirSync(books, { recursive: true });
    writeFileSync(
      config,
      `[general]
status_path = "${folder}/status/"
[pair contacts]
a = "here"
b = "there"
collections = ["from b"]
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "${books}"
fileext = ".vcf"
[storage there]
type = "carddav"
url = "${laptop.base}/"
username = "${laptop.user}"
password = "${laptop.password}"
`,
    );
  });

  test('finds the address books by the bare host, and fetches what is there', async () => {
    await alice.call(cards.createCard, {
      fields: [
        { kind: 'name', value: { given: 'Éloïse', family: 'd’Aubigny' } },
        { kind: 'email', value: { value: 'eloise@acme.example' } },
      ],
    });
    await run('sh', ['-c', `yes | vdirsyncer -c ${config} discover`], {});
    await sync();
    const files = readdirSync(mainFolder());
    expect(files).toHaveLength(1);
    expect(readFileSync(join(mainFolder(), files[0]!), 'utf8')).toContain('FN:Éloïse d’Aubigny');
  });

  test('brings what was written, changed and deleted on either side to the other', async () => {
    writeFileSync(join(mainFolder(), 'marie.vcf'), vcard('marie', 'Marie', 'Curie', 'X-LAPTOP:kept'));
    writeFileSync(join(mainFolder(), 'pierre.vcf'), vcard('pierre', 'Pierre', 'Curie'));
    await sync();
    await app.settle();
    expect(await names()).toEqual(['Marie Curie', 'Pierre Curie', 'Éloïse d’Aubigny']);
    const { items } = await alice.call(cards.listPeople, {});
    const idOf = (name: string) => items.find((one) => one.name === name)!.id;
    await alice.call(cards.updateCard, {
      cardId: idOf('Marie Curie'),
      add: [{ kind: 'title', value: { value: 'Professeure' } }],
    });
    await alice.call(cards.removeCard, { cardId: idOf('Éloïse d’Aubigny') });
    rmSync(join(mainFolder(), 'pierre.vcf'));
    await sync();
    await app.settle();
    expect(await names()).toEqual(['Marie Curie']);
    expect(readdirSync(mainFolder())).toEqual(['marie.vcf']);
    const marie = readFileSync(join(mainFolder(), 'marie.vcf'), 'utf8');
    expect(marie).toContain('TITLE:Professeure');
    expect(marie).toContain('X-LAPTOP:kept');
    expect(app.errors).toEqual([]);
  });

  test.runIf(findProgram('khard'))('khard reads and finds what it fetched', async () => {
    const settings = join(folder, 'khard.conf');
    writeFileSync(settings, `[addressbooks]\n[[main]]\npath = ${mainFolder()}\n`);
    expect(await run('khard', ['-c', settings, 'list', 'curie'], {})).toContain('Marie Curie');
  });
});
