import { z } from 'zod';
import type { UseKind } from '../delegation/contract.ts';
import type { App } from '../kernel/app.ts';
import type { Actor } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import type { Translate } from '../kernel/messages.ts';
import { signLink } from '../kernel/tokens.ts';
import { type Letter, mailMember } from '../outreach/members.ts';
import * as queries from './queries.ts';

/** Lines about single colleagues; the rest is counted. */
const mostLines = 15;
const day = 86_400_000;
/** A link of an old mail still stops the digest. */
const stopsFor = 365 * day;

/** The day of an instant, and the Monday of its week (UTC), as `YYYY-MM-DD`: what a digest is of, and unique by. */
export function periodOf(every: 'day' | 'week', now: Date): string {
  const back = every === 'day' ? 0 : (now.getUTCDay() + 6) % 7;
  return new Date(now.getTime() - back * day).toISOString().slice(0, 10);
}

export const digestCron: Cron = {
  name: 'notices.digests',
  schedule: '0 6 * * *',
  run: (app) => startDigests(app, new Date()),
};

/** Each digest is a job of its own: one that fails holds up no other. Started twice, it is written once. */
export async function startDigests(app: App, now: Date): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    for (const { workspace_id, member_id, every } of await queries.listDigestsDue(tx, now.getUTCDay() === 1)) {
      const payload = { memberId: member_id, every, period: periodOf(every, now) };
      await app.enqueue(tx, { workspaceId: workspace_id, task: 'notices.digest', payload });
    }
  });
}

export const digestTask: Task = defineTask({
  name: 'notices.digest',
  payload: z.object({ memberId: z.uuid(), every: z.enum(['day', 'week']), period: z.iso.date() }),
  run: ({ memberId, every, period }, { app, workspaceId }) =>
    writeDigest(app, { workspaceId, memberId }, every, period),
});

/** Composed as its reader, from what they may see; nothing is sent when nothing happened and nothing waits. */
async function writeDigest(app: App, actor: Actor, every: 'day' | 'week', period: string): Promise<void> {
  const since = new Date(Date.parse(period) - (every === 'day' ? 1 : 7) * day);
  const found = await app.db
    .asActor(actor, async (tx) => ({
      uses: await queries.listUsesSince(tx, actor, since),
      ...(await queries.countWaiting(tx, actor, period)),
    }))
    .catch((error: unknown) => {
      // Suspended since.
      if (error instanceof AppError && error.code === 'unauthenticated') return null;
      throw error;
    });
  if (!found || found.uses.length + found.replies + found.asks + found.tasks === 0) return;
  await app.db.asSystem('keeper', async (tx) => {
    if (!(await queries.addDigest(tx, actor, period))) return;
    await mailMember(app, tx, { ...actor, kind: 'digest', write: (t) => letterOf(app, t, actor, every, found) });
  });
}

interface Found {
  uses: queries.UsesOfOne[];
  replies: number;
  asks: number;
  tasks: number;
}

function letterOf(app: App, t: Translate, actor: Actor, every: 'day' | 'week', found: Found): Letter {
  const { publicUrl } = app.config;
  const lines = found.uses
    .slice(0, mostLines)
    .map(({ who, kind, book, count }) =>
      t(`home.did.${kind satisfies UseKind}`, { who, count, contacts: t('digest.contacts', { count, book }) }),
    );
  const more = found.uses.slice(mostLines).reduce((sum, { count }) => sum + count, 0);
  const waits = (['replies', 'asks', 'tasks'] as const)
    .filter((what) => found[what] > 0)
    .map((what) => t(`digest.${what}`, { count: found[what] }));
  const token = signLink(app.secrets, 'digest', actor, 'digest', new Date(Date.now() + stopsFor));
  return {
    subject: t(`digest.subject.${every}`),
    paragraphs: [
      ...(lines.length > 0 ? [[t('digest.happened'), ...lines.map((line) => `– ${line}`)].join('\n')] : []),
      ...(more > 0 ? [t('digest.more', { count: more })] : []),
      ...(waits.length > 0 ? [[t('digest.waits'), ...waits.map((line) => `– ${line}`)].join('\n')] : []),
    ],
    action: { label: t('notice.mail.open'), url: `${publicUrl}/home` },
    footer: t('digest.footer', { url: `${publicUrl}/digest#token=${token}` }),
  };
}
