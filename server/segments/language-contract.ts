/**
 * The language in which is said whom one means: of whom something holds. The text is what is kept and shown; the tree is what is built with
 * and compiled. Pure, and read by the browser too.
 */

export const units = ['hours', 'days', 'weeks', 'months', 'years'] as const;
/** A length of time; months and years are those of the calendar. */
export interface Span {
  n: number;
  unit: (typeof units)[number];
}

export type Literal = string | number | boolean;
const comparisons = ['=', '!=', '<', '<=', '>', '>='] as const;
export type Op = (typeof comparisons)[number] | 'contains' | 'starts' | 'like' | 'in' | 'between' | 'known' | 'unknown';

/** What is asked of one property of a fact. */
export interface PropertyTest {
  property: string;
  op: Op;
  to: Literal[];
}

/** Facts of a kind: with these properties, within the last so long. */
export interface Pattern {
  kind: string;
  where: PropertyTest[];
  last: Span | null;
}

const sums = ['sum', 'average', 'least', 'greatest', 'distinct'] as const;
export type Value =
  | { is: 'number'; number: number }
  /** A field, an attribute, an aggregate, a score: whatever the dictionary has under this name. */
  | { is: 'name'; name: string }
  | { is: 'count'; of: Pattern }
  | { is: (typeof sums)[number]; property: string; of: Pattern }
  /** When such a fact was the first, or last, time. */
  | { is: 'first' | 'last'; of: Pattern }
  /** Whole days of 24 hours. */
  | { is: 'days_since' | 'days_until'; value: Value }
  | { is: '+' | '-' | '*' | '/'; left: Value; right: Value };

/** One thing after the other: a fact, or none of them, within so long of the one before. */
export interface Step {
  no: boolean;
  of: Pattern;
  within: Span | null;
}

export type Filter =
  | { is: 'everyone' }
  | { is: 'all' | 'any'; of: Filter[] }
  | { is: 'not'; of: Filter }
  | { is: 'test'; value: Value; op: Op; to: Literal[] }
  /** A moment that lies within the last, or next, so long. */
  | { is: 'within'; value: Value; direction: 'last' | 'next'; span: Span }
  | { is: 'did'; steps: Step[] }
  | { is: 'in'; segment: string };

export const most = { characters: 20_000, depth: 20, nodes: 400, values: 1000, steps: 5 } as const;

export const syntaxProblems = [
  'unexpected',
  'unclosed',
  'too_long',
  'too_deep',
  'too_much',
  'too_many_values',
  'too_many_steps',
  'no_patterns',
  'first_step',
] as const;

/** What stands at a place of the text that cannot be read. */
export class FilterSyntaxError extends Error {
  override name = 'FilterSyntaxError';
  readonly problem: (typeof syntaxProblems)[number];
  /** Characters before it. */
  readonly at: number;
  /** What stands there. */
  readonly found: string;

  constructor(problem: (typeof syntaxProblems)[number], at: number, found: string) {
    super(`${problem} at ${at}: ${found}`);
    this.problem = problem;
    this.at = at;
    this.found = found;
  }
}

interface Token {
  kind: 'word' | 'number' | 'text' | 'sign' | 'end';
  text: string;
  at: number;
}

const shapes: [Token['kind'] | 'blank' | 'regex', RegExp][] = [
  ['blank', /\s+/y],
  ['word', /[\p{L}_][\p{L}\p{N}_.]*/uy],
  ['number', /\d{1,15}(?:\.\d{1,6})?(?!\d)/y],
  ['text', /"(?:[^"\\]|\\.)*"/suy],
  ['sign', /<=|>=|!=|[=<>(),+\-*/]/y],
  ['regex', /~/y],
];

