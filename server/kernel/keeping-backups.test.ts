import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { framed, line, RowSum } from './archive.ts';
import { backUp } from './backup.ts';
import { startEmbedded } from './embedded.ts';
import {
  type BackupPlan,
  chooseKept,
  isDue,
  listBackups,
  readOutcome,
  startBackups,
  takeBackup,
} from './keeping-backups.ts';
import { checkBackup, restore } from './restore.ts';
import { readBackupKey } from './sealing.ts';
import { openTestApp, openTestDatabase, type TestApp } from './testing.ts';
import { verifyBackup } from './verify-backup.ts';

let app: TestApp;
const folder = mkdtempSync(join(tmpdir(), 'entregent-keeping-'));
const keyFile = join(folder, 'key');
const passphraseFile = join(folder, 'passphrase');
const plain = join(folder, 'plain');
const sealed = join(folder, 'sealed');

beforeAll(async () => {
  app = await openTestApp();
  const alice = await app.setUp();
  for (let count = 0; count < 20; count++)
    await alice.call(cards.createCard, { fields: [{ kind: 'name', value: { full: `Zoé\tLebrun\\n ${count}` } }] });
  await app.settle();
  // As the first start of an installation does.
  await app.query(`insert into kernel.installation (key, value) values ('key_check', to_jsonb('check'::text))`);
  writeFileSync(keyFile, `# created: 2026-12-01\n${await generateIdentity()}\n`);
  writeFileSync(passphraseFile, 'correct horse battery staple\n');
  await backUp(app.databaseUrl, plain, 'check');
  await backUp(app.databaseUrl, sealed, 'check', await readBackupKey(keyFile));
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

describe('a sealed backup', () => {
  test('is opened by its key, and by no other', async () => {
    const key = await readBackupKey(keyFile);
    const { rows } = await checkBackup(sealed, key);
    expect(rows).toBe((await checkBackup(plain)).rows);
    await expect(checkBackup(sealed)).rejects.toMatchObject({ code: 'sealed' });
    await expect(checkBackup(sealed, { recipient: key.recipient! })).rejects.toMatchObject({ code: 'sealed' });
    const another = { identity: await generateIdentity() };
    await expect(checkBackup(sealed, another)).rejects.toMatchObject({ code: 'other_backup_key' });
    expect(readFileSync(sealed).includes(Buffer.from('identity.member'))).toBe(false);
  });

  test('is sealed by a passphrase, or for somebody who alone can open it', async () => {
    const file = join(folder, 'by-passphrase');
    await backUp(app.databaseUrl, file, 'check', await readBackupKey(passphraseFile));
    expect(await checkBackup(file, await readBackupKey(passphraseFile))).toMatchObject({ rows: expect.any(Number) });
    await expect(checkBackup(file, { passphrase: 'another one, as long' })).rejects.toMatchObject({
      code: 'other_backup_key',
    });
    const identity = await generateIdentity();
    const theirs = join(folder, 'recipient');
    writeFileSync(theirs, await identityToRecipient(identity));
    const forThem = join(folder, 'for-them');
    await backUp(app.databaseUrl, forThem, 'check', await readBackupKey(theirs));
    await expect(checkBackup(forThem, await readBackupKey(theirs))).rejects.toMatchObject({ code: 'sealed' });
    expect(await checkBackup(forThem, { identity })).toMatchObject({ rows: expect.any(Number) });
    // scrypt costs a second and a quarter of a gigabyte each time, on purpose.
  }, 240_000);

  test('is refused wherever it was cut off or changed, and nothing is changed', async () => {
    const key = await readBackupKey(keyFile);
    const octets = readFileSync(sealed);
    const database = await openTestDatabase('empty');
    const bad = join(folder, 'bad');
    for (const share of [0.01, 0.5, 0.999]) {
      copyFileSync(sealed, bad);
      truncateSync(bad, Math.floor(octets.length * share));
      const attempt = restore(database.url, bad, { keyCheck: 'check', force: false, key });
      await expect(attempt, `cut at ${share}`).rejects.toMatchObject({ code: 'damaged' });
      const changed = Buffer.from(octets);
      const at = Math.floor(changed.length * share);
      changed[at] = changed[at]! ^ 0x10;
      writeFileSync(bad, changed);
      await expect(checkBackup(bad, key), `changed at ${share}`).rejects.toMatchObject({ code: 'damaged' });
    }
    expect(await database.query(`select from pg_namespace where nspname = 'cards'`)).toEqual([]);
    await database.drop();
  });

  test('needs a key that is one', async () => {
    const recipient = await identityToRecipient(await generateIdentity());
    const others = [
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ alice',
      'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5',
      'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY=',
      `Public key: ${recipient}`,
      `recipient ${recipient}`,
      `"${recipient}"`,
      `${recipient} alice`,
      `key=${await generateIdentity()}`,
      'AGE-PLUGIN-YUBIKEY-1QQPQQQQ2QQQQQ',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA',
      'the public key: is elsewhere',
    ];
    for (const text of ['', 'short\n', 'AGE-SECRET-KEY-1NOTONE\n', 'age1notone\n', ...others]) {
      const file = join(folder, 'no-key');
      writeFileSync(file, text);
      await expect(readBackupKey(file), text).rejects.toMatchObject({ key: 'start.bad_backup_key' });
    }
    const words = join(folder, 'words');
    writeFileSync(words, 'the garage1 of publicans, keyed\n');
    expect(await readBackupKey(words)).toEqual({ passphrase: 'the garage1 of publicans, keyed' });
    await expect(readBackupKey(join(folder, 'nowhere'))).rejects.toMatchObject({ key: 'start.no_backup_key' });
  });
});

describe('a trial', () => {
  test('restores a backup into a database of its own, and finds each table as it was saved', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith(`entregent-verify-${process.pid}-`));
    const { rows, sums } = await verifyBackup(sealed, await readBackupKey(keyFile));
    expect(sums.find(({ table }) => table === 'cards.card')!.rows).toBeGreaterThanOrEqual(20);
    expect(rows).toBe((await checkBackup(plain)).rows);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`entregent-verify-${process.pid}-`))).toEqual(before);
  });
});

