import type pg from 'pg';
import { z } from 'zod';
import type { Contact } from '../formats/contact.ts';
import type { App } from '../kernel/app.ts';
import type { Config } from '../kernel/config.ts';
import type { Tx } from '../kernel/database.ts';
import { type Guarded, Unreached } from '../kernel/guarded.ts';
import type { Place, ProblemCode, Provider } from './contract.ts';

/** What a connector works with: what its member entered, and the way out. */
export interface Access<Settings = unknown, Secret = unknown> {
  settings: Settings;
  secret: Secret;
  guarded: Guarded;
  config: Config;
  signal: AbortSignal;
  /** Whose habit numbers without prefix follow, ISO 3166-1 alpha-2. */
  country: string;
  /** Keeps a secret that the service has replaced (a token), at once. */
  keepSecret(secret: Secret): Promise<void>;
  /** By which the company is known to a service; null: it is not. */
  findClient(provider: Provider): Promise<OAuthClient | null>;
}

/** What the company was given by a service when it registered there (RFC 6749, 2.2). */
export interface OAuthClient {
  clientId: string;
  clientSecret: string;
  /** Microsoft: whose accounts are let in; null: anybody's. */
  tenant: string | null;
}

/** How an account is opened by its service's own page (RFC 6749), so that no password comes here. */
export interface Opening<Settings, Secret> {
  provider: Provider;
  /** What the account is to allow. */
  scopes: readonly string[];
  /** Whose account it is: the same for ever, and as people call it. @throws Trouble | Unreached */
  whose(access: Access<Settings, Secret>): Promise<{ id: string; name: string }>;
}

/** A contact as a service holds it. */
export interface Item {
  /** Its name at the service, the same for ever: a path, an id. */
  key: string;
  /** Its state there, compared and never read (an ETag, say); null: not known. */
  state: string | null;
  contact: Contact;
  /** The service has given its e-mail addresses up: what is sent there comes back. */
  dead?: boolean;
}

/** Who has a part in a deal there: `key` as of `Item`. */
export const dealContact = z.object({ key: z.string(), name: z.string(), email: z.string() });

/** A deal as a service holds it, in its own words: it is read as a line of a file is. */
export const deal = z.object({
  name: z.string(),
  organization: z.string(),
  /** As people call it there. */
  stage: z.string(),
  outcome: z.enum(['won', 'lost']).nullable(),
  amount: z.number().nullable(),
  /** ISO 4217; '': the service does not say. */
  currency: z.string(),
  /** Days (YYYY-MM-DD, or with a time behind it); of what is over, `closes` is when it ended. */
  opened: z.string(),
  closes: z.string(),
  /** Name or address of whose it is there. */
  owner: z.string(),
  reason: z.string(),
  note: z.string(),
  contacts: z.array(dealContact),
  /** What its record says besides, by name. */
  cells: z.array(z.tuple([z.string(), z.string()])),
});
export type Deal = z.output<typeof deal>;

export interface DealItem {
  key: string;
  deal: Deal;
}

/** Deals of the same account, where its member wants them. */
export interface Deals<Settings, Secret> {
  /** Reaches them. @throws Trouble deals_forbidden where the account does not open them | Unreached */
  try(access: Access<Settings, Secret>): Promise<void>;
  pull(access: Access<Settings, Secret>, since: Omit<Since, 'place'>): AsyncGenerator<Batch<DealItem>>;
}

/** What is written in one transaction, together with where the next reading goes on. */
export interface Batch<I = Item> {
  items: readonly I[];
  /** Keys of what the service holds no more. */
  gone: readonly string[];
  /** Absent: after a crash the reading begins where it began this time. */
  cursor?: unknown;
}

/** From where a reading begins. */
export interface Since {
  place: string;
  /** As the last batch that had one said; null at first. */
  cursor: unknown;
  /** What was read earlier and stands there still, with its state: for services that only list. */
  known(): Promise<Map<string, string | null>>;
}

/** Something that is to stand at the service. */
export interface Outgoing {
  key: string;
  /** In which state it was read last; null: it is new. */
  state: string | null;
  /** The octets of a vCard, made of what stands there (null: nothing), so that what we have no word for survives. */
  write(there: string | null): string;
}

