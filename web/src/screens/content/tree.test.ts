import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Block, blockKinds, saying } from '../../../../server/content/blocks-contract.ts';
import {
  addAfter,
  addBlock,
  dropBefore,
  duplicateBlock,
  findBlock,
  kindsIn,
  listsOf,
  moveBlock,
  newBlock,
  parentOf,
  removeBlock,
} from './tree.ts';

const idsOf = (blocks: readonly Block[]): string[] => blocks.flatMap((one) => [one.id, ...idsOf(listsOf(one).flat())]);
const isSound = (blocks: readonly Block[]) => saying.safeParse({ subject: '', preheader: '', blocks }).success;

const tree = fc
  .array(fc.constantFrom(...blockKinds), { minLength: 1, maxLength: 6 })
  .map((kinds) => kinds.map((kind) => newBlock(kind, 'fr')));
const pick = fc.nat();

test('whatever is done, each block stands once and the tree is one that can be kept', () => {
  fc.assert(
    fc.property(
      tree,
      fc.array(fc.tuple(fc.constantFrom('up', 'down', 'twice', 'drop', 'add', 'in'), pick, pick), { maxLength: 12 }),
      (begin, steps) => {
        let blocks: Block[] = begin;
        for (const [step, a, b] of steps) {
          const ids = idsOf(blocks);
          const [one, other] = [ids[a % ids.length]!, ids[b % ids.length]!];
          const parent = findBlock(blocks, one)!;
          if (step === 'up' || step === 'down') blocks = moveBlock(blocks, one, step === 'up' ? -1 : 1);
          if (step === 'twice') blocks = duplicateBlock(blocks, one).blocks;
          if (step === 'drop') blocks = dropBefore(blocks, one, other);
          if (step === 'add') blocks = addAfter(blocks, one, newBlock(kindsIn(parentOf(blocks, one))[b % 6]!, 'en'));
          if (step === 'in' && listsOf(parent).length > 0)
            blocks = addBlock(blocks, { id: one, list: 0 }, newBlock('text', 'en'));
          const after = idsOf(blocks);
          expect(new Set(after).size).toBe(after.length);
          if (step === 'drop' || step === 'up' || step === 'down') expect(after.toSorted()).toEqual(ids.toSorted());
        }
        if (idsOf(blocks).length < 12) expect(isSound(blocks)).toBe(true);
      },
    ),
  );
});

test('a block that is removed is gone with what stood in it, and nothing else', () => {
  const section = newBlock('section', 'fr');
  const [before, after] = [newBlock('text', 'fr'), newBlock('divider', 'fr')];
  expect(removeBlock([before, section, after], section.id)).toEqual([before, after]);
  expect(parentOf([before, section], listsOf(section)[0]![0]!.id)).toBe(section);
});

test('a section is not put into itself, nor into a column', () => {
  const [section, columns] = [newBlock('section', 'fr'), newBlock('columns', 'fr')];
  const blocks = [section, columns];
  expect(dropBefore(blocks, section.id, listsOf(section)[0]![0]!.id)).toEqual(blocks);
  expect(dropBefore(blocks, section.id, listsOf(columns)[1]![0]!.id)).toEqual(blocks);
});
