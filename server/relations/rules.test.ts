import { describe, expect, test } from 'vitest';
import type { Difference, Viewpoint } from './contract.ts';
import { differencesOf } from './rules.ts';

type Said = Pick<Viewpoint, Difference>;
const nothing: Said = { roles: [], importance: null, influence: null, stance: null, closeness: null, callable: null };
const of = (...said: Partial<Said>[]) => differencesOf(said.map((one) => ({ ...nothing, ...one })));

describe('viewpoints differ', () => {
  test.each<[string, Partial<Said>[], Difference[]]>([
    ['nowhere when one alone speaks', [{ roles: ['ally'], stance: 2 }], []],
    ['nowhere when one says nothing', [{ stance: 2, importance: 1 }, {}], []],
    ['not by one step', [{ importance: 3 }, { importance: 4 }, { importance: 3 }], []],
    ['by two steps', [{ importance: 3 }, { importance: 4 }, { importance: 5 }], ['importance']],
    ['where one is for us and another against us', [{ stance: 1 }, { stance: -1 }], ['stance']],
    ['not where one is neutral and another rather for us', [{ stance: 0 }, { stance: 1 }], []],
    ['where no role is named by both', [{ roles: ['buyer'] }, { roles: ['user', 'ally'] }], ['roles']],
    ['not where one role is', [{ roles: ['buyer', 'user'] }, { roles: ['user'] }], []],
    [
      'where one names an ally and another an opponent',
      [{ roles: ['user', 'ally'] }, { roles: ['user', 'opponent'] }],
      ['roles'],
    ],
    ['where one may be called upon and may not', [{ callable: true }, { callable: false }], ['callable']],
    ['not where one does not say it', [{ callable: true }, { callable: null }], []],
    ['between any two of many', [{ closeness: 2 }, { closeness: 2 }, { closeness: 0 }], ['closeness']],
  ])('%s', (_name, said, differences) => {
    expect(of(...said)).toEqual(differences);
  });
});
