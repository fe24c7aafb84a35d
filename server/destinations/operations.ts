import { isDeepStrictEqual } from 'node:util';
import { recordUses } from '../delegation/ledger.ts';
import { recordAudit } from '../identity/audit.ts';
import type { Actor } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { openGuarded } from '../kernel/guarded.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { isShown, listNames } from '../segments/index.ts';
import * as contracts from './contract.ts';
import { composeSome, findMembers, makePlan, type Reader } from './gathering.ts';
import type { AnyKind } from './kind.ts';
import { kindOf } from './kinds.ts';
import * as queries from './queries.ts';
import { codeOf } from './running.ts';
import { cellsOf } from './said.ts';
import { forgetWhatWasSaid, listSent } from './sent.ts';

/** Each is read for, person by person, again and again. */
const mostDestinations = 50;

const isMine = ({ memberId }: Actor, row: queries.DestinationRow): boolean => row.created_by === memberId;

type Counts = Awaited<ReturnType<typeof queries.countSent>>;

function describe(
  actor: Actor,
  row: queries.DestinationRow,
  counts: Counts,
  names: ReadonlyMap<string, string>,
): contracts.Destination {
  const { there, refused, doubtful } = counts.get(row.destination_id) ?? { there: 0, refused: 0, doubtful: 0 };
  return {
    id: row.destination_id,
    name: row.name,
    kind: row.kind,
    settings: row.settings,
    grantee: { kind: row.grantee_kind, id: row.grantee_id, name: row.grantee },
    segment: { id: row.segment_id, name: names.get(row.segment_id) ?? '' },
    fields: row.fields,
    everyMinutes: row.every_minutes,
    state: row.state,
    version: row.version,
    createdBy: row.creator,
    mine: isMine(actor, row),
    createdAt: row.created_at.toISOString(),
    running: row.running,
    nextAt: row.state === 'paused' || row.state === 'ended' ? null : (row.due_at?.toISOString() ?? null),
    succeededAt: row.succeeded_at?.toISOString() ?? null,
    failures: row.failures,
    trouble: row.trouble,
    counts: { there, refused, doubtful },
  };
}

/** @throws AppError not_found */
async function showOne({ asCaller, asSystem, actor }: OutsideContext, destinationId: string) {
  const { row, names } = await asCaller(async ({ tx }) => ({
    row: (await queries.listDestinations(tx, actor, destinationId))[0],
    names: await listNames(tx, actor),
  }));
  if (!row) throw notFound();
  const counts = await asSystem('keeper', (tx) => queries.countSent(tx, actor.workspaceId));
  return describe(actor, row, counts, names);
}

/** @throws AppError not_found */
async function getOne({ tx, actor }: Context, destinationId: string): Promise<queries.DestinationRow> {
  const [row] = await queries.listDestinations(tx, actor, destinationId);
  if (!row) throw notFound();
  return row;
}

/** The same, held until the end of the transaction. @throws AppError not_found, conflict for one that ends or has ended */
async function holdStanding(context: Context, destinationId: string): Promise<queries.DestinationRow> {
  if (!(await queries.holdDestination(context.tx, context.actor, destinationId))) throw notFound();
  const row = await getOne(context, destinationId);
  if (row.state === 'ended' || row.state === 'ending') throw new AppError('conflict');
  return row;
}

/** The same, of one's own. @throws AppError forbidden for one of somebody else, which every admin sees */
async function holdMine(context: Context, destinationId: string): Promise<queries.DestinationRow> {
  const row = await holdStanding(context, destinationId);
  if (!isMine(context.actor, row)) throw new AppError('forbidden');
  return row;
}

/** The actor, or a team or use of theirs: nobody sends what they do not see themself. @throws AppError not_found */
async function checkGrantee({ tx, actor }: Context, kind: string, granteeId: string): Promise<void> {
  if (kind === 'member') {
    if (granteeId !== actor.memberId) throw notFound();
    return;
  }
  const team = await queries.findOwnTeam(tx, actor, granteeId);
  if (!team || (team.purpose === null) !== (kind === 'team')) throw notFound();
}

/** @throws AppError not_found where the segment is not shown to the caller */
async function checkSegment({ tx, actor }: Context, segmentId: string): Promise<void> {
  if (!(await isShown(tx, actor, segmentId).catch(() => false))) throw notFound();
}

