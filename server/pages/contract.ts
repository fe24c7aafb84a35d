import { z } from 'zod';
import { language } from '../content/blocks-contract.ts';
import { finding } from '../content/contract.ts';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

/** A page that anybody may open. `?lang=fr|en` in one language. */
export const pagePath = '/pages/:slug';
/** The end of its address: small letters without accents, figures, hyphens. */
export const slug = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);

export const publication = z.object({
  url: z.string(),
  slug: z.string(),
  /** It can be seen; else it was taken offline. */
  online: z.boolean(),
  /** What is written by now is not what is shown. */
  changed: z.boolean(),
  /** The form that stands below it. */
  formId: id.nullable(),
  /** Search engines may show it. */
  indexed: z.boolean(),
  publishedAt: instant,
  publishedBy: z.string(),
  /** How often it was opened, programs left out. */
  openings: z.number().int(),
});
export type Publication = z.output<typeof publication>;

export const getPublication = contract({
  name: 'pages.getPublication',
  method: 'GET',
  path: '/contents/:contentId/publication',
  summary: 'Where a page stands for everybody to see; null: it was never published',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ contentId: id }),
  output: z.object({ publication: publication.nullable() }),
});
export const publish = contract({
  name: 'pages.publish',
  method: 'PUT',
  path: '/contents/:contentId/publication',
  summary:
    'Shows a page as it is now to everybody, or what the checker says against it; what is shown already is replaced',
  access: 'marketer',
  scope: 'workspace:write',
  input: z.object({ contentId: id, slug, formId: id.nullable().default(null), indexed: z.boolean().default(true) }),
  output: z.object({
    publication: publication.nullable(),
    /** Why it was not: it is shown as it was before, or not. */
    stops: z.array(finding.extend({ language })),
  }),
  errors: ['conflict', 'forbidden'],
});
export const withdraw = contract({
  name: 'pages.withdraw',
  method: 'DELETE',
  path: '/contents/:contentId/publication',
  summary: 'Takes a page offline; its address stays its own',
  access: 'marketer',
  scope: 'workspace:write',
  input: z.object({ contentId: id }),
  output: nothing,
  errors: ['forbidden'],
});
export const listForms = contract({
  name: 'pages.listForms',
  method: 'GET',
  path: '/page-forms',
  summary: 'The forms that can stand below a page',
  access: 'member',
  scope: 'contacts:read',
  input: nothing,
  output: z.object({ items: z.array(z.object({ id, name: z.string() })) }),
});
