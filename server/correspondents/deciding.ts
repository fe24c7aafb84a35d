import { z } from 'zod';
import { fieldInput } from '../cards/contract.ts';
import { completeInput, displayOf, type Habits } from '../cards/fields.ts';
import { compareWith, habitsOf, learnMore, learnNew, loadOwnCards, type Undo, unlearn } from '../cards/learning.ts';
import { nameCards } from '../cards/persons.ts';
import { splitName } from '../formats/normalise/name.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { listOwnBooks } from '../sources/queries.ts';
import type { Proposal } from './contract.ts';
import type { ProposalRow } from './proposals.ts';
import * as proposals from './proposals.ts';
import type { Said } from './reading.ts';
import type { Sealed } from './taking.ts';

/** As it was sealed by a former version, perhaps. */
const sealed = z.object({
  said: z.array(z.object({ field: fieldInput, confidence: z.number(), line: z.string() })),
  email: z.string(),
  of: z.string().optional(),
});

type Viewing = Pick<Context, 'app' | 'tx' | 'actor'>;

/** What a proposal says; null once it is forgotten. */
function open({ app }: Pick<Context, 'app'>, row: ProposalRow): Sealed | null {
  return row.sealed && (sealed.parse(JSON.parse(app.secrets.decrypt(row.sealed))) as Sealed);
}

/** A card made of a mail has the address that it came from, and the name that mail gives its writer where the signature has none. */
function whole({ said, email }: Sealed, name: string): Said[] {
  const names = said.some(({ field }) => field.kind === 'name');
  const more: Said[] = [];
  if (!names && name) more.push({ field: { kind: 'name', value: splitName(name) }, confidence: 1, line: name });
  if (!said.some(({ field }) => field.kind === 'email' && field.value.value === email))
    more.push({ field: { kind: 'email', value: { value: email } }, confidence: 1, line: email });
  return [...said, ...more];
}

/** The address on the card that another takes the place of. */
const insteadOf = ({ kind, contact_point_id }: ProposalRow): string | undefined =>
  kind === 'moved' ? contact_point_id : undefined;

/** Proposals as the member sees them, without those whose card says the same by now. */
export async function describeProposals(viewing: Viewing, rows: readonly ProposalRow[]): Promise<Proposal[]> {
  const { tx, actor } = viewing;
  const habits = await habitsOf(viewing);
  const cardOf = await proposals.findOwnCards(
    tx,
    actor,
    rows.map((row) => row.contact_point_id),
  );
  const cardIds = [...new Set(cardOf.values())];
  const cards = await loadOwnCards(viewing, cardIds);
  const names = await nameCards(viewing, cardIds);
  return rows.flatMap((row): Proposal[] => {
    const content = open(viewing, row);
    if (!content) return [];
    const cardId = cardOf.get(row.contact_point_id);
    const card = cardId === undefined ? undefined : cards.get(cardId);
    // An address that was given up and that no card has is nothing to change.
    if (!card && row.kind === 'moved') return [];
    const said = card ? content.said : whole(content, row.name);
    const open_ = card
      ? compareWith(card, fieldsOf(said), habits, insteadOf(row))
      : said.map((_, index) => ({ index, replaces: null }));
    if (open_.length === 0) return [];
    return [
      {
        id: row.proposal_id,
        kind: row.kind,
        email: content.email,
        name: row.name,
        of: content.of ?? null,
        writtenAt: row.written_at.toISOString(),
        card: card ? { id: card.card_id, name: names.get(card.card_id) ?? '' } : null,
        values: open_.map(({ index, replaces }) => describeValue(said[index]!, index, replaces, habits)),
      },
    ];
  });
}

const fieldsOf = (said: readonly Said[]) => said.map(({ field }) => field);

function describeValue({ field, confidence, line }: Said, no: number, replaces: string | null, habits: Habits) {
  return { no, kind: field.kind, display: displayOf(completeInput(field, habits)), replaces, confidence, line };
}

async function getProposal({ tx, actor }: Viewing, proposalId: string): Promise<ProposalRow> {
  const row = await proposals.findProposal(tx, actor, proposalId);
  if (!row) throw notFound();
  return row;
}

/**
 * Writes what a proposal says on the member's card with its address, or makes one, of the mailbox's.
 * @param values which of the values; all without it
 * @throws AppError not_found, or conflict where it is decided already
 */
export async function acceptProposal(
  context: Context,
  proposalId: string,
  values: readonly number[] | undefined,
): Promise<string> {
  const { app, tx, actor } = context;
  const row = await getProposal(context, proposalId);
  const content = open(context, row);
  if (!content || row.state !== 'waiting') throw new AppError('conflict');
  const known = (await proposals.findOwnCards(tx, actor, [row.contact_point_id])).get(row.contact_point_id);
  if (!known && row.kind === 'moved') throw new AppError('conflict');
  const said = known ? content.said : whole(content, row.name);
  const chosen = said.filter((_, index) => !values || values.includes(index)).map(({ field }) => field);
  const { cardId, undo } = known
    ? await learnMore(context, known, chosen, insteadOf(row))
    : await learnNew(context, await mainBook(context), row.source_id, `mail ${row.contact_point_id}`, chosen);
  const decision = { state: 'accepted', card_id: cardId, undo: app.secrets.encrypt(JSON.stringify(undo)) } as const;
  if (!(await proposals.decide(tx, actor, proposalId, 'waiting', decision))) throw new AppError('conflict');
  return cardId;
}

export async function mainBook({ tx, actor }: Viewing) {
  const [book] = await listOwnBooks(tx, actor);
  if (!book) throw notFound();
  return book;
}

/** @throws AppError not_found, or conflict where it is decided already */
export async function declineProposal(context: Viewing, proposalId: string): Promise<void> {
  await getProposal(context, proposalId);
  const declined = { state: 'declined', card_id: null, undo: null } as const;
  if (!(await proposals.decide(context.tx, context.actor, proposalId, 'waiting', declined)))
    throw new AppError('conflict');
}

/**
 * Takes a decision back: it waits again, and the card says what it said before.
 * @throws AppError not_found, or conflict where the card was changed since, it is forgotten by now, or a newer message says otherwise
 */
export async function reopenProposal(context: Context, proposalId: string): Promise<void> {
  const { app, tx, actor } = context;
  const row = await getProposal(context, proposalId);
  if (row.state === 'waiting' || !row.sealed) throw new AppError('conflict');
  if (row.undo && row.card_id) await unlearn(context, row.card_id, JSON.parse(app.secrets.decrypt(row.undo)) as Undo);
  const waiting = { state: 'waiting', card_id: null, undo: null } as const;
  const done = await proposals.decide(tx, actor, proposalId, row.state, waiting).catch((error: { code?: string }) => {
    if (error.code === '23505') return false;
    throw error;
  });
  if (!done) throw new AppError('conflict');
}
