import { parseWrittenDay } from '../formats/normalise/date.ts';
import { fold } from '../formats/normalise/fold.ts';
import { type LineProblem, maxCents, type Outcome, type Reason, reasons, type stageKeys } from './contract.ts';
import { isCurrency } from './rules.ts';

/** What cells of a file say of an opportunity. */

type Problem = LineProblem['code'];

const symbols: Record<string, string> = {
  '€': 'EUR',
  $: 'USD',
  '£': 'GBP',
  '¥': 'JPY',
  '₹': 'INR',
  '₺': 'TRY',
  '₩': 'KRW',
};
const names: Record<string, string> = {
  euro: 'EUR',
  euros: 'EUR',
  dollar: 'USD',
  dollars: 'USD',
  usd$: 'USD',
  eur: 'EUR',
};

/** The code of a currency as people write it ("€", "eur", "euros"); undefined where it is none. */
export function currencyOf(text: string): string | undefined {
  const word = text.trim();
  const code = symbols[word] ?? names[fold(word)] ?? word.toUpperCase();
  return isCurrency(code) ? code : undefined;
}

/**
 * An amount in hundredths, as the French and the English write it: "1 234,56 €", "€1,234.56", "1.234,56", "12k". A lone point or comma before
 * exactly three digits, after one to three, sets thousands apart.
 */
export function parseAmount(text: string): { cents: number; currency: string | null } | Problem {
  const plain = text.normalize('NFKC').trim();
  const scientific = /^\d+(?:[.,]\d+)?e\+?\d{1,2}$/i.test(plain);
  const letters = scientific ? '' : plain.replaceAll(/[\d\s.,'’()+−–-]/g, '');
  const thousand = /^(k)?(.*?)(k)?$/i.exec(letters)!;
  const factor = thousand[1] || thousand[3] ? 1000 : 1;
  const money = thousand[2]!;
  const currency = money === '' ? null : currencyOf(money);
  if (currency === undefined) return 'bad_amount';
  const written = scientific ? plain : plain.replaceAll(/[^\d.,()+−–-]/g, '');
  const negative = /^\(.*\)$/.test(written) || /^[−–-]/.test(written) || /[−–-]$/.test(written);
  const number = scientific ? Number(plain.replace(',', '.')) : toNumber(written.replaceAll(/[()+−–-]/g, ''));
  if (number === null || !Number.isFinite(number)) return 'bad_amount';
  if (negative && number > 0) return 'negative_amount';
  const cents = Math.round(number * factor * 100);
  return cents > maxCents ? 'absurd_amount' : { cents, currency };
}

function toNumber(text: string): number | null {
  if (!/^\d[\d.,]*$/.test(text) || text.length > 40) return null;
  const [point, comma] = [text.lastIndexOf('.'), text.lastIndexOf(',')];
  const last = Math.max(point, comma);
  if (last < 0) return Number(text);
  const mark = text[last]!;
  const [before, after] = [text.slice(0, last), text.slice(last + 1)];
  const several = before.includes(mark);
  const both = point >= 0 && comma >= 0;
  const grouped = !both && after.length === 3 && (several || /^[1-9]\d{0,2}$/.test(before));
  if (several && !grouped) return null;
  const whole = before.replaceAll(/[.,]/g, '');
  return Number(grouped ? whole + after : `${whole}.${after || '0'}`);
}

/** A day as `YYYY-MM-DD`; undefined where there is none. @param dayFirst whether 03/04/2026 is the third of April */
export function parseDay(text: string, dayFirst: boolean): string | undefined {
  const trimmed = text.trim();
  const numeric = numericDay.exec(trimmed);
  if (!numeric) return toDay(parseWrittenDay(trimmed));
  const [first, second] = [Number(numeric[1]), Number(numeric[2])];
  const year = numeric[3]!.length === 2 ? 2000 + Number(numeric[3]) : Number(numeric[3]);
  return toDay(dayFirst ? { year, month: second, day: first } : { year, month: first, day: second });
}

/** A day of the calendar, and of a time in which there are opportunities. */
function toDay(parts: { year: number; month: number; day: number } | undefined): string | undefined {
  if (parts === undefined || parts.year < 1970 || parts.year > 2199) return undefined;
  const { year, month, day } = parts;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.toISOString().slice(0, 10) : undefined;
}

const numericDay = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:[\sT,].*)?$/;

/** Which way dates of a file are written, where they tell: a number above twelve is a day. */
export function dayFirstIn(texts: Iterable<string>): boolean | undefined {
  for (const text of texts) {
    const found = numericDay.exec(text.trim());
    if (!found) continue;
    if (Number(found[1]) > 12) return true;
    if (Number(found[2]) > 12) return false;
  }
  return undefined;
}

/** Whether a status, or the name of a stage, says that the opportunity is over; undefined: it says nothing of it. */
export function outcomeOf(text: string): Outcome | 'open' | undefined {
  const word = fold(text)
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();
  if (/\b(?:closedlost|lost|perdue?s?|abandonnee?s?|abandoned)\b/.test(word)) return 'lost';
  if (/\b(?:closedwon|won|gagnee?s?|conclue?s?|signee?s?)\b/.test(word)) return 'won';
  return /^(?:open|ouverte?|en cours|false|non|no|0|faux)$/.test(word)
    ? 'open'
    : word === 'true' || word === 'oui' || word === 'vrai' || word === '1' || word === 'yes'
      ? 'won'
      : undefined;
}

const reasonWords: [RegExp, Reason][] = [
  [/budget/, 'budget'],
  [/pri[cx]|tarif|cher|expensive|cout/, 'price'],
  [/concurren|competit/, 'competitor'],
  [/decision|abandon|annul|cancel|gele|frozen|status quo/, 'no_decision'],
  [/repon|answer|respon|silence|unreachable|injoignable/, 'no_answer'],
  [/calendrier|timing|delai|trop tard|too late|too early|trop tot/, 'timing'],
  [/fonction|feature|produit|product|offre|offer|besoin|need/, 'offer'],
  [/relation|confiance|trust/, 'relationship'],
];

/** The one of our reasons that words of a file look like: of another outcome, or like none, it is another one, and the words are kept. */
export function reasonOf(text: string, outcome: Outcome): Reason {
  const word = fold(text);
  const found = reasonWords.find(([pattern]) => pattern.test(word))?.[1];
  const known: readonly Reason[] = reasons[outcome];
  return found !== undefined && known.includes(found) ? found : 'other';
}

/** Stages that products begin with, as ours, folded. */
const likeOurs: Record<(typeof stageKeys)[number], RegExp> = {
  lead: /^(?:prospect(?:ing|ion)?|lead|nouvelle?|new|piste|contact(?: made| etabli)?|prise de contact|appointment scheduled|rendez vous (?:planifie|fixe)|premier contact)$/,
  qualified:
    /^(?:qualif\w*(?: .*)?|needs analysis|analyse des besoins|decouverte|discovery|besoin.*|value proposition|id decision makers|perception analysis|demo scheduled|needs defined|besoins definis)$/,
  proposal:
    /^(?:propos\w*(?: .*)?|devis.*|quote.*|presentation (?:scheduled|planifiee)|offre.*|proposition.*|decision maker bought in)$/,
  negotiation: /^(?:negotiat\w*(?: .*)?|negociation.*|contract sent|contrat envoye|contractualisation)$/,
};

/** The stage of ours that another product's looks like. */
export function keyLike(name: string): (typeof stageKeys)[number] | undefined {
  const word = fold(name)
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();
  return (Object.keys(likeOurs) as (keyof typeof likeOurs)[]).find((key) => likeOurs[key].test(word));
}
