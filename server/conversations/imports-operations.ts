import { recordAudit } from '../identity/audit.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { addChannel, listChannels, setAccess } from './channels.ts';
import type { ChannelKind } from './contract.ts';
import { previewOf, readFiles } from './importing.ts';
import * as imports from './imports.ts';
import * as contracts from './imports-contract.ts';
import { enterConversations } from './queries.ts';

const dayMs = 86_400_000;

const describe = (row: imports.ImportRow): contracts.ImportedFile => ({
  id: row.import_id,
  kind: row.kind,
  fileName: row.file_name,
  state: row.state,
  channel: row.channel_id ? { id: row.channel_id, name: row.channel_name ?? '' } : null,
  report: row.report,
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  undoableUntil:
    (row.state === 'done' || (row.state === 'failed' && row.report)) && row.finished_at
      ? new Date(row.finished_at.getTime() + imports.undoDays * dayMs).toISOString()
      : null,
});

/** On which kind of channel a file's messages stand. */
const channelKindOf = (kind: imports.ImportRow['kind']): ChannelKind => (kind === 'reviews' ? 'reviews' : 'imported');

/** A file, with its octets. @throws AppError not_found */
async function getImport({ actor, asSystem }: OutsideContext, importId: string) {
  const found = await asSystem('keeper', async (tx) => {
    const row = await imports.findImport(tx, actor.workspaceId, importId);
    return row && { row, files: await imports.readParts(tx, actor.workspaceId, importId) };
  });
  if (!found) throw notFound();
  return found;
}

/** The channel that was chosen, or a new one. @throws AppError invalid_input for one of another kind */
async function openChannel(
  { actor, asCaller }: OutsideContext,
  kind: ChannelKind,
  { channelId, name }: { channelId?: string | undefined; name?: string | undefined },
): Promise<string> {
  return asCaller(async ({ tx }) => {
    if (channelId) {
      await enterConversations(tx);
      const [row] = await listChannels(tx, actor, channelId);
      if (row?.kind !== kind || row.owner_id !== null || row.state === 'ended')
        throw new AppError('invalid_input', { fields: { channelId: 'unknown' } });
      return channelId;
    }
    const said = { kind, name: name!, ownerId: null, settings: {}, secret: null, pulled: false };
    const made = await addChannel(tx, actor, said);
    await setAccess(tx, actor, made, [{ kind: 'workspace' }]);
    await recordAudit(tx, actor, 'channel.opened', made, { name: name! });
    return made;
  });
}

export const importsOperations: Operation[] = [
  implement(contracts.listImports, async (_input, { tx, actor }) => ({
    items: (await imports.listImports(tx, actor)).map(describe),
  })),

  implementOutside(contracts.previewImport, async ({ importId, ...options }, context) => {
    const { row, files } = await getImport(context, importId);
    if (row.state !== 'ready' && row.state !== 'failed') throw notFound();
    return previewOf(row, await readFiles(row, files, options));
  }),

  implementOutside(contracts.runImport, async ({ importId, channelId, name, ...options }, context) => {
    const { app, actor, asSystem } = context;
    const { row, files } = await getImport(context, importId);
    if (row.state !== 'ready' && row.state !== 'failed') throw new AppError('conflict');
    // What cannot be read opens no channel.
    await readFiles(row, files, options);
    const channel = await openChannel(context, channelKindOf(row.kind), { channelId, name });
    return asSystem('keeper', async (tx) => {
      const { workspaceId } = actor;
      if (!(await imports.queueImport(tx, workspaceId, importId, { channelId: channel, options })))
        throw new AppError('conflict');
      await app.enqueue(tx, {
        ...{ workspaceId, task: 'conversations.import', payload: { importId } },
        queue: `channel ${channel}`,
      });
      return describe((await imports.findImport(tx, workspaceId, importId))!);
    });
  }),

  implementOutside(contracts.undoImport, async ({ importId }, { app, actor, asSystem }) =>
    asSystem('keeper', async (tx) => {
      const { workspaceId } = actor;
      if (!(await imports.findImport(tx, workspaceId, importId))) throw notFound();
      const gone = await imports.undoImport(tx, workspaceId, importId);
      if (!gone) throw new AppError('not_undoable');
      // What was read of them goes with them.
      for (let at = 0; at < gone.length; at += 500)
        await app.enqueue(tx, { workspaceId, task: 'voices.read', payload: { messages: gone.slice(at, at + 500) } });
      return describe((await imports.findImport(tx, workspaceId, importId))!);
    }),
  ),
];
