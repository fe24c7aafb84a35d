import type { z } from 'zod';
import { findCardsByPoints } from '../cards/facts.ts';
import { findPersonCards, findUsedCards, nameCards } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import { parsePhone } from '../formats/normalise/phone.ts';
import { getMember } from '../identity/queries.ts';
import type { Parsed } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { tellAgents } from './arrivals.ts';
import { arrived } from './arriving.ts';
import type { Held, Incoming } from './channels/channel.ts';
import type { CallsSettings } from './channels/local.ts';
import { handleOf } from './channels/reading.ts';
import { findWorking, listChannels, noteHeard } from './channels.ts';
import type { readers } from './contract.ts';
import * as notes from './notes.ts';
import * as contracts from './notes-contract.ts';
import * as queries from './queries.ts';
import { excerptOf } from './rules.ts';

type Readers = z.output<typeof readers>;

/** Whom readers are, as rows say it. @throws AppError invalid_input for a team or a colleague who is not there */
export async function audienceOf({ tx, actor }: Pick<Context, 'tx' | 'actor'>, said: Readers): Promise<string | null> {
  if (said.kind === 'nobody') return null;
  if (said.kind === 'workspace') return actor.workspaceId;
  const id = said.kind === 'team' ? said.teamId : said.memberId;
  const field = said.kind === 'team' ? 'teamId' : 'memberId';
  const known =
    said.kind === 'team' ? await queries.findTeam(tx, actor, id) : await queries.findColleague(tx, actor, id);
  if (!known) throw new AppError('invalid_input', { fields: { [field]: 'unknown' } });
  return id;
}

/** The other way round. */
async function readersOf({ tx, actor }: Context, audienceId: string | null): Promise<Readers> {
  if (audienceId === null) return { kind: 'nobody' };
  if (audienceId === actor.workspaceId) return { kind: 'workspace' };
  if (await queries.findTeam(tx, actor, audienceId)) return { kind: 'team', teamId: audienceId };
  if (await queries.findColleague(tx, actor, audienceId)) return { kind: 'member', memberId: audienceId };
  return { kind: 'nobody' };
}

/** As messages call it; `video` is a film there. */
const natureOf = { call: 'call', video: 'meeting', visit: 'visit' } as const;

type Note = Parsed<typeof contracts.writeFieldNote>;

interface Met {
  point: { id: string; channel: 'email' | 'phone'; address: string };
  name: string;
}

/** Whom it was with, on a contact point that the actor sees: the number where one called. @throws AppError not_found, invalid_input */
async function findMet(context: Context, said: Note['with'][number], manner: Note['manner'], no: number): Promise<Met> {
  const { tx, actor } = context;
  const person = await findPersonCards(tx, actor, said.personId);
  if (!person) throw notFound();
  const points = await notes.listPoints(tx, actor, person.cardIds);
  const wanted = manner === 'call' ? 'phone' : 'email';
  const point = said.contactPointId
    ? points.find(({ id }) => id === said.contactPointId)
    : (points.find(({ channel }) => channel === wanted) ?? points[0]);
  if (!point) throw new AppError('invalid_input', { fields: { [`with.${no}`]: 'no_address' } });
  const names = await nameCards({ tx, actor }, person.cardIds);
  return { point, name: person.cardIds.map((cardId) => names.get(cardId)).find(Boolean) ?? '' };
}

async function writeNote(context: Context, said: Note): Promise<string[]> {
  const { app, tx, actor } = context;
  if (said.at && new Date(said.at).getTime() > Date.now() + 5 * 60_000)
    throw new AppError('invalid_input', { fields: { at: 'future' } });
  const me = await getMember(tx, actor);
  const channel = await notes.openNoteChannel(tx, actor, translator((me?.locale ?? 'en') as Locale)('notes.channel'));
  // The channel may be new: it is the actor's from here on.
  await queries.enterConversations(tx);
  const met: Met[] = [];
  for (const [no, one] of said.with.entries()) {
    const found = await findMet(context, one, said.manner, no);
    if (!met.some(({ point }) => point.id === found.point.id)) met.push(found);
  }
  const threads = met.map((_, no) => `note ${said.noteId} ${no}`);
  const known = await notes.findNote(tx, actor, channel, threads);
  if (known.length > 0) return known;
  const sharedWith = said.share ? await audienceOf(context, said.share) : channel.shared_with;
  const written = [];
  for (const [no, { point, name }] of met.entries())
    written.push(
      await notes.addNote(tx, actor, channel, {
        ...{
          thread: threads[no]!,
          point,
          name,
          nature: natureOf[said.manner],
          at: new Date(said.at),
          text: said.text,
          sharedWith,
        },
        excerpt: excerptOf(said.text) || natureOf[said.manner],
        held: heldOf(said, no),
        others: met.filter((one) => one.point !== point).map((one) => one.name || one.point.address),
      }),
    );
  await tellHolders(context, met, said.manner);
  const payload = { messages: written.slice(0, 1) };
  if (said.text !== '') await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'voices.read', payload });
  for (const { conversationId } of written)
    await tellAgents(tx, { workspaceId: actor.workspaceId, channelId: channel.channel_id }, [conversationId]);
  return written.map(({ conversationId }) => conversationId);
}

