import { AppError } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import type { Kind, Question } from './contract.ts';
import * as queries from './queries.ts';

/** A survey that another module brings along. */
export interface Beginning {
  name: string;
  kind: Kind;
  intro: { fr: string; en: string };
  questions: Question[];
  pauseDays: number;
}

/** Adds a survey of the caller's that everybody in the company sees. @returns its id @throws AppError forbidden for who does not address contacts for the company */
export async function beginSurvey(
  { tx, actor, role }: Pick<Context, 'tx' | 'actor' | 'role'>,
  { name, kind, intro, questions, pauseDays }: Beginning,
): Promise<string> {
  if (role !== 'admin' && role !== 'marketing') throw new AppError('forbidden');
  const surveyId = newId();
  await queries.addSurvey(tx, actor, {
    ...{ survey_id: surveyId, name, kind, questions, anonymous: false, open_link: false, pause_days: pauseDays },
    ...{ intro_fr: intro.fr, intro_en: intro.en, audience_id: actor.workspaceId, owner_id: actor.memberId },
  });
  return surveyId;
}
