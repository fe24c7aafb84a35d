import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import type { Locale } from '../kernel/messages.ts';
import type { ContentRef } from './content-port.ts';
import type { LaterReason, Reason } from './contract.ts';
import { countUp } from './facts.ts';
import { type Asked, askGates, type Wish } from './gate.ts';
import { oneLine } from './letters.ts';
import { queueMany } from './members.ts';
import { dropPlans } from './planning.ts';
import * as queries from './queries.ts';

/** What of a message is for the contact alone: its author, who finds the rest among their messages, never reads it. */
export interface ForContactOnly {
  paragraph?: string;
  choices?: { label: string; url: string }[];
  action?: { label: string; url: string };
  after?: string;
}

/** What somebody wants to write. */
export type Words = Letter | OfContent;

interface Letter {
  subject: string;
  text: string;
  /** Left out: the author's own. */
  locale?: Locale;
  forContactOnly?: ForContactOnly;
}

/**
 * A sealed version of a content, put into words for its reader when it leaves. Where that cannot be (something it asks for is not known of them), the
 * message is refused then, with the reason.
 */
interface OfContent {
  content: ContentRef;
  /** What its author finds among their messages until it has left; then it is the subject as it was sent. */
  subject: string;
  /** The language for whom none is known; left out: the author's own. */
  locale?: Locale;
}

/** What became of a wish to write. */
export interface Written {
  allowed: boolean;
  reasons: Reason[];
  messageId: string | null;
  /** It is queued, and leaves then; null: at once, or not at all. */
  laterAt: Date | null;
  laterReasons: LaterReason[];
}

type Writer = Pick<Context, 'app' | 'tx' | 'actor'>;

/**
 * Writes to an address of a person: the one way to a contact. The gate decides, its answer is kept, and what it allows is
 * queued with what it takes of quotas, in one transaction.
 * @throws AppError not_found for a person or address that the actor does not see
 */
export async function sendToContact(writer: Writer, wish: Wish & Words): Promise<Written> {
  const [written] = await write(writer, [wish]);
  if (!written) throw notFound();
  return written;
}

/**
 * The same for up to some hundreds at once, with as many queries as for one: they are asked in their order, and who comes before takes what there is of
 * a quota or of somebody's patience.
 * @returns what became of each; `out_of_sight` where the actor does not see the person or the address
 */
export async function sendToContacts(writer: Writer, wishes: readonly (Wish & Words)[]): Promise<Written[]> {
  const none = { allowed: false, reasons: ['out_of_sight' as const], messageId: null, laterAt: null, laterReasons: [] };
  return (await write(writer, wishes)).map((written) => written ?? none);
}

interface Decided {
  wish: Wish & Words;
  asked: Asked;
  messageId: string | null;
}

async function write({ app, tx, actor }: Writer, wishes: readonly (Wish & Words)[]): Promise<(Written | null)[]> {
  const answers = await askGates(tx, actor, wishes, 'take');
  const decided = wishes.map((wish, at) => {
    const asked = answers[at];
    return asked ? { wish, asked, messageId: asked.allowed ? newId() : null } : null;
  });
  const there = decided.filter((one) => one !== null);
  await queries.addDecisions(
    tx,
    actor,
    there.map((one) => toDecision(one.wish, one.messageId, 'written', one.asked)),
  );
  const allowed = there.filter((one): one is Decided & { messageId: string } => one.messageId !== null);
  await queueMessages({ app, tx, actor }, allowed);
  await dropPlans(
    tx,
    actor.workspaceId,
    there.flatMap(({ wish }) => wish.planId ?? []),
  );
  return decided.map(
    (one) =>
      one && {
        ...{ allowed: one.asked.allowed, reasons: one.asked.reasons, messageId: one.messageId },
        ...{ laterAt: one.asked.later?.at ?? null, laterReasons: one.asked.later?.reasons ?? [] },
      },
  );
}

/** What is kept of an answer of the gate. */
export function toDecision(
  { contactPointId, purpose, manner = 'personal', way = 'email' }: Wish,
  messageId: string | null,
  moment: queries.NewDecision['moment'],
  { reasons, uses, later }: Pick<Asked, 'reasons' | 'uses' | 'later'>,
): queries.NewDecision {
  const grantIds = uses.map(({ grant }) => grant.grantId);
  return { messageId, contactPointId, purpose, manner, way, moment, reasons, later, grantIds };
}

/** What a message says: its text, or of which content it is; what is for its reader alone is sealed. */
function bodyOf({ secrets }: Writer['app'], words: Words): Pick<queries.NewContent, 'paragraphs' | 'of' | 'sealed'> {
  const seal = (value: object) => ({ sealed: secrets.encrypt(JSON.stringify(value)) });
  if (!('content' in words)) {
    const paragraphs = words.text.split(/\r?\n(?:[ \t]*\r?\n)+/);
    return { paragraphs, ...(words.forContactOnly && seal(words.forContactOnly)) };
  }
  const { contentId, version, variables } = words.content;
  return { paragraphs: [], of: { contentId, version }, ...(variables && seal(variables)) };
}

async function queueMessages(
  { app, tx, actor }: Writer,
  decided: readonly (Decided & { messageId: string })[],
): Promise<void> {
  if (decided.length === 0) return;
  const { workspaceId, memberId } = actor;
  const sender = await queries.findSender(tx, workspaceId);
  const author = (await queries.findRecipient(tx, workspaceId, memberId))!;
  const messages = decided.map(({ wish, asked, messageId }) => ({
    ...{ messageId, contactPointId: wish.contactPointId, cardId: asked.cardId, purpose: wish.purpose },
    ...{
      way: wish.way ?? 'email',
      manner: wish.manner ?? 'personal',
      ofRight: wish.ofRight ?? false,
      campaignId: wish.campaignId ?? null,
    },
    ...{ weight: asked.weight, priority: asked.priority, later: asked.later },
    content: { subject: oneLine(wish.subject), locale: wish.locale ?? author.locale, ...bodyOf(app, wish) },
  }));
  await queries.addToContacts(tx, actor, sender?.address ?? null, messages);
  const cards = decided.flatMap(({ wish: { purpose }, asked, messageId }) =>
    asked.uses.map(({ sighting: { cardId, bookNo }, grant: { grantId, version }, counter }) => ({
      ...{ messageId, purpose, cardId, bookNo, grantId, version, counter },
    })),
  );
  await queries.addMessageCards(tx, actor, cards);
  await countUp(
    tx,
    workspaceId,
    cards.flatMap(({ counter }) => counter ?? []),
  );
  await queueMany(
    app,
    tx,
    workspaceId,
    // A letter waits to be made, with others.
    messages.flatMap(({ messageId, way, later }) => (way === 'letter' ? [] : [{ messageId, at: later?.at ?? null }])),
  );
}
