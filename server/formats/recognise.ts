import { type FileFormat, type ReadOptions, type Recognised, UnreadableFile } from './contact.ts';
import { sniffDialect } from './table/sniff.ts';
import { decodeAs, detectCharset, looksBinary } from './text.ts';

/** Octets that are enough to recognise a file. */
export const HEAD = 1 << 18;

const SIGNATURES: [string, string][] = [
  ['%PDF', 'pdf'],
  ['\x89PNG', 'image'],
  ['\xff\xd8\xff', 'image'],
  ['GIF8', 'image'],
  ['RIFF', 'image'],
  ['MM\x00\x2a', 'image'],
  ['II\x2a\x00', 'image'],
  ['MZ', 'program'],
  ['\x7fELF', 'program'],
  ['\x1f\x8b', 'archive'],
  ['BZh', 'archive'],
  ['7z\xbc\xaf', 'archive'],
  ['Rar!', 'archive'],
  ['SQLite format 3', 'database'],
];

/**
 * Tells what a file is from its first octets (`HEAD` of them are enough); the name is only a hint.
 *
 * @throws UnreadableFile when it is none of the formats that hold contacts
 */
export function recognise(
  head: Uint8Array,
  options: Pick<ReadOptions, 'fileName'> & { complete?: boolean },
): Recognised {
  if (head.length === 0) throw new UnreadableFile('empty');
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 4096)).toString('latin1');
  if (start.startsWith('PK\x03\x04')) return { format: 'xlsx', layout: 'unknown' };
  if (start.startsWith('PK\x05\x06')) throw new UnreadableFile('no_contacts', { what: 'archive' });
  if (start.startsWith('\xd0\xcf\x11\xe0')) throw compoundFile(head);
  const binary = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (binary && (binary[1] !== 'program' || looksBinary(head))) throw new UnreadableFile('binary', { what: binary[1] });
  if (looksBinary(head)) throw new UnreadableFile('binary', { what: 'unknown' });
  const { charset } = detectCharset(head);
  const text = decodeAs(head, charset).replace(/^\ufeff/, '');
  if (text.trim() === '') throw new UnreadableFile('empty');
  return recogniseText(text, charset, options);
}

/** OLE compound files: an encrypted XLSX says so in UTF-16; anything else is an old .xls, .doc or .msg. */
function compoundFile(head: Uint8Array): UnreadableFile {
  const encrypted = Buffer.from(head).includes(Buffer.from('EncryptedPackage', 'utf16le'));
  return encrypted ? new UnreadableFile('encrypted') : new UnreadableFile('binary', { what: 'xls' });
}

function recogniseText(text: string, charset: string, options: { fileName?: string; complete?: boolean }): Recognised {
  const format = textFormat(text.slice(0, 65_536), options.fileName ?? '');
  if (format !== 'csv') return { format, layout: 'unknown', charset };
  const { delimiter } = sniffDialect(text, options.complete ?? false);
  return { format, layout: 'unknown', charset, delimiter };
}

const MAIL_HEADER =
  /^(?:from|to|cc|subject|date|message-id|received|return-path|reply-to|mime-version|delivered-to|x-[\w-]+|dkim-signature|content-type):/im;
const HEADER_LINE = /^[!-9;-~]{1,76}:(?:[ \t]|$)/;

function textFormat(text: string, fileName: string): FileFormat {
  const trimmed = text.trimStart();
  if (/^begin:vcard\b/im.test(trimmed.slice(0, 4096))) return 'vcard';
  if (/^begin:(vcalendar|vevent|vtodo)\b/i.test(trimmed)) throw new UnreadableFile('calendar');
  if (/^From \S+.*\d{4}/.test(trimmed.slice(0, 400)) && /^\S+:/m.test(trimmed)) return 'mbox';
  if (startsLikeMail(trimmed, fileName)) return 'eml';
  refuseMarkup(trimmed);
  if (isChat(trimmed)) throw new UnreadableFile('messages', { what: 'chat' });
  return 'csv';
}

/** The first lines are header fields (RFC 5322), two of which are well known; continuation lines begin with a blank. */
function startsLikeMail(text: string, fileName: string): boolean {
  const lines = text.slice(0, 16_384).split(/\r\n|\r|\n/);
  const end = lines.indexOf('');
  const fields = lines.slice(0, end < 0 ? 40 : Math.min(end, 40));
  if (!HEADER_LINE.test(fields[0] ?? '')) return false;
  const sound = fields.filter((line) => HEADER_LINE.test(line) || /^[ \t]/.test(line)).length;
  const known = fields.filter((line) => MAIL_HEADER.test(line)).length;
  const named = /\.eml$/i.test(fileName);
  return sound >= fields.length * 0.9 && (known >= 2 || (named && known >= 1));
}

function refuseMarkup(text: string): void {
  const head = text.slice(0, 2000);
  if (/^(<!doctype html|<html|<head|<body|<div|<table|<p[ >])/i.test(head))
    throw new UnreadableFile('no_contacts', { what: 'html' });
  if (/<(rss|feed|rdf:RDF)[ >]/i.test(head)) throw new UnreadableFile('messages', { what: 'feed' });
  if (/^<(\?xml|[a-z]+[ >])/i.test(head)) throw new UnreadableFile('no_contacts', { what: 'xml' });
  if (/^[[{]\s*(["{[]|$)/.test(head)) throw new UnreadableFile('no_contacts', { what: 'json' });
}

const CHAT_LINE = /^\u200e?\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? (?:à )?\d{1,2}[:.]\d{2}.{0,12}?(?:\]| -) .+$/;

/** A WhatsApp export: most lines begin with a date and a time. */
function isChat(text: string): boolean {
  const lines = text.split(/\r?\n/, 60).filter((line) => line.trim() !== '');
  return lines.length >= 3 && lines.filter((line) => CHAT_LINE.test(line)).length >= lines.length * 0.3;
}
