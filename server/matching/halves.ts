import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { openTables, readTextRows } from '../formats/index.ts';
import type { TextForm } from '../formats/table/read.ts';
import { Population, type SharedPopulation, type SharedTexts, Texts } from './engine/index.ts';
import { type FileCards, noCards } from './file-cards.ts';
import { type FileOptions, type InputFile, readCards, TableReader } from './files.ts';
import { addRow, type RowForm } from './table-rows.ts';
import type { Second } from './threads.ts';

/** The second half of a file: from an octet at which a row begins. */
export interface Half {
  path: string;
  start: number;
  text: TextForm;
  rows: RowForm;
}

export interface HalfRead {
  population: SharedPopulation;
  ids: SharedTexts;
  truth: string[];
}

/** Shorter files are read sooner than a second thread is there. */
const WORTHWHILE = 3_000_000;

const PIECE = 1 << 18;

/**
 * The same as `readCards`; of one big table of text, the second thread reads half. The cards are the same, in the same order.
 *
 * @throws UnreadableFile, MatchProblem
 */
export async function readCardsOnTwo(
  files: readonly InputFile[],
  options: FileOptions,
  second: Second | undefined,
  least: number = WORTHWHILE,
): Promise<FileCards> {
  const path = files.length === 1 ? files[0]!.path : undefined;
  const halved = second && path !== undefined && (await readHalves(path, files[0]!.name, options, second, least));
  return halved || readCards(files, options);
}

/** @returns undefined where the file cannot be read in halves */
async function readHalves(
  path: string,
  name: string,
  options: FileOptions,
  second: Second,
  least: number,
): Promise<FileCards | undefined> {
  const start = await middle(path, least);
  const text = start === undefined ? undefined : await textFormOf(path, name);
  if (start === undefined || !text) return undefined;
  const rows = readTextRows(createReadStream(path, { end: start - 1, highWaterMark: PIECE }), text);
  const reader = await TableReader.open({ name: '', rows }, options);
  if (!reader) return undefined;
  const theirs = second.ask({ ask: 'read', half: { path, start, text, rows: reader.form } }).catch(() => undefined);
  const cards = { ...noCards(), population: new Population(reader.fields), columns: reader.columns };
  if (reader.idName !== undefined) cards.idName = reader.idName;
  const { rows: count, broken } = await reader.readAll(cards, name);
  const half = await theirs;
  // A quote open at the cut may be closed behind it: the cut was none between rows.
  if (broken || !half) return undefined;
  append(cards, half, name, reader.form.id < 0 ? count : undefined);
  return cards;
}

/** Where a line begins in the middle of a file; undefined where the file is short or its lines are long. */
async function middle(path: string, least: number): Promise<number | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size < least) return undefined;
    const from = size >> 1;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE), 0, PIECE, from);
    const end = buffer.subarray(0, bytesRead).indexOf(10);
    return end < 0 || from + end + 1 >= size ? undefined : from + end + 1;
  } finally {
    await file.close();
  }
}

async function textFormOf(path: string, name: string): Promise<TextForm | undefined> {
  const stream = createReadStream(path, { highWaterMark: PIECE });
  try {
    for await (const { text } of (await openTables(() => stream, name)) ?? []) return text;
    return undefined;
  } finally {
    stream.destroy();
  }
}

/** Reads the second half, in the second thread. @throws UnreadableFile */
export async function readHalf({ path, start, text, rows: form }: Half): Promise<HalfRead> {
  const cards = { ...noCards(), population: new Population(form.fields) };
  let row = 0;
  for await (const { cells } of readTextRows(createReadStream(path, { start, highWaterMark: PIECE }), text))
    addRow(cards, form, '', cells, row++);
  return { population: cards.population.toShared(), ids: cards.places.toShared(), truth: cards.truth };
}

/** @param rows of the first half, where the second half's cards go by the number of their row */
function append(cards: FileCards, half: HalfRead, name: string, rows: number | undefined): void {
  cards.population.addAll(half.population);
  const ids = new Texts(half.ids);
  if (rows === undefined) cards.places.pushAll(half.ids);
  else for (let card = 0; card < ids.size; card++) cards.places.push(name, String(Number(ids.get(card)) + rows));
  for (const one of half.truth) cards.truth.push(one);
}
