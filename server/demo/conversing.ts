import { randomBytes } from 'node:crypto';
import { arrived } from '../conversations/arriving.ts';
import type { Incoming, IncomingMessage } from '../conversations/channels/channel.ts';
import { channels } from '../conversations/channels/kinds.ts';
import { channelOf } from '../conversations/channels/local.ts';
import { addChannel, findWorking, noteHeard, setAccess } from '../conversations/channels.ts';
import type { ChannelKind } from '../conversations/contract.ts';
import { addMessage, changeConversation } from '../conversations/queries.ts';
import { wordsOf } from '../conversations/rules.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import * as queries from './queries.ts';
import { random } from './random.ts';
import { judged, lateDeliveries, onSite, type Story, toService } from './sayings.ts';

// Eight weeks of conversations, told as their channels would have told them. Nothing leaves: our answers were "written elsewhere".

const [hourMs, dayMs] = [3_600_000, 86_400_000];

/** One conversation as it is planned. */
interface Told {
  story: Story;
  at: Date;
  /** Which of the people writes. */
  who: number;
  /** Which of the members answers, notes and is in charge. */
  member: number;
  state: 'open' | 'pending' | 'snoozed' | 'closed';
  assigned: boolean;
}

/** On the day before this one, at an hour: a whole day, on which much more is said than on others. */
const yesterdayAt = (now: Date, hour: number): Date => {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  return new Date(today - dayMs + hour * hourMs);
};

/** What was said long ago is closed where it was answered; what is new is open, waits, or is put off. */
function stateOf({ answer, stars }: Story, daysAgo: number, no: number): Told['state'] {
  if (stars !== undefined || (answer && daysAgo > 7)) return 'closed';
  if (answer) return no % 3 === 0 ? 'closed' : 'pending';
  return no % 3 === 2 ? 'snoozed' : 'open';
}

function planOf(stories: readonly Story[], count: number, seed: number, now: Date): Told[] {
  const r = random(seed);
  return Array.from({ length: count }, (_, no): Told => {
    const story = stories[no % stories.length]!;
    // What nobody has answered is not old; of the answered ones a few are recent, too.
    const daysAgo = !story.answer ? 2 + r.below(10) : no % 4 === 1 ? 2 + r.below(5) : 8 + r.below(46);
    const at = new Date(now.getTime() - daysAgo * dayMs - r.below(8) * hourMs);
    const state = stateOf(story, daysAgo, no);
    return {
      story,
      at,
      who: seed * 40 + no,
      member: 1 + r.below(6),
      state,
      assigned: state !== 'open' || no % 3 === 0,
    };
  });
}

/** Late deliveries: the last four now and then within the month, all others on one day. */
function planLate(now: Date): Told[] {
  return lateDeliveries.map((story, no): Told => {
    const before = no - (lateDeliveries.length - 4);
    const at = before < 0 ? yesterdayAt(now, 7 + no) : new Date(now.getTime() - (6 + before * 6) * dayMs);
    const state = stateOf(story, before < 0 ? 1 : 10, 1);
    return { story, at, who: 400 + no, member: 1 + (no % 5), state, assigned: no % 2 === 0 };
  });
}

interface Planned {
  kind: ChannelKind;
  name: string;
  settings: object;
  secret: object;
  told: Told[];
}

const planChannels = (now: Date): Planned[] => [
  {
    ...{ kind: 'webhook', name: 'Service clients', settings: { url: null } },
    // Nobody has it: nothing can be brought in from outside before an admin sets another.
    secret: { signing: `whsec_${randomBytes(32).toString('base64')}` },
    told: [...planOf(toService, 26, 1, now), ...planLate(now)],
  },
  {
    ...{ kind: 'chat', name: 'Discussion du site', secret: {} },
    settings: { greeting: { fr: 'Bonjour, que pouvons-nous faire pour vous ?', en: 'Hello, how can we help?' } },
    told: planOf(onSite, onSite.length, 2, now),
  },
  {
    ...{ kind: 'reviews', name: 'Avis en ligne', settings: {}, secret: {} },
    told: planOf(judged, judged.length, 3, now),
  },
];

/** Who writes: customers by their addresses, and every fifth somebody whom nobody knows. */
function correspondentOf({ who, story }: Told, people: readonly queries.Customer[]): IncomingMessage['correspondent'] {
  const fitting = people.filter((one) => one.english === (story.english ?? false));
  const known = fitting[who % fitting.length];
  if (!known || who % 5 === 2) {
    const name = story.english ? 'Alex' : 'Camille';
    return { point: { channel: 'email', address: `${name.toLowerCase()}.${who}@courriel.example` }, name };
  }
  return { point: { channel: 'email', address: known.email }, name: known.name };
}

