import { fold } from '../formats/normalise/fold.ts';
import { organizationKey } from '../formats/normalise/organization.ts';
import type { Field } from './fields.ts';

/** A value with the time at which it was first seen. */
export interface DatedField extends Field {
  seenAt: Date;
}

/** What a card said for a while. */
export interface CardState {
  fields: readonly DatedField[];
  /** When and how it gave way to the next; null: it is said today. */
  replaced: { at: Date; byMember: boolean } | null;
}

/** A card through time, as far as one viewer may see it; its states oldest first, the last one today's. */
export interface CardHistory {
  cardId: string;
  seenAt: Date;
  /** When it vanished at its source. */
  endedAt: Date | null;
  states: readonly CardState[];
}

/** What cards say of a person at an organisation, and from when to when they say so. */
export interface Employment {
  /** The organisation's name without its legal form. */
  key: string;
  organization: string;
  title: string | null;
  /** First seen: the person may have been there for longer. */
  since: Date;
  /** When a source first said otherwise; null: it is said today. */
  until: Date | null;
  /** Mail domains named beside it, which tell organisations of one name apart. */
  domains: string[];
}

interface Span extends Employment {
  /** When the card was last seen to say anything. */
  seenAt: Date;
  /** It gave way to another organisation, or none; not to another title there. */
  left: boolean;
}

const day = 86_400_000;

function pairsOf(text: string): Set<string> {
  return new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2)));
}

/** Two spellings of one name: most pairs of neighbouring letters in common (Dice, 1945). */
function isNear(a: string, b: string): boolean {
  const [one, other] = [pairsOf(a), pairsOf(b)];
  const common = [...one].filter((pair) => other.has(pair)).length;
  return (2 * common) / Math.max(1, one.size + other.size) >= 0.6;
}

type Moment = Pick<Span, 'key' | 'organization' | 'title' | 'since' | 'domains'>;

function momentOf({ fields }: CardState): Moment | undefined {
  const organization = fields.find(({ kind, value }) => kind === 'organization' && value.name);
  if (!organization) return undefined;
  const title = fields.find(({ kind, value }) => kind === 'title' && value.value);
  const name = String(organization.value.name);
  return {
    key: organizationKey(name) || fold(name),
    organization: name,
    title: title ? String(title.value.value) : null,
    since: new Date(Math.max(organization.seenAt.getTime(), title?.seenAt.getTime() ?? 0)),
    domains: domainsOf(fields),
  };
}

/** The domains of the e-mails among some values. */
export function domainsOf(fields: readonly Field[]): string[] {
  return fields.flatMap(({ kind, value }) =>
    kind === 'email' && typeof value.normalised === 'string' ? (value.normalised.split('@')[1] ?? []) : [],
  );
}

const titleKey = (title: string | null): string => fold(title ?? '');

const isOne = (one: Moment, next: Moment): boolean =>
  one.key === next.key && (!one.title || !next.title || titleKey(one.title) === titleKey(next.title));

/** What a member wrote soon after, or nearly the same, corrects; it tells of no move. */
function isCorrection(one: Moment, next: Moment | undefined, { at, byMember }: NonNullable<CardState['replaced']>) {
  if (!byMember) return false;
  if (at.getTime() - one.since.getTime() < day) return true;
  return next !== undefined && isNear(`${one.key} ${titleKey(one.title)}`, `${next.key} ${titleKey(next.title)}`);
}

/** What one card says and said, oldest first. */
function spansOf({ states, seenAt, endedAt }: CardHistory): Span[] {
  const spans: Span[] = [];
  let going: Moment | undefined;
  states.forEach((state, index) => {
    const moment = momentOf(state);
    going =
      going && moment && isOne(going, moment)
        ? { ...moment, title: moment.title ?? going.title, since: going.since }
        : moment;
    if (!going) return;
    if (state.replaced === null) {
      spans.push({ ...going, until: endedAt, seenAt, left: false });
      return;
    }
    const next = states[index + 1] && momentOf(states[index + 1]!);
    if (next && isOne(going, next)) return;
    if (isCorrection(going, next, state.replaced)) {
      going = next && { ...next, since: going.since };
      return;
    }
    const until = next && next.since > going.since ? next.since : state.replaced.at;
    spans.push({ ...going, until, seenAt, left: next?.key !== going.key });
    going = undefined;
  });
  return spans;
}