test('a trial takes away what one left that was killed in the middle', async () => {
  const ended = spawnSync(process.execPath, ['--version']).pid;
  const left = join(tmpdir(), `entregent-verify-${ended}-left`);
  mkdirSync(left, { mode: 0o711 });
  let died = false;
  (await startEmbedded(left)).onDeath(() => {
    died = true;
  });
  await verifyBackup(plain);
  expect(existsSync(left)).toBe(false);
  await expect.poll(() => died).toBe(true);
});

const trials = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`entregent-verify-${process.pid}-`));

test('a trial leaves alone another one that is under way in its process', async () => {
  const before = trials();
  const first = verifyBackup(plain);
  await expect.poll(() => trials().length, { interval: 5 }).toBeGreaterThan(before.length);
  expect(await Promise.all([first, verifyBackup(plain)])).toHaveLength(2);
  expect(trials()).toEqual(before);
});

describe('what has the name of a trial that was left', () => {
  const ended = spawnSync(process.execPath, ['--version']).pid;
  const isRoot = process.getuid?.() === 0;
  const pathOf = (pid: number, name: string) => join(tmpdir(), `entregent-verify-${pid}-${name}`);
  const numbered = pathOf(process.pid, 'before');
  const linking = pathOf(ended, 'linking');
  const link = pathOf(ended, 'link');
  const theirs = pathOf(ended, 'theirs');
  const stuck = pathOf(ended, 'stuck');
  const held = join(stuck, 'held');
  const live = mkdtempSync(join(folder, 'live-'));
  const cluster = join(live, 'postgres');
  // Root takes away whatever its file system lets it.
  const hold = (isHeld: boolean): void => {
    if (isRoot) spawnSync('chattr', [isHeld ? '+i' : '-i', held]);
    else if (existsSync(held)) chmodSync(held, isHeld ? 0o500 : 0o700);
  };
  let rows: number;

  beforeAll(async () => {
    for (const path of [numbered, linking, theirs, stuck, held, cluster]) mkdirSync(path);
    for (const name of ['PG_VERSION', 'postmaster.pid']) writeFileSync(join(cluster, name), '');
    writeFileSync(join(held, 'file'), '');
    symlinkSync(cluster, join(linking, 'postgres'));
    symlinkSync(live, link);
    if (isRoot) chownSync(theirs, 65_534, 65_534);
    hold(true);
    rows = await verifyBackup(plain).then(
      (checked) => checked.rows,
      () => 0,
    );
  });
  afterAll(() => {
    hold(false);
    for (const path of [numbered, linking, link, theirs, stuck]) rmSync(path, { recursive: true, force: true });
  });

  test('goes when an earlier process of the same number has left it, as in a container', () => {
    expect(existsSync(numbered)).toBe(false);
  });

  test('stays where it is a link, and nothing is started through a link in it', () => {
    expect(existsSync(linking)).toBe(false);
    expect(existsSync(link)).toBe(true);
    expect(readdirSync(live)).toEqual(['postgres']);
    expect(readdirSync(cluster)).toEqual(['PG_VERSION', 'postmaster.pid']);
  });

  // Nobody else can give a folder away.
  test.runIf(isRoot)('stays where it is somebody else’s', () => {
    expect(existsSync(theirs)).toBe(true);
  });

  test('costs the backup nothing where it cannot be taken away', () => {
    expect(rows).toBeGreaterThan(0);
  });
});

