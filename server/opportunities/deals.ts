import { findDealSource, type KeptDeal, takeWaiting, type WaitingDeal } from '../connectors/deals.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { bring, takeBack } from './bringing.ts';
import * as brought from './brought.ts';
import { maxCents, type Visibility } from './contract.ts';
import { planImport, stageKey } from './planning.ts';
import { type ReadLine, settleDates } from './reading.ts';
import { isCurrency, visibilityOf } from './rules.ts';
import { ensureStages } from './stages.ts';
import { parseDay, reasonOf } from './values.ts';

/** Deals that connections read, made opportunities of as the member who connected: what they do not see is not there. */

const longest = { name: 300, note: 10_000 };

function worthOf({ amount, currency }: KeptDeal, others: string): ReadLine['value'] {
  const cents = amount === null ? -1 : Math.round(amount * 100);
  const code = currency || others;
  // Of an amount in no currency, or below nothing, the row says what was said.
  return cents >= 0 && cents <= maxCents && isCurrency(code) ? { cents, currency: code } : null;
}

/** A day; parts of a day that stand behind it are left out. */
const dayOf = (text: string): string | null => parseDay(text.slice(0, 10), true) ?? null;

/** A deal as a line of a file says it; null: it has no name at all. @param currency of amounts that come without one */
function toLine({ key, deal }: { key: string; deal: KeptDeal }, line: number, currency: string): ReadLine | null {
  const { organization, outcome, contacts, owner, reason } = deal;
  const name = (deal.name || organization).slice(0, longest.name).toWellFormed();
  if (name === '') return null;
  const { reversed: _, ...dates } = settleDates(
    { openedOn: dayOf(deal.opened), expectedOn: dayOf(deal.closes), closedOn: null },
    outcome,
  );
  // What was cut may end in half an emoji.
  const cut = (text: string, most: number) => text.slice(0, most).toWellFormed();
  const naming = contacts.map(({ name: whom, email }): [string, string] => ['contact', [whom, email].join(' ').trim()]);
  return {
    line,
    externalId: key.slice(0, 200),
    ...{ name, organization: cut(organization, longest.name), outcome, owner },
    ...{ emails: [], contacts: [], people: contacts },
    stage: cut(deal.stage, longest.name),
    value: worthOf(deal, currency),
    ...dates,
    reasons: outcome && reason ? [reasonOf(reason, outcome)] : [],
    outcomeNote: outcome ? cut(reason, 5000) : '',
    note: cut(deal.note, longest.note),
    cells: [...deal.cells, ...naming],
    naming: naming.map((_cell, at) => deal.cells.length + at),
  };
}

/** Deals that are taken in together. */
const together = 500;

/** Takes in what waits of a connection, a part of it in one transaction with its leaving the queue. @returns whether there may be more */
async function takePart(app: App, tx: Tx, actor: Actor, connectionId: string): Promise<boolean> {
  await brought.lockImports(tx, actor);
  const from = await findDealSource(tx, actor, connectionId);
  if (!from) return false;
  const waiting = await takeWaiting(tx, actor, connectionId, together);
  const standing = waiting.filter((one): one is WaitingDeal & { deal: KeptDeal } => one.deal !== null);
  const lines = standing.flatMap((one, at) => toLine(one, at + 1, from.deals_currency) ?? []);
  const source = from.kind;
  await ensureStages(tx, actor);
  const plan = await planImport({ app, tx, actor }, { source, lines, problems: [] }, true);
  // Nobody is there to be asked: what looks like a stage of ours stands for it.
  for (const { name, stageId } of plan.unknownStages) if (stageId !== null) plan.stageOf.set(stageKey(name), stageId);
  await bring({ tx, actor }, plan, {
    importId: connectionId,
    name: from.name,
    visibility: visibilityFor(from.deals_audience, actor),
    connected: { left: await brought.listLeft(tx, actor, connectionId) },
  });
  const keysOf = (some: readonly WaitingDeal[]) => some.map(({ key }) => key);
  await brought.setEnded(tx, actor, { source, ended: false }, keysOf(standing));
  await brought.setEnded(tx, actor, { source, ended: true }, keysOf(waiting.filter(({ deal }) => deal === null)));
  return waiting.length === together;
}

const visibilityFor = (audienceId: string, { workspaceId, memberId }: Actor): Visibility =>
  visibilityOf({ owner_id: memberId, audience_id: audienceId }, workspaceId);

/** Times that somebody may change the same opportunity at this moment. */
const mostTries = 5;

/** Runs work as a member again when somebody changes the same meanwhile. @returns undefined where they are suspended: it waits for them */
async function asMember<T>(app: App, actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T | undefined> {
  for (let tries = 1; ; tries++)
    try {
      return await app.db.asActor(actor, work);
    } catch (error) {
      const code = error instanceof AppError ? error.code : undefined;
      if (code === 'unauthenticated') return undefined;
      if (code !== 'conflict' || tries === mostTries) throw error;
    }
}

/** Makes opportunities of what a connection has read. What waits longer, for its member to be back, is taken in with what follows. */
export async function takeDeals(app: App, actor: Actor, connectionId: string, signal: AbortSignal): Promise<void> {
  while (await asMember(app, actor, (tx) => takePart(app, tx, actor, connectionId))) signal.throwIfAborted();
}

/** Takes what a connection brought out of sight, and what it changed back, as undoing a file does. */
export async function undoDeals(app: App, actor: Actor, connectionId: string): Promise<void> {
  await asMember(app, actor, async (tx) => {
    if (await brought.markUndone(tx, actor, connectionId)) await takeBack({ tx, actor }, connectionId);
  });
}
