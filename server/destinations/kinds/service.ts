import { passingTrouble, Trouble } from '../../connectors/connector.ts';
import type { Access } from '../kind.ts';

/** Where the services stand that have one address. Tests, and nobody else, put a server of their own in its place. */
export const services = {
  brevo: () => 'https://api.brevo.com',
  /** @param centre the data centre at the end of a key: `us21` */
  mailchimp: (centre: string) => `https://${centre}.api.mailchimp.com`,
};

export interface Answer {
  status: number;
  said: unknown;
}

/**
 * Asks a service in JSON. What it says of the question itself (400, 404, 405, 422) is the caller's to judge.
 * @throws Trouble | Unreached
 */
export async function askService(
  { guarded, signal }: Pick<Access, 'guarded' | 'signal'>,
  url: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  headers: Record<string, string>,
  body?: object,
): Promise<Answer> {
  const answer = await guarded.fetch(url, {
    method,
    headers: {
      ...{ accept: 'application/json', 'user-agent': 'Entregent', ...headers },
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    ...{ seconds: 30, limit: 1024 * 1024, signal },
  });
  const text = await answer.text();
  const { status } = answer;
  if (status === 401) throw new Trouble('refused');
  if (status === 403) throw new Trouble('forbidden');
  if (status >= 300 && status < 400) throw new Trouble('elsewhere');
  const passing = passingTrouble(answer);
  if (passing) throw passing;
  return { status, said: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
