import {
  Client,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import type { z } from 'zod';
import * as apps from '../apps/contract.ts';
import { ask } from '../apps/testing.ts';
import type { Member, TestApp } from '../kernel/testing.ts';
import type { Outcome, Tool } from './contract.ts';

type Lent = Omit<z.input<typeof apps.authorise.input>, 'request'>;

/** An assistant: the protocol's own client in another program, with what it keeps. */
export interface Assistant {
  client: Client;
  transport: StreamableHTTPClientTransport;
  /** What it asked for when it was authorised last. */
  asked(): string[];
  token(): string;
  /** Calls a tool. @throws Error with what the answer says, when it is an error's */
  use<I extends z.ZodObject, O extends z.ZodObject>(tool: Tool<I, O>, given: z.input<I>): Promise<z.output<O>>;
  /** Both steps. */
  confirm<I extends z.ZodObject>(tool: Tool<I>, given: z.input<I>): Promise<Outcome>;
}

interface Options {
  /** Protocol of before: `initialize`, without a session. */
  legacy?: true;
  name?: string;
}

const redirectUrl = 'http://127.0.0.1:9/callback';
let addresses = 0;

/** Keeps for the client what a program keeps: who it is registered as, its tokens, and where its user was sent. */
function openKeeper(name: string) {
  const kept: { information?: object; tokens?: object; discovery?: object; verifier: string; sentTo?: URL } = {
    verifier: '',
  };
  const provider = {
    redirectUrl,
    clientMetadata: {
      client_name: name,
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    clientInformation: () => kept.information,
    saveClientInformation: (information: object) => Object.assign(kept, { information }),
    tokens: () => kept.tokens,
    saveTokens: (tokens: object) => Object.assign(kept, { tokens }),
    discoveryState: () => kept.discovery,
    saveDiscoveryState: (discovery: object) => Object.assign(kept, { discovery }),
    redirectToAuthorization: (sentTo: URL) => Object.assign(kept, { sentTo }),
    saveCodeVerifier: (verifier: string) => Object.assign(kept, { verifier }),
    codeVerifier: () => kept.verifier,
  } as unknown as OAuthClientProvider;
  return { kept, provider };
}

/** From an address of its own: limits count by address. */
function fetchFrom(): typeof fetch {
  const address = `203.0.113.${(++addresses % 250) + 1}`;
  return (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('x-forwarded-for', address);
    return fetch(input, { ...init, headers });
  };
}

/**
 * Connects an assistant as its user does: it is given the address alone, is refused, registers itself, sends the user to the consent page, and comes
 * back with a code.
 * @param answer what the user does where they are sent. @returns where the browser is led back
 */
export async function arrive(url: URL, options: Options, answer: (sentTo: URL) => Promise<string>): Promise<Assistant> {
  const { kept, provider } = openKeeper(options.name ?? 'Assistant');
  const send = fetchFrom();
  const open = () => new StreamableHTTPClientTransport(url, { authProvider: provider, fetch: send });
  const make = () =>
    new Client(
      { name: 'assistant', version: '1' },
      options.legacy ? {} : { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
  const first = open();
  const refused = await make()
    .connect(first)
    .then(() => null)
    .catch((error: unknown) => error);
  if (!(refused instanceof UnauthorizedError)) throw refused;

  const consent = async (transport: StreamableHTTPClientTransport) =>
    transport.finishAuth(new URL(await answer(kept.sentTo!)).searchParams);
  await consent(first);
  const transport = open();
  const client = make();
  await client.connect(transport);

  const call = async (name: string, given: object) => {
    const made = () => client.callTool({ name, arguments: { ...given } });
    // It may ask for more than it has: then its user is asked again.
    const answer = await made().catch(async (error: unknown) => {
      if (!(error instanceof UnauthorizedError)) throw error;
      await consent(transport);
      return made();
    });
    if (answer.isError) throw new Error((answer.content as { text: string }[])[0]!.text);
    return answer.structuredContent;
  };
  return {
    client,
    transport,
    asked: () => kept.sentTo!.searchParams.get('scope')!.split(' '),
    token: () => (kept.tokens as { access_token: string }).access_token,
    use: async (tool, given) => tool.output.parse(await call(tool.name, given)),
    async confirm(tool, given) {
      const { fingerprint } = (await call(tool.name, given)) as Outcome;
      return (await call(tool.name, { ...given, fingerprint })) as Outcome;
    },
  };
}

/** The same with a member who allows it at once, past the screens. */
export const connect = (app: TestApp, member: Member, lent: Lent, options: Options = {}): Promise<Assistant> =>
  arrive(new URL('/mcp', app.app.config.publicUrl), options, async (sentTo) => {
    const request = (await ask(member, sentTo.search.slice(1))).searchParams.get('request') ?? '';
    return (await member.call(apps.authorise, { request, ...lent })).url;
  });
