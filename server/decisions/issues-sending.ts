import { Trouble } from '../connectors/connector.ts';
import type { Access, HookRequest, Sent } from '../conversations/channels/channel.ts';
import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { openGuarded, Unreached } from '../kernel/guarded.ts';
import * as issues from './issues.ts';
import { addStep } from './queries.ts';
import { trackerOf } from './trackers/kinds.ts';

export { doubtStranded } from './issues.ts';

/** Wakes the job that makes an issue, in the transaction that wrote it. */
export async function queueIssue(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  issueId: string,
  delaySeconds = 0,
): Promise<void> {
  await app.enqueue(tx, { workspaceId, task: 'decisions.sendIssue', payload: { issueId }, delaySeconds });
}

/** Seconds until it is tried again; undefined: no more. */
const pauses = [10, 60, 300, 1800, 7200];

/** Makes an issue there. Claimed and committed before the tracker hears of it: what nobody knows the outcome of is in doubt. */
export async function sendIssue(app: App, workspaceId: string, issueId: string, signal: AbortSignal): Promise<void> {
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const ready = await asKeeper(async (tx) => {
    const issue = await issues.claimIssue(tx, workspaceId, issueId);
    return issue && { issue, tracker: await issues.findTracker(tx, workspaceId, issue.tracker_id) };
  });
  if (!ready) return;
  const { issue, tracker } = ready;
  const sent: Outcome = tracker ? await attempt(app, tracker, issue, signal) : { kind: 'failed', code: 'place_gone' };
  await asKeeper(async (tx) => {
    const pause = sent.kind === 'later' ? pauses[issue.attempts - 1] : undefined;
    await issues.settleIssue(tx, workspaceId, issueId, settlementOf(sent, pause !== undefined));
    if (pause !== undefined) await queueIssue(app, tx, workspaceId, issueId, pause);
  });
}

type Outcome = (Sent & { url?: string }) | { kind: 'failed'; code: string };

function settlementOf(sent: Outcome, again: boolean): issues.Settlement {
  switch (sent.kind) {
    case 'sent':
      return { state: 'open', answer: null, externalId: sent.externalId, ...(sent.url ? { url: sent.url } : {}) };
    case 'unsure':
      return { state: 'in_doubt', answer: null };
    case 'later':
      return { state: again ? 'queued' : 'failed', answer: sent.code };
    case 'refused':
    case 'failed':
      return { state: 'failed', answer: sent.code };
  }
}

type Tracker = NonNullable<Awaited<ReturnType<typeof issues.findTracker>>>;

async function attempt(app: App, tracker: Tracker, issue: issues.LeavingIssue, signal: AbortSignal): Promise<Outcome> {
  const { issue_id: issueId, title, text } = issue;
  try {
    const access: Access = {
      settings: tracker.settings,
      secret: JSON.parse(app.secrets.decrypt(tracker.secret)),
      guarded: openGuarded(app.config.privateNetworks),
      signal,
    };
    return await trackerOf(tracker.kind).create(access, { issueId, title, text });
  } catch (error) {
    if (error instanceof Trouble) return { kind: 'failed', code: error.code };
    // Nothing has left.
    if (error instanceof Unreached) return { kind: 'later', code: error.code };
    app.log.error('an issue was not made', { kind: tracker.kind, error });
    return { kind: 'unsure' };
  }
}

/**
 * Takes in what a tracker says of issues of ours. Closed, the decision is proposed as done to who has it in hand: people decide.
 * @returns false where there is no such tracker @throws Forged | Unreadable
 */
export async function hearTracker(
  app: App,
  { workspaceId, trackerId }: { workspaceId: string; trackerId: string },
  request: HookRequest,
): Promise<boolean> {
  const row = await app.db.asSystem('keeper', (tx) => issues.findTracker(tx, workspaceId, trackerId));
  if (!row) return false;
  const secret = JSON.parse(app.secrets.decrypt(row.secret));
  const heard = trackerOf(row.kind).hear(request, { settings: row.settings, secret, now: new Date() });
  await app.db.asSystem('keeper', async (tx) => {
    for (const { externalId, state } of heard) {
      const news = await issues.noteState(tx, workspaceId, trackerId, externalId, state);
      if (!news) continue;
      const { case_id: caseId, title } = news;
      const kind = state === 'closed' ? 'issue_closed' : 'issue_reopened';
      await addStep(tx, workspaceId, caseId, kind, null, { title });
      const ownerId = await issues.propose(tx, workspaceId, caseId, state === 'closed');
      if (!ownerId) continue;
      const payload = { kind: 'case_proposed', memberIds: [ownerId], subjectId: caseId, actorId: null };
      await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload: { ...payload, occasion: externalId } });
    }
  });
  return true;
}
