import { parse } from 'tldts';
import type { FieldKind } from '../cards/contract.ts';
import { displayOf, type Field, identityOf } from '../cards/fields.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { fold } from '../formats/normalise/fold.ts';
import { type NamingHabit, writeName } from '../formats/normalise/name.ts';
import { writePhone } from '../formats/normalise/phone.ts';
import type { RuleId, reasons } from './contract.ts';
import { type Address, contradictsPostcode, isFrench, toPostal } from './postal.ts';

/** A value as it stands on a card. */
export interface Held extends Field {
  no: number;
}
/** What becomes of it: another value, or none. */
export interface Mended {
  no: number;
  to: Field | null;
  why: (typeof reasons)[number] | null;
}
export interface Habits {
  /** In which numbers and addresses without a country are. */
  country: string;
  naming: NamingHabit;
  /** A day, `YYYY-MM-DD`. */
  today: string;
}

/** The kinds of field that each rule looks at. */
const kindsOf: Record<RuleId, readonly FieldKind[]> = {
  name_case: ['name'],
  phone_format: ['phone'],
  postal: ['address'],
  duplicates: ['email', 'phone', 'address', 'url', 'category'],
  impossible: ['birthday', 'email', 'address'],
  dead_titles: ['title'],
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const changed = ({ no, kind, value }: Held, to: Record<string, unknown>): Mended[] =>
  same(value, to) ? [] : [{ no, to: { kind, value: to }, why: null }];
const gone = ({ no }: Held, why: Mended['why']): Mended[] => [{ no, to: null, why }];

function nameCase(held: Held, { naming }: Habits): Mended[] {
  // Who writes as they type still wants no capitals where this rule is asked for.
  const { full: _made, ...parts } = writeName(held.value, naming === 'as_typed' ? 'usual' : naming);
  const words = [parts.given, parts.additional, parts.family].join(' ').match(word) ?? [];
  const written = new Map(words.map((one) => [one.toLocaleLowerCase('fr'), one]));
  // What is shown keeps its order and its words: "DUPONT Jean" becomes "Dupont Jean".
  const { full } = held.value;
  const said =
    typeof full === 'string' && full.replaceAll(word, (one) => written.get(one.toLocaleLowerCase('fr')) ?? one);
  return changed(held, { ...held.value, ...parts, ...(said === false ? {} : { full: said }) });
}

const word = /[\p{L}\p{M}]+/gu;

function phoneFormat(held: Held, { country }: Habits): Mended[] {
  const { raw, e164 } = held.value;
  // Words beside a number ("demander Léa") are somebody's, and stay.
  if (typeof e164 !== 'string' || typeof raw !== 'string' || !/^[+\d\s().\-/\u00a0\u202f]+$/.test(raw)) return [];
  return changed(held, { ...held.value, raw: writePhone(e164, country) });
}

function postal(held: Held, { country }: Habits): Mended[] {
  if (!isFrench(held.value, country)) return [];
  const to = toPostal(held.value as Address);
  return to ? changed(held, to as Record<string, unknown>) : [];
}

/** Endings of names that nobody can have (RFC 2606, 6762). `.example` is for examples, of which the demonstration is one. */
const impossibleEndings = new Set(['test', 'invalid', 'localhost', 'local', 'lan', 'internal']);

function hasImpossibleDomain(address: string): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const ending = domain.slice(domain.lastIndexOf('.') + 1);
  if (ending === 'example' || ending.startsWith('xn--')) return false;
  return impossibleEndings.has(ending) || parse(domain).isIcann !== true;
}

/** Years that nobody has lived. */
const oldest = 125;

function impossible(held: Held, { today, country }: Habits): Mended[] {
  const { kind, value } = held;
  if (kind === 'birthday') {
    const day = String(value.value ?? '');
    if (!/^\d{4}/.test(day)) return [];
    if (day > today) return gone(held, 'future');
    return Number(day.slice(0, 4)) < Number(today.slice(0, 4)) - oldest ? gone(held, 'too_old') : [];
  }
  if (kind === 'email') {
    const address = normaliseEmail(String(value.value ?? ''));
    if (!address) return gone(held, 'no_address');
    return hasImpossibleDomain(address) ? gone(held, 'no_domain') : [];
  }
  if (!isFrench(value, country) || !contradictsPostcode(value as Address)) return [];
  const { region, raw, ...rest } = value as Address;
  const lines = raw?.split('\n').filter((line) => fold(line.trim()) !== fold(region!.trim()));
  const to = lines ? { ...rest, raw: lines.join('\n') } : rest;
  return [{ no: held.no, to: { kind, value: to }, why: 'other_department' }];
}

/** Written where something had to be: they name no occupation. */
const noTitles = new Set(
  `n/a|na|nc|n.c.|none|null|nil|undefined|unknown|inconnu|inconnue|aucun|aucune|neant|a completer|a renseigner|non renseigne|non communique|tbd|todo|test|xxx|xx|x|m|m.|mr|mr.|mrs|mrs.|ms|mme|mme.|mlle|monsieur|madame|mademoiselle|contact`.split(
    '|',
  ),
);

function deadTitle(held: Held): Mended[] {
  const title = fold(String(held.value.value ?? '')).trim();
  return noTitles.has(title) || !/[\p{L}\p{N}]/u.test(title) ? gone(held, 'no_title') : [];
}

/** Those that say again what one before them says: the same address, or number with the same extension. */
function duplicates(all: readonly Held[]): Mended[] {
  const seen = new Set<string>();
  return all.flatMap((held) => {
    const compared = held.kind === 'email' || held.kind === 'phone';
    const identity = compared ? identityOf(held) : `${held.kind} ${displayOf(held).trim().toLowerCase()}`;
    if (seen.has(identity)) return gone(held, 'twice');
    seen.add(identity);
    return [];
  });
}

const one: Partial<Record<RuleId, (held: Held, habits: Habits) => Mended[]>> = {
  name_case: nameCase,
  phone_format: phoneFormat,
  postal,
  impossible,
  dead_titles: deadTitle,
};

/** What a rule makes of the values of a card: done twice, it changes nothing the second time. */
export function mend(rule: RuleId, fields: readonly Held[], habits: Habits): Mended[] {
  const wanted = fields.filter(({ kind, value }) => kindsOf[rule].includes(kind) && Object.keys(value).length > 0);
  return rule === 'duplicates' ? duplicates(wanted) : wanted.flatMap((held) => one[rule]!(held, habits));
}

/** A value as people read it; an address in its lines. */
export const shown = (field: Field): string =>
  field.kind === 'address' && typeof field.value.raw === 'string'
    ? field.value.raw
    : field.kind === 'phone' || field.kind === 'email'
      ? String(field.value.raw ?? field.value.value ?? '')
      : displayOf(field);
