import { z } from 'zod';
import { findPersonCards } from '../cards/persons.ts';
import { recordAudit } from '../identity/audit.ts';
import { getMember } from '../identity/queries.ts';
import { id, instant } from '../kernel/contract.ts';
import { notFound } from '../kernel/errors.ts';
import { implement, type Operation } from '../kernel/http.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { fingerprintOf, instantOf } from './rules.ts';

const position = z.tuple([instant, id]);

const describeWho = ({
  who_id,
  who,
  authorised_by,
}: {
  who_id: string;
  who: string;
  authorised_by: string | null;
}) => ({
  id: who_id,
  name: who,
  authorisedBy: authorised_by,
});

export const auditOperations: Operation[] = [
  implement(contracts.getStanding, async (_input, { tx, actor }) => {
    const last = await queries.findLastSeal(tx, actor.workspaceId);
    const found = await queries.findLastVerification(tx, actor.workspaceId);
    return {
      seals: last?.sealNo ?? 0,
      last: last
        ? { sealNo: last.sealNo, fingerprint: fingerprintOf(last.mac), until: instantOf(last.untilId).toISOString() }
        : null,
      verification: found ? { ...found, at: found.at.toISOString() } : null,
    };
  }),

  implement(contracts.verify, async (_input, { app, tx, actor }) => {
    await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'audit.verify', payload: {}, queue: 'audit' });
    return {};
  }),

  implement(contracts.listUsesOf, async ({ memberId, after, limit }, { tx, actor }) => {
    if (!(await getMember(tx, { ...actor, memberId }))) throw notFound();
    const [at, last] = after ? decodeCursor(after, position) : [];
    const rows = await queries.listHappeningsOf(tx, actor, memberId, at && last ? { at, id: last } : null, limit + 1);
    // Who watches is watched: once for each look, not for each page.
    if (!after) await recordAudit(tx, actor, 'uses.read', memberId);
    const shown = rows.slice(0, limit);
    return {
      items: shown.map((row) => ({
        id: row.id,
        who: describeWho(row),
        kind: row.kind,
        count: row.count,
        holder: row.holder,
        at: row.at.toISOString(),
      })),
      next: rows.length > limit ? encodeCursor([shown.at(-1)!.cursor, shown.at(-1)!.id]) : null,
    };
  }),

  implement(contracts.listUsesOfPerson, async ({ personId, after, limit }, { tx, actor }) => {
    const found = await findPersonCards(tx, actor, personId);
    if (!found) throw notFound();
    const before = after ? decodeCursor(after, z.tuple([id]))[0] : null;
    const rows = await queries.listUsesOfCards(tx, actor, found.cardIds, before, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      items: shown.map((row) => ({
        id: row.id,
        who: describeWho(row),
        kind: row.kind,
        book: row.book,
        at: row.at.toISOString(),
      })),
      next: rows.length > limit ? encodeCursor([shown.at(-1)!.id]) : null,
    };
  }),
];
