export const securities = ['tls', 'starttls', 'none'] as const;

/** What is typed to connect a mailbox. */
export interface Draft {
  address: string;
  /** Empty: the address is the user's name. */
  user: string;
  password: string;
  host: string;
  port: number;
  security: (typeof securities)[number];
}

/** IMAP servers of providers that many have; of others the usual name is a good guess. */
const hosts: Record<string, string> = {
  'gmail.com': 'imap.gmail.com',
  'googlemail.com': 'imap.gmail.com',
  'orange.fr': 'imap.orange.fr',
  'wanadoo.fr': 'imap.orange.fr',
  'free.fr': 'imap.free.fr',
  'sfr.fr': 'imap.sfr.fr',
  'neuf.fr': 'imap.sfr.fr',
  'laposte.net': 'imap.laposte.net',
  'yahoo.com': 'imap.mail.yahoo.com',
  'yahoo.fr': 'imap.mail.yahoo.com',
  'icloud.com': 'imap.mail.me.com',
  'me.com': 'imap.mail.me.com',
  'fastmail.com': 'imap.fastmail.com',
  'gmx.fr': 'imap.gmx.com',
  'gmx.com': 'imap.gmx.com',
  'gmx.de': 'imap.gmx.net',
  'web.de': 'imap.web.de',
};

/** Where the mail of an address is probably read; empty as long as it is none. */
export function guessHost(address: string): string {
  const domain = /@([^@\s]+\.[^@\s.]{2,})$/.exec(address.trim().toLowerCase())?.[1];
  return domain === undefined ? '' : (hosts[domain] ?? `imap.${domain}`);
}

/** The settings of a connection, as its kind asks for them. */
export function settingsOf(kind: 'imap' | 'drop_box', draft: Draft): Record<string, unknown> {
  const { host, port, security } = draft;
  const [address, user] = [draft.address.trim(), draft.user.trim()];
  return { host, port, security, user: user || address, ...(kind === 'imap' ? { addresses: [address] } : { address }) };
}

export const calendarServices = ['address', 'icloud', 'fastmail', 'nextcloud', 'other'] as const;

/** What is typed to connect a calendar. */
export interface CalendarDraft {
  service: (typeof calendarServices)[number];
  /** The secret address, where it has one. */
  url: string;
  address: string;
  username: string;
  password: string;
  /** Other addresses of one's own, separated by commas. */
  addresses: string;
}

/** A calendar as its kind of connection asks for it. */
export function calendarSettingsOf(draft: CalendarDraft) {
  const { service, url, address, username, password } = draft;
  const addresses = draft.addresses.split(/[\s,;]+/).filter(Boolean);
  if (service === 'address') return { kind: 'calendar_at_address', settings: { addresses }, secret: { url } };
  const where = service === 'nextcloud' || service === 'other' ? { address } : {};
  return { kind: 'calendar', settings: { service, username, ...where, addresses }, secret: { password } };
}
