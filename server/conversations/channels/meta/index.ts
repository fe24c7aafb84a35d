import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import { type Answered, later, type Refusal, refused } from '../asking.ts';
import { Forged, type Heard, type HookRequest, type Sent, Unreadable } from '../channel.ts';
import { checkBodySignature, isSame } from '../verifying.ts';

/** What opens an app of Meta's, and what its requests are known by. */
export const secret = z.object({
  /** Signs what Meta sends. */
  appSecret: z.string().trim().min(1).max(200),
  /** Said back when the address is entered at Meta. */
  verifyToken: z.string().trim().min(1).max(200),
  accessToken: z.string().trim().min(1).max(2000),
});
export type MetaSecret = z.output<typeof secret>;

/** Digits: an account, a number, a page. */
export const metaId = z.string().regex(/^\d{1,40}$/);

/**
 * Meta asks once whether the address is ours (GET with a challenge); everything else is signed (Graph API, Webhooks, "Validating payloads").
 * @returns the answer to the challenge; undefined: it is signed, and to be read
 * @throws Forged | Unreadable
 */
export function checkRequest({ method, query, headers, body }: HookRequest, known: MetaSecret): Heard | undefined {
  if (method === 'POST') {
    checkBodySignature(headers['x-hub-signature-256'], known.appSecret, body);
    return undefined;
  }
  if (query['hub.mode'] !== 'subscribe' || !isSame(query['hub.verify_token'], known.verifyToken)) throw new Forged();
  const challenge = query['hub.challenge'] ?? '';
  // It is echoed: nothing that a browser would take for a page.
  if (!/^[\w-]{1,200}$/.test(challenge)) throw new Unreadable('challenge');
  return { incoming: [], ignored: 0, answer: { status: 200, type: 'text/plain', body: challenge } };
}

const error = z.object({ error: z.object({ code: z.int(), error_subcode: z.int().optional() }) });

/** Errors of the whole Graph API ("Handling errors"): the account is asked too much, is closed to us, lacks a right, or is barred. */
const general: [readonly number[], () => Sent | Trouble][] = [
  [[4, 17, 32, 341, 613, 80006, 80007], () => later('busy')],
  [[1, 2], () => later('server_error')],
  [[0, 102, 190], () => new Trouble('refused')],
  [[3, 10, 368], () => new Trouble('forbidden')],
];

/** @param own codes (or code and subcode) that a product of Meta's has words for */
export function judgeBy(own: Readonly<Record<string, Refusal | (() => Sent | Trouble)>>) {
  return ({ said, status, headers }: Answered): Sent | Trouble | undefined => {
    const parsed = error.safeParse(said);
    if (!parsed.success) return undefined;
    const { code, error_subcode: subcode } = parsed.data.error;
    const meant = own[`${code}/${subcode}`] ?? own[String(code)];
    if (meant) return typeof meant === 'string' ? refused(meant) : meant();
    const known = general.find(([codes]) => codes.includes(code))?.[1]();
    if (known) return known;
    if (code >= 200 && code < 300) return new Trouble('forbidden');
    return status < 500 && headers.get('retry-after') === null ? refused('rejected') : undefined;
  };
}