/** What was entered, as the kind reads it, and reached. @throws AppError invalid_input, connection_failed */
async function tryPlace({ app, request }: OutsideContext, kind: AnyKind, settings: unknown, secret: unknown) {
  const gone = new AbortController();
  request.raw.once('close', () => gone.abort());
  const entered = { settings: readPart(kind.settings, settings), secret: readPart(kind.secret, secret) };
  const access = { ...entered, guarded: openGuarded(app.config.privateNetworks), signal: gone.signal };
  try {
    return { settings: await kind.check(access), secret: entered.secret };
  } catch (error) {
    const problem = codeOf(error);
    if (problem === null) throw error;
    throw new AppError('connection_failed', { fields: { problem } });
  }
}

/** Whether what was entered leads to where it led before; a server's key is found there, not entered. */
function isSamePlace(before: object, after: object): boolean {
  const entered = (settings: object) => ({ ...settings, fingerprint: undefined });
  return isDeepStrictEqual(entered(before), entered(after));
}

/** @throws AppError invalid_input with the fields that it would not take */
function readPart(schema: AnyKind['settings'], part: unknown): unknown {
  const { data, error } = schema.safeParse(part);
  if (!error) return data;
  const fields = Object.fromEntries(error.issues.map(({ path, message }) => [String(path[0] ?? ''), message]));
  throw new AppError('invalid_input', { fields });
}

const readerOf = ({ workspaceId }: Actor, row: queries.DestinationRow): Reader => ({
  workspace_id: workspaceId,
  destination_id: row.destination_id,
  grantee_kind: row.grantee_kind,
  grantee_id: row.grantee_id,
  segment_id: row.segment_id,
  fields: row.fields,
  created_by: row.created_by,
});

const mostExamples = 6;

