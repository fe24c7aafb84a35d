import { findPersonCards, findUsedCards } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { Context, OutsideContext } from '../kernel/http.ts';
import { isClosed } from '../relations/knowing.ts';
import { Compiler } from './compiling.ts';
import type { Scope } from './computing.ts';
import type { Audience, AudienceKind, Language, Measure, Problem, Segment } from './contract.ts';
import type { Dictionary } from './dictionary.ts';
import { type Filter, parseFilter, parseValue } from './language-contract.ts';
import { dictionaryOf } from './naming.ts';
import * as queries from './queries.ts';
import { problemOf, usualStages } from './rules.ts';

/** An audience by its kind and id. @throws AppError invalid_input for a team the viewer does not belong to */
export async function audienceOf(tx: Tx, actor: Actor, wanted: Audience): Promise<{ kind: AudienceKind; id: string }> {
  if (wanted.kind === 'workspace') return { kind: 'workspace', id: actor.workspaceId };
  if (wanted.kind === 'mine') return { kind: 'member', id: actor.memberId };
  if (!(await queries.belongsTo(tx, wanted.id)))
    throw new AppError('invalid_input', { fields: { audience: 'unknown' } });
  return { kind: 'team', id: wanted.id };
}

/** What is computed with: what can be named, and whose rows are read. */
export interface Bench {
  dictionary: Dictionary;
  nameable: queries.Nameable;
  scope: Scope;
}

/** As the keeper. @param reach what the viewer reaches now */
export async function openBench(
  tx: Tx,
  workspaceId: string,
  audience: { kind: AudienceKind; id: string },
  reach: Buffer | null,
): Promise<Bench> {
  const audiences = await queries.findAudiences(tx, workspaceId, audience);
  const nameable = await queries.findNameable(tx, workspaceId, audiences);
  const memberId = audience.kind === 'member' ? audience.id : null;
  return { nameable, dictionary: dictionaryOf(nameable), scope: { workspaceId, audiences, memberId, reach } };
}

/** What the viewer reaches, and the bench of an audience of theirs. */
export async function benchFor(context: OutsideContext, wanted: Audience): Promise<Bench> {
  const { audience, reach } = await context.asCaller(async ({ tx, actor }) => ({
    audience: await audienceOf(tx, actor, wanted),
    reach: await queries.findReach(tx),
  }));
  return context.asSystem('keeper', (tx) => openBench(tx, context.actor.workspaceId, audience, reach));
}

/**
 * What one viewer can name, with segments as another audience names them. Lists are what somebody said of people: those alone that are the viewer's, too.
 */
export function asNamedBy(own: Dictionary, theirs: Dictionary): Dictionary {
  const open = new Set([...own.segments.values()].map(({ id }) => id));
  const segments = [...theirs.segments].filter(([, one]) => one.filter !== null || open.has(one.id));
  return { ...own, segments: new Map(segments) };
}

/** The cards of a person as the viewer sees them; who lends them hears that they were opened. @throws AppError not_found */
export async function openPerson(tx: Tx, actor: Actor, personId: string): Promise<string[]> {
  const person = await findPersonCards(tx, actor, personId);
  if (!person) throw new AppError('not_found');
  await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, person.cardIds));
  return person.cardIds;
}

/** Reads a condition and asks whether it can be answered. */
export function readFilter(dictionary: Dictionary, text: string): { filter: Filter } | { problem: Problem } {
  try {
    const filter = parseFilter(text);
    new Compiler(dictionary).filter(filter);
    return { filter };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** Why what a measure is made of cannot be answered; null: it can. */
export function measureProblem(dictionary: Dictionary, key: string, definition: Measure['definition']): Problem | null {
  try {
    const compiler = new Compiler({
      ...dictionary,
      measures: new Map([...dictionary.measures].filter(([one]) => one !== key)),
    });
    if (definition.kind === 'score') for (const { filter } of definition.rules) compiler.filter(parseFilter(filter));
    else if (compiler.value(parseValue(definition.value)).type !== 'number')
      return { problem: 'wrong_type', about: definition.value };
    return null;
  } catch (error) {
    const found = problemOf(error);
    // It was left out of the names: it names itself.
    return found.problem === 'unknown_name' && found.about === key ? { problem: 'circle', about: key } : found;
  }
}

const named = ({ key, name }: { key: string; name: string }) => ({ key, name });
const asType = (type: string) => (['number', 'boolean', 'date', 'choice'].includes(type) ? (type as 'number') : 'text');

export function describeLanguage({ nameable }: Bench, locale: 'fr' | 'en'): Language {
  const choices = (list: readonly { key: string; fr?: string; en?: string; name?: string }[] | undefined) =>
    (list ?? []).map((one) => ({ key: one.key, name: one[locale] ?? one.name ?? one.key }));
  return {
    kinds: nameable.kinds
      .filter(({ open }) => open)
      .map((kind) => ({
        ...named(kind),
        hasAmount: kind.has_amount,
        properties: kind.fields.map((field) => ({
          key: field.key,
          name: field.name ?? field.key,
          type: asType(field.type),
          choices: choices(field.choices),
        })),
      })),
    attributes: nameable.attributes
      .filter(({ open }) => open)
      .map((one) => ({ ...named(one), type: one.type, unit: one.unit, choices: choices(one.choices) })),
    measures: nameable.measures.map((one) => ({ ...named(one), unit: one.unit })),
    stages: (nameable.stages.length > 0 ? nameable.stages : usualStages).map(named),
    segments: nameable.segments.map(named),
    dealStages: nameable.dealStages.map(({ key, name }) => ({ key: key ?? name ?? '', name: name ?? '' })),
    groups: nameable.groups.map(({ name }) => ({ key: name, name })),
    topics: nameable.topics.map(({ name_fr, name_en }) => ({ fr: name_fr, en: name_en })),
  };
}

export async function describeSegments(
  { tx, actor }: Pick<Context, 'tx' | 'actor'>,
  segmentId?: string,
): Promise<Segment[]> {
  const rows = await queries.listSegments(tx, actor, segmentId);
  const names = await queries.nameAudiences(tx, actor, [...new Set(rows.flatMap(({ shown_to }) => shown_to))]);
  const closed = rows.some(({ asks_ties }) => asks_ties) && (await isClosed(tx, actor));
  const counts = await queries.countMembers(
    tx,
    actor,
    rows.filter(({ belongs, asks_ties }) => belongs && !(asks_ties && closed)).map(({ segment_id }) => segment_id),
  );
  return rows.map((row) => ({
    ...{
      id: row.segment_id,
      key: row.key,
      name: row.name,
      description: row.description,
      kind: row.kind,
      filter: row.filter,
    },
    audience: { kind: row.audience_kind, id: row.audience_id, name: row.audience_name },
    shownTo: row.shown_to.flatMap((one) => names.get(one) ?? []),
    owner: { id: row.owner_id, name: row.owner },
    ...{
      mine: row.mine,
      version: row.version,
      changedAt: row.changed_at.toISOString(),
      builtAt: row.built_at?.toISOString() ?? null,
    },
    problem: row.problem,
    members: row.belongs && !(row.asks_ties && closed) ? (counts.get(row.segment_id) ?? 0) : null,
  }));
}

/** @throws AppError not_found */
export async function getSegment(context: Pick<Context, 'tx' | 'actor'>, segmentId: string): Promise<Segment> {
  const [segment] = await describeSegments(context, segmentId);
  if (!segment) throw new AppError('not_found');
  return segment;
}
