import { createHash } from 'node:crypto';
import { parseFeed } from 'feedsmith';
import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import { decodeText } from '../../../formats/text.ts';
import type { Correspondent } from '../channel.ts';
import { handleOf, nameOf } from '../reading.ts';
import { textOfHtml } from '../safe-html.ts';

/** What a feed says of one entry, in whichever format. */
export interface Entry {
  id: string;
  title: string;
  text: string;
  html?: string;
  url?: string;
  author: Correspondent;
  at: Date;
  updated: Date | undefined;
}

/** Entries of one feed that are read; no feed shows more of the latest ones. */
const mostEntries = 500;

const words = z.string().optional().catch(undefined);
const texts = z.array(z.string()).optional().catch(undefined);
const value = z.object({ value: z.string(), type: words }).optional().catch(undefined);
const person = z.object({ name: words });
const people = z
  .array(z.union([person, z.string().transform((name) => ({ name }))]))
  .optional()
  .catch(undefined);

/** Members of an entry in RSS 0.9 to 2.0, RDF, Atom and JSON Feed, as the parser names them. */
const entry = z.object({
  id: words,
  guid: value,
  title: z
    .union([z.string(), z.object({ value: z.string() }).transform((title) => title.value)])
    .optional()
    .catch(undefined),
  link: words,
  url: words,
  links: z
    .array(z.object({ href: words, rel: words }))
    .optional()
    .catch(undefined),
  description: words,
  summary: z
    .union([z.string(), z.object({ value: z.string() }).transform((summary) => summary.value)])
    .optional()
    .catch(undefined),
  content: z.object({ value: words, type: words, encoded: words }).optional().catch(undefined),
  content_html: words,
  content_text: words,
  authors: people,
  pubDate: words,
  published: words,
  updated: words,
  date_published: words,
  date_modified: words,
  atom: z.object({ updated: words, published: words }).optional().catch(undefined),
  dc: z.object({ creators: texts, dates: texts }).optional().catch(undefined),
  dcterms: z
    .object({ modified: z.array(z.string()).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
type RawEntry = z.output<typeof entry>;

const feed = z.object({
  feed: z.object({
    title: z.unknown(),
    authors: people,
    items: z.array(entry).optional(),
    entries: z.array(entry).optional(),
  }),
});

/**
 * Reads a feed. @param now for entries that say no time, and as the latest time that there can be
 * @throws Trouble malformed
 */
export function readFeed(bytes: Uint8Array, charset: string | undefined, address: string, now: Date): Entry[] {
  const start = Buffer.from(bytes.subarray(0, 2000)).toString('latin1');
  const { text } = decodeText(bytes, charset ?? /^\s*<\?xml[^>]*\bencoding=["']([\w.:-]{1,40})/i.exec(start)?.[1]);
  // No feed needs entities of its own, and those who have some mean harm.
  if (/<!DOCTYPE[^>[]{0,500}\[/i.test(text.slice(0, 20_000))) throw new Trouble('malformed');
  const { data } = feed.safeParse(parse(text));
  if (!data) throw new Trouble('malformed');
  const { items, entries, authors } = data.feed;
  return (items ?? entries ?? []).slice(0, mostEntries).flatMap((one) => {
    const read = toEntry(one, authors?.[0], address, now);
    return read ? [read] : [];
  });
}

function parse(text: string): unknown {
  try {
    return parseFeed(text, { maxItems: mostEntries });
  } catch {
    throw new Trouble('malformed');
  }
}

const digestOf = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);

/** @param byDefault whoever writes the feed */
function toEntry(
  one: RawEntry,
  byDefault: z.output<typeof person> | undefined,
  address: string,
  now: Date,
): Entry | null {
  const title = plain(one.title ?? '');
  const said = sayingOf(one);
  if (title === '' && said.text === '') return null;
  const url = urlOf(one, address);
  const published = dateOf(
    one.published ?? one.pubDate ?? one.date_published ?? one.atom?.published ?? one.dc?.dates?.[0],
    now,
  );
  const updated = dateOf(one.updated ?? one.date_modified ?? one.atom?.updated ?? one.dcterms?.modified?.[0], now);
  return {
    id: one.id || one.guid?.value || url || digestOf(title, said.text),
    title,
    ...said,
    ...(url && { url }),
    author: authorOf(one.authors?.[0] ?? namedOnly(one.dc?.creators?.[0]) ?? byDefault, address),
    at: published ?? updated ?? now,
    updated,
  };
}

const namedOnly = (name: string | undefined) => (name ? { name } : undefined);

const isHtml = (text: string): boolean => /<[a-z!/]|&(?:#\d+|#x[\da-f]+|[a-z]+);/i.test(text);
/** Titles are text in some feeds, and HTML in others. */
const plain = (title: string): string => (isHtml(title) ? textOfHtml(title) : title).replace(/\s+/g, ' ').trim();

function sayingOf(one: RawEntry): { text: string; html?: string } {
  const { content, content_text } = one;
  if (content?.type === 'text') return { text: (content.value ?? '').trim() };
  const said =
    content?.encoded ?? content?.value ?? one.content_html ?? content_text ?? one.description ?? one.summary ?? '';
  return isHtml(said) && said !== content_text ? { text: textOfHtml(said), html: said } : { text: said.trim() };
}

function urlOf({ link, url, links, guid }: RawEntry, address: string): string | undefined {
  const chosen = links?.find(({ rel }) => rel === undefined || rel === 'alternate')?.href;
  const given = [link, url, chosen, guid?.value].find(
    (one) => one && URL.canParse(one, address) && (one !== guid?.value || /^https?:/.test(one)),
  );
  const full = given ? new URL(given, address) : undefined;
  return full && /^https?:$/.test(full.protocol) && full.href.length < 2000 ? full.href : undefined;
}

/** Nobody says anything tomorrow. */
function dateOf(written: string | undefined, now: Date): Date | undefined {
  const date = new Date(written ?? '');
  if (Number.isNaN(date.getTime()) || date.getTime() < Date.UTC(1990, 0, 1)) return undefined;
  return date > now ? now : date;
}

/** Who writes under a name within one feed is one person. An address that a feed says is nobody's proof: it is left. */
function authorOf(by: z.output<typeof person> | undefined, address: string): Correspondent {
  const { host } = new URL(address);
  const name = nameOf(by?.name);
  return { point: handleOf('feed', name ? `${host}/${name.toLowerCase()}` : host), name: name || host };
}

/** What an entry says, in a word: another one where it was edited. */
export const wordOf = ({ title, text, html }: Entry): string => digestOf(title, text, html ?? '');
/** An entry's id, in a word. */
export const keyOf = ({ id }: Entry): string => digestOf(id);
