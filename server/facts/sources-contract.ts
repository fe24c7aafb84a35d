import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';
import { refusals } from './contract.ts';
import { databaseState } from './databases-contract.ts';

/**
 * `api`: a program with a key; `app`: one that a member authorised; `tag`: a site; `hook`: a program that signs what it brings; `database`: one of the
 * company's, which is asked; `product`: a part of ours.
 */
const sourceKinds = ['api', 'app', 'tag', 'hook', 'file', 'database', 'product'] as const;
export type SourceKind = (typeof sourceKinds)[number];

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((text) => !text.includes('\u0000'), 'text');

/** Where the tag may stand: scheme, host and port, nothing else. */
const origin = z
  .string()
  .max(300)
  .regex(/^https?:\/\/[^\s/?#@]+$/)
  .refine((text) => URL.canParse(text))
  .transform((text) => new URL(text).origin);

/** Where something stands in JSON that others send: names, with dots between them ("data.customer.email"); empty: nowhere. */
const path = z
  .string()
  .trim()
  .max(200)
  .regex(/^(?:[^.\s]{1,60}(?:\.[^.\s]{1,60}){0,9})?$/)
  .refine((text) => !text.includes('\u0000'), 'text');

/** How JSON of another make is read as facts: one fact for each element of `items`, or for the whole. */
const mapping = z.object({
  items: path,
  externalId: path,
  at: path,
  /** Which kind it is: one for all, or where its name stands. */
  kind: z.object({ fixed: z.string().max(40).default(''), path: path.default('') }),
  email: path,
  phone: path,
  customerSystem: z
    .string()
    .max(41)
    .regex(/^(?:[a-z0-9][a-z0-9_.-]{0,40})?$/),
  customerId: path,
  amount: path,
  currency: z.object({ fixed: z.string().max(3).default(''), path: path.default('') }),
  /** By the key of a field of the kind. */
  props: z.record(z.string().max(40), path).refine((all) => Object.keys(all).length <= 50, 'many'),
});
export type Mapping = z.output<typeof mapping>;

const settings = z.object({
  /** Of a site. */
  origins: z.array(origin).max(50).default([]),
  /** Of a program that calls; null: it sends facts as our API takes them. */
  mapping: mapping.nullable().default(null),
});
export type SourceSettings = z.output<typeof settings>;

const source = z.object({
  id,
  kind: z.enum(sourceKinds),
  name: z.string(),
  ended: z.boolean(),
  origins: z.array(z.string()),
  mapping: mapping.nullable(),
  /** Of a database. */
  database: databaseState.nullable(),
  /** Of a site: the address of its script. Of a program: where it calls. */
  url: z.string().nullable(),
  /** Facts that stand here by it, that came in the last thirty days, and when the last came. */
  kept: z.number().int(),
  recent: z.number().int(),
  counted: z.number().int(),
  refused: z.number().int(),
  lastAt: instant.nullable(),
});
export type FactSource = z.output<typeof source>;

const health = z.object({
  sources: z.array(source),
  kinds: z.array(
    z.object({
      kindId: id,
      kept: z.number().int(),
      recent: z.number().int(),
      counted: z.number().int(),
      lastAt: instant.nullable(),
      /** The last thirty days, the oldest first: new facts a day. */
      days: z.array(z.number().int()),
    }),
  ),
  /** Of the last thirty days, the most frequent first. */
  refused: z.array(
    z.object({
      source: z.string(),
      code: z.enum(refusals),
      kindKey: z.string(),
      field: z.string(),
      count: z.number().int(),
      lastAt: instant,
    }),
  ),
  /** Browsers that agreed and of which nobody is known, and those of somebody who is. */
  anonymous: z.number().int(),
  known: z.number().int(),
});
export type Health = z.output<typeof health>;

export const getHealth = contract({
  name: 'facts.getHealth',
  method: 'GET',
  path: '/fact-health',
  summary: 'What comes from where, how much, how lately; and what is not taken, with the reason',
  input: nothing,
  output: health,
  access: 'marketer',
  scope: 'workspace:read',
});

const said = { name: line(80).min(1), settings };
const made = z.object({
  source,
  /** With what the company’s server signs who a visitor is, or what it brings. Shown once. */
  secret: z.string(),
});

export const addSource = contract({
  name: 'facts.addSource',
  method: 'POST',
  path: '/fact-sources',
  summary: 'Set up a site with our tag, or a program that brings facts and signs them; its secret is shown once',
  input: z.object({ kind: z.enum(['tag', 'hook']), ...said }),
  output: made,
  access: 'admin',
  scope: 'workspace:write',
  secret: true,
});
export const updateSource = contract({
  name: 'facts.updateSource',
  method: 'PATCH',
  path: '/fact-sources/:sourceId',
  summary: 'Change how a source is called and set up, or end it: what it told stays',
  input: z.object({
    sourceId: id,
    name: said.name.optional(),
    settings: settings.optional(),
    ended: z.boolean().optional(),
  }),
  output: source,
  access: 'admin',
  scope: 'workspace:write',
});
export const renewSecret = contract({
  name: 'facts.renewSecret',
  method: 'POST',
  path: '/fact-sources/:sourceId/secret',
  summary: 'A new secret for a source; what is signed with the old one is refused from now on',
  input: z.object({ sourceId: id }),
  output: made,
  access: 'admin',
  scope: 'workspace:write',
  secret: true,
});

export const tryMapping = contract({
  name: 'facts.tryMapping',
  method: 'POST',
  path: '/fact-sources/try-mapping',
  summary: 'What a program’s JSON is read as; nothing is kept',
  input: z.object({ mapping, example: z.string().max(200_000) }),
  output: z.object({
    facts: z.array(z.record(z.string(), z.unknown())),
    problems: z.array(
      z.object({ no: z.number().int(), code: z.enum(refusals), field: z.string(), message: z.string() }),
    ),
  }),
  access: 'admin',
  scope: 'workspace:read',
});

/** `POST`: facts that a program brings, signed (Standard Webhooks 1.0). */
export const hookPath = '/fact-hooks/:workspaceId/:sourceId';
/** The tag's script, below no prefix; `POST` to the same without `.js`: what it tells. */
export const tagScriptPath = '/t/:key.js';
export const tagPath = '/t/:key';
