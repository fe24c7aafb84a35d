import { isHeaderBlock } from './quotes.ts';

/** A message that stands in the text of another one that passes it on. */
export interface Forwarded {
  from: { name: string; address: string };
  /** As it is written, in whatever language. */
  date: string;
  subject: string;
  text: string;
}

const FROM = /^\*?(?:de|from|von|da)\s*\*?\s*:\s*\*?(.+)$/i;
const DATE = /^\*?(?:envoy[ée](?: le)?|sent|gesendet|enviado(?: el)?|date|datum|fecha|inviato)\s*\*?\s*:\s*\*?(.+)$/i;
const SUBJECT = /^\*?(?:objet|subject|betreff|asunto|oggetto)\s*\*?\s*:\s*\*?(.+)$/i;
const FIELD = /^\*?[\p{L}][\p{L} .-]{0,30}\*?\s*:/u;
const ADDRESS = /[^\s<>()[\]:;,"'|*]+@[^\s<>()[\]:;,"'|*]+\.[a-z]{2,24}/i;

/** Fields of such a head; the programs of mail write four to seven. */
const MOST_FIELDS = 12;

/**
 * Finds the first message that is passed on in a text, below its "From … Sent … To … Subject …". Those that it quotes itself are part of its
 * text. Undefined where there is none, or no address of its sender.
 */
export function findForwarded(text: string): Forwarded | undefined {
  const lines = text
    .slice(0, 400_000)
    .split(/\r\n|\r|\n/)
    .map((line) =>
      line
        .replace(/^(?:\s*>)+ ?/, '')
        .trim()
        .slice(0, 1000),
    );
  const at = lines.findIndex((_, index) => isHeaderBlock(lines, index));
  if (at < 0) return undefined;
  let end = at;
  while (
    end < at + MOST_FIELDS &&
    lines[end] !== undefined &&
    (FIELD.test(lines[end]!) || (lines[end] !== '' && end > at))
  )
    end++;
  const head = lines.slice(at, end);
  const said = (pattern: RegExp) => head.map((line) => pattern.exec(line)?.[1]?.trim()).find(Boolean) ?? '';
  const sender = said(FROM);
  const address = ADDRESS.exec(sender)?.[0].replace(/^mailto:/i, '');
  if (!address) return undefined;
  const name = sender
    .slice(0, sender.indexOf(address))
    .replace(/mailto:$/i, '')
    .replaceAll(/["<[(*]/g, '')
    .trim();
  return {
    from: { name, address },
    date: said(DATE),
    subject: said(SUBJECT),
    text: lines.slice(end).join('\n').trim(),
  };
}
