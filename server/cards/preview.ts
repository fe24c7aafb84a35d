import type { z } from 'zod';
import type { GrantTerms } from '../delegation/contract.ts';
import { type FieldGroup, fieldClass, fieldGroups } from '../delegation/field-classes.ts';
import { maskWithout, withImplied } from '../delegation/rules.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { compose, entryOf } from './compose.ts';
import type { previewGrant } from './contract.ts';
import * as lent from './lent.ts';
import * as queries from './queries.ts';

type Preview = z.output<typeof previewGrant.output>;

const examplesShown = 5;

/** The fields that a grant of these terms opens for reading, as bits; 0: none is read. */
function maskOf(terms: GrantTerms): number {
  return withImplied(terms.acts).includes('read') && !terms.askFirst ? maskWithout(terms.except) : 0;
}

async function isMadeTo({ tx, actor }: Context, { grantee }: GrantTerms, memberId: string): Promise<boolean> {
  if (grantee.kind === 'team') return lent.isInTeam(tx, actor, grantee.teamId, memberId);
  if (grantee.kind === 'process') return lent.isInTeam(tx, actor, grantee.processId, memberId);
  return grantee.kind === 'workspace' || (grantee.kind === 'member' && grantee.memberId === memberId);
}

/**
 * What a grant would open, before it is made: how many contacts, which fields, and some of them as the grantee would see them.
 * @param memberId one colleague instead of the grantee: with what already stands for them
 * @throws AppError not_found for a book that is not the caller's
 */
export async function preview(
  context: Context,
  bookId: string,
  terms: GrantTerms,
  memberId?: string,
): Promise<Preview> {
  const { tx, actor } = context;
  const book = (await queries.listOwnBooks(tx, actor)).find((one) => one.book_id === bookId);
  if (!book) throw notFound();
  const already = memberId ? await lent.findOpenMask(tx, actor, bookId, memberId) : 0;
  const applies = !memberId || (await isMadeTo(context, terms, memberId));
  const mask = already | (applies ? maskOf(terms) : 0);
  const counted = await lent.countBook(tx, actor, book.book_no);
  const shown = (group: FieldGroup) => fieldGroups[group].some((name) => (mask >>> fieldClass[name]) & 1);
  const values = (group: FieldGroup) =>
    fieldGroups[group].reduce((sum, name) => sum + (counted.values.get(fieldClass[name]) ?? 0), 0);
  return {
    persons: counted.persons,
    organizations: counted.organizations,
    withheld: counted.withheld,
    readable: mask !== 0,
    fields: (Object.keys(fieldGroups) as FieldGroup[])
      .filter((group) => group !== 'original' && values(group) > 0)
      .map((group) => ({ group, shown: shown(group), values: values(group) })),
    examples: mask === 0 ? [] : await describeExamples(context, book.book_no, mask),
  };
}

async function describeExamples({ tx, actor }: Context, bookNo: number, mask: number): Promise<Preview['examples']> {
  const cards = await queries.loadCards(tx, actor, await lent.findExamples(tx, actor, bookNo, examplesShown));
  return cards.map((card) => {
    const seen = queries.toVisible({ ...card, fields: card.fields.filter((field) => (mask >>> field.class) & 1) });
    const values = compose([seen]);
    const hidden = card.fields.length - seen.fields.length;
    return {
      id: card.card_id,
      name: entryOf([seen], values).name,
      values: values.filter(({ kind }) => kind !== 'name').map(({ kind, display }) => ({ kind, display })),
      hidden,
    };
  });
}
