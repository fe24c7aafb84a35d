import { z } from 'zod';
import { searchTerms } from '../cards/compose.ts';
import { recordUses } from '../delegation/ledger.ts';
import { announce } from '../kernel/announce.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { defineTask, type Task } from '../kernel/jobs.ts';
import { lendOnce, takeBack, takeCopiesBack } from './lending.ts';
import * as queries from './queries.ts';
import { type Answer, isAnswer, restsAfter } from './rules.ts';

interface Told {
  kind: 'request_received' | 'request_answered' | 'request_outcome';
  to: string;
  subjectId: string;
  actorId: string;
  occasion?: string;
}

async function tell(app: App, tx: Tx, workspaceId: string, { to, ...told }: Told): Promise<void> {
  await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload: { ...told, memberIds: [to] } });
}

/** Who is to be asked about which cards: the holder of the card that the asker named, else whoever may be found by the words. */
async function findAsked(tx: Tx, asker: { workspaceId: string; memberId: string }, request: queries.KeptRequest) {
  if (request.card_id) return queries.findNamed(tx, asker, request.card_id, restsAfter);
  const terms = searchTerms(request.sought).filter((term) => term.trim().length >= 3);
  return queries.findMatches(tx, asker, terms, request.kind, restsAfter);
}

/** Whoever may be found by the asker's words is asked. It runs behind the answer, which is the same for none and for many. */
async function match(app: App, tx: Tx, workspaceId: string, requestId: string): Promise<void> {
  const request = await queries.lockRequest(tx, workspaceId, requestId);
  if (request?.state !== 'waiting') return;
  const asker = { workspaceId, memberId: request.asker_id };
  if (!(await queries.enterAs(tx, asker))) return;
  for (const { holder_id, card_ids } of await findAsked(tx, asker, request)) {
    const askId = newId();
    const { asker_id, sought, purpose, message, expires_at } = request;
    const copied = { asker_id, sought, purpose, message, expires_at, card_ids, holder_id };
    if (await queries.addAsk(tx, { workspace_id: workspaceId, ask_id: askId, request_id: requestId, ...copied }))
      await tell(app, tx, workspaceId, {
        kind: 'request_received',
        to: holder_id,
        subjectId: askId,
        actorId: request.asker_id,
      });
  }
}

/** What follows from where an ask has come to: for the other holders, and, once it is an answer, for the asker. */
async function settle(app: App, tx: Tx, workspaceId: string, askId: string): Promise<void> {
  const found = await queries.getAsk(tx, workspaceId, askId);
  const request = found && (await queries.lockRequest(tx, workspaceId, found.request_id));
  // Read once more under the lock.
  const ask = found && (await queries.getAsk(tx, workspaceId, askId));
  if (!ask || !request) return;
  const others = (from: Parameters<typeof queries.moveAsks>[3], to: Parameters<typeof queries.moveAsks>[4]) =>
    queries.moveAsks(tx, workspaceId, request.request_id, from, to, askId).then((holders) =>
      // Their pages follow; nobody is told why.
      announce(tx, workspaceId, holders, 'notices'),
    );
  if (isAnswer(ask.state)) {
    if (request.state === 'answered') {
      // Somebody was quicker.
      if (request.answered_by !== ask.holder_id)
        await queries.moveAsk(tx, { workspaceId, memberId: ask.holder_id }, askId, ask.state, { state: 'resting' });
      return;
    }
    if (request.state === 'withdrawn') return;
    await answer(app, tx, ask, ask.state);
    await others(['waiting', 'introducing'], 'resting');
  } else if (request.state === 'waiting') {
    if (ask.state === 'introducing') await others(['waiting'], 'resting');
    else await others(['resting'], 'waiting');
  }
}

