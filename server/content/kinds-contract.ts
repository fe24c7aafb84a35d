import { z } from 'zod';
import { ways } from '../outreach/ways-contract.ts';
import { type Block, holdsOnly, type Saying, type SimpleBlock } from './blocks-contract.ts';

// By which way a content goes, or that it is a page, which stays where it is. It remains what it began as: what a mail may hold, a text message may not.

export const kinds = [...ways, 'page'] as const;
export const kind = z.enum(kinds);
export type Kind = z.output<typeof kind>;

/** Of an SMS: words, and words for some. */
const ofSms: readonly SimpleBlock['kind'][] = ['text'];

/** What stands on paper. */
export const ofLetter = [
  'heading',
  'text',
  'image',
  'divider',
  'spacer',
] as const satisfies readonly SimpleBlock['kind'][];

/** Whether what is said in a language is what a content of a kind can be. Drafts may be unfinished. */
export function fits(kind: Kind, { subject, preheader, blocks, template }: Saying): boolean {
  if (kind === 'email') return template === undefined;
  // Nobody is known who reads a page: nothing in it is for some.
  if (kind === 'page') return template === undefined && blocks.every((one) => one.kind !== 'section');
  if (kind === 'letter')
    return preheader === '' && template === undefined && (blocks as Block[]).every((one) => holdsOnly(one, ofLetter));
  if (subject !== '' || preheader !== '') return false;
  if (kind === 'whatsapp') return blocks.length === 0 && template !== undefined;
  return template === undefined && (blocks as Block[]).every((one) => holdsOnly(one, ofSms));
}
