import { z } from 'zod';
import { id } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { implement, implementOutside, localeOf, type Operation } from '../kernel/http.ts';
import { sha256 } from '../kernel/ids.ts';
import { translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { readLink } from '../kernel/tokens.ts';
import * as contracts from './contract.ts';
import { vapidKeys } from './push.ts';
import * as queries from './queries.ts';
import { isPushService, pathOf, waysOf } from './rules.ts';
import { writeSentences } from './sentences.ts';

const mostUnread = 100;

async function describeSettings(tx: Tx, actor: Actor): Promise<contracts.NoticeSettings> {
  const said = await queries.listPreferences(tx, actor);
  return {
    kinds: contracts.noticeKind.options.map((kind) => ({ kind, ways: waysOf(kind, said) })),
    digest: await queries.findDigestChoice(tx, actor),
    mail: await queries.hasMail(tx, actor.workspaceId),
  };
}

export const noticesOperations: Operation[] = [
  implement(contracts.listNotices, async ({ after, limit }, { tx, actor, request }) => {
    const before = after ? decodeCursor(after, z.tuple([id]))[0] : null;
    const rows = await queries.listNotices(tx, actor, before, limit + 1);
    const shown = rows.slice(0, limit).map((row) => ({ ...row, kind: row.kind as contracts.NoticeKind }));
    const write = await writeSentences(tx, actor, shown);
    const t = translator(localeOf(request));
    return {
      items: shown.map((row) => ({
        id: row.notice_id,
        kind: row.kind,
        text: write(t, row),
        path: pathOf(row.kind, row.subject_id),
        at: row.at.toISOString(),
        read: row.read_at !== null,
      })),
      next: rows.length > limit ? encodeCursor([shown.at(-1)!.notice_id]) : null,
    };
  }),

  implement(contracts.countUnread, async (_input, { tx, actor }) => ({
    count: await queries.countUnread(tx, actor, mostUnread),
  })),

  implement(contracts.markRead, async ({ ids }, { tx, actor }) => {
    await queries.markRead(tx, actor, ids);
    return {};
  }),

  implement(contracts.getSettings, (_input, { tx, actor }) => describeSettings(tx, actor)),

  implement(contracts.updateSettings, async ({ switches, digest }, { tx, actor }) => {
    for (const { kind, way, wanted } of switches) await queries.setPreference(tx, actor, kind, way, wanted);
    if (digest) await queries.setDigestChoice(tx, actor, digest);
    return describeSettings(tx, actor);
  }),

  implementOutside(contracts.getPushKey, async (_input, { app }) => ({ key: (await vapidKeys(app)).publicKey })),

  implement(contracts.addDevice, async (input, { app, tx, actor, request }) => {
    if (!isPushService(input.endpoint)) throw new AppError('invalid_input', { fields: { endpoint: 'unknown' } });
    const device = {
      hash: sha256(input.endpoint),
      subscription: app.secrets.encrypt(JSON.stringify(input)),
      userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
    };
    return { id: await queries.addDevice(tx, actor, device) };
  }),

  implement(contracts.removeDevice, async ({ deviceId }, { tx, actor }) => {
    if (!(await queries.deleteDevice(tx, actor.workspaceId, deviceId))) throw notFound();
    return {};
  }),

  implement(contracts.stopDigest, async ({ token }, { app }) => {
    const link = readLink(app.secrets, 'digest', token);
    if (!link) throw new AppError('link_expired');
    const { actor } = link;
    await app.db
      .asActor(actor, (tx) => queries.setDigestChoice(tx, actor, 'never'))
      .catch((error: unknown) => {
        throw error instanceof AppError && error.code === 'unauthenticated' ? new AppError('link_expired') : error;
      });
    return {};
  }),
];