/** A backup of which one table's rows are others, with sums that say so: what PostgreSQL gives back is written otherwise. */
function rewrite(source: string, to: string, table: string, change: (rows: string) => string): void {
  const octets = gunzipSync(readFileSync(source));
  const out: Buffer[] = [];
  let at = 0;
  const takeLine = () => {
    const from = at;
    at = octets.indexOf(10, at) + 1;
    return octets.subarray(from, at);
  };
  const head = takeLine();
  out.push(head);
  for (const name of JSON.parse(head.toString()).tables as string[]) {
    out.push(takeLine());
    let rows = Buffer.alloc(0);
    for (;;) {
      const length = octets.readUInt32BE(at);
      rows = Buffer.concat([rows, octets.subarray(at + 4, at + 4 + length)]);
      at += 4 + length;
      if (length === 0) break;
    }
    takeLine();
    const written = name === table ? Buffer.from(change(rows.toString())) : rows;
    const sum = new RowSum();
    sum.add(written);
    if (written.length > 0) out.push(framed(written));
    out.push(Buffer.alloc(4), line(sum.end()));
  }
  out.push(octets.subarray(at));
  writeFileSync(to, gzipSync(Buffer.concat(out)));
}

test('a trial tells where what comes back is not what was written', async () => {
  const same = join(folder, 'same');
  rewrite(plain, same, 'cards.card', (rows) => rows);
  expect(await checkBackup(same)).toMatchObject({ rows: expect.any(Number) });
  const other = join(folder, 'other');
  rewrite(plain, other, 'identity.workspace', (rows) => rows.replaceAll('+00', '+00:00'));
  expect(await checkBackup(other)).toMatchObject({ rows: expect.any(Number) });
  await expect(verifyBackup(other)).rejects.toMatchObject({ code: 'differs' });
});

