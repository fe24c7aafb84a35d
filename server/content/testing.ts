import type { Block, Saying } from './blocks-contract.ts';

/** A short content, in one language. */
export const aSaying = (text = 'Bonjour {{ person.givenName | default: "à vous" }},', more: Block[] = []): Saying => ({
  ...{ subject: 'Une nouvelle', preheader: '' },
  blocks: [{ id: 'a', kind: 'text', text }, ...more],
});
