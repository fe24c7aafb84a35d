import type { Access } from '../connector.ts';
import type { KeySecret } from '../records/asking.ts';
import type { SqlRow } from './rows.ts';

// What is the same of databases of any make: where they are, what they are asked, what they answer, and its bounds.

/** Somebody else's database, as far as it takes to ask it something. */
export interface Database {
  settings: { address: string; database: string; username: string };
  secret: KeySecret;
  guarded: Access['guarded'];
  signal: AbortSignal;
}

/** One statement, its parameters where they stand in it, and in which zone it is answered: theirs unless it is said. */
export interface Asked {
  text: string;
  values: readonly string[];
  zone?: 'UTC';
  /** Rows and octets of the answer, beyond which it is left; for who keeps what comes in pieces. */
  most?: { rows: number; octets: number };
}

export interface Page {
  headers: string[];
  /** When the transaction began, by the database's clock: milliseconds since 1970. */
  began: number;
  rows: SqlRow[];
}

/** Seconds of one step of a query. */
export const slowest = 300;
/** Of a result that is read into memory. */
export const usual = { rows: 200_000, octets: 64 * 2 ** 20 };
/** How often its octets are looked at, in milliseconds. */
export const watchEvery = 100;

export const urlOf = (address: string): URL | null => {
  const url = `postgres://${address.replace(/^[a-z]+:\/\//i, '')}`;
  return URL.canParse(url) ? new URL(url) : null;
};

/** A host, and its port where that is another than the usual; nothing beside them. */
export const isServer = (address: string): boolean => {
  const { hostname, username, pathname } = urlOf(address) ?? {};
  return Boolean(hostname) && username === '' && (pathname === '' || pathname === '/');
};
