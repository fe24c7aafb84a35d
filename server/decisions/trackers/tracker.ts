import type { z } from 'zod';
import type { Access, HookRequest, Sent } from '../../conversations/channels/channel.ts';

/** What leaves: words that somebody has seen before. */
interface NewIssue {
  /** The same however often it is tried. */
  issueId: string;
  title: string;
  text: string;
}

/** What a tracker says of an issue. */
interface Heard {
  externalId: string;
  state: 'open' | 'closed';
}

/** A kind of issue tracker, without database: it is asked to make an issue, and says what becomes of it. */
export interface Tracker<S = unknown, K = unknown> {
  kind: 'github' | 'gitlab' | 'jira' | 'webhook';
  settings: z.ZodType<S>;
  secret: z.ZodType<K>;
  /** `url`: where people look at it. @throws Trouble | Unreached where nothing has left */
  create(access: Access<S, K>, issue: NewIssue): Promise<Sent & { url?: string }>;
  /** @throws Forged for what the tracker has not signed, Unreadable for what cannot be read */
  hear(request: HookRequest, setup: { settings: S; secret: K; now: Date }): Heard[];
}

// biome-ignore lint/suspicious/noExplicitAny: trackers of all kinds stand in one list; each checks its own settings.
export type AnyTracker = Tracker<any, any>;
