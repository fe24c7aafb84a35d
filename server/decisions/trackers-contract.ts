import { z } from 'zod';
import { contract, id, nothing } from '../kernel/contract.ts';
import { fullCase } from './contract.ts';

export const trackerKinds = ['github', 'gitlab', 'jira', 'webhook'] as const;
const trackerKind = z.enum(trackerKinds);

/** Below /api/v1: where a tracker tells what became of an issue. */
export const trackerHookPath = '/trackers/:workspaceId/:trackerId/hook';

const line = (most: number) => z.string().trim().min(1).max(most);

const tracker = z.object({
  id,
  kind: trackerKind,
  name: z.string(),
  /** What is no secret of it: where it stands, and which project. */
  settings: z.record(z.string(), z.string()),
  /** What the tracker is to be told to call. */
  hookUrl: z.string(),
});
export type TrackerLine = z.output<typeof tracker>;

export const listTrackers = contract({
  name: 'decisions.listTrackers',
  method: 'GET',
  path: '/trackers',
  summary: 'Issue trackers that a decision can be handed to; their tokens are never given back',
  input: nothing,
  output: z.object({ items: z.array(tracker) }),
  access: 'member',
  scope: 'contacts:read',
});

export const addTracker = contract({
  name: 'decisions.addTracker',
  method: 'POST',
  path: '/trackers',
  summary: 'Connect an issue tracker: GitHub, GitLab, Jira, or any program by signed webhooks',
  input: z.object({
    kind: trackerKind,
    name: line(100),
    settings: z.record(z.string().max(50), z.string().max(500)),
    secret: z.record(z.string().max(50), z.string().max(1000)),
  }),
  output: tracker,
  access: 'admin',
  scope: 'workspace:write',
});

export const endTracker = contract({
  name: 'decisions.endTracker',
  method: 'DELETE',
  path: '/trackers/:trackerId',
  summary: 'Disconnect an issue tracker: its token is forgotten, its issues stay named',
  input: z.object({ trackerId: id }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

const ofCase = { caseId: id };

export const draftIssue = contract({
  name: 'decisions.draftIssue',
  method: 'POST',
  path: '/voices/cases/:caseId/issues/draft',
  summary:
    'What would leave for a tracker: the topic, the threshold and the decision; quotes that I choose, without names and addresses',
  input: z.object({ ...ofCase, voiceIds: z.array(id).max(20).default([]) }),
  output: z.object({ title: z.string(), text: z.string() }),
  access: 'member',
  scope: 'contacts:read',
});

export const createIssue = contract({
  name: 'decisions.createIssue',
  method: 'POST',
  path: '/voices/cases/:caseId/issues',
  summary: 'Make an issue in a tracker with exactly these words; closed there, “done” is proposed here',
  input: z.object({ ...ofCase, trackerId: id, title: line(200), text: line(20_000) }),
  output: fullCase,
  access: 'member',
  scope: 'messages:write',
});

export const settleIssue = contract({
  name: 'decisions.settleIssue',
  method: 'POST',
  path: '/voices/cases/:caseId/issues/:issueId/doubt',
  summary: 'Say of an issue in doubt that it is there, or have it made again; of a failed one, have it made again',
  input: z.object({ ...ofCase, issueId: id, arrived: z.boolean() }),
  output: fullCase,
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});
