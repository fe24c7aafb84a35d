import type { ChannelKind } from '../../../../server/conversations/contract.ts';
import type { MessageKey } from '../../i18n.ts';

/** What is asked for to open a channel. */
export interface ChannelField {
  /** In the settings, or among the secrets, which are never shown again. */
  of: 'settings' | 'secret';
  key: string;
  /** `words`: several, one a line. */
  type: 'text' | 'url' | 'number' | 'secret' | 'colour' | 'words' | 'choice';
  choices?: readonly string[];
  /** What stands there at first. */
  initial?: string;
  required: boolean;
  /** Asked of a member's own channel alone. */
  own?: boolean;
}

const text = (key: string, required = true): ChannelField => ({ of: 'settings', key, type: 'text', required });
const url = (key: string, required = true): ChannelField => ({ of: 'settings', key, type: 'url', required });
const secret = (key: string): ChannelField => ({ of: 'secret', key, type: 'secret', required: true });

const number = (key: string, initial: string): ChannelField => ({
  ...{ of: 'settings', key, type: 'number', required: true, initial },
});
const choice = (key: string, ...choices: [string, ...string[]]): ChannelField => ({
  ...{ of: 'settings', key, type: 'choice', required: true, choices, initial: choices[0] },
});
/** A server, and how one speaks with it. */
const server = (of: string, port: string): ChannelField[] => [
  text(`${of}.host`),
  number(`${of}.port`, port),
  choice(`${of}.security`, 'tls', 'starttls', 'none'),
];

const meta = [secret('accessToken'), secret('appSecret'), secret('verifyToken')];

/** By kind; a kind that is not here cannot be opened by hand. */
export const fieldsOf: Partial<Record<ChannelKind, ChannelField[]>> = {
  chat: [
    { of: 'settings', key: 'origins', type: 'words', required: false },
    { of: 'settings', key: 'greeting.fr', type: 'text', required: false },
    { of: 'settings', key: 'greeting.en', type: 'text', required: false },
    { of: 'settings', key: 'colour', type: 'colour', required: false },
    choice('asks', 'nothing', 'email'),
  ],
  // It has an editor of its own.
  form: [],
  calls: [{ ...text('country'), initial: 'FR' }, choice('fetchRecordings', 'false', 'true')],
  mail: [
    text('address'),
    text('name', false),
    { of: 'secret', key: 'user', type: 'text', required: true },
    secret('password'),
    ...server('imap', '993'),
    ...server('smtp', '465'),
    { of: 'secret', key: 'smtpUser', type: 'text', required: false },
    { ...secret('smtpPassword'), required: false },
    { ...text('folders.inbox'), initial: 'INBOX' },
    text('folders.sent', false),
    choice('copies', 'ours', 'server'),
    { ...choice('letters', 'company', 'here'), own: true },
    number('days', '30'),
    { of: 'settings', key: 'aliases', type: 'words', required: false },
  ],
  whatsapp: [text('phoneNumberId'), ...meta],
  messenger: [text('accountId'), ...meta],
  instagram: [text('accountId'), ...meta],
  telegram: [secret('token'), secret('secretToken')],
  sms_twilio: [text('accountSid'), text('from'), secret('authToken')],
  sms_ovh: [text('serviceName'), secret('applicationKey'), secret('applicationSecret'), secret('consumerKey')],
  mastodon: [url('server'), secret('token')],
  bluesky: [text('identifier'), url('service', false), secret('password')],
  discourse: [url('server'), text('username'), secret('apiKey'), secret('webhookSecret')],
  feed: [url('url')],
  webhook: [url('url', false), secret('signing')],
};

export const kindsToOpen = Object.keys(fieldsOf) as ChannelKind[];

/** What a field is called, and what it is for. */
export const labelOf = (kind: ChannelKind, { key }: ChannelField): MessageKey =>
  `channels.field.${kind}.${key}` as MessageKey;

type Said = Record<string, string>;

/** Puts what was typed (by of what it is and its key) where the server looks for it; what was left empty is left out. */
export function toSaid(
  kind: ChannelKind,
  typed: Said,
): { settings: Record<string, unknown>; secret: Record<string, string> } {
  const settings: Record<string, unknown> = {};
  const secrets: Record<string, string> = {};
  for (const { of, key, type } of fieldsOf[kind] ?? []) {
    const value = (typed[`${of}.${key}`] ?? '').trim();
    if (value === '' && type !== 'words') continue;
    if (of === 'secret') secrets[key] = value;
    else put(settings, key, type === 'words' ? value.split(/\s+/).filter(Boolean) : value);
  }
  return { settings, secret: secrets };
}

function put(into: Record<string, unknown>, key: string, value: unknown): void {
  const [first = '', ...rest] = key.split('.');
  if (rest.length === 0) into[first] = value;
  else {
    into[first] ??= {};
    put(into[first] as Record<string, unknown>, rest.join('.'), value);
  }
}

/** What stands in the fields of a kind before anything is typed. */
export const initialOf = (kind: ChannelKind): Said =>
  Object.fromEntries((fieldsOf[kind] ?? []).map(({ of, key, initial }) => [`${of}.${key}`, initial ?? '']));

/** The other way round: what is kept, as it is typed. */
export function toTyped(kind: ChannelKind, settings: Record<string, unknown>): Said {
  return Object.fromEntries(
    (fieldsOf[kind] ?? []).flatMap(({ of, key }) => {
      if (of === 'secret') return [];
      const value = key
        .split('.')
        .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], settings);
      return [[`settings.${key}`, Array.isArray(value) ? value.join('\n') : asTyped(value)]];
    }),
  );
}

const asTyped = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** Whether the server refused what stands in a field, or one of its lines. */
export const isRefused = (refused: Said, field: string): boolean =>
  Object.keys(refused).some((at) => at === field || at.startsWith(`${field}.`));
