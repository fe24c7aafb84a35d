import { z } from 'zod';
import { findPersonCards, nameCards } from '../cards/persons.ts';
import { contactPointId } from '../cards/writing.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { recordAudit } from '../identity/audit.ts';
import { getMember } from '../identity/queries.ts';
import type { Output } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { isLoopback } from './answers.ts';
import { sendToContact } from './contacts.ts';
import * as contracts from './contract.ts';
import { deliver } from './deliver.ts';
import { domainOperations } from './domain-operations.ts';
import { giveBack } from './facts.ts';
import { type Asked, askGate } from './gate.ts';
import { toHtml, toText } from './letters.ts';
import { queueSending } from './members.ts';
import * as outbox from './outbox.ts';
import type { OwnMail } from './own-mail-port.ts';
import { findHeldFields, findLoads, findPointFacts } from './people.ts';
import { countUnder, defaultRules, profileFor } from './pressure.ts';
import * as queries from './queries.ts';
import * as received from './received.ts';
import { returnsOperations } from './returns-operations.ts';
import { isPrivateAddress } from './rules.ts';
import { openMailServer } from './sending.ts';
import type { Way } from './ways-contract.ts';

type Setup = NonNullable<Output<typeof contracts.getMailSetup>['setup']>;

async function describeSetup(tx: Tx, workspaceId: string): Promise<Setup | null> {
  const row = await outbox.findSetup(tx, workspaceId);
  return row
    ? {
        host: row.host,
        port: row.port,
        security: row.security as Setup['security'],
        username: row.username,
        hasPassword: row.has_password,
        senderName: row.sender_name,
        senderAddress: row.sender_address,
        replyTo: row.reply_to,
        changedAt: row.changed_at.toISOString(),
      }
    : null;
}

/**
 * Nothing leaves the machine in the clear; and a password that is kept goes to no other server than the one it was given for.
 * @throws AppError invalid_input
 */
function checkSetup(setup: contracts.MailSetup & { password?: string | undefined }, kept: Setup | null): void {
  if (setup.security === 'none' && !isLoopback(setup.host))
    throw new AppError('invalid_input', { fields: { security: 'unencrypted' } });
  const same = kept?.hasPassword && kept.host === setup.host && kept.username === setup.username;
  if (setup.username && setup.password === undefined && !same)
    throw new AppError('invalid_input', { fields: { password: 'required' } });
}

function describeMessage(row: outbox.MessageRow, actor: Actor): contracts.Message {
  return {
    id: row.message_id,
    kind: row.kind as 'contact',
    purpose: row.purpose,
    state: row.state as contracts.Message['state'],
    attempts: row.attempts,
    answer: row.answer,
    reasons: row.state === 'queued' ? [] : (row.reasons as contracts.Reason[]),
    waits: row.state === 'queued' ? (row.reasons as contracts.LaterReason[]) : [],
    ...{ manner: row.manner as contracts.Manner, way: row.way as Way },
    weight: row.weight,
    author: row.author,
    mine: row.author_id === actor.memberId,
    createdAt: row.created_at.toISOString(),
    nextAt: row.state === 'queued' ? row.next_at.toISOString() : null,
    settledAt: row.settled_at?.toISOString() ?? null,
    bounce: row.bounce,
  };
}

async function describeOwn(
  { tx, actor }: Pick<Context, 'tx' | 'actor'>,
  rows: readonly outbox.MessageRow[],
): Promise<contracts.OwnMessage[]> {
  const names = await nameCards(
    { tx, actor },
    rows.map((row) => row.card_id!),
  );
  const contents = await outbox.findContents(
    tx,
    actor.workspaceId,
    rows.map((row) => row.message_id),
  );
  return rows.map((row) => {
    const content = contents.get(row.message_id);
    const name = names.get(row.card_id!);
    return {
      ...describeMessage(row, actor),
      contact: name === undefined ? null : { id: row.card_id!, name },
      subject: content?.subject ?? null,
      text: content && content.content_id === null ? content.paragraphs.join('\n\n') : null,
      content: content?.content_id ? { id: content.content_id, version: content.content_version! } : null,
    };
  });
}

const readCursor = (after: string | undefined) => (after ? decodeCursor(after, z.tuple([z.uuid()]))[0] : undefined);

function cut(rows: readonly outbox.MessageRow[], limit: number) {
  const shown = rows.slice(0, limit);
  return { shown, next: rows.length > limit ? encodeCursor([shown.at(-1)!.message_id]) : null };
}

