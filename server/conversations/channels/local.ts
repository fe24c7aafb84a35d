import { z } from 'zod';
import { fetchFile as fetchFrom } from './asking.ts';
import type { AnyChannel, Capabilities, Channel } from './channel.ts';

const none = z.object({});

/** Nothing leaves by it. */
const listening: Capabilities = {
  ...{ public: false, mostCharacters: null, files: null, windowHours: null, templates: false, subject: false },
};

/** A site's own chat: visitors read and write at our address, so that nothing has to be sent. */
export const chat: Channel<ChatSettings, Record<string, never>> = {
  kind: 'chat',
  settings: z.object({
    /** Sites on which it may be shown, scheme and host; empty: any. */
    origins: z.array(z.url().max(200)).max(50).default([]),
    greeting: z.object({ fr: z.string().max(300).default(''), en: z.string().max(300).default('') }).prefault({}),
    /** Of the button, `#rrggbb`. */
    colour: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i)
      .default('#0F6B5C'),
    /** Whether a visitor says who they are before they write. */
    asks: z.enum(['nothing', 'email']).default('nothing'),
  }),
  secret: none,
  local: true,
  capabilities: {
    public: false,
    mostCharacters: 4000,
    files: { mostOctets: 10 * 2 ** 20, types: ['*/*'] },
    windowHours: null,
    templates: false,
    subject: false,
  },
};
/** A member's own notes of calls, video meetings and visits: written here, answered nowhere. */
export const note: Channel<{ sharedWith: string | null }, Record<string, never>> = {
  kind: 'note',
  settings: z.object({ sharedWith: z.uuid().nullable().default(null) }),
  secret: none,
  capabilities: listening,
};

/** What a telephone system tells of calls. One answers by calling. */
export const calls: Channel<CallsSettings, Record<string, never>> = {
  kind: 'calls',
  settings: z.object({
    /** As numbers without a country are read. */
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .default('FR'),
    /** Recordings are fetched and kept here; else a link leads to them. */
    fetchRecordings: z.stringbool().or(z.boolean()).default(false),
  }),
  secret: none,
  capabilities: listening,
  fetchFile: (access, { content }) => fetchFrom(access, 'url' in content ? content.url : ''),
};

/** Tables of reviews: public where they were written, answered there. */
export const reviews: Channel<Record<string, never>, Record<string, never>> = {
  ...{ kind: 'reviews', settings: none, secret: none, capabilities: { ...listening, public: true } },
};

/** What was said elsewhere before: exported chats, tickets of a help desk. */
export const imported: Channel<Record<string, never>, Record<string, never>> = {
  ...{ kind: 'imported', settings: none, secret: none, capabilities: listening },
};

export interface CallsSettings {
  country: string;
  fetchRecordings: boolean;
}

export interface ChatSettings {
  origins: string[];
  greeting: { fr: string; en: string };
  colour: string;
  asks: 'nothing' | 'email';
}

/** What is sent to who writes on a channel of this kind. @throws Error for a kind that is not there */
export function channelOf(channels: readonly AnyChannel[], kind: string): AnyChannel {
  const channel = channels.find((one) => one.kind === kind);
  if (!channel) throw new Error(`No channel of this kind: ${kind}`);
  return channel;
}

export const capabilitiesOf = (channels: readonly AnyChannel[], kind: string): Capabilities =>
  channelOf(channels, kind).capabilities;
