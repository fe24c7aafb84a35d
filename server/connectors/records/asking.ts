import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Access, passingTrouble, Trouble } from '../connector.ts';

/** What opens an account by program: a token, a key, the secret of an app. */
export const keySecret = z.object({ password: z.string().trim().min(1).max(2000) });
export type KeySecret = z.output<typeof keySecret>;

interface Question {
  method?: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
}

/** What a service says instead of what was asked: its status, and its answer where that is JSON. */
export interface Refusal {
  status: number;
  said: unknown;
}

/** A service that is asked in JSON, for as long as one synchronisation takes. */
export interface Service {
  /**
   * Asks, and reads the answer by its schema. A service that is too busy for some seconds is waited for.
   * @throws Trouble what `judge` makes of a refusal, else what its status says; malformed for an answer of another shape. Unreached
   */
  ask<T>(url: string, question: Question, schema: z.ZodType<T>): Promise<T>;
  /** Milliseconds since 1970 by the service's clock (RFC 9110, 6.6.1), or by ours where that is behind: what stamps are compared with. */
  now(): number;
}

/** Octets of an answer: a page of a few hundred contacts. */
const largest = 32 * 2 ** 20;
/** A reading of 100,000 contacts asks some hundred times; who asks this often is being led around. */
const mostQuestions = 20_000;
/** Seconds that are waited at once where the service asks for it; more is the next synchronisation's. */
const shortWait = 15;
const mostWaits = 5;

/** @param judge what this service's own words of refusal mean; undefined: what the status says */
export function openService(
  { guarded, signal }: Pick<Access, 'guarded' | 'signal'>,
  judge: (refusal: Refusal) => Trouble | undefined = () => undefined,
): Service {
  let clock = Number.POSITIVE_INFINITY;
  let questions = 0;
  const send = async (url: string, { headers, ...question }: Question) => {
    if (++questions > mostQuestions) throw new Trouble('too_large');
    const all = { accept: 'application/json', 'user-agent': 'Entregent', ...headers };
    const answer = await guarded.fetch(url, { ...question, headers: all, signal, limit: largest });
    const said = parse(await answer.text());
    const date = Date.parse(answer.headers.get('date') ?? '');
    if (!Number.isNaN(date)) clock = date;
    return { answer, said };
  };
  return {
    now: () => Math.min(clock, Date.now()),
    async ask(url, question, schema) {
      for (let waits = 0; ; waits++) {
        const { answer, said } = await send(url, question);
        const { status } = answer;
        // 207: of several things that were asked, some are not there.
        if (status === 200 || status === 207) return read(said, schema);
        const trouble = judge({ status, said }) ?? troubleOf(answer);
        const { afterSeconds } = trouble;
        if (trouble.code !== 'busy' || afterSeconds === undefined || afterSeconds > shortWait || waits === mostWaits)
          throw trouble;
        await sleep(afterSeconds * 1000, undefined, { signal });
      }
    },
  };
}

/** @throws Trouble malformed */
export function read<T>(said: unknown, schema: z.ZodType<T>): T {
  const { data, success } = schema.safeParse(said);
  if (!success) throw new Trouble('malformed');
  return data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function troubleOf(answer: Response): Trouble {
  const { status } = answer;
  if (status === 401) return new Trouble('refused');
  if (status === 403) return new Trouble('forbidden');
  if (status === 404 || status === 410) return new Trouble('place_gone');
  // No service moves its door: who leads elsewhere is given nothing.
  if (status >= 300 && status < 400) return new Trouble('elsewhere');
  return passingTrouble(answer) ?? new Trouble('malformed');
}
