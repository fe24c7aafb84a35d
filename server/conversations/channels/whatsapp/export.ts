import { createHash } from 'node:crypto';
import { decodeText } from '../../../formats/text.ts';
import type { Correspondent, Incoming } from '../channel.ts';
import { Unreadable } from '../channel.ts';
import { handleOf, nameOf, toMessage } from '../reading.ts';

/** What begins a message in the file that WhatsApp's own "Export chat" makes: Android's dash, or iOS's brackets. */
const start =
  /^[\u200e\u200f]?\[?(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(?:,|\s+à|\s+um)?\s+(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?:[\s\u202f]*([ap])\.?[\s\u202f]?m\.?)?(?:\]\s*|\s+[-–]\s+)(.*)$/i;

/** What WhatsApp itself says in a chat, and what stands for something that is not there, in English, French and German. */
const notices =
  /end-to-end encrypt|chiffr[ée]s? de bout en bout|Ende-zu-Ende-verschl[üu]sselt|^<(?:media omitted|m[ée]dias? omis|medien ausgeschlossen)>$|^(?:image|video|audio|sticker|gif|document|image absente|vid[ée]o absente|audio omis)\s+(?:omitted|omise?|absente?)$|^(?:this message was deleted|you deleted this message|ce message a [ée]t[ée] supprim[ée]|vous avez supprim[ée] ce message|diese nachricht wurde gel[öo]scht)\.?$/i;

interface Line {
  date: [number, number, number];
  separator: string;
  time: [number, number, number];
  half: boolean;
  said: string;
}

/** Lines of one chat; more is no chat. */
const mostLines = 1_000_000;

/**
 * Reads the chat that somebody exported on their phone. Times have no zone there and are read as UTC; whether the day or the month comes
 * first shows by the dates themselves, and the day does where nothing shows.
 *
 * @param own the name under which the company's side speaks in it
 * @param chat names the chat: read again, its messages have the same ids
 * @throws Unreadable where it is no such file
 */
export function readWhatsappExport(
  bytes: Uint8Array,
  { own, chat }: { own: string; chat: string },
): { incoming: Incoming[]; ignored: number } {
  const lines = linesOf(decodeText(bytes).text);
  if (lines.length === 0) throw new Unreadable('no chat');
  const order = orderOf(lines);
  const spoken = lines.flatMap((line) => {
    const said = splitName(line.said);
    const at = timeOf(line, order);
    return said && at && !notices.test(said.text.trim()) ? [{ ...said, at }] : [];
  });
  const idFor = counted(chat);
  let other = spoken.find(({ name }) => name !== own)?.name;
  const incoming = spoken.flatMap(({ name, text, at }): Incoming[] => {
    if (name !== own) other = name;
    if (!other) return [];
    // Ours went to whoever spoke last.
    const correspondent = correspondentOf(other, chat);
    const direction = name === own ? 'out' : 'in';
    return [toMessage({ externalId: idFor(at, name, text), thread: chat, correspondent, direction, at, text })];
  });
  return { incoming, ignored: lines.length - incoming.length };
}

/** The same for the same words of the same person at the same minute, and their place among these. */
function counted(chat: string): (at: Date, name: string, text: string) => string {
  const counts = new Map<string, number>();
  return (at, name, text) => {
    const said = JSON.stringify([chat, at, name, text]);
    const base = createHash('sha256').update(said).digest('base64url').slice(0, 32);
    const count = (counts.get(base) ?? 0) + 1;
    counts.set(base, count);
    return count === 1 ? base : `${base}#${count}`;
  };
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const line of text.split(/\r?\n/)) {
    const match = start.exec(line);
    if (match) {
      if (lines.length >= mostLines) throw new Unreadable('too long');
      const [, first, separator = '', second, third, hour, minute, seconds = '0', half, said = ''] = match;
      const afternoon = half?.toLowerCase() === 'p' ? 12 : 0;
      const hours = half ? (Number(hour) % 12) + afternoon : Number(hour);
      const time: Line['time'] = [hours, Number(minute), Number(seconds)];
      lines.push({
        date: [Number(first), Number(second), Number(third)],
        separator,
        time,
        half: half !== undefined,
        said,
      });
    } else if (lines.length > 0) lines.at(-1)!.said += `\n${line}`;
    // What does not begin like one is no export.
    else if (line.trim() !== '') return [];
  }
  return lines;
}

type Order = 'year' | 'day' | 'month';

function orderOf(lines: readonly Line[]): Order {
  if (lines.every(({ date }) => date[0] > 31)) return 'year';
  if (lines.some(({ date }) => date[0] > 12)) return 'day';
  if (lines.some(({ date }) => date[1] > 12)) return 'month';
  return lines[0]!.separator === '/' && lines[0]!.half ? 'month' : 'day';
}

function timeOf({ date: [first, second, third], time: [hour, minute, seconds] }: Line, order: Order): Date | undefined {
  const [year, month, day] =
    order === 'year' ? [first, second, third] : order === 'day' ? [third, second, first] : [third, first, second];
  const whole = year < 100 ? 2000 + year : year;
  const at = new Date(Date.UTC(whole, month - 1, day, hour, minute, seconds));
  return at.getUTCDate() === day && at.getUTCMonth() === month - 1 && hour < 24 ? at : undefined;
}

/** `Name: text`; a notice of WhatsApp's has no name. */
function splitName(said: string): { name: string; text: string } | undefined {
  const match = /^[\u200e\u202a]?([^:\n]{1,100}?)[\u202c]?\s?:\s([\s\S]*)$/.exec(said);
  return match ? { name: nameOf(match[1]), text: match[2]!.replace(/^\u200e/, '').trimEnd() } : undefined;
}

function correspondentOf(name: string, chat: string): Correspondent {
  const number = name.replace(/[\s().\u00a0\u202f-]/g, '');
  const point = /^\+[1-9]\d{4,14}$/.test(number)
    ? ({ channel: 'phone', address: number } as const)
    : handleOf('whatsapp_export', `${chat}/${name.toLowerCase()}`);
  return { point, name };
}
