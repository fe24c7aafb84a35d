import type { z } from 'zod';
import * as cards from '../cards/contract.ts';
import { findPersonCards, loadCards, nameCards } from '../cards/persons.ts';
import type { Contract, Input, Output } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import * as tasks from '../tasks/contract.ts';
import type { Call } from './calling.ts';
import type * as contracts from './contract.ts';
import { makeFingerprint, readFingerprint } from './fingerprint.ts';
import { spend } from './queries.ts';

type Asked<T extends contracts.Tool> = z.output<T['input']>;

/** What is to be done: what of it is shown and what it was made of, and the operation that does it. */
interface Plan<C extends Contract> {
  summary: string;
  state: unknown;
  contract: C;
  input: Input<C>;
  idOf(made: Output<C>): string | null;
}

/**
 * The first call says what would be done; the second, with the fingerprint of that, does it, once: what it spends is written in the transaction that
 * does it. Between the two anything may have changed, so that the plan is made anew and has to be the same.
 */
async function inTwoSteps<C extends Contract>(
  call: Call,
  tool: string,
  { fingerprint, ...said }: { fingerprint?: string | undefined },
  plan: Plan<C>,
): Promise<contracts.Outcome> {
  const { app, own, member } = call;
  const { workspaceId, memberId } = member.actor;
  const { summary, state } = plan;
  const shown = { workspaceId, memberId, appId: own.actor.memberId, tool, arguments: said, state: [summary, state] };
  if (fingerprint === undefined) return { done: false, summary, ...makeFingerprint(app.secrets, shown), id: null };
  const once = readFingerprint(app.secrets, shown, fingerprint);
  const made = await call.within(member, async (context) => {
    if (!(await spend(context.tx, context.actor, once))) throw new AppError('not_as_shown');
    const run = call.operation(plan.contract).run as (input: unknown, context: unknown) => Promise<Output<C>>;
    return run(plan.contract.input.parse(plan.input), context);
  });
  return { done: true, summary, fingerprint: null, expiresAt: null, id: plan.idOf(made) };
}

/** A person as the member sees them of what the app sees, too, with the cards that stand behind it. @throws AppError not_found */
async function look(call: Call, personId: string) {
  return call.within(call.member, async ({ tx, actor }) => {
    const found = await findPersonCards(tx, actor, personId);
    if (!found) throw notFound();
    const [names, loaded] = [await nameCards({ tx, actor }, found.cardIds), await loadCards(tx, actor, found.cardIds)];
    const name = names.get(personId) ?? [...names.values()][0] ?? '';
    const state = loaded.map(({ card_id, exposure, fields }) => [card_id, exposure, fields.map(({ value }) => value)]);
    return { name, cards: loaded, state };
  });
}

export async function logNote(call: Call, asked: Asked<typeof contracts.logNote>): Promise<contracts.Outcome> {
  const { personId, text } = asked;
  const person = await look(call, personId);
  const on = person.cards.find(({ mine }) => mine) ?? person.cards[0]!;
  return inTwoSteps(call, 'log_note', asked, {
    summary: call.t('mcp.note.summary', { name: person.name, book: on.book, text }),
    state: [on.card_id, person.state],
    contract: cards.addNote,
    input: { personId, text },
    idOf: ({ note }) => note?.id ?? null,
  });
}

export async function proposeDuplicate(
  call: Call,
  asked: Asked<typeof contracts.proposeDuplicate>,
): Promise<contracts.Outcome> {
  const { personId, otherId, reason } = asked;
  const [one, other] = [await look(call, personId), await look(call, otherId)];
  if (one.cards.some(({ card_id }) => other.cards.some((card) => card.card_id === card_id)))
    throw new AppError('invalid_input', { fields: { otherId: call.t('mcp.duplicate.same') } });
  const names = { one: one.name, other: other.name };
  return inTwoSteps(call, 'propose_duplicate', asked, {
    summary: call.t('mcp.duplicate.summary', { ...names, reason }),
    state: [one.state, other.state],
    contract: tasks.createTask,
    input: {
      title: call.t('mcp.duplicate.title', names).slice(0, 300),
      note: call.t('mcp.duplicate.note', { ...names, reason, program: await call.program() }),
      personId,
    },
    idOf: ({ id }) => id,
  });
}

export async function draftIntroduction(
  call: Call,
  asked: Asked<typeof contracts.draftIntroduction>,
): Promise<contracts.Outcome> {
  const { personId, purpose, message } = asked;
  const person = await look(call, personId);
  if (person.cards.some(({ mine }) => mine))
    throw new AppError('invalid_input', { fields: { personId: call.t('mcp.introduction.mine') } });
  const said = {
    name: person.name,
    holder: [...new Set(person.cards.map(({ holder, book }) => holder ?? book))].join(', '),
    purpose: call.t(`introductions.purpose.${purpose}`),
    message,
  };
  return inTwoSteps(call, 'draft_introduction', asked, {
    summary: call.t('mcp.introduction.summary', said),
    state: person.state,
    contract: tasks.createTask,
    input: {
      title: call.t('mcp.introduction.title', said).slice(0, 300),
      note: call.t('mcp.introduction.note', { ...said, program: await call.program() }),
      personId,
    },
    idOf: ({ id }) => id,
  });
}
