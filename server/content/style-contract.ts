import { z } from 'zod';
import { contract, nothing } from '../kernel/contract.ts';
import { language } from './blocks-contract.ts';

// The house style: how the company writes, per language.

const word = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .refine((text) => text.isWellFormed() && !text.includes('\u0000'), 'text');
export const readingLevels = ['easy', 'plain', 'expert'] as const;

export const houseRules = z.object({
  /** How people are addressed; of French alone. Null: either, and the same throughout. */
  address: z.enum(['tu', 'vous']).nullable().default(null),
  avoid: z
    .array(z.object({ word, instead: z.string().trim().max(120).default('') }))
    .max(200)
    .default([]),
  use: z.array(word).max(200).default([]),
  /** Words of the longest sentence. */
  longest: z.number().int().min(8).max(80).default(28),
  /** How easily it should be read; null: whatever. */
  level: z.enum(readingLevels).nullable().default('plain'),
});
export type HouseRules = z.output<typeof houseRules>;

const kept = z.object({ rules: houseRules, version: z.number().int() });
const houseStyle = z.object({ fr: kept, en: kept });
export type HouseStyle = z.output<typeof houseStyle>;

export const getHouseStyle = contract({
  name: 'content.getHouseStyle',
  method: 'GET',
  path: '/house-style',
  summary: 'How the company writes, per language',
  access: 'member',
  scope: 'workspace:read',
  input: nothing,
  output: houseStyle,
});

export const saveHouseStyle = contract({
  name: 'content.saveHouseStyle',
  method: 'PUT',
  path: '/house-style/:language',
  summary: 'Says how the company writes in a language',
  access: 'admin',
  scope: 'workspace:write',
  input: z.object({ language, version: z.number().int(), rules: houseRules }),
  output: kept,
  errors: ['conflict'],
});
