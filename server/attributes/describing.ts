import { themself } from '../cards/contract.ts';
import { findPersonCards, findUsedCards, nameMembers } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { type Attribute, type PersonValue, restorableDays } from './contract.ts';
import { listVisible } from './index.ts';
import * as queries from './queries.ts';
import { composeWords, shownValue, type Word } from './rules.ts';

const day = 86_400_000;

const shownOf = (row: queries.AttributeRow) => ({
  ...{ key: row.key, name: row.name, meaning: row.meaning, type: row.type, unit: row.unit, choices: row.choices },
  ...{ many: row.many, bounds: row.bounds, sensitivity: row.sensitivity },
});

export function describeAttribute(row: queries.AttributeRow): Attribute {
  const restorable = row.ended_at && new Date(row.ended_at.getTime() + restorableDays * day);
  return {
    ...{ id: row.attribute_id, no: row.attribute_no },
    ...shownOf(row),
    ...{ purpose: row.purpose, basis: row.basis, specialBasis: row.special_basis as Attribute['specialBasis'] },
    ...{ months: row.months, access: row.access, uses: row.uses, reads: row.reads, writes: row.writes },
    version: row.version,
    changedAt: row.changed_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    restorableUntil: restorable && restorable > new Date() ? restorable.toISOString() : null,
  };
}

/** An entry of the dictionary. @throws AppError not_found */
export async function getAttribute({ tx, actor }: Pick<Context, 'tx' | 'actor'>, attributeId: string) {
  await queries.enterAttributes(tx);
  const [row] = await queries.listAttributes(tx, actor.workspaceId, { attributeId });
  if (!row) throw notFound();
  return row;
}

/** What is known of a person, and by whom. @throws AppError not_found when no card of theirs is visible */
export async function describeValues({ tx, actor }: Pick<Context, 'tx' | 'actor'>, personId: string) {
  const found = await findPersonCards(tx, actor, personId);
  if (!found) throw notFound();
  const { workspaceId } = actor;
  const attributes = await listVisible(tx, actor);
  const subjects = [...found.cardIds, ...(await queries.findPoints(tx, workspaceId, found.cardIds))];
  const rows = await queries.findValueRows(tx, workspaceId, subjects);
  const used = await findUsedCards(tx, actor, found.cardIds);
  await recordUses(tx, actor, 'opened', used);
  const mine = new Set(used.filter((card) => card.mine).map(({ card_id }) => card_id));
  const names = await nameMembers(tx, actor, [...new Set(rows.map(({ saidBy }) => saidBy))]);
  const cards = new Set(found.cardIds);
  const describe = (word: Word, of: queries.AttributeRow): PersonValue['said'][number] => ({
    value: shownValue(of, word.value),
    origin: word.origin,
    writtenBy: word.saidBy === themself ? 'themself' : word.origin === 'member' ? 'member' : 'program',
    memberName: names.get(word.saidBy) ?? null,
    at: word.at.toISOString(),
    cardId: cards.has(word.subjectId) ? word.subjectId : null,
    mine: mine.has(word.subjectId),
  });
  return attributes.map((row): PersonValue => {
    const composed = composeWords(rows.filter(({ attributeNo }) => attributeNo === row.attribute_no));
    return {
      attribute: { id: row.attribute_id, no: row.attribute_no, ...shownOf(row) },
      writes: row.writes,
      value: composed && shownValue(row, composed.value),
      reason: composed?.reason ?? null,
      said: composed?.said.map((word) => describe(word, row)) ?? [],
    };
  });
}
