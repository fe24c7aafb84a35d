import { listForgotten } from '../cards/suppression.ts';
import { contactPointId } from '../cards/writing.ts';
import { getCountry } from '../identity/queries.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { hashedId } from '../kernel/ids.ts';
import { type Stirred, stir } from '../kernel/stirring.ts';
import { tell } from '../kernel/telling.ts';
import { holdAliases } from './aliases.ts';
import type { Answered, Refusal } from './contract.ts';
import { loadRules } from './kinds.ts';
import * as queries from './queries.ts';
import { type KindRule, mayTrack, ownerAt, type RefusedFact, readFacts, type SoundFact, type Who } from './rules.ts';
import { addRefusals, addVolumes, holdKnown, holdSource, type Source, type SourceRef } from './sources.ts';

export type Line = Pick<Answered, 'no' | 'externalId' | 'state'> & { code?: Refusal; field?: string };

/** What came of a batch. */
export interface Recorded {
  lines: Line[];
  /** Whose facts are others now: contact points, cards, and browsers of nobody known. */
  subjectIds: string[];
  /** The same by what kind of fact has changed. */
  stirred: ReadonlyMap<Stirred, string[]>;
  /** Ids of facts that are new. */
  added: string[];
}

/** Of whom a caller may tell; a part of the product tells of whom it knows. */
export interface Allowed {
  cards: ReadonlySet<string>;
  points: 'all' | ReadonlySet<string>;
}

type Secrets = Pick<AppInside, 'secrets'>;

/** The contact point, or card, that is meant. */
export const subjectOf = ({ secrets }: Secrets, workspaceId: string, who: Who): string =>
  who.cardId ?? contactPointId(secrets, workspaceId, who as { channel: string; address: string });

const isAlias = ({ channel }: Who): boolean => channel === 'visitor' || channel === 'handle';

interface Placed {
  fact: SoundFact;
  /** By what it was told, where that may be somebody else's later. */
  aliasId: string | null;
  subjectId: string;
}

/**
 * Takes down what happened, as the keeper and in the transaction of whoever tells it. Each line is judged by itself; what is told again under its
 * id stands once, and says what it was told last.
 * @param from a source that is set up, or what one is known by
 */
export async function record(
  app: Secrets,
  tx: Tx,
  workspaceId: string,
  from: SourceRef | Source,
  lines: readonly unknown[],
  allowed?: Allowed,
): Promise<Recorded> {
  const source = 'source_no' in from ? from : await holdSource(tx, workspaceId, from);
  if ('source_no' in from && from.source_no > 0) await holdKnown(tx, workspaceId, from);
  const rules = await loadRules(tx, workspaceId);
  // A browser tells what tracking tells, and no orders: whoever sits there could make them up.
  const kinds = source.source_no < 0 ? new Map([...rules].filter(([, { asksConsent }]) => asksConsent)) : rules;
  const judging = { kinds, country: await getCountry(tx, workspaceId), now: new Date() };
  const { sound, refused } = readFacts(lines, judging);
  const placed = await place(app, tx, workspaceId, sound, allowed, refused);
  const { tracked, counted } = await askConsent(tx, workspaceId, placed, refused);
  const written = await write(tx, workspaceId, source, tracked, counted);
  await addRefusals(tx, workspaceId, source.source_no, refused);
  for (const [about, subjectIds] of written.stirred) await stir(tx, workspaceId, about, subjectIds);
  // What sites see of whoever visits them is counted, and told to nobody outside.
  if (source.source_no > 0) await tell(tx, workspaceId, 'fact', written.added);
  const known = [
    ...refused.map(
      ({ no, externalId, code, field }): Line => ({ no, externalId, state: 'refused', code, ...(field && { field }) }),
    ),
    ...counted.map(({ fact: { no, externalId } }): Line => ({ no, externalId, state: 'counted' })),
    ...written.lines,
  ];
  return { ...written, lines: known.sort((a, b) => a.no - b.no) };
}

const refuse = ({ no, externalId, kindKey }: SoundFact, code: Refusal): RefusedFact => ({
  ...{ no, externalId, kindKey, code, field: '' },
});

/** On whom each fact hangs. What is told of an alias is its owner's at that time, or the alias's own while nobody is known. */
async function place(
  app: Secrets,
  tx: Tx,
  workspaceId: string,
  sound: readonly SoundFact[],
  allowed: Allowed | undefined,
  refused: RefusedFact[],
): Promise<Placed[]> {
  const ids = new Map<string, string>();
  const idOf = (who: Who) => {
    if (who.cardId) return who.cardId;
    const known = `${who.channel} ${'address' in who ? who.address : ''}`;
    const id = ids.get(known) ?? subjectOf(app, workspaceId, who);
    ids.set(known, id);
    return id;
  };
  // A member may type in anew who was erased; a file that is read again brings nobody back.
  const forgotten = await listForgotten(tx, workspaceId, [
    ...new Set(sound.flatMap(({ who }) => (who.cardId ? [] : [idOf(who)]))),
  ]);
  const isAllowed = (who: Who, id: string) =>
    !forgotten.has(id) &&
    (!allowed || (who.cardId ? allowed.cards.has(id) : allowed.points === 'all' || allowed.points.has(id)));
  const found = sound.flatMap((fact) => {
    const id = idOf(fact.who);
    if (isAllowed(fact.who, id)) return [{ fact, id }];
    refused.push(refuse(fact, 'unknown_subject'));
    return [];
  });
  const aliasIds = new Set(found.flatMap(({ fact, id }) => (isAlias(fact.who) ? [id] : [])));
  await holdAliases(tx, workspaceId, aliasIds);
  const owners = await queries.loadAliases(tx, workspaceId, [...aliasIds]);
  return found.map(({ fact, id }) => ({
    fact,
    aliasId: isAlias(fact.who) ? id : null,
    subjectId: ownerAt(owners.get(id) ?? [], fact.at) ?? id,
  }));
}

