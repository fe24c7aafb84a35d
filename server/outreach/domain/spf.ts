import { BlockList, isIP } from 'node:net';
import type { Answer, Resolver } from './resolver.ts';

// Sender Policy Framework (RFC 7208): whether a domain's record lets an address send for it.

type SpfResult = 'none' | 'neutral' | 'pass' | 'fail' | 'softfail' | 'temperror' | 'permerror';

/** Why a record is in error. */
type SpfProblem = 'several' | 'syntax' | 'lookups' | 'voids' | 'no_target';

export interface SpfVerdict {
  result: SpfResult;
  /** The domain's own record, where there is one. */
  record: string | null;
  problem: SpfProblem | null;
  /** Questions that the record made a receiver ask of at most ten. */
  lookups: number;
}

export interface SpfAsked {
  ip: string;
  domain: string;
  /** The address that stands in the envelope. */
  sender: string;
}

/** RFC 7208, 4.6.4. */
const mostLookups = 10;
const mostVoids = 2;
const mostNames = 10;

class Refused extends Error {
  readonly result: 'temperror' | 'permerror';
  readonly problem: SpfProblem | null;
  constructor(result: 'temperror' | 'permerror', problem: SpfProblem | null = null) {
    super(result);
    this.result = result;
    this.problem = problem;
  }
}
const broken = (problem: SpfProblem) => new Refused('permerror', problem);

interface Course extends SpfAsked {
  resolver: Resolver;
  lookups: number;
  voids: number;
}

/** Evaluates a domain's record for an address as a receiver does. It never throws. */
export async function checkSpf(resolver: Resolver, asked: SpfAsked): Promise<SpfVerdict> {
  const course: Course = { ...asked, resolver, lookups: 0, voids: 0 };
  let record: string | null = null;
  try {
    record = await findRecord(course, asked.domain);
    const result = record === null ? 'none' : await evaluate(course, asked.domain, record);
    return { result, record, problem: null, lookups: course.lookups };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { result: error.result, record, problem: error.problem, lookups: course.lookups };
  }
}

async function findRecord({ resolver }: Course, domain: string): Promise<string | null> {
  const answer = await resolver.txt(domain);
  if ('failed' in answer) throw new Refused('temperror');
  if ('none' in answer) return null;
  const records = answer.found.filter((text) => /^v=spf1(?: |$)/i.test(text));
  if (records.length > 1) throw broken('several');
  return records[0] ?? null;
}

const results = { '+': 'pass', '-': 'fail', '~': 'softfail', '?': 'neutral' } as const;

interface Mechanism {
  result: SpfResult;
  name: string;
  value: string | null;
  /** Lengths of prefixes of IPv4 and IPv6. */
  v4: number;
  v6: number;
}

/** @throws Refused where one term is none of RFC 7208, 5 */
function readTerms(record: string): { mechanisms: Mechanism[]; redirect: string | null } {
  const terms = record.split(/ +/).slice(1).filter(Boolean);
  const modifiers = terms.flatMap((term) => {
    const [, name, value] = /^([a-z][a-z0-9._-]*)=(.*)$/i.exec(term) ?? [];
    return name ? [{ name: name.toLowerCase(), value: value! }] : [];
  });
  const redirects = modifiers.filter(({ name }) => name === 'redirect');
  const explanations = modifiers.filter(({ name }) => name === 'exp');
  if (redirects.length > 1 || explanations.length > 1 || redirects[0]?.value === '') throw broken('syntax');
  const mechanisms = terms.filter((term) => !/^[a-z][a-z0-9._-]*=/i.test(term)).map(readMechanism);
  return { mechanisms, redirect: redirects[0]?.value ?? null };
}

function readMechanism(term: string): Mechanism {
  const [whole, qualifier, called, value, v4, v6] =
    /^([+~?-]?)([a-z][a-z0-9]*)(?::(.+?))?(?:\/(\d{1,3}))?(?:\/\/(\d{1,3}))?$/i.exec(term) ?? [];
  const name = called?.toLowerCase();
  const needsValue = name === 'include' || name === 'ip4' || name === 'ip6' || name === 'exists';
  const takesLength = name === 'a' || name === 'mx' || name === 'ip4' || name === 'ip6';
  const known = needsValue || takesLength || name === 'all' || name === 'ptr';
  const wrong =
    !whole ||
    !known ||
    (needsValue && !value) ||
    (name === 'all' && value !== undefined) ||
    (!takesLength && (v4 ?? v6) !== undefined) ||
    (name === 'ip4' && (isIP(value!) !== 4 || v6 !== undefined || Number(v4 ?? 0) > 32)) ||
    (name === 'ip6' && (isIP(value!) !== 6 || v6 !== undefined || Number(v4 ?? 0) > 128)) ||
    (name !== 'ip6' && Number(v4 ?? 0) > 32) ||
    Number(v6 ?? 0) > 128;
  if (wrong) throw broken('syntax');
  const result = results[(qualifier || '+') as '+'];
  const [first, second] = [v4 === undefined ? 32 : Number(v4), v6 === undefined ? 128 : Number(v6)];
  return name === 'ip6'
    ? { result, name, value: value!, v4: 32, v6: v4 === undefined ? 128 : Number(v4) }
    : { result, name: name!, value: value ?? null, v4: first, v6: second };
}

