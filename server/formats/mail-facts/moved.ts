import { normaliseEmail } from '../normalise/email.ts';

/** A note that somebody's address is another one from now on. */
export interface Moved {
  old: string;
  new: string;
}

const ADDRESS = String.raw`[\p{L}\d!#$%&'*+/=?^_\x60{}~.-]{1,64}@[\p{L}\d.-]{1,200}\.\p{L}{2,24}`;
const MAIL = '(?:adresse|e-?mail|mail|courriel|m[ée]l|address|direcci[óo]n|correo)';

const NEW = [
  `(?:nouvelle|nouveau|new|neue[rn]?|nueva|nuevo)\\s+(?:\\p{L}+[\\s-]+){0,2}?${MAIL}[^@]{0,120}?(${ADDRESS})`,
  `(?:${MAIL})[^@.!?]{0,60}(?:a chang[ée]|change|has changed|is changing|hat sich ge[äa]ndert|[äa]ndert sich|ha cambiado|cambia|sera d[ée]sormais|est d[ée]sormais|devient|will be|lautet (?:ab|nun|jetzt|k[üu]nftig)|ser[áa])[^@]{0,160}?(${ADDRESS})`,
  `(?:d[ée]sormais|dor[ée]navant|from now on|ab sofort|a partir de ahora|k[üu]nftig)[^@.!?]{0,80}(?:[ée]cri|contact|joindre|utilis|use|write|reach|erreich|schreib|verwend|escri|utili[cz])[^@]{0,80}?(${ADDRESS})`,
  `(?:change|changement|[äa]nderung|cambio)\\s+(?:of|d['’]|meiner|de)\\s*(?:\\p{L}+[\\s-]+){0,2}?${MAIL}[^@]{0,160}?(${ADDRESS})`,
  `(?:use|utilis(?:er|ez)|verwenden sie|utilice)\\s(?:\\p{L}+\\s){0,3}?(?:(?:new|nouvelle|neue|nueva)\\s)?${MAIL}?[^@.!?]{0,40}(${ADDRESS})[^@]{0,60}(?:instead|from now|d[ée]sormais|[àa] l['’]avenir|in zukunft|k[üu]nftig|en adelante)`,
].map((source) => new RegExp(source, 'iu'));
const OLD = [
  `(?:ancienne?|old|previous|former|alte[rn]?|bisherige[rn]?|antigua?|anterior)\\s+(?:\\p{L}+[\\s-]+){0,2}?${MAIL}?[^@]{0,60}?(${ADDRESS})`,
  `(${ADDRESS})[^@]{0,60}(?:n['’]est plus|ne sera plus|is no longer|will no longer|ist nicht mehr|wird nicht mehr|ya no|dejar[áa] de|sera (?:ferm|supprim|d[ée]sactiv))`,
].map((source) => new RegExp(source, 'iu'));

/**
 * Finds a change of address in what a person wrote. Only a proposal: anybody can write such a note, so that it is confirmed by
 * somebody before it changes anything.
 *
 * @param from the sender's address, which is the old one unless another is named
 */
export function findMoved(subject: string, text: string, from: string): Moved | undefined {
  const whole = `${subject}\n${text}`.slice(0, 10_000).replace(/<mailto:[^<>]{0,300}>/gi, ' ');
  const next = NEW.map((pattern) => addressIn(pattern, whole)).find((found) => found !== undefined);
  if (!next) return undefined;
  const named = OLD.map((pattern) => addressIn(pattern, whole)).find((found) => found !== undefined && found !== next);
  const old = named ?? from;
  return old !== '' && old !== next ? { old, new: next } : undefined;
}

function addressIn(pattern: RegExp, text: string): string | undefined {
  const written = pattern.exec(text)?.[1];
  return written ? normaliseEmail(written) : undefined;
}
