import { ownText } from '../mail/quotes.ts';
import { CLOSING, DELIMITER, DEVICE, DISCLAIMER, NOTICE } from './vocabulary.ts';
import { isFirstName, isSendersName, type Sender } from './words.ts';

/** Lines at the end of a message that are looked at, and lines that a signature has at most. */
const TAIL = 60;
const LONGEST = 30;
/** Longer lines are text, and are read no further. */
const WIDEST = 400;

/** What the sender wrote, line by line, without what they quote. */
export function ownLines(text: string): string[] {
  const lines = ownText(text)
    .split('\n')
    .map((line) => line.slice(0, WIDEST).replace(/^#sig#/, ''));
  const forwarded = lines.findIndex((line) => FORWARD.test(line));
  const kept = forwarded < 0 ? lines : lines.slice(0, forwarded);
  while (kept.length > 0 && kept.at(-1)!.trim() === '') kept.pop();
  return kept;
}

const FORWARD =
  /^[\s>*_-]*(?:d[ée]but du message (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])|begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|inicio del mensaje reenviado|-{3,}\s*(?:mensaje (?:original|reenviado)|message (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])|weitergeleitete nachricht)|_{20,}\s*$(?=\n(?:de|from|von)\s*:))/i;

/** The lines of a message's signature, and how surely they are one. */
export interface Block {
  lines: string[];
  /** 0 to 1. */
  confidence: number;
}

/** Finds the signature below what the sender wrote. */
export function findBlock(lines: readonly string[], sender: Sender): Block | undefined {
  const from = Math.max(0, lines.length - TAIL);
  const start = startOf(lines, from, sender);
  if (!start) return undefined;
  const block: string[] = [];
  for (const line of lines.slice(start.at, start.at + LONGEST)) {
    if (DISCLAIMER.test(line)) break;
    if (line.trim() === '' || DEVICE.test(line) || DELIMITER.test(line) || CLOSING.test(line)) continue;
    block.push(NOTICE.test(line) ? '' : line);
  }
  const kept = block.filter((line) => line !== '');
  return kept.length > 0 ? { lines: kept, confidence: start.confidence } : undefined;
}

interface Start {
  at: number;
  confidence: number;
}

function startOf(lines: readonly string[], from: number, sender: Sender): Start | undefined {
  const within = (test: (line: string, at: number) => boolean) => (line: string, at: number) =>
    at >= from && test(line, at);
  const named = lines.findIndex(within((line) => isSendersName(firstSegment(line), sender)));
  const strict = lines.findLastIndex(within((line) => /^--\s*$/.test(line)));
  const closing = lines.findLastIndex(within((line, at) => at < lines.length - 1 && CLOSING.test(line)));
  const first = lines.findLastIndex(within((line, at) => at > 0 && at < lines.length - 1 && isFirstName(line, sender)));
  if (named >= 0 && (strict < 0 || named <= strict || named > strict)) {
    const before = [closing, strict, first].some((at) => at >= 0 && at < named && named - at <= 4);
    return { at: named, confidence: before ? 1 : 0.95 };
  }
  if (strict >= 0) return { at: strict + 1, confidence: 0.9 };
  const mark = Math.max(closing, first);
  if (mark >= 0) return { at: mark + 1, confidence: 0.85 };
  const ruled = lines.findLastIndex(within((line) => DELIMITER.test(line)));
  return ruled >= 0 && lines.length - ruled <= LONGEST ? { at: ruled + 1, confidence: 0.8 } : undefined;
}

/** What stands before the first bar, dash or bracket of a line. */
function firstSegment(line: string): string {
  return line
    .split(/\s*(?:[|•·│<@]|\s\/\/\s|\t|\s[–—-]\s|\s{3,})\s*/)[0]!
    .replace(/^[\s*_]+|[\s*_]+$/g, '')
    .replace(/\s*\((?![^)]*\)).*$/, '');
}
