import { type SqlBool, sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Reason } from './contract.ts';
import { giveBackAll } from './facts.ts';
import { type Asked, askGates, type Wish } from './gate.ts';
import { addDecisions } from './queries.ts';
import type { GateChannel } from './ways-contract.ts';

// What campaigns mean to send: it takes its place before what is of lesser priority. And by which profile contact points are counted.

/** Something that is to be written to a contact point at a time. */
export interface NewPlan {
  campaignId: string;
  contactPointId: string;
  plannedAt: Date;
  channel?: GateChannel;
  /** 0–10, and how it ranks; `weightOf` in the workspace's rules says what a purpose weighs. */
  weight: number;
  priority: number;
}

/** Rows of one insert. */
const atOnce = 1000;

/**
 * Plans messages, as the actor who will write them or as the keeper: from now on they take their place before what is of lesser priority.
 * @returns the plans' ids, in order: hand them to `sendToContacts` as `planId`, which ends them
 */
export async function planMessages(tx: Tx, actor: Actor, plans: readonly NewPlan[]): Promise<string[]> {
  const rows = plans.map((one) => ({
    ...{ workspace_id: actor.workspaceId, plan_id: newId(), campaign_id: one.campaignId, author_id: actor.memberId },
    ...{ contact_point_id: one.contactPointId, planned_at: one.plannedAt, channel: one.channel ?? 'email' },
    ...{ weight: one.weight, priority: one.priority },
  }));
  for (let from = 0; from < rows.length; from += atOnce)
    await tx
      .insertInto('outreach.plan')
      .values(rows.slice(from, from + atOnce))
      .execute();
  return rows.map((row) => row.plan_id);
}

/** Plans that are not to be any more: those of these ids. */
export async function dropPlans(tx: Tx, workspaceId: string, planIds: readonly string[]): Promise<void> {
  if (planIds.length === 0) return;
  await tx
    .deleteFrom('outreach.plan')
    .where('workspace_id', '=', workspaceId)
    .where(sql<SqlBool>`plan_id = any(${planIds}::uuid[])`)
    .execute();
}

/** All plans of a campaign that has ended or is paused. */
export async function dropPlansOf(tx: Tx, workspaceId: string, campaignId: string): Promise<void> {
  await tx
    .deleteFrom('outreach.plan')
    .where('workspace_id', '=', workspaceId)
    .where('campaign_id', '=', campaignId)
    .execute();
}

/** By which plan of a campaign a contact point is to be written to, where one stands. */
export async function findPlansOf(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  contactPointIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ plan_id: string; contact_point_id: string }>`
    select plan_id, contact_point_id from outreach.plan
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and contact_point_id = any(${contactPointIds}::uuid[])`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.contact_point_id, row.plan_id]));
}

/**
 * Takes back what of a campaign has not left yet: it is cancelled, and gives back what it took. As the keeper.
 * @param most messages at once; fewer come back when these were all @param only of these alone
 * @returns their ids
 */
export async function takeBackOf(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  most: number,
  only?: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update outreach.message set state = 'cancelled', settled_at = now(), reasons = '{}'
    where workspace_id = ${workspaceId} and message_id = any(array(
      select message_id from outreach.message where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and state = 'queued'
        and ${only ? sql`message_id = any(${only}::uuid[])` : sql`true`}
      order by message_id limit ${most} for update skip locked))
    returning message_id as id`.execute(tx);
  const ids = rows.map(({ id }) => id);
  await giveBackAll(tx, workspaceId, ids);
  return ids;
}

/** How many messages of a campaign wait for nothing but their turn. */
export async function countDueOf(tx: Tx, workspaceId: string, campaignId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from outreach.message
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and state = 'queued' and next_at <= now()`.execute(
    tx,
  );
  return rows[0]!.count;
}

/**
 * Asks the gate of what is planned, and keeps what it refuses, so that *Why did she not get it?* has its answer although nothing was ever written.
 * @returns an answer for each, as `askGates` does
 */
export async function askForPlans(tx: Tx, actor: Actor, wishes: readonly Wish[]): Promise<(Asked | null)[]> {
  const answers = await askGates(tx, actor, wishes, 'look');
  const refused = wishes.flatMap((wish, at) => {
    const asked = answers[at];
    return asked && !asked.allowed ? [{ wish, reasons: asked.reasons }] : [];
  });
  await keepRefusals(tx, actor, 'planned', refused);
  return answers;
}

/** Keeps what the gate refused, so that *Why did she not get it?* has its answer although nothing was ever written. */
export async function keepRefusals(
  tx: Tx,
  actor: Actor,
  moment: 'planned' | 'written',
  refused: readonly { wish: Wish; reasons: readonly Reason[] }[],
): Promise<void> {
  await addDecisions(
    tx,
    actor,
    refused.map(({ wish: { contactPointId, purpose, manner = 'personal', way = 'email' }, reasons }) => ({
      ...{ messageId: null, contactPointId, purpose, manner, way, moment, reasons, later: null, grantIds: [] },
    })),
  );
}

/**
 * Counts these contact points by a profile of the rules from now on, and no others: what a segment says, for instance. As the keeper; nothing happens
 * where it is so already.
 */
export async function setProfiles(
  tx: Tx,
  workspaceId: string,
  profile: string,
  contactPointIds: readonly string[],
): Promise<void> {
  await sql`delete from outreach.profile_of
    where workspace_id = ${workspaceId} and profile = ${profile} and contact_point_id <> all(${contactPointIds}::uuid[])`.execute(
    tx,
  );
  await sql`insert into outreach.profile_of as p (workspace_id, contact_point_id, profile)
    select ${workspaceId}, n.id, ${profile} from unnest(${[...new Set(contactPointIds)].sort()}::uuid[]) n (id)
    on conflict on constraint profile_of_pk do update set profile = excluded.profile where p.profile <> excluded.profile`.execute(
    tx,
  );
}
