import { domainToUnicode } from 'node:url';
import { fold } from '../normalise/fold.ts';
import { looksLikeOrganization } from '../normalise/organization.ts';
import { DEPARTMENT, isTitle, ORGANIZATION_HEAD, ORGANIZATION_TAIL } from './vocabulary.ts';

/** What is known of the sender before their message is read. */
export interface Sender {
  /** Folded words of the display name, or of the address where there is no name. */
  words: string[];
  /** Whether those are a display name's. */
  named: boolean;
  /** Of the address, without free mail. */
  domain: string;
}

/** Belong to names and stand in no display name. */
const PREFIX =
  /^(?:(?:m|mr|mme|mlle|mrs|ms|miss|me|ma[îi]tre|dr|dre|dra|prof|pr|herr|frau|sr|sra|lic|ing|dipl|dipl-ing|dipl-kfm|mag|don|do[ñn]a|sir|rev|med|h\.?c|votre|ihre?|su)\.?\s+)+/iu;
/** "i. A.", "ppa.": signed for somebody, or by procuration. */
const PROCURATION = /^(?:i\.?\s?a\.?|i\.?\s?v\.?|ppa\.?|p\.?p\.?|p\/o|p\.?o\.?)\s+(?=\p{Lu})/iu;
const POST_NOMINAL =
  /^(?:ph\.?d\.?|m\.?d\.?|dds|dmd|cpa|cfa|mba|esq\.?|jr\.?|sr\.?|ii|iii|b\.?sc\.?|m\.?sc\.?|ba|ma|llm|llb|jd|rn|pe|pmp|ceng|meng|beng|mrics|frics|riba|mimeche|acca|fca|aca|obe|mbe|kc|qc|dplg|hmonp|faia|aia|leed|[a-z]{2,5}\d?)$/i;
const PRONOUNS =
  /\s*[([](?:elle|il|iel|she|he|they|hi|sie|er|ella|[ée]l|ms|mr|mrs|herr|frau|m|mme)\.?(?:\s*\/\s*\p{L}{2,5}){0,2}[)\]]\s*/giu;

/** Leave that is taken on the line of the name: "LG Markus", "Gruß, O. Stein". */
const LEAVE =
  /^(?:(?:mit |viele[n]? |liebe[n]? |beste[n]? |sch[öo]ne[n]? )*gr(?:[üu]|ue)(?:ß|ss)e?|lg|vg|mfg|bg|hg|cdlt|cordialement|bises|merci|thanks|cheers|best|regards|kind regards|best regards|saludos|un saludo|gracias|atte\.?)[\s,]+(?=\p{Lu})/iu;

/** Letters of degrees and chambers behind a name: "BVSc MRCVS". */
const LETTERS = /(?:\s+(?:BV?Sc|BVetMed|MSc|CEng|MEng|BEng|MIMechE|[MF]R[A-Z]{2,3}))+$/;

/** Without procurations and pronouns: what of a line can be a name. */
export function bareName(text: string): string {
  return text
    .replace(LEAVE, '')
    .replace(PRONOUNS, ' ')
    .replace(PROCURATION, '')
    .replace(LETTERS, '')
    .replace(/^(?:votre|ihre?|your|su|tu)\s+(?=\p{Lu})/iu, '')
    .replace(/^[\s,;:.*_–-]+|[\s,;:*_–-]+$/g, '')
    .replace(/(?<=\p{L}{3})\.$/u, '')
    .replace(/\s+/g, ' ');
}

export function nameWords(text: string): string[] {
  return fold(text).match(/\p{L}+/gu) ?? [];
}

/** Whether a line is the sender's name, all of it: a word of theirs at least, and only words that names have. */
export function isSendersName(text: string, sender: Sender): boolean {
  const plain = bareName(text).replace(PREFIX, '');
  if (plain.length > 60 || /\d|@/.test(plain)) return false;
  const [head, ...tail] = plain.split(/\s*,\s*/);
  if (tail.some((piece) => !piece.split(/\s+/).every((word) => POST_NOMINAL.test(word)))) return false;
  const words = nameWords(head!);
  if (words.length < 2 || words.length > 6 || !/\s/.test(head!)) return false;
  if (words.some((word) => COLLECTIVE.test(word))) return false;
  const common = words.filter(
    (word) => sender.words.includes(word) || isInitial(word, sender) || isShort(word, sender),
  ).length;
  if (!sender.named) return isNameShaped(head!) && matchesAddress(words, sender.words);
  if (common >= 2 && words.length - common <= 3) return words.length - common <= 1 || isNameShaped(head!);
  return common === 1 && sender.words.length === 1 && isNameShaped(head!) && !isTitle(head!);
}

/** "Tom Hargreaves Chartered Surveyor": where the sender's name ends and what they do begins, with nothing between the two. */
export function splitNameAndTitle(text: string, sender: Sender): [name: string, title: string] | undefined {
  if (!sender.named || sender.words.length < 2) return undefined;
  const parts = text.split(/\s+/);
  for (let at = 2; at < Math.min(parts.length, 5); at++) {
    const [name, title] = [parts.slice(0, at).join(' '), parts.slice(at).join(' ')];
    const known = nameWords(name);
    const whole = sender.words.every((word) => known.includes(word)) && known.length === sender.words.length;
    if (whole && isTitle(parts[at]! + (parts[at + 1] ? ` ${parts[at + 1]}` : '')) && titleScore(title) >= 0.9)
      return [name, title];
  }
  return undefined;
}