/**
 * What became of it. `moved`: what stands there is not what was read last, and nothing was written. `refused`: the service does not
 * take it, now or later. `same`: it says so already.
 */
export type Sent = { kind: 'written' | 'same'; state: string | null } | { kind: 'moved' } | { kind: 'refused' };

/** What a connector that may write does for it. */
export interface Writing<Settings, Secret> {
  /** The key of a new contact with this UID: known before it is sent, so that a crash in between makes no second one. */
  keyFor(place: string, uid: string): string;
  put(access: Access<Settings, Secret>, place: string, outgoing: Outgoing): Promise<Sent>;
  /** Takes away what stands there in the state in which it was read last; null: it was not. */
  remove(access: Access<Settings, Secret>, place: string, key: string, state: string | null): Promise<Sent>;
}

/** In which a connector that brings no contacts keeps what it brings: the cursor moves with it, or not at all. */
interface Taking {
  app: App;
  client: pg.PoolClient;
  tx: Tx;
  workspaceId: string;
  connectionId: string;
  memberId: string;
  sourceId: string;
  bookId: string;
}

/**
 * A kind of service that contacts come from. Whatever it throws beside `Trouble` and `Unreached` counts as a fault of ours, is logged, and
 * tried again later.
 */
export interface Connector<Settings = unknown, Secret = unknown, I = Item> {
  kind: string;
  settings: z.ZodType<Settings>;
  secret: z.ZodType<Secret>;
  /** Whether it can be offered on this installation. */
  isAvailable?(config: Config): boolean;
  /** Only admins connect it: what it reads is the company's. */
  ofCompany?: true;
  /** It brings no contacts into its book, which any of its member's may be. */
  bookless?: true;
  /** Settings and secret come from the service's own page, and are not entered. */
  opening?: Opening<Settings, Secret>;
  /** Seconds between two readings. */
  every: number;
  /** Reaches the service and says what is there to choose. @throws Trouble | Unreached */
  connect(access: Access<Settings, Secret>): Promise<Place[]>;
  /** What has changed since. A batch is settled before the next one is asked for. @throws Trouble | Unreached */
  pull(access: Access<Settings, Secret>, since: Since): AsyncGenerator<Batch<I>>;
  /** For what is no contact: what stands there as it was read last, with its state, where only its own tables know. As the keeper. */
  known?(tx: Tx, workspaceId: string, sourceId: string): Promise<Map<string, string | null>>;
  /** For what is no contact: keeps a batch. @returns counts for the log */
  take?(taking: Taking, batch: Batch<I>): Promise<Record<string, number>>;
  writing?: Writing<Settings, Secret>;
  deals?: Deals<Settings, Secret>;
  /** Says goodbye (revokes a token). What it throws changes nothing. */
  disconnect?(access: Access<Settings, Secret>): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: connectors of all kinds stand in one list; each has checked its own.
export type AnyConnector = Connector<any, any, any>;

/** What a service would not do, in a word that people are told. */
export class Trouble extends Error {
  override name = 'Trouble';
  readonly code: ProblemCode;
  /** The service says when to come back. */
  readonly afterSeconds: number | undefined;
  constructor(code: ProblemCode, afterSeconds?: number) {
    super(code);
    this.code = code;
    this.afterSeconds = afterSeconds;
  }
}

/** Seconds that `Retry-After` asks for, as a number or a date (RFC 9110, 10.2.3); undefined where it says nothing. */
export function secondsOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/** What a service says of itself by the status of any answer: it asks to come back later, or is at fault; null: neither. */
export function passingTrouble({ status, headers }: Pick<Response, 'status' | 'headers'>): Trouble | null {
  const after = secondsOf(headers.get('retry-after'), Date.now());
  if (status === 429 || (status === 503 && after !== undefined)) return new Trouble('busy', after);
  return status >= 500 ? new Trouble('server_error') : null;
}

/** What went wrong, in the words for people; undefined for what is a fault of ours. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (error instanceof Trouble) return error;
  return error instanceof Unreached ? new Trouble(error.code) : undefined;
}
