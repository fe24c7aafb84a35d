import type { Tx } from '../kernel/database.ts';
import type { Context, OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import type { PlannedCampaign } from '../plan/index.ts';
import { giveTask, withdrawTask } from '../tasks/giving.ts';
import { type Deed, deeds, type Measure, type Measured, measures, type Variants } from './contract.ts';
import { contentsOf, findContents } from './describing.ts';
import * as queries from './queries.ts';
import * as results from './results.ts';
import { fewest } from './rules.ts';
import { compare, comparisonsOf, proposed } from './variants.ts';

const day = 86_400_000;

/** Until when it is looked what people do, from the beginning on. */
export const watchedUntil = (row: Pick<queries.SendingRow, 'watch_days'>, since: Date): Date =>
  new Date(since.getTime() + row.watch_days * day);

/** Whoever sends a campaign is to choose which variant the others get, once the time set for it has passed: a task of theirs, once. */
export async function giveChoice(
  writing: Pick<Context, 'app' | 'tx' | 'actor'>,
  row: queries.SendingRow,
  planned: PlannedCampaign,
): Promise<void> {
  if (row.choice_task_id) return;
  const { tx, actor } = writing;
  const t = translator(row.sender_locale as Locale);
  const dueOn = watchedUntil(row, row.started_at!).toISOString().slice(0, 10);
  const taskId = newId();
  await giveTask(writing, {
    ...{ task_id: taskId, owner_id: row.sender_id, due_on: dueOn, remind_at: `${dueOn}T08:00:00.000Z` },
    title: t('campaigns.task.choose', { name: planned.name }).slice(0, 300),
    note: t('campaigns.task.note', { path: `/plan/campaigns/${row.campaign_id}` }),
  });
  await queries.setChoiceTask(tx, actor.workspaceId, row.campaign_id, taskId);
}

/** The task to choose is done, or asked for no more. As the keeper. */
export async function endChoice(tx: Tx, workspaceId: string, row: queries.SendingRow): Promise<void> {
  if (!row.choice_task_id) return;
  const actor = { workspaceId, memberId: row.chosen_by ?? row.sender_id };
  await withdrawTask({ tx, actor }, row.choice_task_id, row.chosen_by ? 'done' : 'gone');
  await queries.setChoiceTask(tx, workspaceId, row.campaign_id, null);
}

/** What was seen of a variant, of those who agreed to it; of so few that it would tell of one, nothing. */
function seenOf(no: number, seen: Awaited<ReturnType<typeof results.countSeenOf>>): Variants['arms'][number]['seen'] {
  const found = seen.find(({ variant_no }) => variant_no === no);
  if (!found || found.agreed < fewest) return null;
  const { agreed, opened, clicked } = found;
  return { agreed, opened, clicked };
}

/** What is known from colleagues' mailboxes, too. */
const ofMailboxes = new Set<Measure>(['wrote', 'replied']);
const isMany = (arms: readonly { people: number }[]): boolean => arms.every(({ people }) => people >= fewest);

/**
 * What those did to whom each variant was dealt. Differences are told once the time that was set beforehand has passed, and who wrote or answered (which is
 * known from colleagues' mailboxes, too) where each was dealt to ten at least.
 */
export async function compareVariants(
  context: OutsideContext,
  row: queries.SendingRow | undefined,
  now = new Date(),
): Promise<Variants> {
  const since = row?.started_at;
  if (!since || row.variants.length === 0) return { until: null, over: false, arms: [], measures: [], proposed: null };
  const { workspaceId } = context.actor;
  const until = watchedUntil(row, since);
  const over = now >= until;
  const { did, left, seen } = await context.asSystem('keeper', async (tx) => ({
    did: await results.countDeeds(tx, workspaceId, row.campaign_id, since, until),
    left: await results.countLeft(tx, workspaceId, row.campaign_id, until),
    seen: await results.countSeenOf(tx, workspaceId, row.campaign_id),
  }));
  const contents = await context.asCaller((caller) => findContents(caller, row));
  const arms = contentsOf(row).map((contentId, at) => {
    const no = at + 1;
    const {
      replied = 0,
      unsubscribed = 0,
      bounced = 0,
      sent = 0,
    } = left.find(({ variant_no }) => variant_no === no) ?? {};
    const of = did.find(({ variant_no, held }) => variant_no === no && !held);
    const counts = Object.fromEntries(deeds.map((deed) => [deed, of?.[deed] ?? 0])) as Record<Deed, number>;
    const content = { id: contentId, name: contents.get(contentId)?.name ?? null };
    return { no, content, people: of?.people ?? 0, sent, counts: { ...counts, replied, unsubscribed, bounced } };
  });
  const shown = measures.filter((measure) => !ofMailboxes.has(measure) || isMany(arms));
  const measured = shown.map((measure): Measured => {
    const comparisons = comparisonsOf(measure, row.aim, arms.length, shown.length);
    const shares = arms.map(({ no, people, counts }) => ({ no, people, did: counts[measure] }));
    return { measure, aim: measure === row.aim, arms: compare(shares, { comparisons, over }) };
  });
  return {
    ...{ until: until.toISOString(), over, measures: measured },
    arms: arms.map(({ no, content, people, sent }) => ({ no, content, people, sent, seen: seenOf(no, seen) })),
    proposed: proposed(measured.find(({ aim }) => aim)?.arms ?? []),
  };
}
