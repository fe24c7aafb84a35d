import type { z } from 'zod';
import type { Member } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

/** Puts an attribute into the dictionary, which everybody reads and writes where nothing else is said. */
export function addAttribute(
  by: Member,
  key: string,
  more: Partial<z.input<typeof contracts.addAttribute.input>> = {},
): Promise<contracts.Attribute> {
  return by.call(contracts.addAttribute, {
    ...{ key, name: key, meaning: `What ${key} means`, type: 'text', purpose: 'To serve them well', months: 36 },
    ...{ basis: 'legitimate_interests', access: [{ kind: 'workspace', writes: true }], ...more },
  });
}
