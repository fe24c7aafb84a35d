import type pg from 'pg';
import type { ErrorCode } from '../kernel/contract.ts';
import { AppError } from '../kernel/errors.ts';
import { sha256 } from '../kernel/ids.ts';
import type { Secrets } from '../kernel/secrets.ts';
import { matchTotp, newRecoveryCodes, newTotpSecret, totpUri } from './totp.ts';

/** Codes of an authenticator app, asked for after the password. */
export interface SecondFactor {
  /** Null when signing in takes the password alone. */
  state(accountId: string): Promise<{ since: Date; recoveryCodesLeft: number } | null>;
  /** A secret for the app; nothing is asked for until `confirm`. @throws AppError conflict when it is switched on already */
  prepare(accountId: string, email: string): Promise<{ secret: string; uri: string }>;
  /** Switches it on. @returns the recovery codes, which nobody can tell again @throws AppError wrong_code */
  confirm(accountId: string, code: string): Promise<string[]>;
  /**
   * Does nothing for accounts without. A code of the app opens once, so does a recovery code.
   * @throws AppError code_required; wrong_code; too_many_codes after five wrong ones within a quarter of an hour
   */
  demand(accountId: string, code: string | undefined): Promise<void>;
  remove(accountId: string): Promise<void>;
}

/** The table, in the words of the library that keeps the schema `auth`. */
export const secondFactorTable = {
  id: 'second-factor',
  schema: {
    secondFactor: {
      fields: {
        userId: {
          type: 'string',
          required: true,
          unique: true,
          references: { model: 'user', field: 'id', onDelete: 'cascade' },
        },
        /** Sealed with the master key. */
        secret: { type: 'string', required: true },
        confirmedAt: { type: 'date', required: false },
        /** The last period whose code was used. */
        lastStep: { type: 'number', required: true },
        /** Hashes, separated by spaces. */
        recoveryCodes: { type: 'string', required: true },
        failures: { type: 'number', required: true },
        failingSince: { type: 'date', required: false },
      },
    },
  },
} as const;

interface Row {
  secret: string;
  confirmedAt: Date | null;
  lastStep: number;
  recoveryCodes: string;
  failures: number;
  failingSince: Date | null;
}
type Uses = Pick<Row, 'lastStep' | 'recoveryCodes' | 'failures' | 'failingSince'>;

const failuresAllowed = 5;
const failuresWithin = 15 * 60_000;

const hashOf = (recoveryCode: string) => sha256(recoveryCode).toString('hex');
const listOf = (hashes: string) => hashes.split(' ').filter(Boolean);

/** What a code does: what is to be kept, and why it does not open. */
function judge(row: Row, secret: string, typed: string, now: number): { keep: Uses; refused: ErrorCode | null } {
  const within = row.failingSince !== null && now - row.failingSince.getTime() < failuresWithin;
  const failures = within ? row.failures : 0;
  if (failures >= failuresAllowed) return { keep: row, refused: 'too_many_codes' };
  const code = typed.replaceAll(/[\s-]/g, '').toUpperCase();
  const step = matchTotp(secret, code, now, row.lastStep);
  if (step !== null) return { keep: { ...row, lastStep: step, failures: 0, failingSince: null }, refused: null };
  const hashes = listOf(row.recoveryCodes);
  const left = hashes.filter((hash) => hash !== hashOf(code));
  if (left.length < hashes.length)
    return { keep: { ...row, recoveryCodes: left.join(' '), failures: 0, failingSince: null }, refused: null };
  const failingSince = within ? row.failingSince : new Date(now);
  return { keep: { ...row, failures: failures + 1, failingSince }, refused: 'wrong_code' };
}

export function openSecondFactor(pool: pg.Pool, secrets: Secrets): SecondFactor {
  const seal = (secret: string) => secrets.encrypt(secret).toString('base64');
  const unseal = (sealed: string) => secrets.decrypt(Buffer.from(sealed, 'base64'));

  async function find(accountId: string): Promise<Row | undefined> {
    return (await pool.query<Row>(`select * from "secondFactor" where "userId" = $1`, [accountId])).rows[0];
  }
  /** Of two who use one code at once, the second one waits and finds it used. */
  async function use(accountId: string, typed: string): Promise<ErrorCode | null> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query<Row>(`select * from "secondFactor" where "userId" = $1 for update`, [
        accountId,
      ]);
      const row = rows[0];
      const { keep, refused } = row ? judge(row, unseal(row.secret), typed, Date.now()) : { keep: null, refused: null };
      if (keep)
        await client.query(
          `update "secondFactor" set "lastStep" = $2, "recoveryCodes" = $3, failures = $4, "failingSince" = $5
           where "userId" = $1`,
          [accountId, keep.lastStep, keep.recoveryCodes, keep.failures, keep.failingSince],
        );
      await client.query('commit');
      return refused;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  return {
    async state(accountId) {
      const row = await find(accountId);
      if (!row?.confirmedAt) return null;
      return { since: row.confirmedAt, recoveryCodesLeft: listOf(row.recoveryCodes).length };
    },
    async prepare(accountId, email) {
      const secret = newTotpSecret();
      const done = await pool.query(
        `insert into "secondFactor" (id, "userId", secret, "lastStep", "recoveryCodes", failures)
         values (gen_random_uuid(), $1, $2, 0, '', 0)
         on conflict ("userId") do update set secret = excluded.secret where "secondFactor"."confirmedAt" is null`,
        [accountId, seal(secret)],
      );
      if (done.rowCount === 0) throw new AppError('conflict');
      return { secret, uri: totpUri(secret, email) };
    },
    async confirm(accountId, code) {
      const row = await find(accountId);
      const step = row ? matchTotp(unseal(row.secret), code.replaceAll(' ', ''), Date.now(), row.lastStep) : null;
      if (!row || step === null) throw new AppError('wrong_code', { fields: { code: 'wrong' } });
      const codes = newRecoveryCodes();
      const hashes = codes.map((one) => hashOf(one.replaceAll('-', ''))).join(' ');
      const done = await pool.query(
        `update "secondFactor" set "confirmedAt" = now(), "lastStep" = $3, "recoveryCodes" = $4
         where "userId" = $1 and secret = $2 and "confirmedAt" is null`,
        [accountId, row.secret, step, hashes],
      );
      if (done.rowCount === 0) throw new AppError('conflict');
      return codes;
    },
    async demand(accountId, code) {
      const row = await find(accountId);
      if (!row?.confirmedAt) return;
      if (!code) throw new AppError('code_required');
      const refused = await use(accountId, code);
      if (refused) throw new AppError(refused);
    },
    async remove(accountId) {
      await pool.query(`delete from "secondFactor" where "userId" = $1`, [accountId]);
    },
  };
}
