import { z } from 'zod';

/** Everything for devices stands below this. */
export const davPath = '/dav/';

/** The name in URLs of the address book that holds what others lend. */
export const lentSlug = 'lent-to-me';

/** What a path stands for. */
export type Target =
  | { kind: 'root' }
  | { kind: 'principal'; memberId: string }
  | { kind: 'home'; memberId: string }
  | { kind: 'book'; memberId: string; book: string }
  | { kind: 'card'; memberId: string; book: string; name: string };

const uuid = (text: string | undefined): string | null => z.uuid().safeParse(text).data ?? null;

/** Longer than any name that a device gives. */
const longest = 500;

/** @param path of a URL, encoded @returns null where nothing can be */
export function readPath(path: string): Target | null {
  if (!path.startsWith(davPath) && path !== davPath.slice(0, -1)) return null;
  let parts: string[];
  try {
    parts = path.slice(davPath.length).split('/').map(decodeURIComponent);
  } catch {
    return null;
  }
  if (parts.at(-1) === '') parts.pop();
  if (
    parts.some((part) => part === '' || part === '.' || part === '..' || part.length > longest || part.includes('\0'))
  )
    return null;
  const [area, member, book, name, ...more] = parts;
  if (area === undefined) return { kind: 'root' };
  const memberId = uuid(member);
  if (memberId === null || more.length > 0) return null;
  if (area === 'principals') return book === undefined ? { kind: 'principal', memberId } : null;
  if (area !== 'books') return null;
  if (book === undefined) return { kind: 'home', memberId };
  return name === undefined ? { kind: 'book', memberId, book } : { kind: 'card', memberId, book, name };
}

/** A `href` in a body or a `Destination`: an absolute path, or a URL of ours. @returns null where nothing of ours can be */
export function readHref(href: string, host: string): Target | null {
  const trimmed = href.trim();
  if (trimmed.startsWith('/')) return readPath(trimmed.split(/[?#]/)[0]!);
  try {
    const url = new URL(trimmed);
    return url.host === host ? readPath(url.pathname) : null;
  } catch {
    return null;
  }
}

export const principalHref = (memberId: string): string => `${davPath}principals/${memberId}/`;
export const homeHref = (memberId: string): string => `${davPath}books/${memberId}/`;
export const bookHref = (memberId: string, book: string): string => `${homeHref(memberId)}${encodeURIComponent(book)}/`;
export const cardHref = (memberId: string, book: string, name: string): string =>
  bookHref(memberId, book) + encodeURIComponent(name);