async function evaluate(course: Course, domain: string, record: string): Promise<SpfResult> {
  const { mechanisms, redirect } = readTerms(record);
  for (const mechanism of mechanisms) if (await matches(course, domain, mechanism)) return mechanism.result;
  if (redirect === null) return 'neutral';
  count(course);
  const target = expand(course, domain, redirect);
  const next = await findRecord(course, target);
  if (next === null) throw broken('no_target');
  return evaluate(course, target, next);
}

function count(course: Course): void {
  course.lookups++;
  if (course.lookups > mostLookups) throw broken('lookups');
}

async function matches(course: Course, domain: string, mechanism: Mechanism): Promise<boolean> {
  const { name, value } = mechanism;
  if (name === 'all') return true;
  if (name === 'ip4' || name === 'ip6') return lies(course.ip, value!, mechanism);
  count(course);
  const target = value === null ? domain : expand(course, domain, value);
  if (name === 'include') return includes(course, target);
  if (name === 'exists') return (await found(course, course.resolver.a(target))).length > 0;
  if (name === 'a') return hasAddress(course, target, mechanism);
  if (name === 'mx') return isExchange(course, target, mechanism);
  return isNamed(course, target);
}

/** What there is; nothing counts, so that nobody makes others ask for what is not there. */
async function found<T>(course: Course, asking: Promise<Answer<T>>): Promise<T[]> {
  const answer = await asking;
  if ('failed' in answer) throw new Refused('temperror');
  if ('found' in answer) return answer.found;
  course.voids++;
  if (course.voids > mostVoids) throw broken('voids');
  return [];
}

async function includes(course: Course, target: string): Promise<boolean> {
  const record = await findRecord(course, target);
  if (record === null) throw broken('no_target');
  return (await evaluate(course, target, record)) === 'pass';
}

const addressesOf = ({ ip, resolver }: Course, name: string) =>
  isIP(ip) === 6 ? resolver.aaaa(name) : resolver.a(name);

async function hasAddress(course: Course, target: string, lengths: Mechanism): Promise<boolean> {
  const addresses = await found(course, addressesOf(course, target));
  return addresses.some((address) => lies(course.ip, address, lengths));
}

async function isExchange(course: Course, target: string, lengths: Mechanism): Promise<boolean> {
  const exchanges = await found(course, course.resolver.mx(target));
  if (exchanges.length > mostNames) throw broken('lookups');
  for (const { exchange } of exchanges) {
    const answer = await addressesOf(course, exchange);
    if ('failed' in answer) throw new Refused('temperror');
    if ('found' in answer && answer.found.some((address) => lies(course.ip, address, lengths))) return true;
  }
  return false;
}

/** By the names of the address, which lead back to it (5.5: it is not to be used any more). */
async function isNamed(course: Course, target: string): Promise<boolean> {
  const answer = await course.resolver.ptr(course.ip);
  const names = 'found' in answer ? answer.found.slice(0, mostNames) : [];
  for (const name of names) {
    const plain = name.toLowerCase().replace(/\.$/, '');
    if (plain !== target && !plain.endsWith(`.${target}`)) continue;
    const back = await addressesOf(course, plain);
    if ('found' in back && back.found.includes(course.ip)) return true;
  }
  return false;
}

/** Whether an address lies in a network. */
function lies(ip: string, network: string, { v4, v6 }: Pick<Mechanism, 'v4' | 'v6'>): boolean {
  const family = isIP(network);
  if (family === 0 || family !== isIP(ip)) return false;
  const [kind, length] = family === 6 ? (['ipv6', v6] as const) : (['ipv4', v4] as const);
  const list = new BlockList();
  list.addSubnet(network, length, kind);
  return list.check(ip, kind);
}

/** Letters of an address, dots between them, as macros have it (RFC 7208, 7.3). */
function dotted(ip: string): string {
  if (isIP(ip) === 4) return ip;
  const [head = '', tail = ''] = ip.split('::');
  const [first, last] = [head.split(':').filter(Boolean), tail.split(':').filter(Boolean)];
  const middle = ip.includes('::') ? Array.from({ length: 8 - first.length - last.length }, () => '0') : [];
  const groups = [...first, ...middle, ...last];
  return [...groups.map((group) => group.padStart(4, '0')).join('')].join('.');
}

/** Puts in what macros stand for (RFC 7208, 7). @throws Refused for what is none */
function expand({ ip, sender }: Course, domain: string, spec: string): string {
  const [local = 'postmaster', of = domain] = sender.split('@');
  const letters: Record<string, string> = {
    ...{
      s: sender,
      l: local || 'postmaster',
      o: of,
      d: domain,
      i: dotted(ip),
      h: of,
      v: isIP(ip) === 6 ? 'ip6' : 'in-addr',
    },
    p: 'unknown',
  };
  const text = spec.replaceAll(
    /%(?:\{([a-z])(\d*)(r?)([.+,/_=-]*)\}|(.?))/gi,
    (_all, letter, digits, reverse, marks, other) => {
      if (other !== undefined) {
        const plain = { '%': '%', _: ' ', '-': '%20' }[other as string];
        if (plain === undefined) throw broken('syntax');
        return plain;
      }
      const value = letters[String(letter).toLowerCase()];
      if (value === undefined || digits === '0') throw broken('syntax');
      const split = new Set<string>(marks || '.');
      let parts = [...value].reduce<string[]>(
        (all, sign) => {
          if (split.has(sign)) all.push('');
          else all[all.length - 1] += sign;
          return all;
        },
        [''],
      );
      if (reverse) parts.reverse();
      if (digits) parts = parts.slice(-Number(digits));
      return parts.join('.');
    },
  );
  return text.toLowerCase().replace(/\.$/, '');
}
