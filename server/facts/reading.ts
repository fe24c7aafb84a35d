import { parseWrittenDay } from '../formats/normalise/date.ts';
import { fold } from '../formats/normalise/fold.ts';
import { hashedId } from '../kernel/ids.ts';
import { translator } from '../kernel/messages.ts';
import type { ImportOptions } from './imports-contract.ts';
import type { KindRule } from './rules.ts';

// What cells of a file say, in the words of the API.

/** How columns are called in exports of shops, tills, desks and mailing tools, folded. */
const names: [RegExp, string][] = [
  [/^(?:id|identifiant|reference|ref|n|no|nr|numero|number|order|commande|ticket|facture|invoice)$/, 'externalId'],
  [
    /^(?:order|ticket|invoice|sale|receipt|transaction|refund|request|event|fact) (?:id|no|nr|number|ref|reference)$/,
    'externalId',
  ],
  [
    /^(?:id|identifiant|n|no|nr|num|numero|reference|ref|code) (?:de |du |d )?(?:la )?(?:commande|ticket|facture|vente|recu|transaction|remboursement|demande|evenement)$/,
    'externalId',
  ],
  [
    /^(?:at|date( heure)?|created( at)?|cree le|date de (?:commande|creation|visite|vente)|order date|when|time|timestamp|horodatage|le|quand)$/,
    'at',
  ],
  [/^(?:kind|type|type de fait|event type)$/, 'kind'],
  [/^(?:e ?mail|e ?mail address|adresse e ?mail|courriel|customer email|mail|email client)$/, 'email'],
  [/^(?:phone|telephone|tel|mobile|portable|phone number|numero de telephone)$/, 'phone'],
  [
    /^(?:customer|client|customer id|customer number|numero client|no client|code client|id client|account)$/,
    'customerId',
  ],
  [/^(?:amount|total|montant|montant ttc|total ttc|price|prix|value|revenue|ca|grand total)$/, 'amount'],
  [/^(?:currency|devise|monnaie)$/, 'currency'],
  [/^(?:consent|consentement|opt ?in)$/, 'consent'],
];

const plain = (header: string): string =>
  fold(header)
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();

/** How a field of a kind may be called: by its key, by its own name, and as every company's fields are called in either language. */
const namesOf = (key: string, name: string | undefined): string[] => [
  plain(key),
  ...(name
    ? [plain(name)]
    : (['fr', 'en'] as const).map((locale) => plain(translator(locale)(`facts.fieldName.${key}`)))),
];

/** What columns are, by their names; each target once. */
export function guessTargets(headers: readonly string[], kind: KindRule | undefined): string[] {
  const taken = new Set<string>();
  const fields = [...(kind?.fields ?? [])].map(([key, { name }]) => ({ key, names: namesOf(key, name) }));
  return headers.map((header) => {
    const name = plain(header);
    const own = name === '' ? undefined : fields.find(({ names: all }) => all.includes(name))?.key;
    const target = names.find(([pattern]) => pattern.test(name))?.[1] ?? (own ? `prop:${own}` : '');
    if (target === '' || taken.has(target))
      return own && !taken.has(`prop:${own}`) && target !== '' ? `prop:${own}` : '';
    taken.add(target);
    return target;
  });
}

/** Minutes by which a zone is ahead of UTC at a time of its clock. @throws RangeError for a zone that is none */
function offsetOf(zone: string, local: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(
    new Date(local),
  );
  const match = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(parts.find(({ type }) => type === 'timeZoneName')!.value);
  const minutes = Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0);
  return match?.[1] === '-' ? -minutes : minutes;
}

export function isZone(zone: string): boolean {
  try {
    offsetOf(zone, 0);
    return true;
  } catch {
    return false;
  }
}

/** A time as people and programs write it, as RFC 3339; as it stands where it is none, to be refused with its line. */
export function readTime(text: string, { dayFirst, zone }: Pick<ImportOptions, 'dayFirst' | 'zone'>): string {
  const written = text.trim();
  if (/(?:[zZ]|[+-]\d\d:?\d\d)$/.test(written) && /^\d{4}-\d\d-\d\d[T ]/.test(written)) return written;
  const numeric = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})/.exec(written);
  const day = numeric ? numericDay(numeric, dayFirst) : parseWrittenDay(written);
  if (!day) return written;
  const clock = /(?:[T ,]|\bà\b)\s*(\d{1,2})[:hH](\d{2})?(?::(\d{2}))?/.exec(written.slice(6));
  const [hour, minute, second] = [1, 2, 3].map((at) => Number(clock?.[at] ?? 0)) as [number, number, number];
  const local = Date.UTC(day.year, day.month - 1, day.day, hour, minute, second);
  // Noon of a day without a time is that day wherever it is read.
  const at = clock ? local : local + 12 * 3_600_000;
  if (Number.isNaN(at) || new Date(local).getUTCDate() !== day.day) return written;
  const guess = offsetOf(zone, at);
  const exact = offsetOf(zone, at - guess * 60_000);
  return new Date(at - exact * 60_000).toISOString();
}

