import { type Ask, answerAsk, type Choice, listAsks } from '../../../../server/introductions/contract.ts';
import type { Input } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';

type Details = Pick<Input<typeof answerAsk>, 'contactId' | 'text' | 'days'>;

/** Answers what I am asked, and says so. */
export async function answer(ask: Ask, choice: Choice, details: Details, said: string): Promise<void> {
  try {
    await send(ask, choice, details);
    say(said);
  } catch (error) {
    sayError(error);
  }
}

/** Declines by one press, which can be taken back. */
export async function decline(ask: Ask): Promise<void> {
  try {
    await send(ask, 'decline', {});
    offerUndo(t('introductions.declined'), () => send(ask, 'reconsider', {}));
  } catch (error) {
    sayError(error);
  }
}

async function send(ask: Ask, choice: Choice, details: Details): Promise<void> {
  await call(answerAsk, { askId: ask.id, choice, ...details }).finally(() => refresh(listAsks));
}