function tokensOf(text: string): Token[] {
  if (text.length > most.characters) throw new FilterSyntaxError('too_long', most.characters, '');
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const found = shapes
      .map(([kind, shape]) => {
        shape.lastIndex = at;
        return [kind, shape.exec(text)?.[0]] as const;
      })
      .find(([, match]) => match !== undefined);
    if (!found) {
      const problem = text[at] === '"' ? 'unclosed' : 'unexpected';
      throw new FilterSyntaxError(problem, at, text.slice(at, at + 20));
    }
    const [kind, match] = found;
    if (kind === 'regex') throw new FilterSyntaxError('no_patterns', at, match!);
    if (kind !== 'blank') tokens.push({ kind, text: match!, at });
    at += match!.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

/** Words that name nothing. */
const reserved = new Set(
  `all and any average between by contains count days_since days_until did distinct everyone false first greatest in is known last least like next no
   not of or segment starts sum then true unknown where within matches`.split(/\s+/),
);

/** Whether something can be called so in the language: a small letter, then small letters, digits, `_` and `.`. */
export const isName = (name: string): boolean => /^[a-z_][a-z0-9_.]{0,62}$/.test(name) && !reserved.has(name);

/** What stands behind a value, never behind a condition. */
const behindValue = new Set([
  ...comparisons,
  ...'+ - * / is in between within contains starts like matches ~'.split(' '),
]);

class Reader {
  readonly #tokens: Token[];
  #next = 0;
  #nodes = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  get token(): Token {
    return this.#tokens[this.#next]!;
  }

  refuse(problem: FilterSyntaxError['problem'] = 'unexpected', { at, text } = this.token): never {
    throw new FilterSyntaxError(problem, at, text);
  }

  is(...texts: string[]): boolean {
    const { kind, text } = this.token;
    return (kind === 'word' || kind === 'sign') && texts.includes(text);
  }

  take(...texts: string[]): string | undefined {
    if (!this.is(...texts)) return undefined;
    return this.#tokens[this.#next++]!.text;
  }

  expect(...texts: string[]): string {
    return (
      this.take(...texts) ?? this.refuse(texts.includes(')') && this.token.kind === 'end' ? 'unclosed' : undefined)
    );
  }

  name(): string {
    const { kind, text } = this.token;
    if (kind !== 'word' || !isName(text)) this.refuse(text === 'matches' ? 'no_patterns' : undefined);
    this.#next++;
    return text;
  }

  /** Counts what is read, so that no text asks for more than can be answered. */
  node<T>(value: T): T {
    if (++this.#nodes > most.nodes) this.refuse('too_much');
    return value;
  }

  deeper<T>(read: () => T): T {
    if (++this.#depth > most.depth) this.refuse('too_deep');
    const value = read();
    this.#depth--;
    return value;
  }

  /** Whether the parenthesis that opens here holds a condition: one that holds a value is compared, or reckoned with, behind its end. */
  opensCondition(): boolean {
    let open = 0;
    for (let at = this.#next; at < this.#tokens.length; at++) {
      const { kind, text } = this.#tokens[at]!;
      if (kind === 'sign' && text === '(') open++;
      if (kind !== 'sign' || text !== ')' || --open > 0) continue;
      return !behindValue.has(this.#tokens[at + 1]!.text);
    }
    return this.refuse('unclosed', this.#tokens.at(-1));
  }

  end(): void {
    if (this.token.kind !== 'end') this.refuse();
  }

  literal(): Literal {
    const { kind, text } = this.token;
    if (kind === 'text') {
      this.#next++;
      return text.slice(1, -1).replaceAll(/\\(.)/gsu, '$1');
    }
    if (this.take('true')) return true;
    if (this.take('false')) return false;
    const minus = this.take('-');
    if (this.token.kind === 'number') {
      const number = Number(this.#tokens[this.#next++]!.text);
      return minus ? -number : number;
    }
    if (minus) this.refuse();
    // A word that needs no quotes: stage = customer.
    return this.name();
  }

  number(): number {
    const { kind, text } = this.token;
    if (kind !== 'number') this.refuse();
    this.#next++;
    return Number(text);
  }
}

function span(reader: Reader): Span {
  const n = reader.number();
  const word = reader.token.text;
  const unit = units.find((one) => one === word || one === `${word}s`);
  if (!unit || !Number.isInteger(n) || n < 1 || n > 10_000) reader.refuse();
  reader.take(word);
  return { n, unit: unit! };
}

function listOf(reader: Reader): Literal[] {
  reader.expect('(');
  const values = [reader.literal()];
  while (reader.take(',')) {
    values.push(reader.literal());
    if (values.length > most.values) reader.refuse('too_many_values');
  }
  reader.expect(')');
  return values;
}

/** What follows the left side of a comparison. */
function test(reader: Reader): { op: Op; to: Literal[] } {
  if (reader.take('is')) return { op: reader.expect('known', 'unknown') as Op, to: [] };
  if (reader.take('in')) return { op: 'in', to: listOf(reader) };
  if (reader.take('between')) {
    const from = reader.literal();
    reader.expect('and');
    return { op: 'between', to: [from, reader.literal()] };
  }
  if (reader.is('matches')) reader.refuse('no_patterns');
  const op = reader.expect(...comparisons, 'contains', 'starts', 'like') as Op;
  return { op, to: [reader.literal()] };
}

function pattern(reader: Reader): Pattern {
  const kind = reader.name();
  const where: PropertyTest[] = [];
  if (reader.take('where')) {
    do where.push(reader.node({ property: reader.name(), ...test(reader) }));
    while (reader.take('and'));
  }
  return reader.node({ kind, where, last: reader.take('last') ? span(reader) : null });
}

function factor(reader: Reader): Value {
  if (reader.take('(')) {
    const value = reader.deeper(() => sum(reader));
    reader.expect(')');
    return value;
  }
  const minus = reader.take('-') !== undefined;
  if (minus || reader.token.kind === 'number') {
    const number = reader.number();
    return reader.node({ is: 'number', number: minus ? -number : number });
  }
  const called = reader.take('count', 'first', 'last', 'days_since', 'days_until', ...sums);
  if (called === undefined) return reader.node({ is: 'name', name: reader.name() });
  reader.expect('(');
  const value = reader.deeper(() => callOf(reader, called));
  reader.expect(')');
  return reader.node(value);
}

function callOf(reader: Reader, called: string): Value {
  if (called === 'count' || called === 'first' || called === 'last') return { is: called, of: pattern(reader) };
  if (called === 'days_since' || called === 'days_until') return { is: called, value: sum(reader) };
  const property = reader.name();
  reader.expect('of');
  return { is: called as (typeof sums)[number], property, of: pattern(reader) };
}

function product(reader: Reader): Value {
  let left = factor(reader);
  for (let op = reader.take('*', '/'); op; op = reader.take('*', '/'))
    left = reader.node({ is: op as '*' | '/', left, right: factor(reader) });
  return left;
}

function sum(reader: Reader): Value {
  let left = product(reader);
  for (let op = reader.take('+', '-'); op; op = reader.take('+', '-'))
    left = reader.node({ is: op as '+' | '-', left, right: product(reader) });
  return left;
}

function did(reader: Reader): Filter {
  const step = (): Step => {
    const no = reader.take('no') !== undefined;
    return { no, of: pattern(reader), within: reader.take('within') ? span(reader) : null };
  };
  reader.expect('(');
  const steps = [step()];
  // What did not happen is said of a time after something: a first step that is none means nobody.
  if (steps[0]!.no || steps[0]!.within) reader.refuse('first_step');
  while (reader.take('then')) {
    // What comes after what did not happen has no moment to follow.
    if (steps.at(-1)!.no) reader.refuse();
    steps.push(step());
    if (steps.length > most.steps) reader.refuse('too_many_steps');
  }
  reader.expect(')');
  return { is: 'did', steps };
}

/** A parenthesis holds a condition or a sum: which, only what follows tells. */
function primary(reader: Reader): Filter {
  if (reader.take('everyone')) return reader.node({ is: 'everyone' });
  if (reader.take('did')) return reader.node(did(reader));
  if (reader.take('in')) {
    reader.expect('segment');
    return reader.node({ is: 'in', segment: reader.name() });
  }
  if (reader.take('not')) return reader.node({ is: 'not', of: reader.deeper(() => primary(reader)) });
  if (reader.is('(') && reader.opensCondition()) {
    reader.take('(');
    const inner = reader.deeper(() => either(reader));
    reader.expect(')');
    return inner;
  }
  const value = sum(reader);
  if (reader.take('within')) {
    const direction = reader.expect('last', 'next') as 'last' | 'next';
    return reader.node({ is: 'within', value, direction, span: span(reader) });
  }
  return reader.node({ is: 'test', value, ...test(reader) });
}

function chain(reader: Reader, word: 'and' | 'or', is: 'all' | 'any', part: (reader: Reader) => Filter): Filter {
  const of = [part(reader)];
  while (reader.take(word)) of.push(part(reader));
  return of.length === 1 ? of[0]! : reader.node({ is, of });
}

const both = (reader: Reader): Filter => chain(reader, 'and', 'all', primary);
const either = (reader: Reader): Filter => chain(reader, 'or', 'any', both);

/** @throws FilterSyntaxError */
export function parseFilter(text: string): Filter {
  const reader = new Reader(text);
  const filter = either(reader);
  reader.end();
  return filter;
}

/** Reads what is computed, such as `count(order last 12 months)`. @throws FilterSyntaxError */
export function parseValue(text: string): Value {
  const reader = new Reader(text);
  const value = sum(reader);
  reader.end();
  return value;
}

const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
const printLiteral = (literal: Literal): string =>
  typeof literal === 'string' && !isName(literal) ? quote(literal) : String(literal);
const printSpan = ({ n, unit }: Span): string => `${n} ${n === 1 ? unit.slice(0, -1) : unit}`;

function printTest({ op, to }: { op: Op; to: Literal[] }): string {
  if (op === 'known' || op === 'unknown') return `is ${op}`;
  if (op === 'in') return `in (${to.map(printLiteral).join(', ')})`;
  if (op === 'between') return `between ${printLiteral(to[0]!)} and ${printLiteral(to[1]!)}`;
  return `${op} ${printLiteral(to[0]!)}`;
}

export function printPattern({ kind, where, last }: Pattern): string {
  const tests = where.map((one) => `${one.property} ${printTest(one)}`).join(' and ');
  return `${kind}${tests && ` where ${tests}`}${last ? ` last ${printSpan(last)}` : ''}`;
}

const strength = { '+': 1, '-': 1, '*': 2, '/': 2 } as const;

function printPart(value: Value, least: number): string {
  const text = printValue(value);
  return value.is in strength && strength[value.is as keyof typeof strength] < least ? `(${text})` : text;
}

/** The text of a value, as one reads it back. */
export function printValue(value: Value): string {
  switch (value.is) {
    case 'number':
      return String(value.number);
    case 'name':
      return value.name;
    case 'count':
    case 'first':
    case 'last':
      return `${value.is}(${printPattern(value.of)})`;
    case 'days_since':
    case 'days_until':
      return `${value.is}(${printValue(value.value)})`;
    case '+':
    case '-':
    case '*':
    case '/':
      return `${printPart(value.left, strength[value.is])} ${value.is} ${printPart(value.right, strength[value.is] + 1)}`;
    default:
      return `${value.is}(${value.property} of ${printPattern(value.of)})`;
  }
}

const printStep = ({ no, of, within }: Step): string =>
  `${no ? 'no ' : ''}${printPattern(of)}${within ? ` within ${printSpan(within)}` : ''}`;

/** The text of a condition, as one reads it back. */
export function printFilter(filter: Filter): string {
  switch (filter.is) {
    case 'everyone':
      return 'everyone';
    case 'all':
    case 'any':
      return filter.of
        .map((one) => (one.is === 'any' || one.is === 'all' ? `(${printFilter(one)})` : printFilter(one)))
        .join(filter.is === 'all' ? ' and ' : ' or ');
    case 'not':
      return filter.of.is === 'all' || filter.of.is === 'any'
        ? `not (${printFilter(filter.of)})`
        : `not ${printFilter(filter.of)}`;
    case 'test':
      return `${printValue(filter.value)} ${printTest(filter)}`;
    case 'within':
      return `${printValue(filter.value)} within ${filter.direction} ${printSpan(filter.span)}`;
    case 'did':
      return `did (${filter.steps.map(printStep).join(' then ')})`;
    case 'in':
      return `in segment ${filter.segment}`;
  }
}

// --- what has a name everywhere ---

/** What something that can be asked for is made of. */
export type Type = 'text' | 'number' | 'boolean' | 'date';

/** Steps of how well somebody is known, the least first. */
export const bands = ['weak', 'good', 'strong'] as const;

/** Messages are asked for as facts of this kind. */
export const messageKind = 'message';
export const messageProperties: ReadonlyMap<string, Type> = new Map([
  ['topic', 'text'],
  ['tone', 'text'],
  ['language', 'text'],
]);

/** Opportunities are asked for as facts of this kind: on the day they were closed, those that are open on the day they were opened. */
export const opportunityKind = 'opportunity';
export const opportunityProperties: ReadonlyMap<string, Type> = new Map([
  ['state', 'text'],
  ['stage', 'text'],
  ['amount', 'number'],
  ['currency', 'text'],
  ['expected', 'date'],
  ['opened', 'date'],
  ['closed', 'date'],
  ['reason', 'text'],
  ['role', 'text'],
]);
export const opportunityStates = ['open', 'won', 'lost'] as const;

/** What a row of the list says by itself. */
export const fieldTypes = {
  name: 'text',
  organization: 'text',
  title: 'text',
  email: 'text',
  phone: 'text',
  city: 'text',
  seen: 'date',
  cards: 'number',
} as const satisfies Record<string, Type>;

/** What else can be asked for under a name of its own. */
export const builtIn = [
  'stage',
  'tie',
  'viewpoint.role',
  'viewpoint.importance',
  'viewpoint.influence',
  'viewpoint.stance',
  'viewpoint.closeness',
  'consent.email',
  'consent.phone',
  'group',
  'category',
] as const;
export type BuiltIn = (typeof builtIn)[number];

export const problems = [
  'unknown_name',
  'unknown_kind',
  'unknown_property',
  'unknown_segment',
  'unknown_choice',
  'unknown_topic',
  'unknown_group',
  'wrong_type',
  'wrong_comparison',
  'wrong_literal',
  'circle',
  'no_divisor',
  'too_deep',
] as const;
