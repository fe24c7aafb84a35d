import { themself } from '../cards/contract.ts';
import {
  announce,
  type Editing,
  findLentPoints,
  habitsOf,
  holdCard,
  toEditing,
  writeFields,
} from '../cards/editing.ts';
import { asField, displayOf, type Field } from '../cards/fields.ts';
import { type LoadedCard, loadCards } from '../cards/persons.ts';
import type { App, AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { sha256 } from '../kernel/ids.ts';
import type { RuleId, Sample } from './contract.ts';
import * as queries from './queries.ts';
import { type Habits, type Held, type Mended, mend, shown } from './rules.ts';

/** Cards in one transaction. */
const batch = 200;

/** By which a value is known again that a rule leaves alone. */
export const hashOf = ({ kind, value }: Field): Buffer =>
  sha256(JSON.stringify([kind, Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))]));

async function findHabits(tx: Tx, actor: Actor): Promise<Habits> {
  return { ...(await habitsOf({ tx, actor })), today: new Date().toISOString().slice(0, 10) };
}

/** What a rule would change on a card; nothing that the contact said themself, and nothing that it is to leave alone. */
function mendsOf(rule: RuleId, card: LoadedCard, exceptions: ReadonlySet<string> | undefined, habits: Habits) {
  const held = card.fields
    .filter(({ author_id }) => author_id !== themself)
    .map((field): Held => ({ no: field.no, ...asField(field) }));
  const at = new Map(held.map((one) => [one.no, one]));
  return mend(rule, held, habits)
    .map((one) => ({ ...one, held: at.get(one.no)! }))
    .filter(({ held: one }) => !exceptions?.has(hashOf(one).toString('hex')));
}

async function loadBatch(tx: Tx, actor: Actor, rule: RuleId, bookId: string | null, after: string | null) {
  const ids = await queries.listOwn(tx, actor, bookId, after, batch);
  const cards = await loadCards(tx, actor, ids);
  const exceptions = await queries.listExceptions(tx, actor, rule, ids);
  return { ids, cards, exceptions };
}

/** Samples that a preview shows. */
const mostSamples = 50;

/** Looks at cards without changing any. @param most so many at most */
export async function previewRule(tx: Tx, actor: Actor, rule: RuleId, bookId: string | null, most: number) {
  const habits = await findHabits(tx, actor);
  const found = { lookedAt: 0, cards: 0, values: 0, more: false, samples: [] as Sample[] };
  for (let after: string | null = null; ; ) {
    const { ids, cards, exceptions } = await loadBatch(tx, actor, rule, bookId, after);
    for (const card of cards) {
      const mends = mendsOf(rule, card, exceptions.get(card.card_id), habits);
      if (mends.length > 0) found.cards++;
      found.values += mends.length;
      for (const one of mends) if (found.samples.length < mostSamples) found.samples.push(describeSample(card, one));
    }
    found.lookedAt += ids.length;
    if (ids.length < batch) return found;
    if (found.lookedAt >= most) return { ...found, more: true };
    after = ids.at(-1)!;
  }
}

function describeSample(card: LoadedCard, { no, to, why, held }: Mended & { held: Held }): Sample {
  const name =
    card.fields.find(({ kind }) => kind === 'name') ?? card.fields.find(({ kind }) => kind === 'organization');
  return {
    ...{ cardId: card.card_id, fieldNo: no, name: name ? displayOf(asField(name)) : '', kind: held.kind, why },
    before: shown(held),
    after: to && shown(to),
  };
}

interface Context {
  app: AppInside;
  tx: Tx;
  actor: Actor;
  /** What is to follow once the batch is committed. */
  afterCommit(work: () => Promise<void>): void;
  /** The cards that it has changed. */
  together: Set<string>;
}

/** What was copied from a colleague's card stays known as that. */
async function toEdit(context: Context, cardId: string): Promise<Editing> {
  const editing = await toEditing(context);
  const lentPoints = await findLentPoints(context.tx, context.actor, cardId);
  return { ...editing, lentPoints, together: context.together };
}

/** Corrects a card as the actor. @returns what was done, for undoing it */
async function mendCard(context: Context, rule: RuleId, cardId: string, habits: Habits): Promise<queries.Edit[]> {
  const editing = await toEdit(context, cardId);
  const card = await holdCard(editing, cardId);
  const exceptions = (await queries.listExceptions(context.tx, context.actor, rule, [cardId])).get(cardId);
  const mends = mendsOf(rule, card, exceptions, habits);
  if (mends.length === 0) return [];
  await writeFields(editing, card, {
    set: mends.flatMap(({ no, to }) => (to ? [{ no, field: to }] : [])),
    remove: mends.flatMap(({ no, to }) => (to ? [] : [no])),
  });
  return mends.map(({ no, to, held }) => ({
    ...{ no, kind: held.kind, before: held.value, after: to?.value ?? null },
    ofSource: card.fields.find((field) => field.no === no)!.author_id === null,
  }));
}