/** Parts what may be kept from what tracking told of who did not agree: that is refused, or counted without whom it is of. */
async function askConsent(tx: Tx, workspaceId: string, placed: readonly Placed[], refused: RefusedFact[]) {
  const asking = placed.filter(({ fact }) => fact.kind.asksConsent);
  if (asking.length === 0) return { tracked: placed, counted: [] };
  const isVisitor = ({ fact: { who } }: Placed) => who.channel === 'visitor';
  const agreed = new Map<string, Date>();
  for (const one of asking)
    if (isVisitor(one) && one.fact.consent) {
      const before = agreed.get(one.aliasId!);
      if (!before || one.fact.at > before) agreed.set(one.aliasId!, one.fact.at);
    }
  await queries.noteAgreed(tx, workspaceId, agreed);
  const visitors = await queries.loadVisitors(tx, workspaceId, [
    ...new Set(asking.flatMap((one) => (isVisitor(one) ? [one.aliasId!] : []))),
  ]);
  // A browser of nobody known has no contact point.
  const reached = asking.filter((one) => !isVisitor(one) || one.subjectId !== one.aliasId);
  const points = await queries.loadPointConsents(tx, workspaceId, [
    ...new Set(reached.map(({ subjectId }) => subjectId)),
  ]);
  const counted: Placed[] = [];
  const tracked = placed.filter((one) => {
    const { fact, subjectId, aliasId } = one;
    const visitor = aliasId ? visitors.get(aliasId) : undefined;
    if (!fact.kind.asksConsent || mayTrack(fact, points.get(subjectId), visitor)) return true;
    if (fact.kind.withoutConsent === 'count') counted.push(one);
    else refused.push(refuse(fact, 'no_consent'));
    return false;
  });
  return { tracked, counted };
}

const toNew = (source: Source, { fact, subjectId, aliasId }: Placed): queries.NewFact => ({
  factId: hashedId(`${source.source_id} ${fact.externalId}`),
  subjectId,
  aliasId,
  at: fact.at,
  kindNo: fact.kind.no,
  amount: fact.amount,
  currency: fact.currency,
  props: fact.props,
});

async function write(
  tx: Tx,
  workspaceId: string,
  source: Source,
  tracked: readonly Placed[],
  counted: readonly Placed[],
): Promise<Recorded> {
  const facts = tracked.map((one) => toNew(source, one));
  const counts = new Map<number, { kept: number; counted: number }>();
  const count = ({ no }: Pick<KindRule, 'no'>, more: { kept?: number; counted?: number }) => {
    const before = counts.get(no) ?? { kept: 0, counted: 0 };
    counts.set(no, { kept: before.kept + (more.kept ?? 0), counted: before.counted + (more.counted ?? 0) });
  };
  // A browser makes up its own ids: nothing else can have told of them.
  const taken = source.source_no > 0 && facts.length > 0 ? await queries.takeFromOthers(tx, workspaceId, facts) : [];
  const came = facts.length > 0 ? await queries.writeFacts(tx, workspaceId, source.source_no, facts) : new Map();
  const lines = facts.map(({ factId }, at): Line => {
    const { no, externalId, kind } = tracked[at]!.fact;
    const state = came.get(factId) ?? 'unchanged';
    if (state === 'kept') count(kind, { kept: 1 });
    return { no, externalId, state };
  });
  for (const { kind_no: no } of taken) count({ no }, { kept: -1 });
  for (const { fact } of counted) count(fact.kind, { counted: 1 });
  await addVolumes(tx, workspaceId, source.source_no, counts);
  const stirred = new Map<Stirred, string[]>();
  const changes = (about: Stirred, subjectId: string) => {
    const known = stirred.get(about);
    if (known) known.push(subjectId);
    else stirred.set(about, [subjectId]);
  };
  facts.forEach(({ factId, subjectId }, at) => {
    const state = came.get(factId);
    // Told anew it may be of another kind than before.
    if (state) changes(state === 'kept' ? `fact:${tracked[at]!.fact.kind.no}` : 'fact', subjectId);
  });
  for (const { kind_no, subject_id } of taken) changes(`fact:${kind_no}`, subject_id);
  const subjectIds = [...new Set([...stirred.values()].flat())];
  return {
    lines,
    subjectIds,
    stirred,
    added: facts.flatMap(({ factId }) => (came.get(factId) === 'kept' ? [factId] : [])),
  };
}
