import type { Actor, Tx } from '../kernel/database.ts';
import type { Locale } from '../kernel/messages.ts';
import type { Reason } from './contract.ts';

// Contents are made above this module, which only has them put into words: who does is handed to the tasks in modules.ts.

/** A sealed version of a content, and what its sender knows that no card says. */
export interface ContentRef {
  contentId: string;
  version: number;
  /** By the dictionary of contents (`event.name`, `link.rsvp`…); sealed, and erased with the message. */
  variables?: Readonly<Record<string, string>>;
}

/** A content for somebody. */
export interface ContentFor extends ContentRef {
  /** A person as the author sees them, or any card of theirs; null: somebody made up, for members who look at it. */
  personId: string | null;
  /** The language for whom none is known. */
  locale: Locale;
}

/** A stretch of words on paper. */
export type Run = { text: string; bold: boolean; italic: boolean } | { break: true };
/** What a letter says, from top to bottom. */
export type SheetBlock =
  | { kind: 'heading'; level: 1 | 2; runs: Run[] }
  | { kind: 'paragraph'; runs: Run[] }
  | { kind: 'list'; ordered: boolean; items: Run[][] }
  /** `alt` is empty for what says nothing. */
  | { kind: 'image'; imageId: string; width: 'full' | 'half' | 'small'; alt: string }
  | { kind: 'divider' }
  /** In pixels, of which 96 are an inch. */
  | { kind: 'spacer'; height: number };

/** A content in words. */
export interface InWords {
  locale: Locale;
  subject: string;
  /** Of a mail alone. */
  html: string;
  text: string;
  /** Of an SMS: how to stop it, for what advertises; null: its text says so. */
  mention?: string | null;
  /** Of an agreed text. */
  template?: { name: string; locale: string; values: string[] };
  /** Of a letter. */
  sheet?: SheetBlock[];
  /** Links to pages that stand in the sealed content, the same for every reader, each once and as HTML writes them (`&amp;`). */
  links?: readonly string[];
}

/**
 * Puts contents into words as the author, for all that leave together: with as many queries as for one. What cannot be written for somebody is the reason
 * why; it never throws for one of them.
 */
export type WriteContents = (
  tx: Tx,
  actor: Actor,
  letters: readonly ContentFor[],
) => Promise<(InWords | { aside: Reason })[]>;
