import { fold } from '../normalise/fold.ts';

/** When somebody is away until, as their message says it. */
export interface Return {
  /** `YYYY-MM-DD` */
  date: string;
  /** The last day away ("jusqu'au 12"), or the first day back ("de retour le 12"). */
  means: 'until' | 'back';
}

const MONTHS: Record<string, number> = Object.fromEntries(
  [
    'janvier janv january jan januar janner enero ene',
    'fevrier fevr fev february feb februar febrero',
    'mars march mar marz maerz marzo',
    'avril avr april apr abril abr',
    'mai may mayo',
    'juin june jun juni junio',
    'juillet juil july jul juli julio',
    'aout august aug agosto ago',
    'septembre sept september sep septiembre setiembre',
    'octobre oct october oktober okt octubre',
    'novembre nov november noviembre',
    'decembre dec december dezember dez diciembre dic',
  ].flatMap((names, index) => names.split(' ').map((name) => [name, index + 1])),
);

const MONTH = Object.keys(MONTHS)
  .sort((a, b) => b.length - a.length)
  .join('|');
const DAY_NAME =
  '(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lunes|martes|miercoles|jueves|viernes|sabado|domingo)\\.?,?(?: (?:the|den|dem|le|el))?\\s+)?';
/** Day and month by name, in either order; ISO; numbers alone. */
const DATE = `${DAY_NAME}(?:(?<d1>\\d{1,2})(?:er|st|nd|rd|th|\\.|º)?\\s*(?:de |of )?\\s*(?<m1>${MONTH})\\b\\.?(?:,?\\s*(?:de |del )?(?<y1>20\\d\\d))?|(?<m2>${MONTH})\\b\\.?\\s+(?<d2>\\d{1,2})(?:st|nd|rd|th)?\\b(?:,?\\s*(?<y2>20\\d\\d))?|(?<y3>20\\d\\d)-(?<m3>\\d\\d)-(?<d3>\\d\\d)|(?<n1>\\d{1,2})(?<sep>[./-])(?<n2>\\d{1,2})(?:[./-](?<y4>(?:20)?\\d\\d)?)?(?!\\d))`;

/** What stands before a first day back, and before a last day away. Text is folded: without accents, in small letters. */
const BACK = new RegExp(
  `\\b(?:de retour (?:au bureau |parmi vous )?(?:a partir du |des le |le |ce |on )?|reprendrai (?:mes fonctions |le travail |mon poste )?(?:le |a partir du )|(?:disponible|joignable) (?:a partir du |des le )|(?:be |am |will be )?(?:back|returning|return)(?: (?:in|to) (?:the |my )?office)?(?: again)?(?: on| by| from)?(?: the)?\\s|(?:wieder )?(?:zuruck|zurueck|erreichbar|im (?:buro|buero|haus)|da) (?:am |ab (?:dem )?)|ab (?:dem |(?=${'(?:mon|diens|mitt|donners|frei|sams|sonn)tag'}))?(?=.{4,40}\\b(?:wieder|zuruck|erreichbar))|am (?:den )?(?=.{4,30}\\b(?:wieder|zuruck))|(?:vuelvo|volvere|regreso|regresare|estare de vuelta|de vuelta|de regreso|me reincorporo|me reincorporare)(?: a la oficina)? (?:el |a partir del )(?:dia )?)\\s*${DATE}`,
);
const UNTIL = new RegExp(
  `\\b(?:jusqu['’ ]?(?:au|a|en)|jusqu['’]au|until|till|through|thru|bis (?:einschliesslich |inklusive )?(?:zum |einschliesslich |inkl\\.? )?|hasta (?:el )?(?:dia )?)\\s*(?:and including |the |le )?${DATE}`,
);
/** "du 5 au 12 janvier", "from 5 to 12 January", "vom 5. bis 12. Januar", "del 5 al 12 de enero". */
const RANGE = new RegExp(
  `\\b(?:du|from|between|vom|von|del|desde el|entre le)\\s.{1,40}?\\s(?:au|to|and|until|till|bis(?: zum)?|al|hasta el|et le|-|–)\\s+(?:the |dem |den |le |el )?${DATE}`,
);

/** Finds until when somebody is away. A date without a year is the next one to the day of the message. */
export function findReturn(text: string, written: Date | undefined): Return | undefined {
  const plain = fold(text.slice(0, 10_000)).replace(/\s+/g, ' ');
  for (const [pattern, means] of [
    [BACK, 'back'],
    [UNTIL, 'until'],
    [RANGE, 'until'],
  ] as const) {
    const groups = pattern.exec(plain)?.groups;
    const date = groups && dateOf(groups, written, isEnglish(plain));
    if (date) return { date, means };
  }
  return undefined;
}

const isEnglish = (text: string): boolean =>
  /\b(?:office|vacation|holiday|leave|i am|i'm|i will|thank you)\b/.test(text);

type Groups = Record<string, string | undefined>;

function dateOf(groups: Groups, written: Date | undefined, english: boolean): string | undefined {
  const named = groups.m1 ?? groups.m2;
  if (named) return complete(MONTHS[named]!, Number(groups.d1 ?? groups.d2), groups.y1 ?? groups.y2, written);
  if (groups.y3) return complete(Number(groups.m3), Number(groups.d3), groups.y3, written);
  const [first, second] = [Number(groups.n1), Number(groups.n2)];
  // Half of those who write English put the month first: where both can be meant, nothing is.
  if (english && groups.sep === '/' && first <= 12 && second <= 12 && first !== second) return undefined;
  const [day, month] = english && groups.sep === '/' && second > 12 ? [second, first] : [first, second];
  return complete(month, day, groups.y4, written);
}

const DAY = 86_400_000;

function complete(month: number, day: number, year: string | undefined, written: Date | undefined): string | undefined {
  if (year) return iso(Number(year.length === 2 ? `20${year}` : year), month, day);
  if (!written || Number.isNaN(written.getTime())) return undefined;
  const from = written.getTime() - 31 * DAY;
  for (const candidate of [0, 1].map((later) => iso(new Date(from).getUTCFullYear() + later, month, day))) {
    if (candidate && Date.parse(candidate) >= from) return candidate;
  }
  return undefined;
}

/** Undefined for a day that the calendar does not have. */
function iso(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  const sound = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year > 1999 && year < 2100;
  return sound ? date.toISOString().slice(0, 10) : undefined;
}
