import { z } from 'zod';
import { contract, id, nothing } from '../kernel/contract.ts';

/** What is known of a number of cards. */
const figures = z.object({
  cards: z.number().int(),
  /** With a name, a company, and a number or address. */
  complete: z.number().int(),
  /** Seen or confirmed within a year. */
  fresh: z.number().int(),
  /** Whose person stands in another source of mine, too. */
  elsewhere: z.number().int(),
});
export type Figures = z.output<typeof figures>;

const audience = z.object({
  /** The id of the grantee; for the workspace its own. */
  id,
  kind: z.enum(['workspace', 'team', 'member', 'process', 'app']),
  name: z.string(),
});

export const getMyMap = contract({
  name: 'dataMap.getMyMap',
  method: 'GET',
  path: '/data-map',
  summary: 'My sources, the books that they feed, and whom these are lent to: volumes, freshness, quality, overlaps',
  input: nothing,
  output: z.object({
    sources: z.array(figures.extend({ id, name: z.string(), kind: z.string() })),
    books: z.array(figures.extend({ id, name: z.string(), lent: z.boolean() })),
    audiences: z.array(audience.extend({ cards: z.number().int() })),
    /** How many cards of a source lie in a book. */
    feeds: z.array(z.object({ sourceId: id, bookId: id, cards: z.number().int() })),
    /** Which book is lent to whom, as it stands now. */
    loans: z.array(z.object({ bookId: id, audienceId: id })),
    people: z.object({
      total: z.number().int(),
      /** Of whom I see no card but my own. */
      onlyMine: z.number().int(),
    }),
  }),
  access: 'member',
  scope: 'contacts:read',
});

/** In steps of five; null: fewer than five, and not told. */
const told = z.number().int().nullable();

/** How far books are lent: to the whole company, to teams, to single colleagues or uses, to nobody. */
export const reaches = ['workspace', 'teams', 'some', 'nobody'] as const;
const reach = z.enum(reaches);
export type Reach = z.output<typeof reach>;

export const getWorkspaceMap = contract({
  name: 'dataMap.getWorkspaceMap',
  method: 'GET',
  path: '/data-map/workspace',
  summary: 'By kind of source and how far it is lent: rounded numbers of the whole workspace, of nobody in particular',
  input: nothing,
  output: z.object({
    kinds: z.array(
      z.object({
        kind: z.string(),
        cards: told,
        complete: told,
        fresh: told,
        /** People who stand in this kind of source and in no other. */
        onlyHere: told,
      }),
    ),
    flows: z.array(z.object({ kind: z.string(), reach, cards: told })),
    overlaps: z.array(z.object({ kinds: z.tuple([z.string(), z.string()]), people: told })),
    people: z.object({
      total: told,
      /** Of whom exactly one colleague (or book of the company) holds cards. */
      heldByOne: told,
      /** Of these, lent to the company or to teams. */
      heldByOneAndLent: told,
    }),
  }),
  access: 'overseer',
  scope: 'workspace:read',
});
