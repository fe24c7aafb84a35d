import { useSyncExternalStore } from 'react';
import { getFacets, listPeople } from '../../../../server/cards/contract.ts';
import {
  type BusinessCard,
  keepBusinessCard,
  listSources,
  maxPicture,
  readPath,
} from '../../../../server/sources/contract.ts';
import { ApiError, apiBase, call, pageHeaders, problemIn } from '../../api.ts';
import { refresh } from '../../queries.ts';
import { base64, cutOut, prepared } from './picture.ts';
import { fieldsOf, type Row, rowsOf } from './rows.ts';

/** A picture that was taken here. It lives in this page only, until it is confirmed; so it survives going to another screen and back. */
export interface Picture {
  /** Its card is made once under this key, however often it is confirmed. */
  key: string;
  name: string;
  file: Blob;
  url: string;
  state: 'waiting' | 'reading' | 'ready' | 'keeping' | 'kept';
  kind: BusinessCard['kind'];
  rows: Row[];
  lines: string[];
  code: boolean;
  error: unknown;
  /** It shows one card, as somebody said or as it was cut out. */
  one: boolean;
  /** The picture with several cards that it was cut out of. */
  whole: Pick<Picture, 'key' | 'name' | 'file'> | null;
  /** Once kept. */
  personId: string | null;
  title: string;
}

let pictures: readonly Picture[] = [];
const listeners = new Set<() => void>();

function put(next: readonly Picture[]): void {
  pictures = next;
  for (const listener of listeners) listener();
}

export function usePictures(): readonly Picture[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => pictures,
  );
}

export function changePicture(key: string, difference: Partial<Picture>): void {
  put(pictures.map((one) => (one.key === key ? { ...one, ...difference } : one)));
}

export function dropPicture(key: string): void {
  for (const { url } of pictures.filter((one) => one.key === key)) URL.revokeObjectURL(url);
  put(pictures.filter((one) => one.key !== key));
}

export function addPictures(files: readonly File[]): void {
  put([...pictures, ...files.map((file) => pictureOf(file, file.name))]);
  void readAll();
}

function pictureOf(
  file: Blob,
  name: string,
  more: Pick<Picture, 'one' | 'whole'> = { one: false, whole: null },
): Picture {
  const url = URL.createObjectURL(file);
  const nothing = { kind: 'person' as const, rows: [], lines: [], code: false, error: null, personId: null, title: '' };
  return { key: crypto.randomUUID(), name, file, url, state: 'waiting', ...nothing, ...more };
}

/** In place of a picture others: of each card on it, or the whole of which it is a part. */
function replace(keys: readonly string[], by: readonly Picture[]): void {
  const at = pictures.findIndex(({ key }) => keys.includes(key));
  for (const { url } of pictures.filter(({ key }) => keys.includes(key))) URL.revokeObjectURL(url);
  const rest = (some: readonly Picture[]) => some.filter(({ key }) => !keys.includes(key));
  put([...rest(pictures.slice(0, at)), ...by, ...rest(pictures.slice(at))]);
}

/** What was taken for several cards is one: it is read as a whole. What was kept of its parts stays. */
export function readAsOne({ key, name, file }: Pick<Picture, 'key' | 'name' | 'file'>): void {
  const parts = pictures.filter(({ whole, state }) => whole?.key === key && state !== 'kept');
  replace(
    parts.map((part) => part.key),
    [pictureOf(file, name, { one: true, whole: null })],
  );
  void readAll();
}

let reading = false;

/** One after the other: the server reads them so. */
async function readAll(): Promise<void> {
  if (reading) return;
  reading = true;
  try {
    for (let next = waiting(); next; next = waiting()) await read(next);
  } finally {
    reading = false;
  }
}

const waiting = () => pictures.find(({ state }) => state === 'waiting');

export function readAgain(key: string): void {
  changePicture(key, { state: 'waiting', error: null });
  void readAll();
}

/** The form is offered even where nothing could be read: the picture stands beside it. */
async function read({ key, name, file, one }: Picture): Promise<void> {
  changePicture(key, { state: 'reading' });
  const nothing: BusinessCard = { kind: 'person', code: false, fields: [], lines: [], cards: [] };
  const picture = await prepared(file);
  try {
    if (picture.size > maxPicture) throw new ApiError({ code: 'picture_too_large' });
    const card = await ask(picture, one);
    if (card.cards.length > 0) {
      const parts = await Promise.all(card.cards.map((place) => cutOut(picture, place)));
      return replace(
        [key],
        parts.map((part) => pictureOf(part, name, { one: true, whole: { key, name, file: picture } })),
      );
    }
    const lines = card.lines.map(({ text }) => text);
    changePicture(key, { state: 'ready', file: picture, ...card, rows: rowsOf(card), lines });
  } catch (error) {
    changePicture(key, { state: 'ready', file: picture, error, rows: rowsOf(nothing) });
  }
}

async function ask(picture: Blob, one: boolean): Promise<BusinessCard> {
  const response = await fetch(`${apiBase + readPath}?one=${one}`, {
    method: 'POST',
    headers: { ...pageHeaders(), 'content-type': 'application/octet-stream' },
    body: picture,
  }).catch(() => {
    throw new ApiError({ code: 'unavailable' });
  });
  if (!response.ok) throw new ApiError(problemIn(await response.text(), response.status));
  return (await response.json()) as BusinessCard;
}

/** Makes the card of a picture. What failed can be confirmed again: it is one card. */
export async function keepPicture(
  { key, kind, rows, file }: Picture,
  { bookId, note }: { bookId: string | undefined; note: string | undefined },
): Promise<void> {
  changePicture(key, { state: 'keeping', error: null });
  try {
    const fields = fieldsOf(rows, kind);
    const { personId } = await call(keepBusinessCard, { key, kind, fields, picture: await base64(file), bookId, note });
    changePicture(key, { state: 'kept', personId, title: titleOf(rows) });
    await refresh(listPeople, getFacets, listSources);
  } catch (error) {
    changePicture(key, { state: 'ready', error });
  }
}

function titleOf(rows: readonly Row[]): string {
  const of = (kind: Row['kind']) => rows.find((row) => row.kind === kind)?.draft ?? {};
  const { given, family, full } = of('name');
  return [given, family].filter(Boolean).join(' ') || full || of('organization').name || '';
}
