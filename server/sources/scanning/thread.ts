// The worker thread that recognises business cards: requests do not wait for it, and its libraries are loaded here only.
import { parentPort } from 'node:worker_threads';
import '../../kernel/node20.ts';
import { findVcard } from '../../formats/business-cards/code.ts';
import { UnreadablePicture } from '../../formats/business-cards/image.ts';
import { type CardReader, openCardReader } from '../../formats/business-cards/ocr.ts';
import { findCards } from '../../formats/business-cards/several.ts';
import type { Scan, ScanAnswer, ScanQuestion } from './messages.ts';
import { readScan } from './reading.ts';

const port = parentPort!;
let reader: Promise<CardReader> | undefined;

async function scan({ octets, country, one }: ScanQuestion): Promise<Scan> {
  const cards = one ? [] : await findCards(octets);
  if (cards.length > 0) return { kind: 'person', code: false, fields: [], lines: [], cards };
  // First, since it refuses what is no picture before the recogniser is started.
  const code = await findVcard(octets);
  reader ??= openCardReader();
  const { lines } = await (await reader).read(octets);
  return readScan(lines, code, country);
}

/** One question at a time: the next comes when this one is answered. */
port.on('message', async (question: ScanQuestion) => {
  const answer: ScanAnswer = await scan(question).then(
    (found) => ({ scan: found }),
    (error: unknown) =>
      error instanceof UnreadablePicture ? { refused: error.code } : { error: (error as Error).stack ?? String(error) },
  );
  port.postMessage(answer);
});