describe('backups by themselves', () => {
  const plan = (more: Partial<BackupPlan> = {}): BackupPlan => ({
    folder: mkdtempSync(join(folder, 'kept-')),
    every: 24,
    keyFile,
    ...more,
  });

  test('are taken when the product starts, tried, and noted; none follows before its time', async () => {
    const mine = plan();
    const backups = startBackups(app.databaseUrl, mine, 'check', app.app.log);
    await expect
      .poll(() => readOutcome(mine.folder), { timeout: 50_000 })
      .toMatchObject({ verified: true, failed: null });
    await backups.stop();
    expect(readdirSync(mine.folder).filter((name) => /\.backup\.age$/.test(name))).toHaveLength(1);
    expect(readdirSync(mine.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    const [{ at } = { at: new Date(0) }] = listBackups(mine.folder);
    expect(isDue(mine, new Date(at.getTime() + 23.9 * 3_600_000))).toBe(false);
    expect(isDue(mine, new Date(at.getTime() + 24 * 3_600_000))).toBe(true);
    // The clock was set back: what is still to come is no backup of yesterday's.
    expect(isDue(mine, new Date(at.getTime() - 3_600_000))).toBe(true);
  });

  test('that fail are noted, leave nothing behind, and cost no older one', async () => {
    const mine = plan({ keyFile: join(folder, 'nowhere') });
    const older = Array.from({ length: 40 }, (_, days) => new Date(Date.UTC(2026, 10, 1) - days * 86_400_000));
    for (const at of older)
      writeFileSync(join(mine.folder, `entregent-${at.toISOString().replaceAll(':', '-')}.backup.age`), '');
    await expect(takeBackup(app.databaseUrl, mine, 'check', new Date())).rejects.toMatchObject({
      key: 'start.no_backup_key',
    });
    expect(listBackups(mine.folder)).toHaveLength(40);
    expect(readOutcome(mine.folder)!.failed).toBeTruthy();
    writeFileSync(join(mine.folder, 'another.file'), '');
    await takeBackup(app.databaseUrl, { ...mine, keyFile }, 'check', new Date());
    // Seven days, four weeks and twelve months of which some are the same.
    expect(listBackups(mine.folder).length).toBeLessThan(16);
    expect(readdirSync(mine.folder)).toContain('another.file');
  });

  const fill = ({ folder: into }: BackupPlan): void => {
    for (let days = 0; days < 40; days++) {
      const at = new Date(Date.UTC(2026, 9, 1) - days * 86_400_000);
      writeFileSync(join(into, `entregent-${at.toISOString().replaceAll(':', '-')}.backup`), '');
    }
  };

  test('that cannot be tried stay, cost no older one, and it is noted', async () => {
    const mine = plan();
    fill(mine);
    const { TMPDIR } = process.env;
    process.env.TMPDIR = join(folder, 'nowhere');
    try {
      await expect(takeBackup(app.databaseUrl, mine, 'check', new Date())).rejects.toMatchObject({ code: 'ENOENT' });
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
    expect(listBackups(mine.folder)).toHaveLength(41);
    const noted = readOutcome(mine.folder)!;
    expect(noted).toMatchObject({ verified: false, failed: 'ENOENT' });
    const key = await readBackupKey(keyFile);
    expect((await checkBackup(join(mine.folder, noted.file), key)).rows).toBe(noted.rows);
  });

  test('that give back something else are taken away', async () => {
    const database = await openTestDatabase();
    // What stands in a column of this type is kept as it was written; restored, it is not.
    await database.query('alter table kernel.installation alter column value type json using value::json');
    await database.query(`insert into kernel.installation (key, value) values ('key_check', ' "check"  ')`);
    const mine = plan();
    fill(mine);
    await expect(takeBackup(database.url, mine, 'check', new Date())).rejects.toMatchObject({ code: 'differs' });
    expect(listBackups(mine.folder)).toHaveLength(40);
    expect(readOutcome(mine.folder)).toMatchObject({ verified: false, size: 0, failed: 'differs' });
    await database.drop();
  });

  test('go on where an older one cannot be taken away, and what a killed one has left goes', async () => {
    const mine = plan();
    fill(mine);
    // No file: it cannot be deleted as one.
    const stuck = 'entregent-2020-01-01T00-00-00.000Z.backup';
    mkdirSync(join(mine.folder, stuck));
    const parts = [
      'entregent-2026-11-30T00-00-00.000Z.backup.part',
      'entregent-2026-11-30T00-00-00.000Z.backup.age.part',
    ];
    for (const name of [...parts, 'another.part']) writeFileSync(join(mine.folder, name), '');
    const { file } = await takeBackup(app.databaseUrl, mine, 'check', new Date());
    const left = readdirSync(mine.folder);
    expect(left).toEqual(expect.arrayContaining([file, stuck, 'another.part']));
    expect(left.filter((name) => parts.includes(name))).toEqual([]);
    expect(left.length).toBeLessThan(20);
    expect(readOutcome(mine.folder)).toMatchObject({ verified: true, failed: null });
  });

  test('are kept for seven days, four weeks and twelve months', () => {
    const days = Array.from({ length: 800 }, (_, back) => new Date(Date.UTC(2026, 11, 1, 2) - back * 86_400_000));
    const left = [...chooseKept(days)].map((at) => at.toISOString().slice(0, 10));
    expect(left.slice(0, 7)).toEqual(days.slice(0, 7).map((at) => at.toISOString().slice(0, 10)));
    // Sundays, and the last days of months.
    expect(left).toEqual(
      expect.arrayContaining(['2026-11-22', '2026-11-15', '2026-10-31', '2026-02-28', '2026-01-31']),
    );
    expect(left).not.toContain('2025-12-31');
    expect(left).not.toContain('2026-11-12');
  });

  test('whatever there is, the last is kept, no more than asked, and what is kept stays chosen', () => {
    const moments = fc.array(
      fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
    );
    fc.assert(
      fc.property(moments, (all) => {
        const chosen = chooseKept(all);
        expect(chosen.size).toBeLessThanOrEqual(7 + 4 + 12);
        const last = all.toSorted((a, b) => b.getTime() - a.getTime())[0];
        if (last) expect([...chosen].some((at) => at.getTime() === last.getTime())).toBe(true);
        expect(chooseKept([...chosen])).toEqual(chosen);
      }),
    );
  });
});
