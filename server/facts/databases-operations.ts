import { isDeepStrictEqual } from 'node:util';
import { Trouble, troubleOf } from '../connectors/connector.ts';
import { isServer, type Page } from '../connectors/sql/asking.ts';
import { readFrom, toAsked } from '../connectors/sql/engines.ts';
import { recordAudit } from '../identity/audit.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, localeOf, type Operation } from '../kernel/http.ts';
import { type Translate, translator } from '../kernel/messages.ts';
import { openDatabase, wake } from './database-reading.ts';
import { beginAt, missingColumns, rowToFact } from './database-rules.ts';
import * as databases from './databases.ts';
import * as contracts from './databases-contract.ts';
import { loadJudging } from './importing.ts';
import { isZone } from './reading.ts';
import { type Judging, readFacts } from './rules.ts';
import * as sources from './sources.ts';

/** Rows of a trial, and characters of a cell that it shows. */
const tried = { rows: 20, octets: 2 ** 22 };
const mostShown = 300;

/** @throws AppError invalid_input for what is no server, or no zone */
function checkSettings({ address, zone }: contracts.DatabaseSettings): void {
  if (!isServer(address)) throw new AppError('invalid_input', { fields: { address: 'invalid' } });
  if (!isZone(zone)) throw new AppError('invalid_input', { fields: { zone: 'unknown' } });
}

/** Where a password goes: to another place, or for somebody else, the one that is kept is not taken along. */
const placeOf = ({ engine, address, database, username }: contracts.DatabaseSettings): string =>
  JSON.stringify([engine, address, database, username]);

/** Only when it is asked is another. */
const isSame = (one: contracts.DatabaseSettings, other: contracts.DatabaseSettings): boolean =>
  isDeepStrictEqual({ ...one, every: 0 }, { ...other, every: 0 });

async function getDatabase({ tx, actor }: Pick<Context, 'tx' | 'actor'>, sourceId: string) {
  const [row] = await databases.listDatabases(tx, actor, sourceId);
  const [source] = await sources.listSources(tx, actor, sourceId);
  if (!row || !source) throw notFound();
  return { ...row, name: source.name, ended: source.ended_at !== null };
}

/** @throws AppError invalid_input where another place is asked without a password of its own */
function checkPlace(before: contracts.DatabaseSettings, after: contracts.DatabaseSettings, password?: string): void {
  if (password === undefined && placeOf(before) !== placeOf(after))
    throw new AppError('invalid_input', { fields: { password: 'required' } });
}

/** The first rows as facts, each with why it would not be kept. */
function judgeRows(settings: contracts.DatabaseSettings, { headers, rows }: Page, judging: Judging, t: Translate) {
  const facts = rows.map((row) => rowToFact(settings, headers, row, judging.kinds));
  const refused = new Map(readFacts(facts, judging).refused.map((one) => [one.no, one]));
  return rows.map((cells, no) => {
    const { code, field } = refused.get(no) ?? {};
    return {
      cells: cells.map((cell) => cell?.slice(0, mostShown) ?? null),
      fact: facts[no]!,
      problem:
        code === undefined
          ? null
          : { code, field: field ?? '', message: t(`facts.refused.${code}`, { field: field ?? '' }) },
    };
  });
}

export const databasesOperations: Operation[] = [
  implementOutside(contracts.tryDatabase, async ({ settings, password, sourceId }, context) => {
    const { app, actor, asCaller, asSystem, request } = context;
    checkSettings(settings);
    if (sourceId) checkPlace((await asCaller((inside) => getDatabase(inside, sourceId))).settings, settings, password);
    const sealed =
      sourceId && (await asSystem('keeper', (tx) => databases.findPassword(tx, actor.workspaceId, sourceId)));
    const secret = password ?? (sealed ? app.secrets.decrypt(sealed) : undefined);
    if (secret === undefined) throw new AppError('invalid_input', { fields: { password: 'required' } });
    const gone = new AbortController();
    request.raw.once('close', () => gone.abort());
    const { engine, query, order } = settings;
    const asked = toAsked(engine, query, order, beginAt(order.type, null), tried);
    try {
      for await (const page of readFrom(engine, openDatabase(app, settings, secret, gone.signal), asked)) {
        const missing = missingColumns(settings, page.headers);
        if (missing.length > 0) return { columns: page.headers, missing, rows: [] };
        const judging = await loadJudging(app, actor.workspaceId);
        return {
          columns: page.headers,
          missing,
          rows: judgeRows(settings, page, judging, translator(localeOf(request))),
        };
      }
      throw new Trouble('malformed');
    } catch (error) {
      const trouble = troubleOf(error);
      if (!trouble) throw error;
      throw new AppError('connection_failed', { fields: { problem: trouble.code } });
    }
  }),

  implement(contracts.addDatabase, async ({ name, settings, password }, { app, tx, actor }) => {
    checkSettings(settings);
    const secret = app.secrets.encrypt(password);
    const plain = { origins: [], mapping: null };
    const sourceId = await sources.addSource(tx, actor, { kind: 'database', name, settings: plain, secret });
    await databases.addDatabase(tx, actor, sourceId, settings);
    await recordAudit(tx, actor, 'facts.source', null, { name });
    await wake(app, tx, actor.workspaceId, sourceId);
    return { id: sourceId };
  }),

  implement(contracts.updateDatabase, async ({ sourceId, name, settings, password, paused, ended }, context) => {
    const { app, tx, actor } = context;
    const before = await getDatabase(context, sourceId);
    if (settings) {
      checkSettings(settings);
      checkPlace(before.settings, settings, password);
      if (isSame(settings, before.settings)) await databases.changeSchedule(tx, actor, sourceId, settings);
      else await databases.changeSettings(tx, actor, sourceId, settings);
    }
    const secret = password === undefined ? undefined : app.secrets.encrypt(password);
    await sources.changeSource(tx, actor, sourceId, { name, ended, ...(secret && { secret }) });
    await recordAudit(tx, actor, 'facts.source', null, { name: name ?? before.name });
    // What is taken up again is read again.
    const isPaused = paused ?? (ended === false ? false : before.state === 'paused');
    if (isPaused || (ended ?? before.ended)) {
      await databases.pause(tx, actor, sourceId);
      return {};
    }
    await databases.want(tx, actor, sourceId, false);
    await wake(app, tx, actor.workspaceId, sourceId);
    return {};
  }),

  implement(contracts.readDatabase, async ({ sourceId, again }, context) => {
    const { app, tx, actor } = context;
    const { ended } = await getDatabase(context, sourceId);
    if (ended) throw notFound();
    await databases.want(tx, actor, sourceId, again);
    await wake(app, tx, actor.workspaceId, sourceId);
    return {};
  }),
];
