import { hash } from 'node:crypto';
import type { Question, Survey } from './contract.ts';

const octets = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const uuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Workspace (16 octets) ‖ invitation (16) ‖ a secret (32), in base64url. Only the hash of the secret is kept. */
export const writeToken = (workspaceId: string, invitationId: string, secret: Buffer): string =>
  Buffer.concat([octets(workspaceId), octets(invitationId), secret]).toString('base64url');

/** Workspace ‖ survey: whoever has it may answer. */
export const writeOpenToken = (workspaceId: string, surveyId: string): string =>
  Buffer.concat([octets(workspaceId), octets(surveyId)]).toString('base64url');

export type Token =
  | { workspaceId: string; invitationId: string; secretHash: Buffer }
  | { workspaceId: string; surveyId: string };

/** @returns null for what cannot be one of ours */
export function readToken(token: string): Token | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.toString('base64url') !== token) return null;
  const [workspaceId, next] = [uuid(bytes.subarray(0, 16)), uuid(bytes.subarray(16, 32))];
  if (bytes.length === 32) return { workspaceId, surveyId: next };
  if (bytes.length !== 64) return null;
  return { workspaceId, invitationId: next, secretHash: hash('sha256', bytes.subarray(32), 'buffer') };
}

/** Lowest and highest number of a question; null: it asks for none. */
export function rangeOf({ kind }: Pick<Question, 'kind'>): readonly [number, number] | null {
  if (kind === 'nps') return [0, 10];
  return kind === 'csat' || kind === 'scale' ? [1, 5] : null;
}

/** The question that counts for the whole: the first that asks for a number. */
export const mainOf = (questions: readonly Question[]): Question | undefined => questions.find((one) => rangeOf(one));

export type Given = Record<string, number | string>;

/** Characters of an answer in words. */
export const mostWritten = 4000;

/**
 * What was filled in, by question; what is no answer to it counts as none.
 * @returns the ids of those that ask for an answer and have none
 */
export function readAnswers(
  questions: readonly Question[],
  form: URLSearchParams,
): { given: Given; missing: string[] } {
  const given: Given = {};
  for (const question of questions) {
    const said = (form.get(`q_${question.id}`) ?? '').trim();
    const range = question.kind === 'choice' ? ([0, question.choices.length - 1] as const) : rangeOf(question);
    if (!range) {
      if (said !== '') given[question.id] = said.toWellFormed().slice(0, mostWritten);
    } else if (/^\d{1,2}$/.test(said) && Number(said) >= range[0] && Number(said) <= range[1])
      given[question.id] = Number(said);
  }
  return { given, missing: questions.filter((one) => one.required && !(one.id in given)).map((one) => one.id) };
}

/** What was said in words, to be read. */
export const wordsOf = (questions: readonly Question[], given: Given): string =>
  questions.flatMap((one) => (one.kind === 'text' ? [given[one.id] ?? []].flat() : [])).join('\n\n');

/**
 * The Net Promoter Score in hundredths: 9 and 10 less 0 to 6. Its interval at 95 % is that of a mean of +1, 0 and −1, with three quarters of one
 * more at each end and one and a half in between counted in (adjusted Wald; Rocks, 2016), so that it is no point where all say the same.
 */
export function npsOf(scores: readonly number[]): { score: number; low: number; high: number } | null {
  const count = scores.length;
  if (count === 0) return null;
  const [promoters, detractors] = [scores.filter((one) => one >= 9).length, scores.filter((one) => one <= 6).length];
  const all = count + 3;
  const [plus, minus] = [(promoters + 0.75) / all, (detractors + 0.75) / all];
  const centre = plus - minus;
  const half = 1.96 * Math.sqrt((plus + minus - centre ** 2) / all);
  const hundredths = (share: number) => Math.round(Math.max(-1, Math.min(1, share)) * 1000) / 10;
  const score = (promoters - detractors) / count;
  return {
    score: hundredths(score),
    low: hundredths(Math.min(score, centre - half)),
    high: hundredths(Math.max(score, centre + half)),
  };
}

export const meanOf = (scores: readonly number[]): number | null =>
  scores.length === 0 ? null : Math.round((scores.reduce((sum, one) => sum + one, 0) / scores.length) * 100) / 100;

/** The score of a group as its kind has it. */
export const scoreOf = (kind: Question['kind'] | undefined, scores: readonly number[]): number | null =>
  kind === 'nps' ? (npsOf(scores)?.score ?? null) : meanOf(scores);

export const audienceId = (
  audience: { kind: Survey['audience']['kind']; id?: string },
  { workspaceId, memberId }: { workspaceId: string; memberId: string },
): string => (audience.kind === 'workspace' ? workspaceId : audience.kind === 'team' ? audience.id! : memberId);
