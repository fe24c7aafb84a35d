import { z } from 'zod';
import { useKind } from '../delegation/contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

export const auditBreak = z.object({
  sealNo: z.number().int(),
  /**
   * A seal before it is missing; the seal itself was changed, or made with another master key; there are more or fewer entries (of the audit;
   * uses of the ledger) than were sealed; as many, but not the same.
   */
  problem: z.enum([
    'seal_missing',
    'seal_changed',
    'entries_counted',
    'entries_changed',
    'uses_counted',
    'uses_changed',
  ]),
});
export type Break = z.output<typeof auditBreak>;

export const getStanding = contract({
  name: 'audit.getStanding',
  method: 'GET',
  path: '/audit/standing',
  summary: 'How far the audit and the ledger of uses are sealed, and what the last verification found',
  input: nothing,
  output: z.object({
    seals: z.number().int(),
    /** Null: nothing is sealed yet. */
    last: z
      .object({
        sealNo: z.number().int(),
        /** The first 128 bits of the last seal: whoever keeps them can ask later whether this is still the same chain. */
        fingerprint: z.string(),
        until: instant,
      })
      .nullable(),
    verification: z
      .object({
        at: instant,
        seals: z.number().int(),
        entries: z.number().int(),
        uses: z.number().int(),
        /** None: all is as it was sealed. */
        breaks: z.array(auditBreak),
      })
      .nullable(),
  }),
  access: 'overseer',
  scope: 'workspace:read',
});

export const verify = contract({
  name: 'audit.verify',
  method: 'POST',
  path: '/audit/verifications',
  summary: 'Have the whole chain gone through in the background',
  input: nothing,
  output: nothing,
  access: 'overseer',
  scope: 'workspace:write',
});

/** The audit as a file: `GET /api/v1/audit/export?from=2026-01-01&until=2026-12-31`. Times are of UTC, the last day included. */
export const auditExportPath = '/audit/export';
export const auditExportQuery = z.object({ from: z.iso.date().optional(), until: z.iso.date().optional() });

const who = z.object({ id, name: z.string(), authorisedBy: z.string().nullable() });

export const listUsesOf = contract({
  name: 'audit.listUsesOf',
  method: 'GET',
  path: '/audit/members/:memberId/uses',
  summary:
    'What a member, and the apps they authorised, did with contacts of others: kinds and counts by day; never a contact',
  input: z.object({ memberId: id, ...paging }),
  output: page(
    z.object({
      id,
      who,
      kind: useKind,
      count: z.number().int(),
      /** Who lends them; null: the company. */
      holder: z.string().nullable(),
      at: instant,
    }),
  ),
  access: 'overseer',
  scope: 'workspace:read',
});

export const listUsesOfPerson = contract({
  name: 'audit.listUsesOfPerson',
  method: 'GET',
  path: '/people/:personId/uses',
  summary:
    'Who did what with a person: of my own cards all, of others what I did; overseers, of all cards that they may read',
  input: z.object({ personId: id, ...paging }),
  output: page(z.object({ id, who, kind: useKind, book: z.string(), at: instant })),
  access: 'member',
  scope: 'contacts:read',
});
