import type { Outcome } from '../answers.ts';
import type { Mail, MailServer } from '../deliver.ts';

// What the process and its mailing thread say to one another. A line is a conversation with a mail server, by its number.

export type MailingQuestion =
  | { ask: 'open'; line: number; server: MailServer }
  | { ask: 'deliver'; line: number; mail: Mail }
  | { ask: 'close'; line: number };

/** What became of the mail that the line had in hand. */
export interface MailingAnswer {
  line: number;
  outcome: Outcome;
}
