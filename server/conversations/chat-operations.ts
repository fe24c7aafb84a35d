import type { FastifyRequest } from 'fastify';
import { contactPointId } from '../cards/writing.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { implement, type Operation } from '../kernel/http.ts';
import { newToken, sha256 } from '../kernel/ids.ts';
import { tellAgents, tellVisitor } from './arrivals.ts';
import { arrived } from './arriving.ts';
import type { IncomingFile, IncomingMessage } from './channels/channel.ts';
import type { ChatSettings } from './channels/local.ts';
import { findWorking, noteHeard } from './channels.ts';
import * as contracts from './chat-contract.ts';
import * as visitors from './visitors.ts';

interface Place {
  workspaceId: string;
  channelId: string;
}

/** Messages a minute that one visitor may write. */
const mostPerMinute = 20;

/** A channel on which visitors write. @throws AppError not_found */
async function getChat(tx: Tx, { workspaceId, channelId }: Place) {
  const channel = await findWorking(tx, workspaceId, channelId);
  if (channel?.kind !== 'chat' || channel.state === 'ended') throw notFound();
  return channel;
}

/** Who asks, by their own word: 43 signs of base64url. @throws AppError not_found, unauthenticated */
export async function getVisitor(tx: Tx, request: FastifyRequest, place: Place): Promise<visitors.Visitor> {
  const word = request.headers[contracts.visitorHeader];
  if (typeof word !== 'string' || !/^[\w-]{43}$/.test(word)) throw new AppError('unauthenticated');
  return { channel: await getChat(tx, place), thread: sha256(word).toString('hex') };
}

/** Keeps what a visitor says. The id that their browser gives it makes it one message however often it comes. @throws AppError too_many_requests */
export async function say(
  app: App,
  request: FastifyRequest,
  place: Place,
  said: { messageId: string; text: string; files?: readonly IncomingFile[] },
): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    const visitor = await getVisitor(tx, request, place);
    if (visitor.channel.state !== 'working') throw new AppError('unavailable');
    if ((await visitors.countRecent(tx, visitor)) >= mostPerMinute) throw new AppError('too_many_requests');
    const known = await visitors.findVisit(tx, visitor);
    const point = known?.claimed
      ? { channel: 'email' as const, address: known.address }
      : { channel: 'visitor' as const, address: visitor.thread };
    const message: IncomingMessage = {
      externalId: `${visitor.thread.slice(0, 32)} ${said.messageId}`,
      thread: visitor.thread,
      correspondent: {
        point,
        name: known?.contact_name ?? '',
        replyTo: visitor.thread,
        claimed: known?.claimed ?? false,
      },
      direction: 'in',
      at: new Date(),
      text: said.text,
      ...(said.files ? { files: said.files } : {}),
    };
    await arrived(app, tx, visitor.channel, [{ kind: 'message', message }]);
    if (known) await tellVisitor(tx, place.workspaceId, known.conversation_id);
    await noteHeard(tx, place.workspaceId, place.channelId);
  });
}

export const chatOperations: Operation[] = [
  implement(contracts.openChat, async (place, { app }) => {
    await app.db.asSystem('keeper', (tx) => getChat(tx, place));
    return { visitor: newToken() };
  }),

  implement(contracts.readChat, async (place, { app, request }) =>
    app.db.asSystem('keeper', async (tx) => {
      const visitor = await getVisitor(tx, request, place);
      const { greeting, colour, asks } = visitor.channel.settings as ChatSettings;
      const visit = await visitors.findVisit(tx, visitor);
      const { company, memberIds } = await visitors.findHosts(tx, visitor);
      const there = app.live.listening(place.workspaceId);
      return {
        ...{ company, greeting, colour, asks },
        online: visitor.channel.state === 'working' && memberIds.some((memberId) => there.has(memberId)),
        writing: visit?.agent_writes ?? false,
        known: visit?.claimed ? { name: visit.contact_name, email: visit.address } : null,
        messages: await visitors.listSaid(tx, visitor),
      };
    }),
  ),

  implement(contracts.sayInChat, async ({ messageId, text, ...place }, { app, request }) => {
    await say(app, request, place, { messageId, text });
    return {};
  }),

  implement(contracts.identifyVisitor, async ({ name, email, ...place }, { app, request }) => {
    const address = normaliseEmail(email);
    if (!address) throw new AppError('invalid_input', { fields: { email: 'email' } });
    await app.db.asSystem('keeper', async (tx) => {
      const visitor = await getVisitor(tx, request, place);
      const { workspaceId, channelId } = place;
      const point = contactPointId(app.secrets, workspaceId, { channel: 'email', address });
      const conversationId = await visitors.identify(tx, visitor, { contactPointId: point, email: address, name });
      if (conversationId) await tellAgents(tx, { workspaceId, channelId }, [conversationId]);
    });
    return {};
  }),

  implement(contracts.writeInChat, async (place, { app, request }) => {
    await app.db.asSystem('keeper', async (tx) => {
      const conversationId = await visitors.noteWriting(tx, await getVisitor(tx, request, place));
      if (conversationId) await tellAgents(tx, place, [conversationId]);
    });
    return {};
  }),
];
