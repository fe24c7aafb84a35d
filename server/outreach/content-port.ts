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
