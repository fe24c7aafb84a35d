import { normaliseEmail } from '../normalise/email.ts';
import { findReturn, type Return } from './dates.ts';

/** What a mailbox answers while its owner is away, or has left. */
export interface Absence {
  /** Whether they have left the organisation for good. */
  left: boolean;
  back?: Return;
  /** Whom to write to in their place: deputies, or successors of who has left. */
  instead: { email: string; name?: string }[];
}

const LEFT =
  /(?:\b(?:a|ai|avons|vient de) quitt[ée]|ne (?:travaille|travaillons?|fais|fait) plus (?:partie|chez|dans|pour|au sein)|n['’](?:est|exerce|suis) plus (?:en poste|employ[ée]|salari[ée]|collaborat|chez|dans|au sein|membre|pr[ée]sent)|\b(?:has|have|'ve|’ve) (?:now )?left|(?:is |am )?no longer (?:work|with|employed|at|part|in (?:this|my|the) (?:role|position)|an employee)|left the (?:company|firm|organi[sz]ation)|nicht mehr (?:bei|f[üu]r|im (?:unternehmen|hause)|in (?:unserem|unserer|der|dem)|Mitarbeiter|t[äa]tig|besch[äa]ftigt)|ausgeschieden|(?:das unternehmen|die firma|uns) verlassen|ya no (?:trabaj|form|pertene|est[áa] (?:en|con))|ha(?:n)? dejado (?:de|la|nuestra)|he dejado (?:de|la)|mailbox is no longer|adresse n['’]est plus)/iu;

const ADDRESS = /[\p{L}\d!#$%&'*+/=?^_`{}~.-]{1,64}@[\p{L}\d.-]{1,200}\.\p{L}{2,24}/giu;
/** Words that send to somebody; without one an address is the writer's own, or stands below a quotation. */
const SEND_TO =
  /(?:contact|[ée]cri(?:re|vez)|adress|joindre|rediriger|transm|relais|rempla[cç]|suppl[ée]|int[ée]rim|urgen|successeur|successor|write|reach|e-?mail|forward|replac|deputy|cover|refer|get in touch|wenden|kontakt|schreiben|vertret|nachfolg|erreichen|richten|ansprechpartner|p[óo]ngase|contact[ea]|escrib[ae]|dirij|sustitu|sucesor|mi compa[ñn]er)/iu;

const NAME = String.raw`(?:(?:M|Mme|Mlle|Mr|Mrs|Ms|Dr|Frau|Herrn?|Herr|Sra?|D|Dña)\.?\s+)?(?!(?:Contact|Contactez|Please|Write|E-?mail|Merci|Veuillez|Kontakt|Bitte|Escrib[ae]|Pour|Für|For|Para)\b)(\p{Lu}[\p{L}'’-]+(?:\s+(?:de|du|la|le|van|von|der|del|y|\p{Lu}\.|\p{Lu}[\p{L}'’-]+)){1,3})`;
const NAME_BEFORE = new RegExp(
  `${NAME}\\s*(?:,\\s*[^@,.]{2,40})?\\s*(?:[,:;(<\\[–-]|at|via|unter|à l['’]adresse|par (?:e-?mail|mail|courriel)|bei|en|al|a|sur|on|per E-?Mail)?(?:\\s|[(<\\[:])*(?:mailto:)?$`,
  'u',
);

/** Reads what an automatic reply says. `text` is what the mailbox wrote, without quotes. */
export function readAbsence(subject: string, text: string, own: string, written: Date | undefined): Absence {
  const whole = `${subject}\n${text}`.slice(0, 20_000);
  const left = LEFT.test(whole);
  const back = left ? undefined : findReturn(whole, written);
  return { left, ...(back && { back }), instead: findInstead(text.slice(0, 20_000), own) };
}

function findInstead(text: string, own: string): Absence['instead'] {
  const found = new Map<string, { email: string; name?: string }>();
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const email = normaliseEmail(match[0].replace(/^mailto:/i, ''));
    const before = text.slice(Math.max(end, match.index - 250), match.index);
    const sent = SEND_TO.test(before) || (found.size > 0 && match.index - end < 120);
    end = match.index + match[0].length;
    if (!email || email === own || !sent || found.has(email) || found.size >= 10) continue;
    const name = NAME_BEFORE.exec(before.replace(/\s+/g, ' ').slice(-90))?.[1] ?? nameBehind(text.slice(end, end + 80));
    found.set(email, name ? { email, name } : { email });
  }
  return [...found.values()];
}

/** "marie@x.example (Marie Durand)" */
function nameBehind(behind: string): string | undefined {
  return new RegExp(`^[>\\s]*\\(\\s*${NAME}\\s*\\)`, 'u').exec(behind)?.[1];
}
