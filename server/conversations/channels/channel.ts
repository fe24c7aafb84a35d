import type { z } from 'zod';
import type { Guarded } from '../../kernel/guarded.ts';

/** What kinds of address a conversation can belong to; a contact point is (workspace, kind, normalised address). */
export const pointChannels = ['email', 'phone', 'handle', 'visitor'] as const;
export type PointChannel = (typeof pointChannels)[number];

/** Who speaks, as the channel names them. */
export interface Correspondent {
  /**
   * The contact point: an e-mail address in lower case, a number in E.164, `<network>:<id at the network>` for a handle, the token of a
   * visitor. What the network never changes, where it has such a thing: not the name that people see.
   */
  point: { channel: PointChannel; address: string };
  /** What an answer is sent to, where that is not the point's address (a chat's id, an inbox of the network). */
  replyTo?: string;
  /** The point is what they say of themselves; nothing has shown that it is theirs. */
  claimed?: boolean;
  /** As they call themselves; empty: not said. */
  name: string;
}

/** A file that comes with a message. Its content, or where it may be had with the channel's own access. */
export interface IncomingFile {
  name: string;
  /** As the other side says; what it is is found out from its octets. */
  mediaType: string;
  content: Uint8Array | { url: string } | { id: string };
  /** Octets, where it is said. */
  size?: number;
  /** Stands within the HTML as `cid:`. */
  contentId?: string;
}

/** How a call, a video meeting or a visit was. */
export interface Held {
  seconds?: number;
  direction?: 'in' | 'out';
  outcome?: 'answered' | 'missed' | 'voicemail';
  /** Which member spoke. */
  agent?: string;
  /** What is written is what the other side said: a voice of theirs. */
  theirs?: boolean;
}

/** A message as a channel brings it. */
export interface IncomingMessage {
  /** The platform's own id: said twice, it stands once. At most 500 characters. */
  externalId: string;
  /** Which conversation it belongs to on this channel; the same for all that belongs together. At most 500 characters. */
  thread: string;
  /** Ids of messages that it answers, nearest first: it belongs where one of them stands, whatever `thread` says (RFC 5322, 3.6.4). */
  answers?: readonly string[];
  /**
   * Who writes from another address has a conversation of their own, whatever they answer: what is said to them goes to them, and to nobody
   * whose words they have before them.
   */
  apart?: boolean;
  /** Whoever is on the other side: its author, or for `direction: 'out'` to whom it went. */
  correspondent: Correspondent;
  /** `out`: ours, written elsewhere (in the mailbox itself, in the platform's own window). */
  direction: 'in' | 'out';
  /** When it was said, by the platform's clock. */
  at: Date;
  subject?: string;
  /** What was written, without quotes and signature where these can be told apart. */
  text: string;
  /** What was cut off `text`: quotes, signature. */
  quoted?: string;
  /** As it came; made harmless before it is kept. */
  html?: string;
  files?: readonly IncomingFile[];
  /** Written by a machine (RFC 3834): nobody answers it by themselves, and it opens nothing anew. */
  automatic?: boolean;
  /** Where it stands on the web, if everybody may read it there. */
  url?: string;
  /** A judgement that comes with it: stars. */
  rating?: { value: number; of: number };
  /** Others who were written to, addresses as they stand: told, never added by ourselves. */
  others?: readonly string[];
  /** What it is where it is no plain text: a sticker, a location, an order; `text` is then what can be said of it in words, or empty. */
  nature?: string;
  /** How long it took: a call, a voice message. */
  seconds?: number;
  /** More of a call; goes before `seconds`. */
  held?: Held;
}

/** What a channel brings. Whatever is none of these is left out by the channel, and counted. */
export type Incoming =
  | { kind: 'message'; message: IncomingMessage }
  | { kind: 'edited'; externalId: string; text: string; html?: string; at: Date }
  | { kind: 'deleted'; externalId: string; at: Date }
  /** What became of a message of ours. `sent`: it did leave, where nobody knew. */
  | { kind: 'settled'; externalId: string; state: 'sent' | 'delivered' | 'read' | 'failed'; at: Date; reason?: string }
  /** An emoji on a message; null: taken back. */
  | { kind: 'reacted'; externalId: string; correspondent: Correspondent; emoji: string | null; at: Date }
  /** They have another address from now on; the old one is theirs no more. */
  | { kind: 'moved'; from: Correspondent['point']; to: Correspondent['point']; at: Date };

/** A request that a platform sends us. */
export interface HookRequest {
  method: 'GET' | 'POST';
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  query: Readonly<Record<string, string | undefined>>;
  /** As it came, octet for octet: signatures are over it. */
  body: Buffer;
  /** The address it was sent to, with scheme and query: some signatures are over it. */
  url: string;
}

