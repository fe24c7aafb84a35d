import { z } from 'zod';
import { getMember } from '../identity/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { loadTopics } from '../voices/index.ts';
import { describeQuotes, getCase, speakersOf } from './describing.ts';
import * as issues from './issues.ts';
import { queueIssue } from './issues-sending.ts';
import { readCase } from './operations.ts';
import { addStep, listEvidence } from './queries.ts';
import { anonymous } from './rules.ts';
import { trackerOf } from './trackers/kinds.ts';
import * as contracts from './trackers-contract.ts';

function describe(
  { app, actor }: Pick<Context, 'app' | 'actor'>,
  { tracker_id, kind, name, settings }: issues.TrackerRow,
): contracts.TrackerLine {
  const path = contracts.trackerHookPath.replace(':workspaceId', actor.workspaceId).replace(':trackerId', tracker_id);
  return { id: tracker_id, kind, name, settings, hookUrl: app.config.publicUrl + apiPrefix + path };
}

/** Settings and secret as the kind of tracker wants them. @throws AppError invalid_input */
function checked({ kind, settings, secret }: z.output<typeof contracts.addTracker.input>) {
  const tracker = trackerOf(kind);
  const read = z.object({ settings: tracker.settings, secret: tracker.secret }).safeParse({ settings, secret });
  if (read.success) return read.data as { settings: Record<string, string>; secret: object };
  const fields = Object.fromEntries(read.error.issues.map(({ path }) => [path.join('.'), 'invalid']));
  throw new AppError('invalid_input', { fields });
}

/** What a decision is, in words: nothing of anybody but who decided; of those whose words are quoted, what they said. */
async function draft(context: Context, { caseId, voiceIds }: z.output<typeof contracts.draftIssue.input>) {
  const { app, tx, actor } = context;
  const row = await getCase(context, caseId);
  const locale = ((await getMember(tx, actor))?.locale ?? 'en') as Locale;
  const t = translator(locale);
  const topic = (await loadTopics(tx, actor.workspaceId)).find((one) => one.id === row.topic_id);
  const rows = voiceIds.length > 0 ? await listEvidence(tx, actor, caseId, null, 20, voiceIds) : [];
  const quotes = describeQuotes(rows, await speakersOf(context, rows)).map(({ text, name, account, byName }) => {
    const words = `> ${anonymous(text, byName ? [] : [name, account ?? ''])}`;
    return byName && name ? `${words}\n> – ${name}` : words;
  });
  const { people, days } = row.threshold;
  const paragraphs = [
    t('decisions.issue.why', { people, days }),
    ...(row.words ? [row.words] : []),
    ...quotes,
    `${app.config.publicUrl}/voices/decisions/${caseId}`,
  ];
  return { title: topic?.name[locale] ?? '', text: paragraphs.join('\n\n') };
}

export const trackersOperations: Operation[] = [
  implement(contracts.listTrackers, async (_input, context) => ({
    items: (await issues.listTrackers(context.tx, context.actor)).map((row) => describe(context, row)),
  })),

  implement(contracts.addTracker, async (input, context) => {
    const { app, tx, actor } = context;
    const { settings, secret } = checked(input);
    const { kind, name } = input;
    const sealed = app.secrets.encrypt(JSON.stringify(secret));
    const trackerId = await issues.addTracker(tx, actor, { kind, name, settings, secret: sealed });
    return describe(context, { tracker_id: trackerId, kind, name, settings });
  }),

  implement(contracts.endTracker, async ({ trackerId }, { tx, actor }) => {
    if (!(await issues.endTracker(tx, actor, trackerId))) throw notFound();
    return {};
  }),

  implement(contracts.draftIssue, (which, context) => draft(context, which)),

  implementOutside(contracts.createIssue, async ({ caseId, ...issue }, context) => {
    await context.asCaller(async (inside) => {
      const { app, tx, actor } = inside;
      const row = await getCase(inside, caseId);
      if (!row.may_decide) throw new AppError('forbidden');
      const trackers = await issues.listTrackers(tx, actor);
      if (!trackers.some((one) => one.tracker_id === issue.trackerId)) throw notFound();
      const issueId = await issues.addIssue(tx, actor, caseId, issue);
      await addStep(tx, actor.workspaceId, caseId, 'issue', actor.memberId, { title: issue.title });
      await queueIssue(app, tx, actor.workspaceId, issueId);
    });
    return readCase(context, caseId);
  }),

  implementOutside(contracts.settleIssue, async ({ caseId, issueId, arrived }, context) => {
    const { app, actor, asCaller, asSystem } = context;
    await asCaller(async (inside) => {
      const row = await getCase(inside, caseId);
      if (!row.may_decide) throw new AppError('forbidden');
      if (!(await issues.listIssues(inside.tx, actor, caseId)).some((one) => one.id === issueId)) throw notFound();
    });
    const done = await asSystem('keeper', async (tx) => {
      if (!(await issues.decideDoubt(tx, actor.workspaceId, caseId, issueId, arrived))) return false;
      if (!arrived) await queueIssue(app, tx, actor.workspaceId, issueId);
      return true;
    });
    if (!done) throw new AppError('conflict');
    return readCase(context, caseId);
  }),
];
