/** Lines of a message that begin what somebody else wrote, in French, English, German, Spanish and Italian. */
const SEPARATOR =
  /^\s*-{2,}\s*(?:original message|message d['’]origine|message original|message transf[ée]r[ée]|forwarded message|urspr[üu]ngliche nachricht|weitergeleitete nachricht|mensaje (?:original|reenviado)|messaggio originale|forwarded by .*)\s*-{2,}\s*$/i;
const ATTRIBUTION =
  /^\s*(?:on\b.{5,300}\bwrote\s*:|le\b.{5,300}\ba [ée]crit\s*:|am\b.{5,300}\bschrieb\b.{0,200}:|el\b.{5,300}\bescribi[óo]\s*:|il\b.{5,300}\bha scritto\s*:|\d{4}[-/]\d\d?[-/]\d\d?.{0,200}<[^>]+@[^>]+>\s*:?)\s*$/i;
/** In any other language: a date, an address in angle brackets, a colon, and quoted lines below. */
const FOREIGN_ATTRIBUTION = /\d.{0,200}<\s?[^<>\s]+@[^<>\s]+>.{0,60}:\s*$/;
const ATTRIBUTION_START = /^\s*(?:on|le|am|el|il)\s.*\d/i;
const FIELD =
  /^\s*\*?(?:de|from|von|da|envoy[ée](?: le)?|enviado(?: el)?|sent|gesendet|date|datum|fecha|inviato|[àa]|to|an|para|objet|subject|betreff|asunto|oggetto|cc|copie)\s*\*?\s*:/i;
const SENDER = /^\s*\*?(?:de|from|von|da)\s*\*?\s*:\s*\S/i;

/**
 * What the sender wrote in this message, without quoted parts: lines with ">", everything below an Outlook header block or an
 * "original message" line, and attributions ("Le … a écrit :") with what follows them.
 */
export function ownText(text: string): string {
  const lines = text.slice(0, 400_000).split(/\r\n|\r|\n/);
  const own: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (/^\s*>/.test(line)) continue;
    if (SEPARATOR.test(line) || isHeaderBlock(lines, at)) break;
    const attribution = attributionLength(lines, at);
    if (attribution > 0) {
      const next = lines.slice(at + attribution).find((following) => following.trim() !== '');
      if (!next || !/^\s*>/.test(next)) break;
      at += attribution - 1;
      continue;
    }
    own.push(line);
  }
  return own
    .join('\n')
    .replace(/\n[\s_]*$/, '')
    .trimEnd();
}

/** Longer lines are text, and would cost the patterns time that grows with the square of their length. */
const LONGEST_ATTRIBUTION = 500;

/** How many lines an attribution goes over ("On … wrote:", up to three); 0 when none begins here. */
function attributionLength(lines: string[], at: number): number {
  if (lines.slice(at, at + 3).some((line) => line.length > LONGEST_ATTRIBUTION)) return 0;
  const known = ATTRIBUTION_START.test(lines[at]!) || ATTRIBUTION.test(lines[at]!);
  if (!known && !/\d/.test(lines[at]!)) return 0;
  for (let length = 1; length <= 3 && at + length <= lines.length; length++) {
    if (length > 1 && lines[at + length - 1]!.trim() === '') return 0;
    const joined = lines.slice(at, at + length).join(' ');
    if (known && ATTRIBUTION.test(joined)) return length;
    const quoted = lines.slice(at + length, at + length + 2).some((line) => /^\s*>/.test(line));
    if (quoted && FOREIGN_ATTRIBUTION.test(joined)) return length;
  }
  return 0;
}

/** "De : … Envoyé : … À : … Objet : …" */
export function isHeaderBlock(lines: string[], at: number): boolean {
  if (!SENDER.test(lines[at]!)) return false;
  const following = lines.slice(at + 1, at + 5).filter((line) => FIELD.test(line));
  return following.length >= 2;
}
