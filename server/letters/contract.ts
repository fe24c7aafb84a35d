import { z } from 'zod';
import { contract, id, instant } from '../kernel/contract.ts';

// Letters of a campaign or a scenario: made in batches, which whoever they go in the name of prints and posts.

export const batchStates = ['making', 'ready', 'posted', 'called_back'] as const;

const number = z.number().int();
const batch = z.object({
  id,
  no: number,
  state: z.enum(batchStates),
  /** It goes in my name: I print and post it, or call it back. */
  mine: z.boolean(),
  /** Letters for which it was cut, and that were made: of the others the gate said no, or they could not be written. */
  planned: number,
  letters: number,
  pages: number,
  madeAt: instant.nullable(),
  /** Posted, or called back. */
  endedAt: instant.nullable(),
});
export type Batch = z.output<typeof batch>;

const ofItem = '/plan/campaigns/:campaignId/batches';
export const listBatches = contract({
  name: 'letters.listBatches',
  method: 'GET',
  path: ofItem,
  summary:
    'The batches of letters of a campaign or a scenario, in numbers, and how many of mine wait to be made; for who handles it, or in whose name they go',
  input: z.object({ campaignId: id }),
  output: z.object({
    items: z.array(batch),
    /** Letters in my name that are in no batch, and since when the first of them waits; null: none that I have to have made. */
    waiting: z.object({ letters: number, since: instant }).nullable(),
  }),
  access: 'member',
  scope: 'workspace:read',
  errors: ['forbidden'],
});

export const makeBatches = contract({
  name: 'letters.makeBatches',
  method: 'POST',
  path: ofItem,
  summary:
    'Have the letters made that a scenario has written in my name and that are in no batch, in the order of the post',
  input: z.object({ campaignId: id }),
  output: z.object({ letters: number }),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

/** `GET`: the letters of a batch, as PDF, for whose name they go in. */
export const batchFilePath = `${ofItem}/:batchId/file`;

export const postBatch = contract({
  name: 'letters.postBatch',
  method: 'POST',
  path: `${ofItem}/:batchId/posting`,
  summary:
    'Say that the letters of a batch are posted; the gate is asked once more, and where it says no by now nothing is posted yet: those letters are to be taken out first; for its sender',
  input: z.object({
    campaignId: id,
    batchId: id,
    /** The first pages of the letters that were taken out of the pile, as an earlier answer named them. */
    takenOut: z.array(number).max(1000).default([]),
  }),
  output: z.object({
    posted: number,
    /** To be taken out of the pile: on which pages they stand, and to whom they are. */
    takeOut: z.array(z.object({ name: z.string(), firstPage: number, pages: number })),
  }),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

export const makeAnew = contract({
  name: 'letters.makeAnew',
  method: 'POST',
  path: `${ofItem}/:batchId/making`,
  summary:
    'Make a batch that was not posted anew, without those of whom the gate says no by now: its file goes, and another comes; for its sender',
  input: z.object({ campaignId: id, batchId: id }),
  output: z.object({}),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

export const callBackBatch = contract({
  name: 'letters.callBackBatch',
  method: 'POST',
  path: `${ofItem}/:batchId/return`,
  summary:
    'Call back the letters of a batch that was not posted: its file goes, and nobody in it is written to by this campaign; for its sender',
  input: z.object({ campaignId: id, batchId: id }),
  output: z.object({ calledBack: number }),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});
