import { Liquid, type Template } from 'liquidjs';
import type { SheetBlock } from '../../outreach/content-port.ts';
import { type Condition, type Language, languages } from '../blocks-contract.ts';
import type { asideReasons } from '../contract.ts';
import type { VariableKey, Variables } from '../variables-contract.ts';
import type { Compiled, CompiledSet } from './compile.ts';
import { isSafe } from './links.ts';
import { wrap } from './plain.ts';
import { fillSheet, wordsOfSheet } from './sheet.ts';

/** A content in words for somebody. */
export interface Mail {
  language: Language;
  subject: string;
  /** Of a mail, and what stands in a page. */
  html: string;
  text: string;
  /** Of an SMS: how to stop it, for what advertises; null: its text says so. */
  mention?: string | null;
  /** Of a letter. */
  sheet?: SheetBlock[];
  /** Of an agreed text: what fills its places. */
  template?: { name: string; locale: string; values: string[] };
}
/** Nothing is sent to somebody, and why. */
export interface Aside {
  reason: (typeof asideReasons)[number];
  variable: VariableKey | null;
}

class BadLink extends Error {}

/** A template of ours is no program: no files, no values but those that are given, little time and memory. */
function engine(outputEscape: 'escape' | undefined): Liquid {
  const liquid = new Liquid({
    templates: {},
    ownPropertyOnly: true,
    strictVariables: true,
    lenientIf: true,
    renderLimit: 1000,
    parseLimit: 5_000_000,
    memoryLimit: 20_000_000,
    ...(outputEscape ? { outputEscape } : {}),
  });
  liquid.registerFilter('link', (url: unknown) => {
    if (typeof url !== 'string' || !isSafe(url)) throw new BadLink();
    return url;
  });
  return liquid;
}
const [forHtml, forText] = [engine('escape'), engine(undefined)];

interface Parsed {
  subject: Template[];
  html: Template[];
  text: Template[];
  values: Template[][];
  /** The stretches of a letter, each parsed when it is first written. */
  stretches: Map<string, Template[]>;
}
const parsed = new WeakMap<Compiled, Parsed>();

function parse(compiled: Compiled): Parsed {
  const known = parsed.get(compiled);
  if (known) return known;
  const { subject, html, text, template } = compiled;
  const made = {
    ...{ subject: forText.parse(subject), html: forHtml.parse(html), text: forText.parse(text) },
    values: template?.values.map((one) => forText.parse(one)) ?? [],
    stretches: new Map<string, Template[]>(),
  };
  parsed.set(compiled, made);
  return made;
}

/** Whether a condition holds. What is not known equals nothing and differs from everything. */
export function holds({ match, clauses }: Condition, variables: Variables): boolean {
  const one = ({ variable, is, value }: Condition['clauses'][number]): boolean => {
    const known = variables[variable];
    if (is === 'present') return known !== undefined;
    if (is === 'absent') return known === undefined;
    const same = known !== undefined && known.localeCompare(value, 'fr', { sensitivity: 'accent' }) === 0;
    return is === 'equals' ? same : !same;
  };
  return match === 'all' ? clauses.every(one) : clauses.some(one);
}

/** The language that somebody reads, else the one that is wished, else the one there is. */
function languageFor(compiled: CompiledSet, variables: Variables, wished: Language): Language | undefined {
  const read = languages.find((one) => one === variables['person.language']);
  const order = [...(read ? [read] : []), wished, ...languages];
  return order.find((one) => compiled[one]);
}

/** No line ends, which would begin another header (RFC 5322, 2.2), no sign that turns what follows round. */
const oneLine = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu, ' ').trim();

/** What is known, without what is empty. */
const known = (variables: Variables): Variables =>
  Object.fromEntries(
    Object.entries(variables)
      .map(([key, value]) => [key, oneLine(value)])
      .filter(([, value]) => value !== ''),
  );

interface Scope {
  v: Variables;
  on: Record<string, boolean>;
}

function writeLetter(compiled: Compiled, scope: Scope): Omit<Mail, 'language'> {
  const { subject, stretches } = parse(compiled);
  const stretch = (template: string): string => {
    const known = stretches.get(template) ?? forText.parse(template);
    stretches.set(template, known);
    return forText.renderSync(known, scope);
  };
  const sheet = fillSheet(compiled.sheet ?? [], stretch, scope.on);
  return { subject: oneLine(forText.renderSync(subject, scope)), html: '', text: tidy(wordsOfSheet(sheet)), sheet };
}

function write(compiled: Compiled, scope: Scope): Omit<Mail, 'language'> {
  // A page holds no templates: what looks like one are words of its author's.
  if (compiled.kind === 'page') return { subject: compiled.subject, html: compiled.html, text: compiled.text };
  if (compiled.kind === 'letter') return writeLetter(compiled, scope);
  const { subject, html, text, values } = parse(compiled);
  const words = forText.renderSync(text, scope);
  const said = { subject: oneLine(forText.renderSync(subject, scope)), html: forHtml.renderSync(html, scope) };
  const { mention, template } = compiled;
  if (!compiled.kind) return { ...said, text: wrap(words) };
  if (!template) return { ...said, text: tidy(words), mention: mention ?? null };
  // A place takes no line ends, and no more than four blanks in a row ("Message templates", components).
  const filled = values.map((one) => oneLine(forText.renderSync(one, scope)).replaceAll(/\s+/g, ' '));
  return { ...said, text: tidy(words), template: { name: template.name, locale: template.locale, values: filled } };
}

/** A text without form: no blanks where nobody sees them. */
const tidy = (text: string): string =>
  text
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();

/**
 * Writes a content for one person. Every value is escaped where it stands; addresses are checked.
 * @param wished the language for whom none is known
 * @returns the mail, or why they are set aside; it never throws
 */
export function renderFor(
  compiled: CompiledSet,
  variables: Variables,
  wished: Language = 'fr',
): Mail | { aside: Aside } {
  const values = known(variables);
  const language = languageFor(compiled, values, wished);
  const one = language && compiled[language];
  if (!one) return { aside: { reason: 'no_language', variable: null } };
  const on = one.conditions.map((condition) => holds(condition, values));
  const missing = one.needs.find(({ variable, when }) => (when === null || on[when]) && values[variable] === undefined);
  if (missing) return { aside: { reason: 'missing_variable', variable: missing.variable } };
  const scope = { v: values, on: Object.fromEntries(on.map((holding, at) => [`c${at}`, holding])) };
  try {
    return { language, ...write(one, scope) };
  } catch (error) {
    const cause = (error as { originalError?: unknown }).originalError ?? error;
    return { aside: { reason: cause instanceof BadLink ? 'bad_link' : 'failed', variable: null } };
  }
}