const COLLECTIVE = /^(?:team|equipe|equipo|service|support|newsletter|redaktion|redaction|kundenservice)$/;

/** "A. Montel" of Aurélie Montel. */
const isInitial = (word: string, { words }: Sender): boolean =>
  word.length === 1 && words.some((one) => one.startsWith(word));

/** "Bea Luna" of Beatriz, "Alex Roth" of Alexandra. */
const isShort = (word: string, { words }: Sender): boolean =>
  word.length >= 3 && words.some((one) => one.length > word.length + 1 && one.startsWith(word));

/** "jdupont", "jean.dupont", "dupontj": an address made of a name. */
function matchesAddress(words: string[], local: string[]): boolean {
  if (words.filter((word) => word.length > 1 && local.includes(word)).length >= 2) return true;
  const joined = local.join('');
  const last = words.at(-1)!;
  return (
    (last.length > 2 &&
      (joined === words[0]![0]! + last || joined === last + words[0]![0]! || joined === words.join(''))) ||
    (joined === words[0] && !isTitle(joined))
  );
}

/** Two to five words with capitals, particles among them, and nothing that companies and jobs are called. */
export function isNameShaped(text: string): boolean {
  const plain = bareName(text).replace(PREFIX, '').replace(/,.*$/, '');
  const words = plain.split(/\s+/);
  if (words.length < 2 || words.length > 5) return false;
  const formed = words.every((word) =>
    /^(?:\p{Lu}[\p{L}.'’-]*|d[eiu]s?|du|d['’]\p{L}+|von|van|der|den|la|le|el|y|zu|da|dos|ten|bin)$/u.test(word),
  );
  return formed && words.filter((word) => /^\p{Lu}/u.test(word)).length >= 2;
}

/** A first name alone, or initials: how people sign for those who know them. */
export function isFirstName(text: string, sender: Sender): boolean {
  const plain = text.replace(/[\s.,!:;*_x-]+$/i, '').replace(/^[\s*_–-]+/, '');
  const words = nameWords(plain);
  if (plain.length > 30 || words.length === 0 || words.length > 2 || /\d|@/.test(plain)) return false;
  if (words.length === 1 && sender.words.includes(words[0]!)) return true;
  const initials = sender.words.map((word) => word[0]).join('');
  return (
    sender.words.length > 1 &&
    words.length === 1 &&
    plain === plain.toUpperCase() &&
    initials.startsWith(words[0]!) &&
    plain.length <= 3
  );
}

/** Whether a line names the organisation at the sender's domain. */
function namesDomain(text: string, domain: string): boolean {
  if (domain === '') return false;
  const label = fold(domainToUnicode(domain).split('.')[0]!).replace(/[^a-z0-9]/g, '');
  const words = nameWords(text).filter((word) => !LINKING.has(word));
  const joined = words.join('');
  if (label.length < 3 || joined.length < 3 || words.length > 8) return false;
  if (joined.includes(label) || (joined.length > 4 && label.includes(joined))) return true;
  // "Reid & Co" at reidandco.com.
  if (/[&+]/.test(text) && joined.length > 4 && label.replace(/and|und|et|y/, '') === joined) return true;
  const initials = words.map((word) => word[0]).join('');
  if (words.length > 2 && initials.length >= 3 && initials === label) return true;
  return words.some((word) => word.length >= 5 && label.includes(word));
}

const LINKING = new Set('de du des la le les l d et and und y the of del los las der die das fur for'.split(' '));

/** How surely a text names an organisation, 0 to 1. */
export function organizationScore(text: string, domain: string): number {
  if (text.length > 90 || DEPARTMENT.test(text)) return 0;
  const legal = LEGAL.test(text);
  const known = namesDomain(text, domain);
  if (known) return isTitle(text) && !legal && !ORGANIZATION_HEAD.test(text) ? 0.4 : 0.95;
  if (legal) return 0.92;
  if (ORGANIZATION_HEAD.test(text)) return 0.85;
  if (isTitle(text)) return 0.1;
  if (ORGANIZATION_TAIL.test(text)) return 0.8;
  return looksLikeOrganization(text) ? 0.75 : 0;
}

const LEGAL =
  /(?:^|[\s,])(?:S\.?A\.?S\.?U?|S\.?A\.?R\.?L\.?|S\.?A\.?|EURL|SCI|SNC|SCOP|SELARL|SCP|GIE|Ltd\.?|Limited|LLC|L\.L\.C\.|LLP|Inc\.?|Corp(?:oration|\.)?|PLC|plc|Pty|Pvt\.?|GmbH|Ges\.m\.b\.H\.|mbH|AG|KG|OHG|UG|GbR|e\.?\s?V\.?|e\.?\s?K\.?|eG|PartG|S\.?\s?L\.?(?:\s?U\.?|\s?P\.?)?|S\.\s?Coop\.|S\.A\. de C\.V\.|B\.?V\.?|N\.?V\.?|SpA|S\.p\.A\.|S\.?r\.?l\.?|s\.r\.o\.|Oy|AB|A\/S|ApS|Co\.)(?:[\s,.(]|$)/;

/** How surely a text says what somebody does, 0 to 1. */
export function titleScore(text: string): number {
  if (text.length > 80 || /\d{2}/.test(text) || DEPARTMENT.test(text) || nameWords(text).length > 10) return 0;
  return isTitle(text) ? (nameWords(text).length <= 6 ? 0.92 : 0.8) : 0;
}
