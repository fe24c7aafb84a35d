import type { z } from 'zod';
import type { Guarded } from '../kernel/guarded.ts';
import type { DestinationKind, ownTroubles } from './contract.ts';
import type { Said } from './said.ts';

/** What a kind works with: what was entered, and the way out. */
export interface Access<Settings = unknown, Secret = unknown> {
  settings: Settings;
  secret: Secret;
  guarded: Guarded;
  signal: AbortSignal;
}

/** A contact that is to stand at a destination as it is said here. */
export interface Upsert {
  /** By what it is called there. */
  key: string;
  change: 'added' | 'changed';
  said: Said;
}

/** What leaves together. Left once more under the same id, it changes nothing that it has changed before. */
export interface Batch {
  id: string;
  at: Date;
  upserts: readonly Upsert[];
  /** What is to stand there no longer, by what it is called there. */
  removals: readonly string[];
}

/** A kind of program that can hold contacts. What it throws beside `Trouble` and `Unreached` is a fault of ours, and is logged. */
export interface Kind<Settings = unknown, Secret = unknown> {
  kind: DestinationKind;
  settings: z.ZodType<Settings>;
  secret: z.ZodType<Secret>;
  /** It sends mails to whom it holds: who objected to these goes along no more than who has no address. */
  mails?: true;
  /** A batch arrives whole or not at all. */
  whole?: true;
  /** How many contacts leave together at most. */
  together: number;
  /** Milliseconds between two batches, as its service asks for. */
  pace: number;
  /** By what a contact is called there, the same for ever; null: it cannot be kept there. */
  keyOf(said: Said): string | null;
  /** Reaches it, and changes nothing there. @returns settings as they are kept: with what was seen there. @throws Trouble | Unreached */
  check(access: Access<Settings, Secret>): Promise<Settings>;
  /** @returns the keys of what it does not take, now or later. @throws Trouble | Unreached */
  send(access: Access<Settings, Secret>, batch: Batch): Promise<ReadonlySet<string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: kinds of all settings stand in one list; each has checked its own.
export type AnyKind = Kind<any, any>;

export const nothingRefused: ReadonlySet<string> = new Set();

/** What connections have no word for. */
export class OwnTrouble extends Error {
  override name = 'OwnTrouble';
  readonly code: (typeof ownTroubles)[number];
  constructor(code: (typeof ownTroubles)[number]) {
    super(code);
    this.code = code;
  }
}
