import { casemap, foldLetters, hasWords, textOf } from '../cards/octets.ts';
import { parameterValues, parseVcard, type VcardProperty } from '../formats/vcard/index.ts';
import { unmet } from './errors.ts';
import { childOf, childrenOf, type ReadElement } from './xml.ts';

export interface Filter {
  /** Whether a card's octets meet it. */
  meets(octets: string): boolean;
  /** One of these is said in whatever meets it, in the form of `foldLetters`; null where words tell nothing. */
  words: readonly string[] | null;
  /** Of which cards its answer says more than their names, to whoever sees which of them meet it: of none, of those that do, or of all. */
  tells: 'none' | 'met' | 'all';
}

/** A condition, and one of which words must be said for it to be met. */
interface Test<T> {
  meets(of: T): boolean;
  words: readonly string[] | null;
}

type Collation = (text: string) => string;

/** RFC 4790, 9.2 and 9.3; RFC 5051, whose decomposition and titlecase the folding of our search stands in for. */
const collations: Record<string, Collation> = {
  'i;ascii-casemap': (text) => text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase()),
  'i;unicode-casemap': casemap,
  'i;octet': (text) => text,
};

const matchers: Record<string, (value: string, wanted: string) => boolean> = {
  contains: (value, wanted) => value.includes(wanted),
  equals: (value, wanted) => value === wanted,
  'starts-with': (value, wanted) => value.startsWith(wanted),
  'ends-with': (value, wanted) => value.endsWith(wanted),
};

/** Reads a `filter` (RFC 6352, 10.5). @throws DavError 403 for what it asks and we cannot do */
export function readFilter(filter: ReadElement): Filter {
  const parts = childrenOf(filter, 'C:prop-filter');
  // An empty filter asks for all.
  if (parts.length === 0) return { meets: () => true, words: null, tells: 'none' };
  const { meets, words } = joined(filter, parts.map(readPropFilter));
  return { meets: (octets) => meets(parseVcard(octets)), words, tells: toldBy(parts) };
}

/** What a card is known by: to be found by it says no more than the list of cards does. */
const names = new Set(['FN', 'N', 'UID']);

function toldBy(parts: ReadElement[]): Filter['tells'] {
  const ofDetails = parts.filter(({ attributes }) => !names.has(splitName(attributes.name ?? '')[1]));
  if (ofDetails.length === 0) return 'none';
  const denies = (part: ReadElement): boolean =>
    childOf(part, 'C:is-not-defined') !== undefined ||
    childrenOf(part, 'C:text-match').some(isNegated) ||
    childrenOf(part, 'C:param-filter').some(denies);
  // Who is missing where all without something are asked for is told of as well.
  return ofDetails.some(denies) ? 'all' : 'met';
}

function joined<T>(parent: ReadElement, tests: Test<T>[]): Test<T> {
  const all = parent.attributes.test?.toLowerCase() === 'allof';
  if (!all) {
    const known = tests.every(({ words }) => words !== null);
    return {
      meets: (of) => tests.some((test) => test.meets(of)),
      words: known ? tests.flatMap(({ words }) => words!) : null,
    };
  }
  // All are met: the words of one tell enough, best of that whose words are the longest.
  const shortest = (words: readonly string[] | null) => Math.min(...(words ?? []).map((one) => one.length));
  const telling = tests.filter(({ words }) => words !== null).sort((a, b) => shortest(b.words) - shortest(a.words));
  return { meets: (of) => tests.every((test) => test.meets(of)), words: telling[0]?.words ?? null };
}

