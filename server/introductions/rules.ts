import type { AskState, Choice } from './contract.ts';

/** What a holder may do next, and what that makes of the ask. */
const next: Partial<Record<AskState, Partial<Record<Choice, AskState>>>> = {
  waiting: { introduce: 'introducing', pass_on: 'passed_on', lend: 'lent', tell: 'told', decline: 'declined' },
  introducing: {
    introduced: 'introduced',
    pass_on: 'passed_on',
    lend: 'lent',
    tell: 'told',
    decline: 'declined',
    reconsider: 'waiting',
  },
  declined: { reconsider: 'waiting' },
};

/** @returns null where the choice is none (any more) */
export const nextState = (state: AskState, choice: Choice): AskState | null => next[state]?.[choice] ?? null;

const answers = ['introduced', 'passed_on', 'lent', 'told'] as const;
/** What the asker hears of. */
export type Answer = (typeof answers)[number];
export const isAnswer = (state: string): state is Answer => (answers as readonly string[]).includes(state);

/** Days on which the holders are reminded of a request that nobody took up. */
export const remindedAfter = [3, 7] as const;
/** Requests of one member in 24 hours. */
export const mostRequests = 10;
/** Days in which a holder is not asked again by the same member about a card for which they declined. */
export const restsAfter = 30;