/** What the first said is a voice; whoever else was there has said nothing. */
const heldOf = ({ minutes, direction }: Note, no: number): Held => ({
  ...(minutes === null ? {} : { seconds: minutes * 60 }),
  ...(direction ? { direction } : {}),
  ...(no === 0 ? { theirs: true } : {}),
});

/** Who lends a card with these contact points hears that one met. */
async function tellHolders({ tx, actor }: Context, met: readonly Met[], manner: string): Promise<void> {
  const byPoint = await findCardsByPoints(
    tx,
    actor.workspaceId,
    met.map(({ point }) => point.id),
  );
  const cards = [...new Set([...byPoint.values()].flat())];
  await recordUses(tx, actor, 'contacted', await findUsedCards(tx, actor, cards), { channel: manner });
}

/** A number, or what stands in its place: nobody's. */
function pointOf({ number, externalId }: contracts.Call, country: string) {
  const e164 = parsePhone(number, country).e164;
  if (e164) return { channel: 'phone' as const, address: e164 };
  return handleOf('tel', number.replaceAll(/\D/g, '') || `withheld ${externalId}`);
}

function incomingOf(call: contracts.Call, settings: CallsSettings, agents: ReadonlyMap<string, string>): Incoming {
  const { direction, outcome, seconds, externalId, recordingUrl } = call;
  const point = pointOf(call, settings.country);
  const agent = call.agentEmail && agents.get(call.agentEmail.toLowerCase());
  const missed = direction === 'in' && outcome !== 'answered';
  return {
    kind: 'message',
    message: {
      ...{
        externalId: `call ${externalId}`,
        thread: `call ${point.address}`,
        direction,
        at: new Date(call.startedAt),
        text: '',
      },
      correspondent: { point, name: call.name },
      nature: outcome === 'missed' ? 'missed_call' : outcome === 'voicemail' ? 'voicemail' : 'call',
      // Who was spoken with waits for nobody.
      automatic: direction === 'in' && !missed,
      held: { seconds, direction, outcome, ...(agent ? { agent } : {}) },
      ...(recordingUrl ? { url: recordingUrl } : {}),
      ...(recordingUrl && settings.fetchRecordings
        ? { files: [{ name: `${outcome}.audio`, mediaType: '', content: { url: recordingUrl } }] }
        : {}),
    },
  };
}

export const notesOperations: Operation[] = [
  implement(contracts.writeFieldNote, async (said, context) => ({ conversationIds: await writeNote(context, said) })),

  implement(contracts.getNoteSetup, async (_input, context) => {
    const channel = await notes.findNoteChannel(context.tx, context.actor);
    return { share: await readersOf(context, channel?.shared_with ?? null) };
  }),

  implement(contracts.saveNoteSetup, async ({ share }, context) => {
    const { tx, actor } = context;
    const me = await getMember(tx, actor);
    const channel = await notes.openNoteChannel(tx, actor, translator((me?.locale ?? 'en') as Locale)('notes.channel'));
    await notes.saveSharing(tx, actor, channel, await audienceOf(context, share));
    return {};
  }),

  implementOutside(contracts.logCalls, async ({ channelId, calls }, { app, actor, asCaller, asSystem }) => {
    await asCaller(async ({ tx }) => {
      await queries.enterConversations(tx);
      const [row] = await listChannels(tx, actor, channelId);
      if (!row?.tends || row.kind !== 'calls' || row.state === 'ended') throw notFound();
    });
    const { workspaceId } = actor;
    return asSystem('keeper', async (tx) => {
      const channel = await findWorking(tx, workspaceId, channelId);
      if (channel?.state !== 'working') throw new AppError('unavailable');
      const emails = [...new Set(calls.flatMap(({ agentEmail }) => agentEmail?.toLowerCase() ?? []))];
      const agents = await notes.nameAgents(tx, workspaceId, emails);
      const settings = channel.settings as CallsSettings;
      const { messages } = await arrived(
        app,
        tx,
        channel,
        calls.map((call) => incomingOf(call, settings, agents)),
      );
      await noteHeard(tx, workspaceId, channelId);
      return { kept: messages.length, known: calls.length - messages.length };
    });
  }),
];
