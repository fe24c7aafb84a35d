import type { Input } from '../kernel/contract.ts';
import type { Member, TestApp } from '../kernel/testing.ts';
import { arrived } from './arriving.ts';
import type { Incoming, IncomingMessage } from './channels/channel.ts';
import { findWorking } from './channels.ts';
import * as channels from './channels-contract.ts';
import * as contracts from './contract.ts';

/** A chat that everybody of the company tends, unless it is said who. */
export const addChat = (admin: Member, access: channels.Audience[] = [{ kind: 'workspace' }], name = 'Site') =>
  admin.call(channels.addChannel, { kind: 'chat', name, settings: {}, access });

let nextId = 0;

/** A message of a customer as a channel brings it. */
export function incoming(said: Partial<IncomingMessage> & { from?: string } = {}): Incoming {
  const { from = 'lea@client.example', ...message } = said;
  return {
    kind: 'message',
    message: {
      externalId: `m${++nextId}`,
      thread: from,
      correspondent: { point: { channel: 'email', address: from }, name: 'Léa Martin' },
      direction: 'in',
      at: new Date(),
      text: 'Bonjour',
      ...message,
    },
  };
}

/** Has a channel bring something, in one transaction as a request of its platform would. */
export async function bring(app: TestApp, member: Member, channelId: string, ...all: Incoming[]) {
  const workspaceId = member.me.workspace.id;
  return app.app.db.asSystem('keeper', async (tx) => {
    const row = (await findWorking(tx, workspaceId, channelId))!;
    return arrived(app.app, tx, row, all);
  });
}

export const list = async (member: Member, filter: Input<typeof contracts.listConversations> = {}) =>
  (await member.call(contracts.listConversations, filter)).items;

export const messagesOf = async (member: Member, conversationId: string) =>
  (await member.call(contracts.listMessages, { conversationId })).items;
