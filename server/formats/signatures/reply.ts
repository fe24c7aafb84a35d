import type { Email } from 'postal-mime';
import { linesOfHtml } from '../mail/html.ts';
import { ownLines, signatureStart } from './block.ts';
import { senderOf } from './sender.ts';
import { DELIMITER, DEVICE } from './vocabulary.ts';

/**
 * What somebody says in a message: without quotes, without what was forwarded, and without their signature. Leave-taking stays, since
 * thanks are part of what is said. Where nothing but a signature would be left, the message stands as its writer wrote it.
 */
export function replyText(mail: Email): string {
  const body = mail.text?.trim() ? mail.text : mail.html ? linesOfHtml(mail.html).join('\n') : '';
  const lines = ownLines(body);
  const start = signatureStart(lines, senderOf(mail));
  const said = withoutTail(lines.slice(0, start === undefined ? footerStart(lines) : ruleAbove(lines, start)));
  return (said.length > 0 ? said : lines).join('\n').trim();
}

/** Lines between a rule and the writer's name, at most: logos and greetings of the company. */
const LETTERHEAD = 4;

/** The rule that opens a signature, where one stands right above it. */
function ruleAbove(lines: readonly string[], start: number): number {
  for (let at = start - 1, between = 0; at >= 0 && between < LETTERHEAD; at--) {
    if (DELIMITER.test(lines[at]!)) return at;
    if (lines[at]!.length > 75) break;
    if (lines[at]!.trim() !== '') between++;
  }
  return start;
}

/** What a mailing list adds below everything: a rule of underscores, and its address within the next lines. */
function footerStart(lines: readonly string[]): number {
  const rule = lines.findLastIndex((line) => /^_{2,}\s*$/.test(line));
  const below = rule < 0 ? [] : lines.slice(rule + 1);
  return below.length > 0 && below.length <= 6 && below.some((line) => /@|https?:/.test(line)) ? rule : lines.length;
}

/** "-Marie Dupont", below what was said; not the last point of a list. */
const SIGNED = /^\s*[-–—]{1,2}\s?\p{Lu}[\p{L}.'’-]*(?:\s\p{Lu}[\p{L}.'’-]*){0,3}\s*$/u;

/** Without blank lines, rules, lines of devices and a name after a dash at the end. */
function withoutTail(lines: readonly string[]): string[] {
  let end = lines.length;
  const blank = (at: number) => (lines[at] ?? '').trim() === '';
  const isTail = (at: number): boolean =>
    blank(at) ||
    DELIMITER.test(lines[at]!) ||
    DEVICE.test(lines[at]!) ||
    (at > 0 && blank(at - 1) && SIGNED.test(lines[at]!));
  while (end > 0 && isTail(end - 1)) end--;
  return lines.slice(0, end).filter((line) => !DEVICE.test(line));
}
