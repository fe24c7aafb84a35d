import { z } from 'zod';
import { contract, id, instant } from '../kernel/contract.ts';

// A campaign by letter: made in batches, which its sender prints and posts.

export const batchStates = ['making', 'ready', 'posted', 'called_back'] as const;

const number = z.number().int();
const batch = z.object({
  id,
  no: number,
  state: z.enum(batchStates),
  /** Letters for which it was cut, and that were made: of the others the gate said no, or they could not be written. */
  planned: number,
  letters: number,
  pages: number,
  madeAt: instant.nullable(),
  /** Posted, or called back. */
  endedAt: instant.nullable(),
});
export type Batch = z.output<typeof batch>;

const ofCampaign = '/plan/campaigns/:campaignId/batches';
export const listBatches = contract({
  name: 'campaigns.listBatches',
  method: 'GET',
  path: ofCampaign,
  summary: 'The batches of a campaign by letter, in numbers; for who handles it',
  input: z.object({ campaignId: id }),
  output: z.object({ items: z.array(batch) }),
  access: 'member',
  scope: 'workspace:read',
  errors: ['forbidden'],
});

/** `GET`: the letters of a batch, as PDF, for whose name they go in. */
export const batchFilePath = `${ofCampaign}/:batchId/file`;
/** `GET`: a few letters as they would be now, as PDF, for who handles the campaign. */
export const examplesPath = '/plan/campaigns/:campaignId/letter-examples';

export const postBatch = contract({
  name: 'campaigns.postBatch',
  method: 'POST',
  path: `${ofCampaign}/:batchId/posting`,
  summary:
    'Say that the letters of a batch are posted; the gate is asked once more, and where it says no by now nothing is posted yet: those letters are to be taken out first; for its sender',
  input: z.object({ campaignId: id, batchId: id }),
  output: z.object({
    posted: number,
    /** To be taken out of the pile: on which pages they stand, and to whom they are. */
    takeOut: z.array(z.object({ name: z.string(), firstPage: number, pages: number })),
  }),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

export const callBackBatch = contract({
  name: 'campaigns.callBackBatch',
  method: 'POST',
  path: `${ofCampaign}/:batchId/return`,
  summary:
    'Call back the letters of a batch that was not posted: its file goes, and nobody in it is written to by this campaign; for its sender',
  input: z.object({ campaignId: id, batchId: id }),
  output: z.object({ calledBack: number }),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});
