import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createWorker, OEM, PSM, type Worker } from 'tesseract.js';
import { prepareCard } from './image.ts';

/** A line of letters and where it stands; the unit is a point of the prepared picture. */
export interface CardLine {
  text: string;
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** The recogniser's own, 0 to 1. */
  confidence: number;
}

/** Recognises cards one after the other; holds some 200 MB until it is closed. */
export interface CardReader {
  /** @throws when it is no picture */
  read(octets: Uint8Array): Promise<{ lines: CardLine[]; width: number }>;
  close(): Promise<void>;
}

const LANGUAGES = ['fra', 'eng'];

/** Starts a recogniser, without the network: its languages come with the package. */
export async function openCardReader(): Promise<CardReader> {
  const folder = languageFolder();
  const options = { langPath: folder, cacheMethod: 'none', gzip: true };
  const worker = await createWorker(LANGUAGES, OEM.LSTM_ONLY, options).finally(() =>
    rmSync(folder, { recursive: true }),
  );
  await worker.setParameters({
    tessedit_pageseg_mode: PSM.SPARSE_TEXT,
    user_defined_dpi: '300',
    debug_file: '/dev/null',
  });
  return {
    async read(octets) {
      const { positive, negative, width } = await prepareCard(octets);
      const straight = await recognise(worker, positive);
      return { lines: merge(withInitials(straight), withInitials(await recognise(worker, negative))), width };
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

const require = createRequire(import.meta.url);

/** The recogniser wants its languages in one folder, they come in a package each. */
function languageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'entregent-ocr-'));
  const french = require.resolve('@tesseract.js-data/fra/4.0.0_best_int/fra.traineddata.gz');
  const english = require.resolve('@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz');
  for (const file of [french, english]) symlinkSync(file, join(folder, basename(file)));
  return folder;
}

async function recognise(worker: Worker, image: Buffer): Promise<CardLine[]> {
  const { data } = await worker.recognize(image, { rotateAuto: true }, { blocks: true, text: false });
  const lines = (data.blocks ?? []).flatMap(({ paragraphs }) => paragraphs.flatMap((paragraph) => paragraph.lines));
  return lines
    .map(({ text, bbox, confidence }) => ({
      text: text.replace(/\s+/g, ' ').trim(),
      left: bbox.x0,
      top: bbox.y0,
      right: bbox.x1,
      bottom: bbox.y1,
      confidence: confidence / 100,
    }))
    .filter(({ confidence }) => confidence > 0.3);
}

/** A large first letter that was taken for a line of its own belongs to the line behind it; other single letters are drawings. */
function withInitials(lines: readonly CardLine[]): CardLine[] {
  const whole = lines.filter(({ text }) => /[\p{L}\p{N}]{2}/u.test(text)).map((line) => ({ ...line }));
  for (const { text, left, right, top, bottom } of lines.filter((line) => /^\p{L}$/u.test(line.text))) {
    const height = bottom - top;
    const behind = whole.find(
      (line) => line.left > left && line.left - right < height && line.top < bottom && line.bottom > top,
    );
    if (!behind || !/^\p{Ll}/u.test(behind.text)) continue;
    behind.text = text + behind.text;
    behind.left = left;
  }
  return whole;
}

/** Of lines that stand at the same place in both pictures the surer one is kept. */
function merge(straight: readonly CardLine[], turned: readonly CardLine[]): CardLine[] {
  const kept: CardLine[] = [];
  for (const line of [...straight, ...turned].sort((a, b) => worth(b) - worth(a))) {
    if (!kept.some((other) => overlap(line, other) > 0.4)) kept.push(line);
  }
  return kept.sort((a, b) => a.top - b.top || a.left - b.left);
}

const worth = ({ confidence, text }: CardLine): number => confidence * Math.min(1, 0.6 + text.length / 20);

/** Share of the smaller box that both cover. */
function overlap(a: CardLine, b: CardLine): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const area = (line: CardLine) => (line.right - line.left) * (line.bottom - line.top);
  return (width * height) / Math.max(1, Math.min(area(a), area(b)));
}
