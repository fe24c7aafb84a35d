import { createHash } from 'node:crypto';
import { UnreadableFile } from '../../../formats/contact.ts';
import { openTables } from '../../../formats/index.ts';
import { cellValue } from '../../../formats/table/cells.ts';
import { type Incoming, type IncomingMessage, Unreadable } from '../channel.ts';
import { clean, handleOf, toMessage } from '../reading.ts';
import { findColumns, type ReviewField } from './columns.ts';
import { ratingOf, scaleOf, timeOf } from './values.ts';

/** Why a row, or a detail of it, was left. Sentences stand in the catalogues under `channels.review.<code>`. */
interface ReviewProblem {
  /** As a spreadsheet counts it: 1 is the header. */
  row: number;
  code: 'no_content' | 'bad_date' | 'bad_rating';
}

interface Row {
  number: number;
  get(field: ReviewField): string;
}

/** Rows of one file; more is no export of reviews. */
const mostRows = 200_000;

/**
 * Reads reviews out of a table (CSV of any delimiter and charset, XLSX), each a message in public, with the company's answer behind it. Read
 * again, the same review has the same id.
 *
 * @param source of which platform they are (`google_play`): names are people of it
 * @param now the time of what says none
 * @throws Unreadable where it is no table of reviews, or damaged
 */
export async function readReviews(
  bytes: Uint8Array,
  { source = 'review', fileName, now }: { source?: string; fileName?: string; now: Date },
): Promise<{ incoming: Incoming[]; problems: ReviewProblem[] }> {
  const rows = await rowsOf(bytes, fileName);
  if (!rows) throw new Unreadable('no reviews');
  const scale = scaleOf(rows.map((row) => row.get('rating')));
  const problems: ReviewProblem[] = [];
  const counts = new Map<string, number>();
  const incoming = rows.flatMap((row) => toIncoming(row, { source, now, scale, problems, counts }));
  return { incoming, problems };
}

async function rowsOf(bytes: Uint8Array, fileName: string | undefined): Promise<Row[] | undefined> {
  try {
    for await (const { rows } of (await openTables(() => once(bytes), fileName)) ?? []) {
      let columns: readonly Column[] | null | undefined;
      const found: Row[] = [];
      let number = 0;
      for await (const { cells } of rows) {
        number++;
        if (cells.every((cell) => cell.trim() === '')) continue;
        if (columns === undefined) {
          const named = findColumns(cells);
          columns = named && [...named];
        } else if (columns) found.push(toRow(number, cells, columns));
        if (columns === null) break;
        if (found.length > mostRows) throw new Unreadable('too many rows');
      }
      if (columns) return found;
    }
    return undefined;
  } catch (error) {
    if (error instanceof UnreadableFile) throw new Unreadable(error.code);
    throw error;
  }
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

type Column = readonly [ReviewField, number];

/** Keeps what is asked for, not the whole row: a table may have a hundred columns more. */
function toRow(number: number, cells: readonly string[], columns: readonly Column[]): Row {
  const said = columns.map(([, at]) => clean(cellValue(cells[at])));
  return { number, get: (field) => said[columns.findIndex(([one]) => one === field)] ?? '' };
}

interface Reading {
  source: string;
  now: Date;
  scale: number;
  problems: ReviewProblem[];
  counts: Map<string, number>;
}

function toIncoming(row: Row, reading: Reading): Incoming[] {
  const { source, now, scale, problems } = reading;
  const title = row.get('title');
  const text = row.get('text');
  const rating = ratingOf(row.get('rating'), row.get('thumb'), scale);
  if (rating === undefined) problems.push({ row: row.number, code: 'bad_rating' });
  if (title === '' && text === '' && !rating) {
    problems.push({ row: row.number, code: 'no_content' });
    return [];
  }
  const at = timeOf(row.get('millis'), row.get('date'));
  if (at === undefined) problems.push({ row: row.number, code: 'bad_date' });
  const id = idFor(row, reading, text || title);
  if (id === undefined) return [];
  const author = row.get('author');
  const url = row.get('url');
  const review: IncomingMessage = {
    externalId: id,
    thread: id,
    // Who says no name is somebody else each time.
    correspondent: { point: handleOf(source, author ? author.toLowerCase().replace(/\s+/g, ' ') : id), name: author },
    direction: 'in',
    at: at ?? now,
    text,
    ...(title && { subject: title }),
    ...(rating && { rating }),
    ...(/^https?:\/\/\S{1,2000}$/.test(url) && { url }),
  };
  return [toMessage(review), ...replyTo(review, row)];
}

function replyTo(review: IncomingMessage, row: Row): Incoming[] {
  const text = row.get('reply');
  if (text === '') return [];
  const { externalId, thread, correspondent, at, url } = review;
  const said = timeOf(row.get('replyMillis'), row.get('replyDate')) ?? at;
  const reply: IncomingMessage = {
    externalId: `${externalId}/reply`,
    thread,
    answers: [externalId],
    correspondent,
    direction: 'out',
    at: said,
    text,
  };
  return [toMessage(url ? { ...reply, url } : reply)];
}

/**
 * The platform's id, else a hash of what does not change when it is exported again.
 * @returns undefined: it stands in this file already
 */
function idFor(row: Row, { source, counts }: Reading, text: string): string | undefined {
  const given = row.get('id') || linkedId(row.get('url'));
  const author = row.get('author');
  const facts = [source, author, row.get('millis') || row.get('date'), author ? '' : row.get('rating'), text];
  const base = given || createHash('sha256').update(JSON.stringify(facts)).digest('base64url').slice(0, 32);
  const before = counts.get(base) ?? 0;
  counts.set(base, before + 1);
  if (before === 0) return base;
  // Two people without names may say the same; one with a name, and what has an id, is only told twice.
  return given || author ? undefined : `${base}#${before + 1}`;
}

/** Google Play says a review's id in its link only. */
const linkedId = (url: string): string => /[?&]reviewid=([\w:%-]{8,300})/i.exec(url)?.[1] ?? '';