const idOf = (no: number, what: 'in' | 'out'): string => `demo ${no} ${what}`;

function messagesOf(told: readonly Told[], people: readonly queries.Customer[]): Incoming[] {
  return told.flatMap((one, no): Incoming[] => {
    const { subject, text, answer, stars } = one.story;
    const numbered = (words: string) => words.replaceAll('#', `C-${4100 + one.who}`);
    const base = { thread: `demo ${no}`, correspondent: correspondentOf(one, people) };
    const theirs: IncomingMessage = {
      ...{ ...base, externalId: idOf(no, 'in'), direction: 'in', at: one.at, text: numbered(text) },
      ...(subject && { subject: numbered(subject) }),
      ...(stars && { rating: { value: stars, of: 5 } }),
    };
    const answeredAt = new Date(one.at.getTime() + (1 + (no % 7)) * hourMs);
    const ours = answer && { ...base, externalId: idOf(no, 'out'), direction: 'out' as const, at: answeredAt };
    return [
      { kind: 'message', message: theirs },
      ...(ours ? [{ kind: 'message' as const, message: { ...ours, text: answer } }] : []),
    ];
  });
}

/** Opens the channels and tells what was said there. Once, in one transaction; voices are read afterwards by their own job. */
export async function tellConversations(app: App, { workspaceId, memberIds }: queries.DemoState): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    if (await queries.hasChannels(tx, workspaceId)) return;
    const people = await queries.listWriters(tx, workspaceId);
    for (const planned of planChannels(new Date())) {
      const channelId = await open(app, tx, { workspaceId, memberId: memberIds[0]! }, planned);
      const channel = (await findWorking(tx, workspaceId, channelId))!;
      await arrived(app, tx, channel, messagesOf(planned.told, people), { told: false });
      await noteHeard(tx, workspaceId, channelId);
      await actOn(tx, { workspaceId, memberIds, channelId, channelNo: channel.channel_no }, planned.told);
    }
  });
}

async function open(app: App, tx: Tx, actor: { workspaceId: string; memberId: string }, planned: Planned) {
  const { kind, name } = planned;
  const settings = channelOf(channels, kind).settings.parse(planned.settings);
  const secret = app.secrets.encrypt(JSON.stringify(planned.secret));
  const channelId = await addChannel(tx, actor, { kind, name, ownerId: null, settings, secret, pulled: false });
  await setAccess(tx, actor, channelId, [{ kind: 'workspace' }]);
  return channelId;
}

/** What members did: who answered, what they noted, in whose hands it is and how it stands. */
async function actOn(
  tx: Tx,
  {
    workspaceId,
    memberIds,
    channelId,
    channelNo,
  }: Pick<queries.DemoState, 'workspaceId' | 'memberIds'> & {
    channelId: string;
    channelNo: number;
  },
  told: readonly Told[],
): Promise<void> {
  const stands = await queries.findTold(tx, workspaceId, channelId);
  const written: queries.Written[] = [];
  for (const [no, { story, at, member, state, assigned }] of told.entries()) {
    const { conversation_id } = stands.get(idOf(no, 'in'))!;
    const actor = { workspaceId, memberId: memberIds[member]! };
    const answer = stands.get(idOf(no, 'out'));
    if (answer) written.push({ message_id: answer.message_id, author_id: actor.memberId, sent_at: answer.sent_at });
    if (story.note) {
      const messageId = newId();
      const of = { conversation_id, channel_id: channelId, channel_no: channelNo, shared_with: null };
      await addMessage(tx, actor, of, { messageId, kind: 'note', text: story.note, words: wordsOf(story.note) });
      const sent_at = new Date(at.getTime() + hourMs / 2);
      written.push({ message_id: messageId, author_id: memberIds[member + 1]!, sent_at });
    }
    const closed = state === 'closed';
    const change = {
      ...{ status: state, assigneeId: assigned ? actor.memberId : undefined },
      ...(state === 'snoozed' ? { snoozedUntil: new Date(Date.now() + 3 * dayMs) } : {}),
      ...(closed ? { closedAt: answer?.sent_at ?? at, waitingSince: null } : {}),
    };
    await changeConversation(tx, actor, conversation_id, change, null);
  }
  await queries.signMessages(tx, workspaceId, channelId, written);
}
