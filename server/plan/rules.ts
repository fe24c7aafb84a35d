import type { Role } from '../kernel/contract.ts';
import { type May, type Step, type standings, steps } from './contract.ts';

/** Who writes the plan down: admins and marketing. What has an owner, its owner changes, too. */
export const plans = (role: Role): boolean => role === 'admin' || role === 'marketing';

/** The Monday of a day's week (ISO 8601). */
export function weekOf(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return at.toISOString().slice(0, 10);
}

/** What happened in a week, by its Monday. */
export interface Weekly {
  week: string;
  value: number;
}

/** The next Monday. */
const weekAfter = (week: string): string => new Date(Date.parse(week) + 7 * 86_400_000).toISOString().slice(0, 10);

/** Where something stood at the end of each week, beginning with a value to which everything since is added; at most so many weeks, the last. */
export function risen(from: number, since: string, until: string, happened: readonly Weekly[], most = 105): Weekly[] {
  const by = new Map(happened.map(({ week, value }) => [week, value]));
  const trend: Weekly[] = [];
  for (let week = weekOf(since), value = from; week <= until; week = weekAfter(week)) {
    value += by.get(week) ?? 0;
    trend.push({ week, value });
  }
  return trend.slice(-most);
}

interface Path {
  from: number;
  to: number;
  startsOn: string;
  dueOn: string;
}

/** Where a linear path is on a day; before it begins and after it ends, its ends. */
export function expectedOn({ from, to, startsOn, dueOn }: Path, day: string): number {
  const at = (Date.parse(day) - Date.parse(startsOn)) / (Date.parse(dueOn) - Date.parse(startsOn));
  return from + (to - from) * Math.min(1, Math.max(0, at));
}

/** How an objective does against its path: one may be to rise, to fall, or to hold a value (never below it). */
export function standingOf(path: Path, now: number | null, day: string): (typeof standings)[number] {
  if (now === null) return 'unmeasured';
  const falls = path.to < path.from;
  const holds = (wanted: number) => (falls ? now <= wanted : now >= wanted);
  if (path.from !== path.to && holds(path.to)) return 'reached';
  if (day > path.dueOn) return holds(path.to) ? 'reached' : 'missed';
  return holds(expectedOn(path, day)) ? 'ahead' : 'behind';
}

/** What is known of a campaign's production when somebody wants to move a step. */
export interface Production {
  steps: readonly { step: Step; responsibleId: string | null; done: boolean }[];
  programmeOwnerId: string;
  /** Who has ever said that the content is written. */
  writerIds: readonly string[];
  plannedOn: string | null;
  /** The workspace has one member. */
  alone: boolean;
}

/**
 * Whether somebody may say that a step is done or, where it is, open it again. Each waits for those before it. Approval is never of whoever wrote
 * the content (four eyes), be they admin or owner, unless nobody else is there.
 */
export function mayMove(production: Production, step: Step, { memberId, role }: { memberId: string; role: Role }): May {
  const of = (wanted: Step) => production.steps.find((one) => one.step === wanted)!;
  const { responsibleId, done } = of(step);
  if (role !== 'admin' && memberId !== responsibleId && memberId !== production.programmeOwnerId) return 'others';
  if (done) return 'yes';
  if (steps.slice(0, steps.indexOf(step)).some((before) => !of(before).done)) return 'order';
  if (step === 'approval' && !production.alone && hasWritten(production, memberId)) return 'four_eyes';
  return step === 'scheduled' && production.plannedOn === null ? 'day' : 'yes';
}

/** Whether somebody wrote what is to be approved: they said so, or answer for it. */
export const hasWritten = (production: Production, memberId: string): boolean =>
  production.writerIds.includes(memberId) ||
  production.steps.some(({ step, responsibleId }) => step === 'content' && responsibleId === memberId);

/** The steps that are open again with one: itself and those after it that are done. */
export const reopenedWith = (step: Step, done: readonly Step[]): Step[] =>
  steps.slice(steps.indexOf(step)).filter((one) => done.includes(one));

/** A step with the task that was given for it. */
export interface Given {
  responsibleId: string | null;
  dueOn: string | null;
  done: boolean;
  taskId: string | null;
  taskOwnerId: string | null;
  taskDueOn: string | null;
}

/**
 * What becomes of the task of a step: who answers for it has one while it is open and has a day. `end`: what was to do is done; `withdraw`: it is
 * theirs no more; `replace`: withdrawn, and given anew.
 */
export function taskChange(step: Given, archived: boolean): 'keep' | 'give' | 'end' | 'withdraw' | 'replace' {
  const wanted = !archived && !step.done && step.responsibleId !== null && step.dueOn !== null;
  if (step.taskId === null) return wanted ? 'give' : 'keep';
  if (step.done && !archived) return 'end';
  if (!wanted) return 'withdraw';
  return step.taskOwnerId === step.responsibleId && step.taskDueOn === step.dueOn ? 'keep' : 'replace';
}

/** Dissatisfied voices on a topic in 90 days, from which on a touchpoint that is linked to it is proposed as a moment of truth. */
const fewestVoices = 5;
/** Of all voices on the topic, at least so many of them are dissatisfied. */
const leastShare = 1 / 4;
/** So many came into a stage's segment, and less than this share went on to the next: it is proposed. */
const fewestCame = 10;
const mostWentOn = 1 / 2;

export const hurts = ({ voices, negative }: { voices: number; negative: number }): boolean =>
  negative >= fewestVoices && negative >= voices * leastShare;
export const loses = ({ came, wentOn }: { came: number; wentOn: number }): boolean =>
  came >= fewestCame && wentOn < came * mostWentOn;
