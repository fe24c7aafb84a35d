import { ownText } from '../mail/quotes.ts';
import { CLOSING, DELIMITER, DEVICE, DISCLAIMER, NOTICE } from './vocabulary.ts';
import { isFirstName, isSendersName, organizationScore, type Sender, titleScore } from './words.ts';

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

/** The line that a signature begins at, below what was said; undefined without one. */
export function signatureStart(lines: readonly string[], sender: Sender): number | undefined {
  return startOf(lines, Math.max(0, lines.length - TAIL), sender)?.at;
}

interface Start {
  at: number;
  confidence: number;
}

function startOf(lines: readonly string[], from: number, sender: Sender): Start | undefined {
  const within = (test: (line: string, at: number) => boolean) => (line: string, at: number) =>
    at >= from && test(line, at);
  const named = lines.findIndex(
    within((line) => isSendersName(firstSegment(line), sender) || isNamedRole(firstSegment(line), sender)),
  );
  const strict = lines.findLastIndex(within((line) => /^--\s*$/.test(line)));
  const closing = lines.findLastIndex(within((line, at) => at < lines.length - 1 && CLOSING.test(line)));
  const first = lines.findLastIndex(within((line, at) => at > 0 && at < lines.length - 1 && isFirstName(line, sender)));
  if (named >= 0) {
    const before = [closing, strict, first].some((at) => at >= 0 && at < named && named - at <= 4);
    return { at: named - (isLetterhead(lines[named - 1], sender) ? 1 : 0), confidence: before ? 1 : 0.95 };
  }
  if (strict >= 0) return { at: strict + 1, confidence: 0.9 };
  const mark = Math.max(closing, first);
  if (mark >= 0) return { at: mark + 1, confidence: 0.85 };
  const ruled = lines.findLastIndex(within((line) => DELIMITER.test(line)));
  if (ruled >= 0 && lines.length - ruled <= LONGEST) return { at: ruled + 1, confidence: 0.8 };
  return denseTail(lines, from);
}

/** "Jane Doe, Head of Sales": a name and what its bearer does, on one line. */
function isNamedRole(text: string, sender: Sender): boolean {
  const comma = text.indexOf(',');
  return (
    comma > 0 &&
    isSendersName(text.slice(0, comma), sender) &&
    isSignLine(text) &&
    titleScore(text.slice(comma + 1).trim()) >= 0.9
  );
}

/** A company's name right above its writer's. */
const isLetterhead = (line: string | undefined, { domain }: Sender): boolean =>
  line !== undefined && isSignLine(line) && organizationScore(line.trim(), domain) >= 0.9;

/** Where nobody takes leave: the last lines, short all of them, with an address or a number in two at least. */
function denseTail(lines: readonly string[], from: number): Start | undefined {
  let at = lines.length;
  let reached = 0;
  while (at > from && lines.length - at < DENSE && isSignLine(lines[at - 1]!)) {
    at--;
    if (REACH.test(lines[at]!)) reached++;
  }
  while (at < lines.length && lines[at]!.trim() === '') at++;
  const signed = lines.slice(at).filter((line) => line.trim() !== '' && !DEVICE.test(line) && !NOTICE.test(line));
  const reachable = signed.some((line) => NUMBER.test(line));
  return reached >= 2 && reachable && signed.length >= 3 && at > 0 ? { at, confidence: 0.75 } : undefined;
}

const DENSE = 12;
const NUMBER = /(?:\d[\s./()-]*){8,}|\b\d{4,5}\s+\p{Lu}/u;
const REACH = /@|www\.|https?:|(?:\d[\s./()-]*){8,}|\b\d{4,5}\s+\p{Lu}|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b/u;

/** A line that can stand in a signature: short, and no sentence that speaks to somebody. */
function isSignLine(line: string): boolean {
  const text = line.trim();
  if (text.length > 75 || /[?!…]$/.test(text) || /\p{L}{3}[.;]$/u.test(text)) return false;
  return (
    !/^(?:bonjour|madame|monsieur|cher|ch[èe]re|hello|hi|dear|hallo|guten|sehr|liebe|hola|buen|estimad|querid|merci)/i.test(
      text,
    ) && !SPEAKING.test(text)
  );
}

const SPEAKING =
  /\b(?:je|j['’]ai|nous|vous|votre|mon|ma|i|we|you|your|my|ich|wir|sie|mein|meine|yo|mi|usted|nosotros|est|sont|is|are|was|ist|sind|war|es|son|est[áa])\s/iu;

/** What stands before the first bar, dash or bracket of a line. */
function firstSegment(line: string): string {
  return line
    .split(/\s*(?:[|•·│<@]|\s\/{1,2}\s|\t|\s[–—-]\s|\s{3,})\s*/)[0]!
    .replace(/^[\s*_]+|[\s*_]+$/g, '')
    .replace(/\s*\((?![^)]*\)).*$/, '');
}
