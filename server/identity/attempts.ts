import type pg from 'pg';
import { AppError } from '../kernel/errors.ts';
import { sha256 } from '../kernel/ids.ts';

/** Wrong passwords are counted in the database, so that neither a restart nor a second process gives new ones. */
export interface Attempts {
  /**
   * Runs what checks the password of an address (e-mail), for a caller at `ip`.
   * @throws AppError too_many_requests, whatever the password, after ten wrong ones within a minute from there, or a
   *   hundred within an hour from anywhere
   */
  guard<T>(email: string, ip: string, check: () => Promise<T>): Promise<T>;
}

/** The table, in the words of the library that keeps the schema `auth`. */
export const attemptsTable = {
  id: 'sign-in-attempts',
  schema: {
    signInAttempt: {
      fields: {
        /** A hash of the address, with or without where the caller is: no list of who signs in from where. */
        key: { type: 'string', required: true, unique: true },
        count: { type: 'number', required: true },
        since: { type: 'date', required: true },
      },
    },
  },
} as const;

interface Limit {
  key: string;
  allowed: number;
  seconds: number;
}

function limitsOf(email: string, ip: string): Limit[] {
  const hash = (text: string) => sha256(text).toString('hex');
  const address = email.toLowerCase();
  return [
    { key: hash(`${address}\n${ip}`), allowed: 10, seconds: 60 },
    // Guessing from many places at once. Ample, because who exhausts it keeps the member out for the rest of the hour.
    { key: hash(address), allowed: 100, seconds: 3600 },
  ];
}

export function openAttempts(pool: pg.Pool): Attempts {
  /** Counted before the password is looked at, so that many at once are not all the first. */
  async function take({ key, allowed, seconds }: Limit): Promise<boolean> {
    const { rows } = await pool.query<{ count: number }>(
      `insert into "signInAttempt" as a (id, key, count, since) values (gen_random_uuid(), $1, 1, now())
       on conflict (key) do update set
         count = case when a.since < now() - make_interval(secs => $2) then 1 else a.count + 1 end,
         since = case when a.since < now() - make_interval(secs => $2) then now() else a.since end
       returning count`,
      [key, seconds],
    );
    return rows[0]!.count <= allowed;
  }
  async function giveBack(limits: readonly Limit[]): Promise<void> {
    await pool.query(`update "signInAttempt" set count = count - 1 where key = any($1) and count > 0`, [
      limits.map(({ key }) => key),
    ]);
    await pool.query(`delete from "signInAttempt" where since < now() - interval '1 hour'`);
  }

  return {
    async guard(email, ip, check) {
      const limits = limitsOf(email, ip);
      for (const limit of limits) if (!(await take(limit))) throw new AppError('too_many_requests');
      try {
        const opened = await check();
        await giveBack(limits);
        return opened;
      } catch (error) {
        const wrong = error instanceof AppError && error.code === 'wrong_credentials';
        if (!wrong) await giveBack(limits);
        throw error;
      }
    },
  };
}