export const destinationsOperations: Operation[] = [
  implementOutside(contracts.listDestinations, async (_input, { actor, asCaller, asSystem }) => {
    const { rows, names } = await asCaller(async ({ tx }) => ({
      rows: await queries.listDestinations(tx, actor),
      names: await listNames(tx, actor),
    }));
    const counts = await asSystem('keeper', (tx) => queries.countSent(tx, actor.workspaceId));
    return { items: rows.map((row) => describe(actor, row, counts, names)) };
  }),

  implementOutside(contracts.createDestination, async (input, context) => {
    const { app, actor, asCaller, asSystem } = context;
    const kind = kindOf(input.kind);
    await asCaller(async (inside) => {
      await checkGrantee(inside, input.granteeKind, input.granteeId);
      await checkSegment(inside, input.segmentId);
    });
    const count = await asSystem('keeper', (tx) => queries.countDestinations(tx, actor.workspaceId));
    if (count >= mostDestinations) throw new AppError('conflict');
    const tried = await tryPlace(context, kind, input.settings, input.secret);
    const destinationId = newId();
    await asCaller(async ({ tx }) => {
      const secret = app.secrets.encrypt(JSON.stringify(tried.secret));
      const settings = tried.settings as object;
      await queries.addDestination(tx, actor, { ...input, destinationId, settings, secret, key: context.key ?? null });
      await recordAudit(tx, actor, 'destination.made', destinationId, { name: input.name });
    });
    const secret = input.kind === 'http' ? (tried.secret as { secret: string }).secret : null;
    return { destination: await showOne(context, destinationId), secret };
  }),

  implementOutside(contracts.changeDestination, async ({ destinationId, paused, ...said }, context) => {
    const { app, actor, asCaller, asSystem } = context;
    const hold = Object.keys(said).length > 0 ? holdMine : holdStanding;
    const before = await asCaller(async (inside) => {
      const row = await hold(inside, destinationId);
      if (said.segmentId) await checkSegment(inside, said.segmentId);
      return row;
    });
    let tried: Awaited<ReturnType<typeof tryPlace>> | undefined;
    if (said.settings || said.secret) {
      const sealed = await asSystem('keeper', (tx) => queries.findSecret(tx, actor.workspaceId, destinationId));
      // Another place is given no secret that was entered for this one.
      if (said.settings && !said.secret) throw new AppError('invalid_input', { fields: { secret: 'required' } });
      const opened = JSON.parse(app.secrets.decrypt(sealed!));
      // What messages are signed with is told to no receiver: it stays unless another is entered, since a new one would be shown to nobody.
      const secret = before.kind === 'http' ? { ...opened, ...(said.secret as object) } : (said.secret ?? opened);
      tried = await tryPlace(context, kindOf(before.kind), said.settings ?? before.settings, secret);
      if (said.settings && !isSamePlace(before.settings as object, tried.settings as object))
        await asSystem('keeper', (tx) => forgetWhatWasSaid(tx, actor.workspaceId, destinationId));
    }
    await asCaller(async (inside) => {
      const row = await hold(inside, destinationId);
      const other = said.settings !== undefined || said.segmentId !== undefined || said.fields !== undefined;
      const going = row.state === 'draft' ? undefined : paused ? ('paused' as const) : ('active' as const);
      await queries.changeDestination(inside.tx, actor, destinationId, {
        ...{ name: said.name, segmentId: said.segmentId, fields: said.fields, everyMinutes: said.everyMinutes },
        settings: said.settings ? (tried!.settings as object) : undefined,
        secret: tried && app.secrets.encrypt(JSON.stringify(tried.secret)),
        state: other ? 'draft' : paused === undefined ? undefined : going,
      });
      // Whoever lets it go on, or mends what shut it, need not wait.
      if (!other && row.state !== 'draft' && (paused === false || said.secret))
        await queries.setTurn(inside.tx, actor, destinationId, paused === false ? 'active' : null);
      await recordAudit(inside.tx, actor, 'destination.changed', destinationId, { name: said.name ?? row.name });
    });
    return showOne(context, destinationId);
  }),

  implementOutside(contracts.previewDestination, async ({ destinationId }, context) => {
    const { app, actor, asCaller, asSystem } = context;
    const row = await asCaller((inside) => holdMine(inside, destinationId));
    const [to, kind] = [readerOf(actor, row), kindOf(row.kind)];
    const sent = await asSystem('keeper', (tx) => listSent(tx, actor.workspaceId, destinationId));
    const plan = await makePlan(app, to, kind, sent, true);
    const [leaving, seen] = [await findMembers(app, to), await findMembers(app, to, 'read')];
    const shown = [...plan.upserts.filter(({ change }) => change === 'added').slice(0, mostExamples / 2)];
    shown.push(...plan.upserts.filter(({ change }) => change === 'changed').slice(0, mostExamples - shown.length));
    const { candidates, grants } = await composeSome(
      app,
      to,
      kind,
      shown.map(({ personId }) => personId),
    );
    // Whoever tries it reads these: their holders hear of it.
    const used = candidates.flatMap((one) => one.used);
    await asSystem('keeper', (tx) => recordUses(tx, actor, 'opened', used, { grants }));
    const said = new Map(candidates.map((one) => [one.key, one.said]));
    return {
      version: row.version,
      added: plan.upserts.filter(({ change }) => change === 'added').length,
      changed: plan.upserts.filter(({ change }) => change === 'changed').length,
      removed: plan.removals.length,
      unchanged: plan.unchanged,
      leftOut: Math.max(0, (seen?.length ?? 0) - (leaving?.length ?? 0)),
      unfit: plan.unfit,
      examples: shown.flatMap(({ key, change }) => {
        const about = said.get(key);
        return about
          ? [{ change, cells: cellsOf(about).filter(([name, value]) => value !== '' && name !== 'id') }]
          : [];
      }),
    };
  }),

  implementOutside(contracts.startDestination, async ({ destinationId, version }, context) => {
    const { actor, asCaller } = context;
    await asCaller(async (inside) => {
      const row = await holdMine(inside, destinationId);
      // What was looked at is what starts.
      if (row.version !== version) throw new AppError('not_as_shown');
      await queries.setTurn(inside.tx, actor, destinationId, 'active');
      await recordAudit(inside.tx, actor, 'destination.started', destinationId, { name: row.name });
    });
    return showOne(context, destinationId);
  }),

  implementOutside(contracts.sendNow, async ({ destinationId }, context) => {
    await context.asCaller(async (inside) => {
      const { state } = await holdMine(inside, destinationId);
      if (state !== 'active' && state !== 'failing') throw new AppError('conflict');
      await queries.setTurn(inside.tx, inside.actor, destinationId, null);
    });
    return showOne(context, destinationId);
  }),

  implement(contracts.removeDestination, async ({ destinationId, takeBack }, context) => {
    const { tx, actor } = context;
    if (!(await queries.holdDestination(tx, actor, destinationId))) throw notFound();
    const { name, state } = await getOne(context, destinationId);
    if (takeBack && state !== 'ended') await queries.setEnding(tx, actor, destinationId);
    else await queries.removeDestination(tx, actor, destinationId);
    await recordAudit(tx, actor, 'destination.removed', destinationId, { name });
    return {};
  }),

  implement(contracts.listRuns, async ({ destinationId }, context) => {
    await getOne(context, destinationId);
    const rows = await queries.listRuns(context.tx, context.actor, destinationId);
    return {
      items: rows.map(({ run_id: id, started_at, ended_at, outcome, added, changed, removed, refused }) => ({
        ...{ id, startedAt: started_at.toISOString(), endedAt: ended_at?.toISOString() ?? null, outcome },
        counts: { added, changed, removed, refused },
      })),
    };
  }),
];
