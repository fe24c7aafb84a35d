import type { Block, BlockKind, Language } from '../../../../server/content/blocks-contract.ts';

// Blocks as a tree that is edited: pure. A list holds blocks of certain kinds; columns and sections hold lists.

export type Lists = readonly (readonly Block[])[];

export const listsOf = (block: Block): Lists =>
  block.kind === 'columns' ? block.columns : block.kind === 'section' ? [block.blocks] : [];

function withLists(block: Block, lists: Lists): Block {
  if (block.kind === 'columns') return { ...block, columns: lists as typeof block.columns };
  if (block.kind === 'section') return { ...block, blocks: lists[0] as typeof block.blocks };
  return block;
}

const simple: BlockKind[] = ['heading', 'text', 'button', 'image', 'divider', 'spacer'];
/** What a list may hold: the whole, a section, a column. */
export const kindsIn = (parent: Block | null, part = false): BlockKind[] => {
  if (parent?.kind === 'columns') return simple;
  return parent?.kind === 'section' || part ? [...simple, 'columns'] : [...simple, 'columns', 'section', 'reusable'];
};

export const newBlockId = (): string => `b${Math.random().toString(36).slice(2, 9)}`;

/** A block as it begins. */
export function newBlock(kind: BlockKind, language: Language): Block {
  const id = newBlockId();
  switch (kind) {
    case 'heading':
      return { id, kind, level: 1, text: '' };
    case 'text':
      return { id, kind, text: '' };
    case 'button':
      return { id, kind, label: '', url: '' };
    case 'image':
      return { id, kind, imageId: null, alt: '', decorative: false, url: '', width: 'full' };
    case 'divider':
      return { id, kind };
    case 'spacer':
      return { id, kind, height: 24 };
    case 'columns':
      return { id, kind, columns: [[newBlock('text', language)], [newBlock('text', language)]] as never };
    case 'section':
      return {
        ...{ id, kind },
        condition: { match: 'all', clauses: [{ variable: 'person.language', is: 'equals', value: language }] },
        blocks: [newBlock('text', language)] as never,
      };
    case 'reusable':
      return { id, kind, partId: null };
  }
}

/** Changes the list in which a block stands. */
function inList(
  blocks: readonly Block[],
  id: string,
  change: (list: readonly Block[], at: number) => Block[],
): Block[] {
  const at = blocks.findIndex((one) => one.id === id);
  if (at !== -1) return change(blocks, at);
  return blocks.map((one) =>
    withLists(
      one,
      listsOf(one).map((list) => inList(list, id, change)),
    ),
  );
}

export function findBlock(blocks: readonly Block[], id: string | null): Block | undefined {
  for (const one of blocks) {
    if (one.id === id) return one;
    const within = findBlock(listsOf(one).flat(), id);
    if (within) return within;
  }
  return undefined;
}

export const replaceBlock = (blocks: readonly Block[], next: Block): Block[] =>
  inList(blocks, next.id, (list, at) => list.with(at, next));

export const removeBlock = (blocks: readonly Block[], id: string): Block[] =>
  inList(blocks, id, (list, at) => list.toSpliced(at, 1));

/** One place up or down in its list; at its end it stays. */
export const moveBlock = (blocks: readonly Block[], id: string, by: -1 | 1): Block[] =>
  inList(blocks, id, (list, at) => {
    const to = at + by;
    return to < 0 || to >= list.length ? [...list] : list.toSpliced(at, 1).toSpliced(to, 0, list[at]!);
  });

const renamed = (block: Block): Block =>
  withLists(
    { ...block, id: newBlockId() },
    listsOf(block).map((list) => list.map(renamed)),
  );

/** @returns the blocks, and the id of the copy, which stands behind what it is made of */
export function duplicateBlock(blocks: readonly Block[], id: string): { blocks: Block[]; id: string } {
  const made = renamed(findBlock(blocks, id)!);
  return { blocks: inList(blocks, id, (list, at) => list.toSpliced(at + 1, 0, made)), id: made.id };
}

/** At the end of the whole (`null`), or of a list of a block. */
export function addBlock(blocks: readonly Block[], into: { id: string; list: number } | null, block: Block): Block[] {
  if (!into) return [...blocks, block];
  const parent = findBlock(blocks, into.id)!;
  const lists = listsOf(parent).map((list, no) => (no === into.list ? [...list, block] : list));
  return replaceBlock(blocks, withLists(parent, lists));
}

export const addAfter = (blocks: readonly Block[], id: string, block: Block): Block[] =>
  inList(blocks, id, (list, at) => list.toSpliced(at + 1, 0, block));

export function parentOf(blocks: readonly Block[], id: string): Block | null {
  for (const one of blocks) {
    const lists = listsOf(one).flat();
    if (lists.some((child) => child.id === id)) return one;
    const within = parentOf(lists, id);
    if (within) return within;
  }
  return null;
}

/** Puts a block before another, in whichever list that stands. What may not stand there, or would stand in itself, stays. */
export function dropBefore(blocks: readonly Block[], id: string, before: string, part = false): Block[] {
  const block = findBlock(blocks, id);
  if (!block || id === before || findBlock(listsOf(block).flat(), before)) return [...blocks];
  if (!kindsIn(parentOf(blocks, before), part).includes(block.kind)) return [...blocks];
  return inList(removeBlock(blocks, id), before, (list, at) => list.toSpliced(at, 0, block));
}

/** What a block says, in a line. */
export function excerptOf(block: Block): string {
  const text =
    block.kind === 'heading' || block.kind === 'text'
      ? block.text
      : block.kind === 'button'
        ? block.label
        : block.kind === 'image'
          ? block.alt
          : '';
  return text.replaceAll(/\s+/g, ' ').slice(0, 80);
}
