import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Line } from './deliver.ts';

/** Mailboxes of members stand above this module: what looks after them is handed in by modules.ts. */
export interface OwnMail {
  /** The address from which leaves what a member writes to one person; null: the workspace's own. As that member, or the keeper. */
  addressOf(tx: Tx, actor: Actor): Promise<string | null>;
  /** Begins a conversation with the server of that mailbox; undefined where there is none. */
  open(app: App, workspaceId: string, memberId: string, signal: AbortSignal): Promise<Line | undefined>;
}
