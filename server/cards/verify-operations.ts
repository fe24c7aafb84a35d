import { z } from 'zod';
import { id } from '../kernel/contract.ts';
import { implement, type Operation } from '../kernel/http.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { lossAYear } from './ageing.ts';
import * as contracts from './contract.ts';
import { toEditing } from './editing.ts';
import { displayOf } from './fields.ts';
import { nameCards } from './persons.ts';
import { confirmFields, findDoubtful, loadLosses, loadMeasured } from './verifying.ts';

const cursor = z.tuple([z.string().regex(/^[\d.e-]+$/), id, z.string().regex(/^\d+$/)]);

export const verifyOperations: Operation[] = [
  implement(contracts.listToVerify, async ({ after, limit }, { tx, actor }) => {
    const from = after ? decodeCursor(after, cursor) : null;
    const rows = await findDoubtful(
      tx,
      actor,
      await loadLosses(tx, actor),
      from && { cursor: from[0], cardId: from[1], no: Number(from[2]) },
      limit + 1,
    );
    const shown = rows.slice(0, limit);
    const names = await nameCards({ tx, actor }, [...new Set(shown.map((row) => row.card_id))]);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => {
        const kind = row.kind as contracts.FieldKind;
        return {
          cardId: row.card_id,
          fieldNo: row.no,
          name: names.get(row.card_id) ?? '',
          kind,
          value: row.value,
          display: displayOf({ kind, value: row.value }),
          seenAt: row.seen_at.toISOString(),
          signs: row.signs,
          likely: Math.round(row.likely * 1000) / 1000,
        };
      }),
      next: rows.length > limit && last ? encodeCursor([last.cursor, last.card_id, String(last.no)]) : null,
    };
  }),

  implement(contracts.confirmFields, async ({ cardId, fieldNos, confirm }, context) => {
    await confirmFields(await toEditing(context), cardId, fieldNos, confirm);
    return {};
  }),

  implement(contracts.getDecay, async (_input, { tx, actor }) => {
    const measured = await loadMeasured(tx, actor);
    return {
      items: (Object.keys(lossAYear) as (keyof typeof lossAYear)[]).map((name) => ({
        class: name,
        usual: lossAYear[name]!,
        measured: measured[name] ?? null,
      })),
    };
  }),
];
