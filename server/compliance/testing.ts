import * as cards from '../cards/contract.ts';
import { type Member, type TestApp, tokenOf } from '../kernel/testing.ts';
import type { MailSink } from '../outreach/testing.ts';
import * as contracts from './contract.ts';

/** A contact of a member's, with a note that nobody else sees. */
export async function hold(member: Member, given: string, email: string, note = 'Secretly dull', bookId?: string) {
  const { id: personId } = await member.call(cards.createCard, {
    ...(bookId && { bookId }),
    fields: [
      { kind: 'name', value: { given, family: 'Zephyr' } },
      { kind: 'email', value: { value: email, type: 'work' } },
      { kind: 'organization', value: { name: 'Xanthe SA' } },
      { kind: 'phone', value: { raw: '+33 1 42 00 00 01' } },
    ],
  });
  if (note) await member.call(cards.addNote, { personId, text: note });
  return personId;
}

export const todayIs = (): string => new Date().toISOString().slice(0, 10);

export async function record(app: TestApp, admin: Member, kind: contracts.RequestKind, email: string, more = {}) {
  const request = await admin.call(contracts.recordRequest, {
    ...{ kind, email, receivedOn: todayIs(), locale: 'en' as const },
    ...more,
  });
  await app.settle();
  return request;
}

export async function agree(member: Member, outcome: contracts.Outcome = 'agreed', leftOut: string[] = []) {
  const { items } = await member.call(contracts.listAsked, {});
  const [waiting] = items.filter((one) => one.outcome === null);
  await member.call(contracts.answerAsked, { askedId: waiting!.id, outcome, leftOut });
  return waiting!;
}

/** The token of the last link to an answer that was mailed. */
export function answerToken(sink: MailSink): string {
  const text = sink.mails.findLast(({ mail }) => mail.text?.includes('/privacy-answer#token='))!.mail.text!;
  return tokenOf(/http\S+privacy-answer#token=\S+/.exec(text)![0]);
}
