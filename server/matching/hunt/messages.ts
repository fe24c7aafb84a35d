import type { Explained } from './kind-index.ts';
import type { Found } from './workspace-index.ts';

/** What the thread is asked; answers carry the same number. */
export type Question =
  | { ask: 'open'; workspaceId: string }
  | { ask: 'learn'; workspaceId: string }
  | { ask: 'change'; workspaceId: string; version: number; cardIds: string[]; context: string[] }
  | { ask: 'confirm'; workspaceId: string; version: number }
  | { ask: 'explain'; workspaceId: string; a: string; b: string };

export interface Answers {
  /** How many cards the index holds. */
  open: number;
  learn: number;
  /** Null: somebody else has written meanwhile, and the index was let go of. */
  change: Found | null;
  confirm: null;
  explain: Explained | null;
}

export type Asked = { no: number } & Question;
export type Answered = { no: number; answer?: unknown; error?: string };
