import { troubleOf } from '../connectors/connector.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import type { AnyChannel } from './channels/channel.ts';
import { channelOf } from './channels/local.ts';
import { findWorking } from './channels.ts';
import { mostFile } from './contract.ts';
import { findRemote, judged, type RemoteFile, settleFile } from './files.ts';
import { pauseAfter } from './rules.ts';
import { accessTo } from './sending.ts';

/** What passes: asked again later. */
const passing = new Set(['busy', 'server_error', 'unreachable', 'timeout']);

/** Fetches a file that came as an address or an id. What cannot be had says so; what may be had later is tried again over some 17 hours. */
export async function fetchFile(
  app: App,
  channels: readonly AnyChannel[],
  workspaceId: string,
  { fileId, tried }: { fileId: string; tried: number },
  signal: AbortSignal,
): Promise<void> {
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const found = await asKeeper(async (tx) => {
    const file = await findRemote(tx, workspaceId, fileId);
    return file && { file, channel: (await findWorking(tx, workspaceId, file.channel_id))! };
  });
  if (!found) return;
  const octets = await fetchOctets(app, channelOf(channels, found.channel.kind), found.channel, found.file, signal);
  const pause = 'refused' in octets && passing.has(octets.refused) ? pauseAfter(tried + 1) : null;
  if (pause !== null) {
    const payload = { fileId, tried: tried + 1 };
    const queue = `channel ${found.channel.channel_id}`;
    await asKeeper((tx) =>
      app.enqueue(tx, { workspaceId, task: 'conversations.fetchFile', payload, queue, delaySeconds: pause }),
    );
    return;
  }
  const outcome =
    'refused' in octets
      ? octets
      : { octets: octets.octets, ...(await judged(found.file.name, found.file.media_type, octets.octets)) };
  await asKeeper((tx) => settleFile(tx, workspaceId, found.file, outcome));
}

async function fetchOctets(
  app: App,
  channel: AnyChannel,
  row: { settings: unknown; secret: Buffer | null },
  file: RemoteFile,
  signal: AbortSignal,
): Promise<{ octets: Uint8Array } | { refused: string }> {
  if (!channel.fetchFile) return { refused: 'unreachable' };
  try {
    const octets = await channel.fetchFile(accessTo(app, row, signal), {
      ...{ name: file.name, mediaType: file.media_type, content: file.remote },
    });
    return octets.length > mostFile ? { refused: 'too_large' } : { octets };
  } catch (error) {
    const trouble = troubleOf(error);
    if (!trouble) app.log.error('a file was not fetched', { kind: channel.kind, error });
    return { refused: trouble?.code ?? 'unreachable' };
  }
}