/** Goes on with a run by one batch. @returns whether there is more to do */
async function mendBatch(context: Context, runId: string): Promise<boolean> {
  const { tx, actor } = context;
  const run = await queries.lockRun(tx, actor, runId, 'running');
  if (!run) return false;
  const habits = await findHabits(tx, actor);
  const { ids, cards, exceptions } = await loadBatch(tx, actor, run.rule, run.book_id, run.after_id);
  let changed = 0;
  for (const card of cards) {
    if (mendsOf(run.rule, card, exceptions.get(card.card_id), habits).length === 0) continue;
    const edits = await mendCard(context, run.rule, card.card_id, habits);
    if (edits.length === 0) continue;
    await queries.addChange(tx, actor, runId, card.card_id, edits);
    changed++;
  }
  const over = ids.length < batch;
  const state = over ? { state: 'done' as const } : {};
  await queries.advance(tx, actor, runId, {
    lookedAt: ids.length,
    changed,
    afterId: ids.at(-1) ?? run.after_id,
    ...state,
  });
  return !over;
}

const sameValue = (a: unknown, b: unknown): boolean =>
  hashOf(asField({ kind: '', value: a ?? {} })).equals(hashOf(asField({ kind: '', value: b ?? {} })));

/** Puts back what a run did to a card. @returns how many values were left, because somebody changed them since */
async function putBack(context: Context, cardId: string, edits: readonly queries.Edit[]): Promise<number> {
  const editing = await toEdit(context, cardId);
  const card = await holdCard(editing, cardId);
  const back = { set: [] as { no: number; field: Field }[], add: [] as Field[], restore: [] as number[] };
  let left = 0;
  for (const { no, kind, before, after, ofSource } of edits) {
    const here = card.fields.find((field) => field.no === no);
    const field = asField({ kind, value: before });
    if (!here && after === null) back.add.push(field);
    else if (!here || !sameValue(here.value, after)) left++;
    else if (ofSource) back.restore.push(no);
    else back.set.push({ no, field });
  }
  if (back.set.length + back.add.length + back.restore.length > 0) await writeFields(editing, card, back);
  return left;
}

async function undoBatch(context: Context, runId: string): Promise<boolean> {
  const { tx, actor } = context;
  if (!(await queries.lockRun(tx, actor, runId, 'undoing'))) return false;
  const changes = await queries.takeChanges(tx, actor, runId, batch);
  let leftAlone = 0;
  for (const { card_id, edits } of changes)
    leftAlone += await putBack(context, card_id, edits).catch((error: unknown) => {
      // It is no longer theirs, or gone.
      if (error instanceof AppError && error.code === 'not_found') return edits.length;
      throw error;
    });
  const over = changes.length < batch;
  await queries.advance(tx, actor, runId, { leftAlone, ...(over ? { state: 'undone' as const } : {}) });
  return !over;
}

/** Carries a run out, or undoes it, as its member: batch by batch, each a transaction, so that a crash costs one. */
export async function carryOut(
  app: App,
  workspaceId: string,
  runId: string,
  what: 'running' | 'undoing',
  signal: AbortSignal,
): Promise<void> {
  const memberId = await app.db.asSystem('keeper', (tx) => queries.findRunner(tx, workspaceId, runId));
  if (!memberId) return;
  const actor = { workspaceId, memberId };
  const step = what === 'running' ? mendBatch : undoBatch;
  while (!signal.aborted) {
    const later: (() => Promise<void>)[] = [];
    const more = await app.db
      .asActor(actor, async (tx) => {
        const context = { app, tx, actor, afterCommit: (work: () => Promise<void>) => void later.push(work) };
        const together = new Set<string>();
        const goesOn = await step({ ...context, together }, runId);
        if (together.size > 0) await announce(await toEditing(context), [...together]);
        return goesOn;
      })
      .catch((error: unknown) => {
        // They have left: what is theirs is changed no more.
        if (error instanceof AppError && error.code === 'unauthenticated') return false;
        throw error;
      });
    for (const work of later) await work();
    if (!more) return;
  }
  throw new Error('The run goes on later.');
}