const latest = (dates: readonly (Date | null)[]): Date | null =>
  dates.reduce((last, date) => (date && (!last || date > last) ? date : last), null);

/** A card that was last seen before another told of the move knows nothing of it. */
function settle(span: Span, all: readonly Span[]): Span {
  if (span.until) return span;
  const moves = all.filter(
    (other) => other.until && other.key === span.key && (other.left || titleKey(other.title) === titleKey(span.title)),
  );
  const moved = latest(moves.map(({ until }) => until));
  return moved && span.seenAt < moved ? { ...span, until: moved } : span;
}

/**
 * Where a person is and was, by what their cards say and said: those of today first, then the others, the last one first. A change
 * at a source tells of a move; what members correct does not, unless it stood for a day and reads otherwise.
 */
export function employmentsOf(histories: readonly CardHistory[]): Employment[] {
  const spans = histories.flatMap(spansOf);
  const settled = spans.map((span) => settle(span, spans));
  const groups = Map.groupBy(settled, ({ key, title }) => `${key} ${titleKey(title)}`);
  // A card that names no title goes with one that does.
  for (const [name, group] of groups) {
    const [{ key, title }] = group as [Span];
    const titled = title ? undefined : [...groups].find(([other, [first]]) => other !== name && first!.key === key);
    if (!titled) continue;
    titled[1].push(...group);
    groups.delete(name);
  }
  return [...groups.values()]
    .map(merge)
    .sort(
      (one, other) =>
        (other.until?.getTime() ?? Number.POSITIVE_INFINITY) - (one.until?.getTime() ?? Number.POSITIVE_INFINITY) ||
        other.since.getTime() - one.since.getTime() ||
        (one.key < other.key ? -1 : 1),
    );
}

function merge(spans: readonly Span[]): Employment {
  const shown = spans.find(({ title }) => title) ?? spans[0]!;
  const current = spans.some(({ until }) => until === null);
  return {
    key: shown.key,
    organization: shown.organization,
    title: shown.title,
    since: new Date(Math.min(...spans.map(({ since }) => since.getTime()))),
    until: current ? null : latest(spans.map(({ until }) => until)),
    domains: [...new Set(spans.flatMap(({ domains }) => domains))],
  };
}

/** The organisation that a card named before a change and does not name after it, as `card_change.left_organization` keeps it. */
export function leftOrganization(before: readonly Field[], after: readonly Field[]): string | null {
  const keys = (fields: readonly Field[]) =>
    fields.flatMap(({ kind, value }) =>
      kind === 'organization' && typeof value.name === 'string' ? organizationKey(value.name) : [],
    );
  const there = new Set(keys(after));
  return (
    keys(before)
      .find((key) => key !== '' && !there.has(key))
      ?.slice(0, 200) ?? null
  );
}

/** What tells organisations of one name apart. */
export interface Whereabouts {
  domains: readonly string[];
  countries: readonly string[];
}

/**
 * Which of several organisations of one name a person belongs to: the one that shares a mail domain with what names it, else the
 * only one in the person's country; else none: nobody is put into a subsidiary by a guess.
 */
export function pickOrganization<T extends Whereabouts>(candidates: readonly T[], person: Whereabouts): T | undefined {
  if (candidates.length < 2) return candidates[0];
  for (const trait of ['domains', 'countries'] as const) {
    const fitting = candidates.filter((one) => one[trait].some((value) => person[trait].includes(value)));
    if (fitting.length === 1) return fitting[0];
  }
  return undefined;
}