/** Sends a mail to the admin at once, past the queue, for the server's own words; no transaction waits for them. */
async function testMail(context: OutsideContext): Promise<Output<typeof contracts.sendTestMail>> {
  const { app, actor } = context;
  const me = (await context.asCaller(({ tx }) => getMember(tx, actor)))!;
  const t = translator(me.locale as Locale);
  const server = await context.asSystem('keeper', (keeper) => openMailServer(app, keeper, actor.workspaceId));
  if (!server) throw notFound();
  const letter = {
    subject: t('mail.test.subject', { workspace: me.workspace }),
    paragraphs: [t('mail.test.text', { workspace: me.workspace, host: server.host })],
    footer: t('mail.test.footer'),
  };
  const outcome = await deliver(server, {
    messageId: `<${newId()}@${server.sender.address.split('@')[1]}>`,
    to: { name: me.name, address: me.email },
    subject: letter.subject,
    text: toText(letter),
    html: toHtml(letter, me.locale),
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
  const answer = outcome.state === 'sent' ? null : outcome.answer;
  await context.asSystem('keeper', (keeper) => queries.noteHealth(keeper, actor.workspaceId, answer));
  return { to: me.email, state: outcome.state, answer };
}

const settings: Operation[] = [
  implement(contracts.getMailSetup, async (_input, { tx, actor }) => ({
    setup: await describeSetup(tx, actor.workspaceId),
  })),

  implement(contracts.saveMailSetup, async ({ password, ...setup }, { app, tx, actor }) => {
    checkSetup({ ...setup, password }, await describeSetup(tx, actor.workspaceId));
    await outbox.saveSetup(tx, actor, setup, password === undefined ? undefined : app.secrets.encrypt(password));
    await recordAudit(tx, actor, 'mail.changed', null, { name: setup.host });
    return { setup: (await describeSetup(tx, actor.workspaceId))! };
  }),

  implement(contracts.removeMailSetup, async (_input, { tx, actor }) => {
    await outbox.removeSetup(tx, actor.workspaceId);
    await recordAudit(tx, actor, 'mail.removed', null);
    return {};
  }),

  implementOutside(contracts.sendTestMail, (_input, context) => testMail(context)),

  implement(contracts.getMailHealth, async (_input, { tx, actor }) => {
    const { setup, ...health } = await outbox.readHealth(tx, actor.workspaceId);
    return {
      lastSuccessAt: setup?.last_success_at?.toISOString() ?? null,
      lastFailureAt: setup?.last_failure_at?.toISOString() ?? null,
      lastFailure: setup?.last_failure ?? null,
      waiting: health.waiting,
      oldestWaitingAt: health.oldest?.toISOString() ?? null,
      inDoubt: health.in_doubt,
      suppressed: health.suppressed,
      failures: health.failures.map(({ at, answer }) => ({ at: at.toISOString(), answer })),
    };
  }),

  implement(contracts.suppressAddress, async ({ email, suppressed }, { app, tx, actor }) => {
    const address = normaliseEmail(email);
    if (!address) throw new AppError('invalid_input', { fields: { email: 'email' } });
    const point = contactPointId(app.secrets, actor.workspaceId, { channel: 'email', address });
    await outbox.setSuppressed(tx, actor, point, suppressed);
    return {};
  }),

  implement(contracts.listOutbox, async ({ after, limit, state }, { tx, actor }) => {
    const rows = await outbox.listMessages(tx, actor, { mine: false, state, before: readCursor(after) }, limit + 1);
    const { shown, next } = cut(rows, limit);
    return { items: shown.map((row) => describeMessage(row, actor)), next };
  }),
];

const describeAnswer = ({ allowed, reasons, later }: Asked) => ({
  ...{ allowed, reasons, laterAt: later?.at.toISOString() ?? null, laterReasons: later?.reasons ?? [] },
});

const describeRules = (kept: Awaited<ReturnType<typeof received.findRules>>) => ({
  rules: kept?.rules ?? defaultRules,
  changedAt: kept?.changedAt.toISOString() ?? null,
});

/** How much a person received, and what room there is: as a message that is written now would find it. */
async function describePressure(
  { tx, actor: { workspaceId } }: Pick<Context, 'tx' | 'actor'>,
  cardIds: readonly string[],
): Promise<Output<typeof contracts.getPressureOf>> {
  const fields = await findHeldFields(tx, workspaceId, cardIds);
  const points = [...new Set(fields.flatMap(({ pointId }) => pointId ?? []))];
  const { rules } = describeRules(await received.findRules(tx, workspaceId));
  const known = await findPointFacts(tx, workspaceId, points);
  const atCompany = fields.some(({ kind }) => kind === 'organization');
  const addresses = fields.filter(({ kind, normalised }) => kind === 'email' && normalised !== null);
  const privateAddress = isPrivateAddress(
    addresses.map((one) => ({ fieldClass: one.class, address: one.normalised!, atCompany })),
  );
  const assigned = [...known.values()].find(({ profile }) => profile !== null)?.profile ?? null;
  const { key, name, caps } = profileFor(rules.profiles, { purpose: 'newsletter', privateAddress, assigned });
  const now = new Date();
  const longest = Math.max(1, ...caps.map(({ days }) => days)) * 86_400_000;
  const [since, until] = [new Date(now.getTime() - longest), new Date(now.getTime() + longest)];
  const loads = [...(await findLoads(tx, workspaceId, points, since, until)).values()].flat();
  // Whatever waits or is planned takes its place before nothing at all.
  const asking = { messageId: null, planId: null, channel: 'email', weight: 1, priority: -1 };
  const of = (state: 'left' | 'ahead') => loads.filter((load) => (load.state === 'left') === (state === 'left'));
  return {
    months: await received.listMonths(tx, workspaceId, points),
    profile: { key, name },
    caps: caps.map((cap) => ({
      ...{
        ...cap,
        received: countUnder(cap, of('left'), asking, now),
        planned: countUnder(cap, of('ahead'), asking, now),
      },
    })),
  };
}

const gate: Operation[] = [
  implement(contracts.getGateRules, async (_input, { tx, actor }) =>
    describeRules(await received.findRules(tx, actor.workspaceId)),
  ),

  implement(contracts.saveGateRules, async (rules, { tx, actor }) => {
    await received.saveRules(tx, actor, rules);
    await recordAudit(tx, actor, 'gate.changed', null);
    return describeRules(await received.findRules(tx, actor.workspaceId));
  }),

  implement(contracts.listDecisionsAbout, async ({ personId, after, limit }, { tx, actor }) => {
    const person = await findPersonCards(tx, actor, personId);
    if (!person) throw notFound();
    const rows = await received.listDecisions(tx, actor, person.cardIds, readCursor(after) ?? null, limit + 1);
    const shown = rows.slice(0, limit);
    const items = shown.map(({ at, laterAt, ...row }) => ({
      ...{ ...(row as contracts.DecisionAbout), at: at.toISOString(), laterAt: laterAt?.toISOString() ?? null },
    }));
    return { items, next: rows.length > limit ? encodeCursor([shown.at(-1)!.id]) : null };
  }),

  implement(contracts.getPressureOf, async ({ personId }, context) => {
    const person = await findPersonCards(context.tx, context.actor, personId);
    if (!person) throw notFound();
    return describePressure(context, person.cardIds);
  }),

  implement(contracts.getPressure, async (_input, { tx, actor }) => ({
    months: await received.listMonths(tx, actor.workspaceId, null),
    ...(await received.readSpread(tx, actor.workspaceId)),
  })),
];

/** @param ownMail mailboxes of members, which stand above this module */
export const outreachOperations = (ownMail: OwnMail): Operation[] => [
  ...settings,
  ...domainOperations,
  ...returnsOperations,
  ...gate,

  implement(contracts.listMyMessages, async ({ after, limit }, context) => {
    const { tx, actor } = context;
    const rows = await outbox.listMessages(tx, actor, { mine: true, before: readCursor(after) }, limit + 1);
    const { shown, next } = cut(rows, limit);
    return { items: await describeOwn(context, shown), next };
  }),

  implement(contracts.listMessagesTo, async ({ personId }, context) => {
    const { tx, actor } = context;
    const person = await findPersonCards(tx, actor, personId);
    if (!person) throw notFound();
    return {
      mine: await describeOwn(context, await outbox.listMineTo(tx, actor, person.cardIds, 50)),
      throughMe: (await outbox.listThroughMe(tx, actor, person.cardIds, 50)).map(({ author, purpose, at }) => ({
        author,
        purpose: purpose as 'service',
        at: at.toISOString(),
      })),
    };
  }),

  implement(contracts.askGate, async (wish, { tx, actor }) => {
    const asked = await askGate(tx, actor, wish, 'look');
    if (!asked) throw notFound();
    const sender = await queries.findSender(tx, actor.workspaceId);
    const me = (await getMember(tx, actor))!;
    const own = await ownMail.addressOf(tx, actor);
    return { ...describeAnswer(asked), from: own ?? sender?.address ?? null, repliesTo: own ?? me.email };
  }),

  implement(contracts.writeToContact, async (wish, context) => {
    const { laterAt, ...written } = await sendToContact(context, wish);
    return { ...written, laterAt: laterAt?.toISOString() ?? null };
  }),

  implementOutside(contracts.cancelMessage, async ({ messageId }, { actor: { workspaceId, memberId }, asSystem }) => {
    // As the keeper, so that stopping and giving back are one.
    const found = await asSystem('keeper', async (keeper) => {
      const message = await queries.findMessage(keeper, workspaceId, messageId);
      if (message?.author_id !== memberId) return 'none';
      if (!(await queries.stop(keeper, workspaceId, messageId, { state: 'cancelled' }))) return 'gone';
      await giveBack(keeper, workspaceId, messageId);
      return 'stopped';
    });
    if (found === 'none') throw notFound();
    if (found === 'gone') throw new AppError('conflict');
    return {};
  }),

  implement(contracts.settleDoubt, async ({ messageId, arrived }, { app, tx, actor }) => {
    if (!(await queries.findMessage(tx, actor.workspaceId, messageId))) throw notFound();
    if (!(await queries.settleDoubt(tx, actor.workspaceId, messageId, arrived))) throw new AppError('conflict');
    if (!arrived) await queueSending(app, tx, actor.workspaceId, messageId);
    return {};
  }),
];
