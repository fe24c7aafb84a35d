import { expect, test } from 'vitest';
import type { Stirred } from '../kernel/stirring.ts';
import { isConcerned } from './rules.ts';

test.each([
  ['a fact of its kind', ['person', 'fact:3'], ['fact:3'], true],
  ['a fact of another kind', ['person', 'fact:3'], ['fact:33'], false],
  ['facts of whatever kind', ['person', 'fact:3'], ['fact'], true],
  ['something else', ['person', 'tie'], ['fact', 'fact:3'], false],
  ['a fact, built by an older version', ['person', 'fact'], ['fact:3'], true],
  ['the person', ['person'], ['person'], true],
  ['one of several changes', ['person', 'fact:3'], ['tie', 'fact:4', 'fact:3'], true],
] as [string, Stirred[], Stirred[], boolean][])('a segment follows %s', (_what, follows, about, concerned) =>
  expect(isConcerned(follows, new Set(about))).toBe(concerned));
