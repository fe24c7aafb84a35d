import { passingTrouble, Trouble } from '../connector.ts';
import type { Provider } from '../contract.ts';
import { type AccountAccess, tokenFor } from './tokens.ts';

/** What a service answers. */
export interface Answer {
  status: number;
  body: unknown;
}

/** Octets of an answer: a thousand contacts with long notes. */
const largest = 48 * 2 ** 20;

/**
 * Asks a service for JSON with the account's token, which is renewed once where it is refused.
 * @returns 400, 403, 404 and 410 too, which each service means in its own way @throws Trouble | Unreached for the rest
 */
export async function ask(
  access: AccountAccess,
  provider: Provider,
  url: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  for (let refused = false; ; refused = true) {
    const token = await tokenFor(access, provider, refused);
    const asked = {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'user-agent': 'Entregent',
      ...headers,
    };
    const answer = await access.guarded.fetch(url, { headers: asked, signal: access.signal, limit: largest });
    if (answer.status === 401 && !refused) await answer.body?.cancel();
    else return read(answer);
  }
}

const told = new Set([200, 400, 403, 404, 410]);

async function read(answer: Response): Promise<Answer> {
  const { status } = answer;
  const trouble =
    status === 401
      ? new Trouble('authorisation_ended')
      : (passingTrouble(answer) ?? (told.has(status) ? null : new Trouble('malformed')));
  if (trouble) {
    await answer.body?.cancel();
    throw trouble;
  }
  const text = await answer.text();
  try {
    return { status, body: JSON.parse(text) };
  } catch {
    if (status !== 200) return { status, body: null };
    throw new Trouble('malformed');
  }
}
