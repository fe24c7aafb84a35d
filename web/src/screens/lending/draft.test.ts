import { expect, test } from 'vitest';
import { grant as grantSchema, grantTerms } from '../../../../server/delegation/contract.ts';
import { draftOf, newDraft, sameTerms, termsOf } from './draft.ts';

const grant = grantSchema.parse({
  id: '01900000-0000-7000-8000-000000000001',
  version: 1,
  book: { id: '01900000-0000-7000-8000-000000000002', name: 'Clients', holder: 'Alice' },
  grantee: { kind: 'team', teamId: '01900000-0000-7000-8000-000000000003', name: 'Sales' },
  acts: ['discover', 'read', 'contact', 'export'],
  except: ['notes'],
  purposes: ['invitation'],
  quota: { count: 2, period: 'month', each: true },
  startsAt: null,
  endsAt: new Date('2036-06-30T23:59:59').toISOString(),
  state: 'standing',
  sentence: '',
  createdAt: '2026-01-01T00:00:00Z',
  createdBy: 'Alice',
  endedBy: null,
});

test('a grant changed in the form keeps what the form does not show', () => {
  const terms = termsOf({ ...draftOf(grant), except: [] });
  expect(terms).toMatchObject({
    grantee: { kind: 'team', teamId: '01900000-0000-7000-8000-000000000003' },
    purposes: ['invitation'],
    quota: { count: 2, period: 'month', each: true },
    except: [],
    endsAt: grant.endsAt,
  });
  expect([...terms.acts].sort()).toEqual(['contact', 'export']);
});

test('a grant that is said again says the same, to the minute, and is what the API takes', () => {
  const noon = { ...grant, endsAt: '2036-06-30T12:34:56.000Z' };
  expect(sameTerms(noon)).toEqual(grantTerms.parse(noon));
});

test('an hour that was said stays as long as the day is not changed', () => {
  const noon = { ...grant, endsAt: new Date('2036-06-30T12:00:00').toISOString() };
  expect(termsOf(draftOf(noon)).endsAt).toBe(noon.endsAt);
  expect(new Date(termsOf({ ...draftOf(noon), until: '2036-07-01' }).endsAt!).getHours()).toBe(23);
});

test('a day means the whole of it, where the user is', () => {
  const { startsAt, endsAt } = termsOf({ ...newDraft, from: '2036-06-01', until: '2036-06-30' });
  expect(new Date(startsAt!).getHours()).toBe(0);
  expect(new Date(endsAt!).getDate()).toBe(30);
  expect(draftOf({ ...grant, startsAt, endsAt })).toMatchObject({ from: '2036-06-01', until: '2036-06-30' });
});

test('contacts that may be written to are so by e-mail; no purposes and no limit are said of those that may not', () => {
  const quota = { count: 2, period: 'month' as const, each: true };
  const draft = { ...newDraft, contact: true, purposes: ['survey' as const], quota };
  expect(termsOf(draft)).toMatchObject({ acts: ['read', 'contact'], channels: ['email'], purposes: ['survey'], quota });
  expect(termsOf({ ...draft, contact: false })).toMatchObject({
    acts: ['read'],
    channels: [],
    purposes: [],
    quota: null,
  });
  // A grant that was said over the API for every way stays so.
  expect(termsOf(draftOf(grant)).channels).toEqual([]);
});

test('who may only be found has no fields to leave out', () => {
  expect(termsOf({ ...newDraft, level: 'discover' }).except).toEqual([]);
});

test('corrections are offered by whom they may read, and nobody else', () => {
  const draft = { ...newDraft, enrich: true };
  expect(termsOf(draft).acts).toEqual(['read', 'enrich']);
  expect(termsOf({ ...draft, level: 'discover' }).acts).toEqual(['discover']);
  expect(draftOf({ ...grant, acts: ['discover', 'read', 'enrich'] }).enrich).toBe(true);
});
