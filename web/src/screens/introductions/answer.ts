import { type Ask, answerAsk, type Choice, listAsks } from '../../../../server/introductions/contract.ts';
import type { Input } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { refresh } from '../../queries.ts';
import { say, sayError } from '../../ui/undo.tsx';

type Details = Pick<Input<typeof answerAsk>, 'contactId' | 'text' | 'days'>;

/** Answers what I am asked, and says so. */
export async function answer(ask: Ask, choice: Choice, details: Details, said: string): Promise<void> {
  try {
    await call(answerAsk, { askId: ask.id, choice, ...details });
    say(said);
  } catch (error) {
    sayError(error);
  }
  await refresh(listAsks);
}
