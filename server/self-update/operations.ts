import { insertCards, toEditing } from '../cards/editing.ts';
import { findPersonCards, nameCards } from '../cards/persons.ts';
import { getOwnSource } from '../cards/rows.ts';
import { loadHeld } from '../cards/word.ts';
import { findOwnBook } from '../delegation/queries.ts';
import { getMember } from '../identity/queries.ts';
import type { AppInside } from '../kernel/app.ts';
import { notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { findSender } from '../outreach/queries.ts';
import * as contracts from './contract.ts';
import { answerForget, askForget, extendForget } from './forgetting.ts';
import * as queries from './queries.ts';
import { sendLink } from './sending.ts';
import { describeLink, openVisit, sendCode, takeAnswer, withLink } from './visiting.ts';

function stateOf(row: queries.LinkRow): contracts.Link['state'] {
  if (row.ended_by === 'time' || (!row.ended_at && row.expires_at < new Date())) return 'expired';
  if (row.ended_at) return 'ended';
  return row.answered_at ? 'answered' : 'open';
}

const openSuccessor = (app: AppInside, sealed: Uint8Array): contracts.Successor =>
  JSON.parse(app.secrets.decrypt(sealed)) as contracts.Successor;

const describeOwnLink = (app: AppInside, row: queries.LinkRow): contracts.Link => ({
  id: row.link_id,
  state: stateOf(row),
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  answeredAt: row.answered_at?.toISOString() ?? null,
  endedBy: row.ended_by === 'time' ? null : (row.ended_by as contracts.Link['endedBy']),
  successor: row.successor && openSuccessor(app, row.successor),
});

const describeRound = (row: queries.RoundRow): contracts.Round => ({
  id: row.round_id,
  state: row.state as contracts.Round['state'],
  asked: row.asked,
  leftOut: row.left_out,
  createdAt: row.created_at.toISOString(),
  doneAt: row.done_at?.toISOString() ?? null,
});

async function cardsOf({ tx, actor }: Context, personId: string): Promise<string[]> {
  const person = await findPersonCards(tx, actor, personId);
  if (!person) throw notFound();
  return person.cardIds;
}

/** Whom they named gets a card in the book in which the actor keeps who named them, as said by that person. */
async function addSuccessor(context: Context, of: string, successor: contracts.Successor): Promise<string> {
  const { app, tx, actor, afterCommit } = context;
  const held = await loadHeld({ tx, actor }, of);
  const origin = held?.cards.find(({ source_kind }) => source_kind !== 'self');
  if (!held || !origin) throw notFound();
  const [given, ...family] = successor.name.split(/\s+/);
  const organization = held.values.find(({ kind }) => kind === 'organization')?.value.name;
  const { email, phone, title } = successor;
  const editing = { ...(await toEditing({ app, tx, actor, afterCommit })), authorId: null };
  const me = await getMember(tx, actor);
  const name = translator((me?.locale ?? 'en') as Locale)('ownWord.source');
  const sourceId = await getOwnSource(tx, actor, 'self', name);
  const [cardId] = await insertCards(
    editing,
    origin,
    [
      {
        kind: 'person',
        fields: [
          { kind: 'name', value: family.length > 0 ? { given, family: family.join(' ') } : { full: given } },
          ...(email ? [{ kind: 'email' as const, value: { value: email, type: 'work' as const } }] : []),
          ...(phone ? [{ kind: 'phone' as const, value: { raw: phone, place: 'work' as const } }] : []),
          ...(title ? [{ kind: 'title' as const, value: { value: title } }] : []),
          ...(typeof organization === 'string'
            ? [{ kind: 'organization' as const, value: { name: organization } }]
            : []),
        ],
      },
    ],
    sourceId,
  );
  return cardId!;
}

const ofHolder: Operation[] = [
  implement(contracts.sendLink, async (wanted, context) => {
    const { app, tx, actor } = context;
    const { allowed, reasons, linkId } = await sendLink(context, wanted);
    if (linkId === null) return { allowed, reasons, link: null };
    await queries.noteAsked(tx, actor.workspaceId, wanted.contactPointId);
    return { allowed, reasons, link: describeOwnLink(app, (await queries.findOwnLink(tx, actor, linkId))!) };
  }),

  implement(contracts.listLinks, async ({ personId }, context) => {
    const { app, tx, actor } = context;
    const cardIds = await cardsOf(context, personId);
    const forgets = await queries.listForgets(tx, actor, cardIds);
    const names = await nameCards(
      context,
      forgets.map(({ card_id }) => card_id),
    );
    return {
      links: (await queries.listLinks(tx, actor, cardIds)).map((row) => describeOwnLink(app, row)),
      forgets: forgets.map((row) => ({
        id: row.forget_id,
        contact: { id: row.card_id, name: names.get(row.card_id) ?? '' },
        askedAt: row.asked_at.toISOString(),
        dueAt: row.due_at.toISOString(),
        extended: row.extended_at !== null,
        outcome: row.outcome as contracts.ForgetOutcome | null,
        answeredAt: row.answered_at?.toISOString() ?? null,
      })),
    };
  }),

  implement(contracts.endLink, async ({ linkId }, { tx, actor }) => {
    if (!(await queries.findOwnLink(tx, actor, linkId))) throw notFound();
    await queries.endLink(tx, actor.workspaceId, linkId, 'holder');
    return {};
  }),

  implement(contracts.decideSuccessor, async ({ linkId, add }, context) => {
    const { app, tx, actor } = context;
    const link = await queries.findOwnLink(tx, actor, linkId);
    const sealed = link && (await queries.takeSuccessor(tx, actor, linkId));
    if (!sealed) throw notFound();
    return { cardId: add ? await addSuccessor(context, link.card_id, openSuccessor(app, sealed)) : null };
  }),

  implement(contracts.askBook, async ({ bookId, locale }, { app, tx, actor }) => {
    if (!(await findOwnBook(tx, actor, bookId))) throw notFound();
    const roundId = newId();
    await queries.addRound(tx, actor, { roundId, bookId, locale });
    await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'selfUpdate.round', payload: { roundId } });
    return describeRound((await queries.findRound(tx, actor.workspaceId, roundId))!);
  }),

  implement(contracts.getRound, async ({ bookId }, { tx, actor }) => {
    const book = await findOwnBook(tx, actor, bookId);
    if (!book) throw notFound();
    const last = await queries.findLastRound(tx, actor.workspaceId, bookId);
    return {
      reachable: await queries.countReachable(tx, actor.workspaceId, book.no),
      mail: (await findSender(tx, actor.workspaceId)) !== undefined,
      round: last ? describeRound(last) : null,
    };
  }),

  implement(contracts.answerForget, async ({ forgetId, outcome }, context) => {
    await answerForget(context, forgetId, outcome);
    return {};
  }),

  implementOutside(contracts.extendForget, async ({ forgetId, reason }, { app, actor, role }) => {
    const { dueAt, ...told } = await extendForget(app, { actor, oversees: role === 'admin' }, forgetId, reason);
    return { ...told, dueAt: dueAt.toISOString() };
  }),

  implement(contracts.listForgets, async (_input, { tx, actor }) => ({
    items: (await queries.listAllForgets(tx, actor.workspaceId)).map((row) => ({
      id: row.forget_id,
      holder: row.name ?? '',
      askedAt: row.asked_at.toISOString(),
      dueAt: row.due_at.toISOString(),
      extended: row.extended_at !== null,
      outcome: row.outcome as contracts.ForgetOutcome | null,
      answeredAt: row.answered_at?.toISOString() ?? null,
    })),
  })),
];

export const selfUpdateOperations: Operation[] = [
  ...ofHolder,

  implement(contracts.openLink, ({ token }, { app }) => describeLink(app, token)),
  implement(contracts.sendCode, async ({ token }, { app }) => ({ sent: await sendCode(app, token) })),
  implement(contracts.enter, ({ token, code }, { app }) => openVisit(app, token, code)),
  implement(contracts.answer, async (answer, { app }) => {
    await takeAnswer(app, answer);
    return {};
  }),
  implement(contracts.askForget, async ({ token, visit }, { app }) => ({
    dueAt: (await askForget(app, token, visit)).toISOString(),
  })),
  implement(contracts.endOwnLink, async ({ token }, { app }) => {
    await withLink(app, token, (tx, link) => queries.endLink(tx, link.workspace_id, link.link_id, 'contact'));
    return {};
  }),
];