function numericDay(match: RegExpExecArray, dayFirst: boolean) {
  const [first, second, year] = [1, 2, 3].map((at) => Number(match[at])) as [number, number, number];
  const swapped = second > 12 || (!dayFirst && first <= 12);
  return swapped ? { year, month: first, day: second } : { year, month: second, day: first };
}

/** "1 234,56 €", "1,234.56" or "1234.5" as digits with a point; as it stands where it is none. */
export function readNumber(text: string): string {
  const digits = text
    .normalize('NFKC')
    .replaceAll(/[\s'’€$£]|EUR|USD|GBP|CHF/g, '')
    .replace(/^\((.*)\)$/, '-$1')
    .replace(/^[−–]/, '-');
  if (!/^-?\d[\d.,]*$/.test(digits)) return text;
  const [point, comma] = [digits.lastIndexOf('.'), digits.lastIndexOf(',')];
  const mark = Math.max(point, comma);
  if (mark < 0) return digits;
  const after = digits.slice(mark + 1);
  const several = digits.split(digits[mark]!).length > 2;
  // A lone comma or point before three digits sets thousands apart where another mark, or the same again, says so.
  const grouped =
    several ||
    (after.length === 3 && digits[mark] === ',' && point < 0 && /^-?[1-9]\d{0,2}$/.test(digits.slice(0, mark)));
  const whole = digits.slice(0, mark).replaceAll(/[.,]/g, '');
  return grouped ? `${whole}${after}` : `${whole}.${after || '0'}`;
}

const yes = new Set(['1', 'x', 'true', 'yes', 'y', 'oui', 'o', 'vrai', 'ok']);
const no = new Set(['0', '', 'false', 'no', 'n', 'non', 'faux']);

function readField(type: string | undefined, text: string, options: ImportOptions): unknown {
  if (type === 'number') {
    const number = readNumber(text);
    return /^-?\d+(?:\.\d+)?$/.test(number) ? Number(number) : text;
  }
  if (type === 'boolean') return yes.has(fold(text)) ? true : no.has(fold(text)) ? false : text;
  if (type === 'date') {
    const time = readTime(text, { ...options, zone: 'UTC' });
    return /^\d{4}-\d\d-\d\dT/.test(time) ? time.slice(0, 10) : text;
  }
  return text;
}

/** A line of a file as a fact, whatever is wrong with it: it is judged as what programs tell. A line without an id has one of all it says. */
export function toFact(
  cells: readonly string[],
  targets: readonly string[],
  kinds: ReadonlyMap<string, KindRule>,
  options: ImportOptions,
): Record<string, unknown> {
  const at = (target: string) => (cells[targets.indexOf(target)] ?? '').trim();
  const has = (target: string) => targets.includes(target);
  const kindKey = has('kind') ? plain(at('kind')).replaceAll(' ', '_') : options.kind;
  const kind = kinds.get(kindKey);
  const [email, phone, customerId] = [at('email'), at('phone'), at('customerId')];
  const props = targets.flatMap((target, column) => {
    const text = (cells[column] ?? '').trim();
    if (!target.startsWith('prop:') || text === '') return [];
    const key = target.slice('prop:'.length);
    return [[key, readField(kind?.fields.get(key)?.type, text, options)] as const];
  });
  const whose = email
    ? { email }
    : phone
      ? { phone }
      : customerId
        ? { customer: { system: options.system, id: customerId } }
        : {};
  const amount = at('amount');
  return {
    externalId: at('externalId') || hashedId(JSON.stringify(cells)),
    kind: kindKey,
    at: readTime(at('at'), options),
    ...whose,
    ...(amount && {
      amount: { value: readNumber(amount), currency: at('currency').toUpperCase() || options.currency },
    }),
    ...(props.length > 0 && { props: Object.fromEntries(props) }),
    ...(has('consent') && { consent: yes.has(fold(at('consent'))) }),
  };
}

export const isEmpty = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');