function readPropFilter(filter: ReadElement): Test<VcardProperty[]> {
  const [group, name] = splitName(filter.attributes.name ?? '');
  const find = (card: VcardProperty[]) =>
    card.filter(
      (property) =>
        property.name.toUpperCase() === name && (group === undefined || property.group?.toLowerCase() === group),
    );
  if (childOf(filter, 'C:is-not-defined')) return { meets: (card) => find(card).length === 0, words: null };
  const tests: Test<VcardProperty[]>[] = [
    ...childrenOf(filter, 'C:text-match').map((match) => {
      const { meets, negated, wanted } = readTextMatch(match);
      return {
        // "Not" is said of the property as a whole: none of its values may match.
        meets: (properties: VcardProperty[]) => properties.some(({ value }) => meets(textOf(value))) !== negated,
        words: negated || !hasWords(name) ? null : [foldLetters(wanted)],
      };
    }),
    ...childrenOf(filter, 'C:param-filter').map((one) => ({ meets: readParamFilter(one), words: null })),
  ];
  if (tests.length === 0) return { meets: (card) => find(card).length > 0, words: null };
  const negatedOnly = childrenOf(filter, 'C:text-match').every((match) => isNegated(match));
  const { meets, words } = joined(filter, tests);
  return {
    meets: (card) => {
      const properties = find(card);
      return properties.length === 0 ? negatedOnly && meets([]) : meets(properties);
    },
    words,
  };
}

function splitName(name: string): [group: string | undefined, name: string] {
  const dot = name.indexOf('.');
  return dot < 0
    ? [undefined, name.toUpperCase()]
    : [name.slice(0, dot).toLowerCase(), name.slice(dot + 1).toUpperCase()];
}

function readParamFilter(filter: ReadElement): (properties: VcardProperty[]) => boolean {
  const name = (filter.attributes.name ?? '').toUpperCase();
  const valuesOf = (property: VcardProperty) => [
    ...parameterValues(property, name),
    ...(name === 'TYPE' ? parameterValues(property, '') : []),
  ];
  if (childOf(filter, 'C:is-not-defined')) return (properties) => properties.some((one) => valuesOf(one).length === 0);
  const match = childOf(filter, 'C:text-match');
  if (!match) return (properties) => properties.some((one) => valuesOf(one).length > 0);
  const { meets, negated } = readTextMatch(match);
  return (properties) => properties.some((one) => valuesOf(one).some(meets) !== negated);
}

const isNegated = (match: ReadElement): boolean => match.attributes['negate-condition']?.toLowerCase() === 'yes';

function readTextMatch(match: ReadElement): { meets: (value: string) => boolean; negated: boolean; wanted: string } {
  const named = match.attributes.collation ?? 'i;unicode-casemap';
  const collation = collations[named === 'default' ? 'i;unicode-casemap' : named.toLowerCase()];
  if (!collation) throw unmet(403, 'C:supported-collation');
  const matches = matchers[(match.attributes['match-type'] ?? 'contains').toLowerCase()];
  if (!matches) throw unmet(403, 'C:supported-filter');
  const wanted = collation(match.text);
  return { meets: (value) => matches(collation(value), wanted), negated: isNegated(match), wanted: match.text };
}

/** The octets with these properties only (RFC 6352, 10.4.2). */
export function keepProperties(octets: string, address: ReadElement): string {
  const wanted = childrenOf(address, 'C:prop').map(({ attributes }) => ({
    name: (attributes.name ?? '').toUpperCase(),
    empty: attributes.novalue?.toLowerCase() === 'yes',
  }));
  if (wanted.length === 0 || childOf(address, 'C:allprop')) return octets;
  const lines = octets.replaceAll(/\r?\n[ \t]/g, '').split(/\r?\n/);
  const kept = lines.filter((line) => {
    const name = /^(?:[^.:;]+\.)?([^:;]+)/.exec(line)?.[1]?.toUpperCase() ?? '';
    return name === 'BEGIN' || name === 'END' || name === 'VERSION' || wanted.some((one) => one.name === name);
  });
  return kept
    .map((line) => {
      const name = /^(?:[^.:;]+\.)?([^:;]+)/.exec(line)?.[1]?.toUpperCase();
      return wanted.some((one) => one.empty && one.name === name) ? line.slice(0, line.indexOf(':') + 1) : line;
    })
    .join('\r\n')
    .concat('\r\n');
}
