import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { BadBackup } from './archive.ts';
import { backUp, holdsWorkspace } from './backup.ts';
import type { Log } from './log.ts';
import { type BackupKey, canOpen, readBackupKey } from './sealing.ts';
import { verifyBackup } from './verify-backup.ts';

// Backups that the product takes by itself: each is restored for a trial before older ones go.

/** Where backups go, and how often. */
export interface BackupPlan {
  folder: string;
  /** Hours from one to the next. */
  every: number;
  /** File with what seals them (`readBackupKey`); absent: whoever has a backup reads it. */
  keyFile?: string;
}

/** How many are kept: of so many days, weeks and months that have one, the last of each. */
const kept = { days: 7, weeks: 4, months: 12 };

const day = 86_400_000;
const periods: [number, (at: Date) => string][] = [
  [kept.days, (at) => at.toISOString().slice(0, 10)],
  // Weeks since a Monday, from Monday to Sunday (UTC).
  [kept.weeks, (at) => String(Math.floor((at.getTime() - Date.UTC(1970, 0, 5)) / (7 * day)))],
  [kept.months, (at) => at.toISOString().slice(0, 7)],
];

/** Which of these moments are kept. The last one always is. */
export function chooseKept(moments: readonly Date[]): Set<Date> {
  const lastFirst = moments.toSorted((a, b) => b.getTime() - a.getTime());
  const chosen = new Set<Date>(lastFirst.slice(0, 1));
  for (const [most, periodOf] of periods) {
    const seen = new Set<string>();
    for (const at of lastFirst) {
      const period = periodOf(at);
      if (seen.has(period)) continue;
      if (seen.size === most) break;
      seen.add(period);
      chosen.add(at);
    }
  }
  return chosen;
}

/** `entregent-2026-12-01T02-00-00.000Z.backup`, sealed ones with `.age` behind. Nothing else in the folder is touched. */
const named = /^entregent-(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.backup(?:\.age)?$/;
const unfinished = /^entregent-.*\.backup(?:\.age)?\.part$/;
const nameOf = (at: Date, sealed: boolean) =>
  `entregent-${at.toISOString().replaceAll(':', '-')}.backup${sealed ? '.age' : ''}`;

interface Kept {
  name: string;
  at: Date;
}

export function listBackups(folder: string): Kept[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const [, date, hour, minute, second] = named.exec(name) ?? [];
    const at = new Date(`${date}${hour}:${minute}:${second}`);
    return Number.isNaN(at.getTime()) ? [] : [{ name, at }];
  });
}

/** What is known of the last try, beside the backups: read by `entregent doctor`. */
const outcome = z.object({
  at: z.iso.datetime(),
  file: z.string(),
  /** Restored for a trial, and the same as what was saved. False: it was sealed for somebody else, who alone can try, or `failed` says why there was no trial. */
  verified: z.boolean(),
  rows: z.number().int(),
  /** Octets; 0: there is no file. */
  size: z.number().int(),
  /** Why there is none, or no trial of it; the code of the error, or its message. */
  failed: z.string().nullable(),
});
export type BackupOutcome = z.output<typeof outcome>;

const noteOf = (folder: string) => join(folder, 'entregent-backups.json');

export function readOutcome(folder: string): BackupOutcome | undefined {
  try {
    return outcome.parse(JSON.parse(readFileSync(noteOf(folder), 'utf8')));
  } catch {
    return undefined;
  }
}

function note(folder: string, what: BackupOutcome): void {
  writeFileSync(`${noteOf(folder)}.part`, `${JSON.stringify(what, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${noteOf(folder)}.part`, noteOf(folder));
}

/** Whether the next one is due. A backup of a time that is still to come (the clock was set back) is none. */
export function isDue({ folder, every }: BackupPlan, now: Date): boolean {
  const past = listBackups(folder).filter(({ at }) => at <= now);
  return past.every(({ at }) => now.getTime() - at.getTime() >= every * 3_600_000);
}

/**
 * Takes a backup, restores it for a trial, and lets go of older ones that are not to be kept. One that is no good is taken away again; one that could not be
 * tried (no room for temporary files) stays. None goes for either.
 * @throws what went wrong; it is noted in the folder, too
 */
export async function takeBackup(url: string, plan: BackupPlan, keyCheck: string, now: Date): Promise<BackupOutcome> {
  const { folder, keyFile } = plan;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = nameOf(now, keyFile !== undefined);
  const file = join(folder, name);
  const said = { at: now.toISOString(), file: name };
  let taken = { rows: 0, size: 0 };
  try {
    clearLeft(folder);
    const key: BackupKey | undefined = keyFile === undefined ? undefined : await readBackupKey(keyFile);
    const { rows } = await backUp(url, file, keyCheck, key);
    taken = { rows, size: statSync(file).size };
    const verified = !key || canOpen(key);
    if (verified) await verifyBackup(file, key);
    const done = { ...said, ...taken, verified, failed: null };
    note(folder, done);
    letGo(folder);
    return done;
  } catch (error) {
    // All else than this says nothing against the file.
    if (error instanceof BadBackup) taken = { rows: 0, size: 0 };
    if (taken.size === 0) remove(file);
    const { code, message } = error as { code?: string; message: string };
    // A full disk takes no note either.
    try {
      note(folder, { ...said, ...taken, verified: false, failed: code ?? message });
    } catch {}
    throw error;
  }
}

/** What a process that was killed while it wrote has left: the one that holds the lock is alone, and has not begun yet. */
function clearLeft(folder: string): void {
  for (const name of readdirSync(folder)) if (unfinished.test(name)) remove(join(folder, name));
}

function letGo(folder: string): void {
  const all = listBackups(folder);
  const chosen = chooseKept(all.map(({ at }) => at));
  for (const { name, at } of all) if (!chosen.has(at)) remove(join(folder, name));
}

/** What cannot be taken away stays, and costs no other. */
function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}

/** Milliseconds between two looks whether a backup is due, and until one that failed is tried again. */
const lookEvery = 60_000;
const tryAgainAfter = 1_800_000;

/** Takes backups as they become due, one process at a time. */
export function startBackups(url: string, plan: BackupPlan, keyCheck: string, log: Log): { stop(): Promise<void> } {
  const stopped = new AbortController();
  async function go(): Promise<void> {
    while (!stopped.signal.aborted) {
      const done = await takeIfDue(url, plan, keyCheck).catch((error) => {
        log.error('backup failed', { error });
        return false;
      });
      const pause = done ? lookEvery : tryAgainAfter;
      await sleep(pause, undefined, { ref: false, signal: stopped.signal }).catch(() => {});
    }
  }
  const going = go();
  return {
    async stop() {
      stopped.abort();
      // One under way takes as long as it takes, and leaves nothing half done where the process ends before.
      await Promise.race([going, sleep(1000, undefined, { ref: false })]);
    },
  };
}

async function takeIfDue(url: string, plan: BackupPlan, keyCheck: string): Promise<boolean> {
  if (!isDue(plan, new Date()) || !(await holdsWorkspace(url))) return true;
  const client = new pg.Client({ connectionString: url, application_name: 'entregent-backups' });
  client.on('error', () => {});
  await client.connect();
  try {
    // No workspace: a backup holds all of them.
    const { rows } = await client.query(`select pg_try_advisory_lock(hashtextextended('entregent backup', 0)) as got`);
    if (rows[0].got && isDue(plan, new Date())) await takeBackup(url, plan, keyCheck, new Date());
    return true;
  } finally {
    await client.end();
  }
}
