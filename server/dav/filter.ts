import { parameterValues, parseVcard, unescapeText, type VcardProperty } from '../formats/vcard/index.ts';
import { unmet } from './errors.ts';
import { childOf, childrenOf, type ReadElement } from './xml.ts';

/** Whether a card's octets meet a filter. */
export type Filter = (octets: string) => boolean;

type Collation = (text: string) => string;

/** RFC 4790, 9.2 and 9.3; RFC 5051, whose decomposition and titlecase the folding of our search stands in for. */
const collations: Record<string, Collation> = {
  'i;ascii-casemap': (text) => text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase()),
  'i;unicode-casemap': (text) => text.normalize('NFKD').toUpperCase().toLowerCase(),
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
  const tests = childrenOf(filter, 'C:prop-filter').map(readPropFilter);
  // An empty filter asks for all.
  if (tests.length === 0) return () => true;
  const meets = joined(filter, tests);
  return (octets) => meets(parseVcard(octets));
}

function joined<T>(parent: ReadElement, tests: ((of: T) => boolean)[]): (of: T) => boolean {
  const all = parent.attributes.test?.toLowerCase() === 'allof';
  return (of) => (all ? tests.every((test) => test(of)) : tests.some((test) => test(of)));
}

function readPropFilter(filter: ReadElement): (card: VcardProperty[]) => boolean {
  const [group, name] = splitName(filter.attributes.name ?? '');
  const find = (card: VcardProperty[]) =>
    card.filter(
      (property) =>
        property.name.toUpperCase() === name && (group === undefined || property.group?.toLowerCase() === group),
    );
  if (childOf(filter, 'C:is-not-defined')) return (card) => find(card).length === 0;
  const tests = [
    ...childrenOf(filter, 'C:text-match').map((match) => {
      const { meets, negated } = readTextMatch(match);
      // "Not" is said of the property as a whole: none of its values may match.
      return (properties: VcardProperty[]) => properties.some(({ value }) => meets(textOf(value))) !== negated;
    }),
    ...childrenOf(filter, 'C:param-filter').map(readParamFilter),
  ];
  if (tests.length === 0) return (card) => find(card).length > 0;
  const negatedOnly = childrenOf(filter, 'C:text-match').every((match) => isNegated(match));
  const meets = joined(filter, tests);
  return (card) => {
    const properties = find(card);
    return properties.length === 0 ? negatedOnly && meets([]) : meets(properties);
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

function readTextMatch(match: ReadElement): { meets: (value: string) => boolean; negated: boolean } {
  const named = match.attributes.collation ?? 'i;unicode-casemap';
  const collation = collations[named === 'default' ? 'i;unicode-casemap' : named.toLowerCase()];
  if (!collation) throw unmet(403, 'C:supported-collation');
  const matches = matchers[(match.attributes['match-type'] ?? 'contains').toLowerCase()];
  if (!matches) throw unmet(403, 'C:supported-filter');
  const wanted = collation(match.text);
  return { meets: (value) => matches(collation(value), wanted), negated: isNegated(match) };
}

const textOf = (value: string): string => (value.includes('\\') ? unescapeText(value) : value);

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
