import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listGrants } from '../delegation/grants.ts';
import { lend } from '../delegation/lend.ts';
import { listBooks } from '../delegation/queries.ts';
import { grantSentence } from '../delegation/sentence.ts';
import { recordAudit } from '../identity/audit.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { type Context, implement, localeOf, type Operation } from '../kernel/http.ts';
import { translator } from '../kernel/messages.ts';
import { root } from '../kernel/root.ts';
import type { Charter } from './contract.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { leastTerms, says } from './rules.ts';

type Row = NonNullable<Awaited<ReturnType<typeof queries.findCharter>>>;

function describe(row: Row): Charter {
  return {
    version: row.version,
    textFr: row.text_fr,
    textEn: row.text_en,
    least: row.least,
    onLeaving: row.on_leaving,
    naming: row.naming,
    publishedAt: row.published_at.toISOString(),
    publishedBy: row.published_by ?? '',
  };
}

/** What the charter asks of the caller's main book and no standing grant of it says yet. */
async function findAsked(tx: Tx, actor: Actor, { least }: Pick<Row, 'least'>) {
  const terms = leastTerms(least);
  const book = (await listBooks(tx, actor)).find((one) => one.main && one.mine);
  if (!terms || !book) return undefined;
  const standing = await listGrants(tx, actor, { mine: true, ended: false, bookId: book.id });
  return standing.some((grant) => says(grant, terms)) ? undefined : { book, terms };
}

async function lendLeast(context: Context, charter: Row): Promise<void> {
  const asked = await findAsked(context.tx, context.actor, charter);
  if (asked) await lend(context, asked.book.id, asked.terms);
}

export const charterOperations: Operation[] = [
  implement(contracts.getCharter, async (_input, { tx, actor, request }) => {
    const row = await queries.findCharter(tx, actor.workspaceId);
    if (!row) return { charter: null, acceptedAt: null, asks: null };
    const acceptedAt = await queries.findAcceptance(tx, actor, row.version);
    const asked = await findAsked(tx, actor, row);
    const locale = localeOf(request);
    const named = asked && { book: asked.book.name, grantee: null };
    return {
      charter: describe(row),
      acceptedAt: acceptedAt?.toISOString() ?? null,
      asks: asked && named ? grantSentence(translator(locale), locale, asked.terms, named) : null,
    };
  }),

  implement(contracts.acceptCharter, async ({ version }, context) => {
    const { tx, actor } = context;
    const row = await queries.findCharter(tx, actor.workspaceId);
    // What was read is what is accepted.
    if (row?.version !== version) throw new AppError('conflict', { fields: { version: 'changed' } });
    await lendLeast(context, row);
    if (await queries.addAcceptance(tx, actor, version))
      await recordAudit(tx, actor, 'charter.accepted', null, { version });
    return { acceptedAt: (await queries.findAcceptance(tx, actor, version))!.toISOString() };
  }),

  implement(contracts.publishCharter, async (input, { tx, actor }) => {
    await queries.addCharter(tx, actor, input);
    const row = (await queries.findCharter(tx, actor.workspaceId))!;
    const { version, least, on_leaving: onLeaving, naming } = row;
    await recordAudit(tx, actor, 'charter.published', null, { version, least, onLeaving, naming });
    return describe(row);
  }),

  implement(contracts.listAcceptances, async (_input, { tx, actor }) => {
    const row = await queries.findCharter(tx, actor.workspaceId);
    const rows = row ? await queries.listAcceptances(tx, actor.workspaceId, row.version) : [];
    return {
      items: rows.map(({ member_id, name, at }) => ({
        member: { id: member_id, name },
        acceptedAt: at?.toISOString() ?? null,
      })),
    };
  }),

  implement(contracts.getDocument, async ({ document, locale }) => ({
    text: readFileSync(join(root, 'locales', locale, 'documents', `${document}.md`), 'utf8'),
  })),
];
