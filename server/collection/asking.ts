import type { Refusal } from '../attributes/contract.ts';
import { findValueRows, isRefusal, readTyped, type Stored, writeValues } from '../attributes/index.ts';
import { themself } from '../cards/contract.ts';
import type { Tx } from '../kernel/database.ts';
import type { MechanismKind } from './contract.ts';
import { addTrial, confirmTrials, listQuestions, type Question } from './queries.ts';
import { type Asking, choose } from './rules.ts';

export type { Question } from './queries.ts';
export type { Asking } from './rules.ts';

/** Where a page asks: of the forms, in one of them; or of the page on which contacts correct what is held of them. */
export type Place = { via: 'form'; channelId: string } | { via: 'self_update' };

const kindsAt: Record<Place['via'], MechanismKind[]> = {
  form: ['form_question', 'profiling'],
  self_update: ['self_update', 'profiling'],
};

/**
 * What somebody is asked on a page: what the plan wants, and what these subjects do not say, or said too long ago. As the keeper.
 * @param subjectIds cards and contact points of whom the page knows by a proof of theirs; none: nobody is known, and the first questions are asked
 * @param unitId by which the lot of tests is drawn
 */
export async function findAsking(
  tx: Tx,
  workspaceId: string,
  place: Place,
  { most, unitId, subjectIds }: { most: number; unitId: string; subjectIds: readonly string[] },
): Promise<Asking<Question>> {
  const wanted = await listQuestions(
    tx,
    workspaceId,
    kindsAt[place.via],
    place.via === 'form' ? place.channelId : null,
  );
  const said = subjectIds.length > 0 ? await findValueRows(tx, workspaceId, subjectIds) : [];
  const known = new Set(wanted.filter((one) => isKnown(one, said)).map(({ attributeNo }) => attributeNo));
  return choose(wanted, { most, unitId, known });
}

function isKnown({ attributeNo, staleMonths }: Question, said: readonly { attributeNo: number; at: Date }[]): boolean {
  const since = new Date();
  if (staleMonths !== null) since.setUTCMonth(since.getUTCMonth() - staleMonths);
  return said.some((one) => one.attributeNo === attributeNo && (staleMonths === null || one.at > since));
}

/** Answers as they were typed or ticked, read. */
export interface Answered {
  values: { no: number; value: Stored }[];
  /** By the attribute's number: why its answer cannot be one. */
  wrong: Map<number, Refusal>;
}

/** @param typed by the attribute's number; what was not asked is left */
export function readAsked({ asked }: Asking<Question>, typed: (no: number) => readonly string[]): Answered {
  const answered: Answered = { values: [], wrong: new Map() };
  for (const question of asked) {
    const value = readTyped(question, typed(question.attributeNo));
    if (value === undefined) continue;
    if (isRefusal(value)) answered.wrong.set(question.attributeNo, value);
    else answered.values.push({ no: question.attributeNo, value });
  }
  return answered;
}

/** Writes down, of the tests that run, in which half somebody was and whether they answered. As the keeper. */
export async function keepTrials(
  tx: Tx,
  workspaceId: string,
  { asked, control }: Asking<Question>,
  about: {
    unitId: string;
    contactPointId: string | null;
    confirmed: boolean;
    firstTry: boolean;
    values: Answered['values'];
  },
): Promise<void> {
  const { unitId, contactPointId, confirmed, firstTry, values } = about;
  const answered = new Set(values.map(({ no }) => no));
  for (const [questions, isAsked] of [
    [asked, true],
    [control, false],
  ] as const)
    for (const { testId, attributeNo } of questions)
      if (testId)
        await addTrial(tx, workspaceId, {
          ...{ testId, unitId, contactPointId, confirmed, asked: isAsked },
          ...{ answered: isAsked && answered.has(attributeNo), firstTry: isAsked && firstTry },
        });
}

/** Their answers stand at their address, as their own word. As the keeper, once it is known that it was them. */
export async function keepAnswers(
  tx: Tx,
  workspaceId: string,
  about: { unitId: string; contactPointId: string; origin: 'form' | 'self_update'; values: Answered['values'] },
): Promise<void> {
  const { unitId, contactPointId, origin, values } = about;
  const said = values.map(({ no, value }) => ({ subjectId: contactPointId, attributeNo: no, value }));
  await writeValues(tx, workspaceId, { origin, saidBy: themself }, said);
  await confirmTrials(tx, workspaceId, unitId);
}