/** What is answered to it, and what it brings. */
export interface Heard {
  incoming: readonly Incoming[];
  /** Things that are no message and no news of one, for the log: a number only. */
  ignored: number;
  /** A challenge to be answered, say; otherwise 204 with nothing. */
  answer?: { status: number; type: string; body: string };
}

/** The request is not the platform's: its signature or token is wrong, or it is older than it may be. */
export class Forged extends Error {
  override name = 'Forged';
}

/** The platform's, but nothing one can read. */
export class Unreadable extends Error {
  override name = 'Unreadable';
}

/** What a message of ours is when it leaves. */
export interface Outgoing {
  /** Ours, the same however often it is tried: for platforms that take one. */
  messageId: string;
  to: Correspondent;
  thread: string;
  subject: string | null;
  text: string;
  files: readonly { name: string; mediaType: string; content: Uint8Array }[];
  /** The platform's ids of what was said before, the last one last. */
  earlier: readonly string[];
  /** Their last word, which it answers. */
  answering: { at: Date; name: string; text: string } | null;
  /** Who writes, as the correspondent reads it; null: the company. */
  signedBy: string | null;
  /** In which language they work. */
  locale: 'fr' | 'en';
  /** It advertises: how to stop it, where the text does not say so. */
  advertises?: { mention: string | null };
  /** A text agreed with the platform beforehand, for when its window is shut. */
  template?: { name: string; language: string; values: readonly string[] };
}

/**
 * What became of it. `refused`: never, for a reason that people are told (`code`, a word of the channel's own). `later`: worth trying again.
 * `unsure`: it left, and nobody knows whether it arrived; it is not tried again by itself.
 */
export type Sent =
  | { kind: 'sent'; externalId: string }
  | { kind: 'refused'; code: string }
  | { kind: 'later'; code: string; afterSeconds?: number }
  | { kind: 'unsure' };

export interface Access<Settings = unknown, Secret = unknown> {
  settings: Settings;
  secret: Secret;
  guarded: Guarded;
  signal: AbortSignal;
  /** It is a member's own: what is marked as private there is not read. */
  personal?: boolean;
}

export interface Capabilities {
  /** What is written there can be read by everybody. */
  public: boolean;
  /** The most characters of a message; null: no bound but ours. */
  mostCharacters: number | null;
  /** The most octets of one file and which kinds (`image/*`); null: no files. */
  files: { mostOctets: number; types: readonly string[] } | null;
  /** Hours after the correspondent's last word in which one may write freely; null: always. */
  windowHours: number | null;
  templates: boolean;
  subject: boolean;
}

/**
 * A kind of channel. `hear` and the reading half of `pull` are pure of the database: the same request gives the same answer.
 * What a channel throws beside `Forged`, `Unreadable`, `Trouble` and `Unreached` counts as a fault of ours.
 */
export interface Channel<Settings = unknown, Secret = unknown> {
  kind: string;
  settings: z.ZodType<Settings>;
  secret: z.ZodType<Secret>;
  capabilities: Capabilities;
  /** For platforms that call us. @throws Forged | Unreadable */
  hear?(request: HookRequest, setup: { settings: Settings; secret: Secret; now: Date }): Heard;
  /** For platforms that are asked: all that is new since the cursor (null: at first), piece by piece. @throws Trouble | Unreached */
  pull?(
    access: Access<Settings, Secret>,
    cursor: unknown,
  ): AsyncGenerator<{ incoming: readonly Incoming[]; cursor: unknown }>;
  /** Seconds between two readings, for those that are asked. */
  every?: number;
  /** What we write there is read here: nothing has to leave. */
  local?: true;
  /** It has no road of its own: what we write leaves as mail, from the mailbox that its settings name or as the company's mail does. */
  carried?: true;
  /** The id that a message of ours will have there, where it is ours to say: its echo, and any word of it, find it by that at once. */
  idOf?(messageId: string, settings: Settings): string;
  /** Absent, where it is not `local`: one only listens there. @throws Trouble | Unreached */
  send?(access: Access<Settings, Secret>, outgoing: Outgoing): Promise<Sent>;
  /** Fetches a file that came as an id or an address. @throws Trouble | Unreached */
  fetchFile?(access: Access<Settings, Secret>, file: IncomingFile): Promise<Uint8Array>;
  /** Reaches the platform, and says under which name the channel stands there. @throws Trouble | Unreached */
  check?(access: Access<Settings, Secret>): Promise<{ name: string }>;
}

// biome-ignore lint/suspicious/noExplicitAny: channels of all kinds stand in one list; each has checked its own.
export type AnyChannel = Channel<any, any>;
