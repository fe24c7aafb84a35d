import type { Actor, Tx } from '../kernel/database.ts';
import type { Given, Origin } from './contract.ts';
import * as queries from './queries.ts';
import { composeWords, isRefusal, readValue } from './rules.ts';

export type { AttributeRow, NewValue } from './queries.ts';
export { deleteValues, enterAttributes, findValueRows, listAttributes, setUses, writeValues } from './queries.ts';
export type { Stored } from './rules.ts';
export { isRefusal, readTyped, readValue } from './rules.ts';

/** The attributes whose values the viewer sees; the transaction is open for these afterwards. */
export async function listVisible(
  tx: Tx,
  { workspaceId }: Pick<Actor, 'workspaceId'>,
): Promise<queries.AttributeRow[]> {
  await queries.enterAttributes(tx);
  return (await queries.listAttributes(tx, workspaceId)).filter(({ reads }) => reads);
}

/** The whole dictionary, without what was ended: for systems, and for what shows no value. */
export const listDictionary = (tx: Tx, workspaceId: string) => queries.listAttributes(tx, workspaceId);

/**
 * What stands of each attribute for somebody, by the visible rules. @param subjectIds their cards and the contact points of fields that the
 * viewer sees @returns by the attribute's number
 * @public for modules above
 */
export async function findValues(
  tx: Tx,
  { workspaceId }: Pick<Actor, 'workspaceId'>,
  subjectIds: readonly string[],
): Promise<Map<number, Given>> {
  const rows = await queries.findValueRows(tx, workspaceId, subjectIds);
  const groups = Map.groupBy(rows, ({ attributeNo }) => attributeNo);
  return new Map([...groups].map(([no, group]) => [no, composeWords(group)!.value]));
}

/** `findValues` of many at once. @public for modules above */
export async function findValuesOfEach(
  tx: Tx,
  { workspaceId }: Pick<Actor, 'workspaceId'>,
  subjectsOfEach: readonly (readonly string[])[],
): Promise<Map<number, Given>[]> {
  const rows = await queries.findValueRows(tx, workspaceId, [...new Set(subjectsOfEach.flat())]);
  const bySubject = Map.groupBy(rows, ({ subjectId }) => subjectId);
  return subjectsOfEach.map((subjects) => {
    const own = [...new Set(subjects)].flatMap((one) => bySubject.get(one) ?? []);
    const groups = Map.groupBy(own, ({ attributeNo }) => attributeNo);
    return new Map([...groups].map(([no, group]) => [no, composeWords(group)!.value]));
  });
}

/** A value as somebody gave it, to be checked. */
interface GivenValue {
  subjectId: string;
  card?: { book_no: number; exposure: number };
  attribute: Pick<queries.AttributeRow, 'attribute_no' | 'type' | 'choices' | 'many' | 'bounds'>;
  value: Given;
}

/**
 * Writes values, all that are possible, in the transaction of what they were said in: as a member who has entered, or as the keeper.
 * @param by whose word it is: a member's id, or `themself`
 * @returns the places of those that are not possible
 * @public for modules above
 */
export async function setValues(
  tx: Tx,
  workspaceId: string,
  by: { origin: Origin; saidBy: string },
  values: readonly GivenValue[],
): Promise<number[]> {
  const read = values.map(({ attribute, value }) => readValue(attribute, value));
  const possible = values.flatMap(({ subjectId, card, attribute }, at): queries.NewValue[] => {
    const value = read[at]!;
    return isRefusal(value) ? [] : [{ subjectId, card, attributeNo: attribute.attribute_no, value }];
  });
  await queries.writeValues(tx, workspaceId, by, possible);
  return read.flatMap((value, at) => (isRefusal(value) ? [at] : []));
}
