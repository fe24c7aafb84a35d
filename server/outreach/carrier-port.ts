import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import type { Locale } from '../kernel/messages.ts';
import type { Outcome } from './answers.ts';
import type { Way } from './ways-contract.ts';

// What is no mail leaves by channels of the conversations, which stand above this module: who carries it is handed to the tasks in modules.ts.

/** A message in words, for somebody. */
export interface Parcel {
  messageId: string;
  way: Exclude<Way, 'email' | 'letter'>;
  /** The number as E.164. */
  to: { name: string; address: string };
  locale: Locale;
  text: string;
  /** It advertises: how to stop it, where its text does not say so. */
  advertises: { mention: string | null } | null;
  /** Of WhatsApp: the agreed text. */
  template: { name: string; locale: string; values: readonly string[] } | null;
}

/** By which channel something left, and its id there. */
export interface LeftAs {
  channelId: string;
  externalId: string;
}

export interface Carried {
  outcome: Outcome;
  /** Where it has left. */
  as?: LeftAs;
  /** The platform asks not to be asked again before so many seconds. */
  afterSeconds?: number;
}

export interface Carrier {
  /** Takes it to its platform. It never throws. */
  carry(app: App, workspaceId: string, parcel: Parcel, signal: AbortSignal): Promise<Carried>;
  /** Why it did not arrive, where the platform has said so before its id was kept; as the keeper. */
  heardOf(tx: Tx, workspaceId: string, as: LeftAs): Promise<string | null>;
}

/** What a platform says of an address: whoever is there wants nothing from here. */
export const wantsNothing = 'blocked';