async function answer(app: App, tx: Tx, ask: queries.KeptAsk, kind: Answer): Promise<void> {
  const { workspace_id: workspaceId, holder_id: holderId, asker_id: askerId, card_id: cardId } = ask;
  // The ledger asks by which grant the asker may find this card.
  await queries.enterAs(tx, { workspaceId, memberId: askerId });
  const card = cardId ? await queries.findCard(tx, workspaceId, cardId) : undefined;
  if (card && (kind === 'introduced' || kind === 'passed_on'))
    await recordUses(tx, { workspaceId, memberId: askerId }, kind, [{ ...card, mine: false }], {
      purpose: ask.purpose,
    });
  const holder = { workspaceId, memberId: holderId };
  const lent = kind === 'lent' && cardId ? await lendOnce(app, tx, holder, askerId, cardId, ask.lend_days ?? 7) : null;
  await queries.setRequest(tx, workspaceId, ask.request_id, {
    state: 'answered',
    answered_by: holderId,
    answer: kind,
    answer_text: ask.answer_text,
    lent_card_id: lent,
    answered_at: new Date(),
  });
  await tell(app, tx, workspaceId, {
    kind: 'request_answered',
    to: askerId,
    subjectId: ask.request_id,
    actorId: holderId,
  });
}

/** Reminds the holders who have not answered, and in the end closes what nobody took up. */
async function step(app: App, tx: Tx, workspaceId: string, requestId: string, which: number | 'end'): Promise<void> {
  const request = await queries.lockRequest(tx, workspaceId, requestId);
  if (request?.state !== 'waiting') return;
  if (which === 'end') {
    await queries.setRequest(tx, workspaceId, requestId, { state: 'expired' });
    await queries.moveAsks(tx, workspaceId, requestId, ['waiting', 'resting'], 'over', null);
    return;
  }
  for (const { ask_id, holder_id, asker_id } of await queries.listWaiting(tx, workspaceId, requestId))
    await tell(app, tx, workspaceId, {
      kind: 'request_received',
      to: holder_id,
      subjectId: ask_id,
      actorId: asker_id,
      occasion: `reminder ${which}`,
    });
}

/** What the asker did with their request reaches who was asked. */
async function follow(app: App, tx: Tx, workspaceId: string, requestId: string): Promise<void> {
  const request = await queries.lockRequest(tx, workspaceId, requestId);
  if (request?.state === 'withdrawn') {
    const from = ['waiting', 'introducing', 'resting'] as const;
    const holders = await queries.moveAsks(tx, workspaceId, requestId, from, 'over', null);
    await announce(tx, workspaceId, holders, 'notices');
  }
  if (request?.state !== 'answered' || !request.outcome || !request.answered_by) return;
  const { answered_by: holderId, outcome, asker_id } = request;
  const ask = await queries.setOutcome(tx, workspaceId, requestId, holderId, outcome);
  if (ask)
    await tell(app, tx, workspaceId, {
      kind: 'request_outcome',
      to: holderId,
      subjectId: ask.ask_id,
      actorId: asker_id,
      occasion: outcome,
    });
}

const ofRequest = z.object({ requestId: z.uuid() });

export const introductionsTasks: Task[] = [
  defineTask({
    name: 'introductions.match',
    payload: ofRequest,
    run: ({ requestId }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => match(app, tx, workspaceId, requestId)),
  }),
  defineTask({
    name: 'introductions.settle',
    payload: z.object({ askId: z.uuid() }),
    run: ({ askId }, { app, workspaceId }) => app.db.asSystem('keeper', (tx) => settle(app, tx, workspaceId, askId)),
  }),
  defineTask({
    name: 'introductions.step',
    payload: ofRequest.extend({ step: z.union([z.number().int(), z.literal('end')]) }),
    run: ({ requestId, step: which }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => step(app, tx, workspaceId, requestId, which)),
  }),
  defineTask({
    name: 'introductions.follow',
    payload: ofRequest,
    run: ({ requestId }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => follow(app, tx, workspaceId, requestId)),
  }),
  // What cards say when some are withheld, removed or archived, one by one or many at once.
  defineTask({
    name: 'cards.keptBack',
    payload: z.object({ cardId: z.uuid().optional(), cardIds: z.array(z.uuid()).default([]) }),
    run: ({ cardId, cardIds }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => takeCopiesBack(app, tx, workspaceId, cardId ? [cardId] : cardIds)),
  }),
  defineTask({
    name: 'introductions.takeBack',
    payload: z.object({ cardId: z.uuid() }),
    run: ({ cardId }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => takeBack(app, tx, workspaceId, cardId)),
  }),
];
