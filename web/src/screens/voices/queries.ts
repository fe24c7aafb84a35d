import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Input, Output } from '../../../../server/kernel/contract.ts';
import {
  correct,
  countElsewhere,
  getBoard,
  getRise,
  getWeights,
  listElsewhere,
  listMessages,
  listProposals,
  listReadings,
  listRises,
  listTopics,
  listVoices,
  type Reading,
  saveTopic,
  standingColumns,
  type Tone,
  type Topic,
  takeBack,
} from '../../../../server/voices/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import type { VoicesSearch, WeightSearch } from './search.ts';

export const topicsQuery = reading(listTopics, {});
export const proposalsQuery = reading(listProposals, {});
export const risesQuery = reading(listRises, {});
export const riseQuery = (riseId: string) => reading(getRise, { riseId });
export const readingsQuery = (conversationId: string) => reading(listReadings, { conversationId });

export const boardQuery = ({ days = 30, by = 'channel', count = 'messages', channel }: VoicesSearch) =>
  queryOptions({
    ...reading(getBoard, { days, by, count, ...(channel && by !== 'channel' ? { channelId: channel } : {}) }),
    placeholderData: keepPreviousData,
  });

function columnOf({ by, channel, column = '' }: VoicesSearch) {
  const on = channel ? { channelId: channel } : {};
  if (by === 'week') return { week: column, ...on };
  return by === 'standing' ? { standing: standingColumns.find((one) => one === column), ...on } : { channelId: column };
}

export const weightsQuery = ({ days = 30, tone = 'negative' }: WeightSearch) =>
  queryOptions({ ...reading(getWeights, { days, tone }), placeholderData: keepPreviousData });
export const speakersQuery = ({ days = 30, tone = 'negative', topic = '' }: WeightSearch) =>
  reading(listVoices, { topicId: topic, days, tone });
export const refreshWeights = () => refresh(getWeights, listVoices);

/** The messages of a rise, on its day. */
export function riseMessagesQuery(rise: Output<typeof getRise> | undefined) {
  const which = {
    ...{ topicId: rise?.topicId ?? '', channelId: rise?.channel.id ?? '', day: rise?.day ?? '' },
    ...{ days: 90, tone: 'negative' as const },
  };
  return messagesQuery(which);
}

/** The messages of the cell that is open. */
export function cellQuery({ days = 30, by, tone, channel, topic = '', column = '' }: VoicesSearch) {
  const which = {
    ...{ topicId: topic, days },
    ...columnOf({ by, channel, column }),
    ...(tone === 'all' ? {} : { tone: 'negative' as const }),
  };
  return messagesQuery(which);
}

function messagesQuery(which: Omit<Input<typeof listMessages>, 'limit' | 'after'>) {
  return infiniteQueryOptions({
    queryKey: [listMessages.name, which],
    queryFn: ({ pageParam }) => call(listMessages, { ...which, limit: 30, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
}

export const elsewhereQuery = (days: number) => reading(countElsewhere, { days });
export const elsewhereOfQuery = (topicId: string, days: number) =>
  infiniteQueryOptions({
    queryKey: [listElsewhere.name, topicId, days],
    queryFn: ({ pageParam }) =>
      call(listElsewhere, { topicId, days, limit: 20, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

const refreshVoices = () => refresh(getBoard, getWeights, listVoices, listMessages, listProposals, listReadings);

/** Says how a message sounds or what it is about, with a way back. */
export async function decideReading(
  conversationId: string,
  before: Reading,
  said: { tone?: Tone; topicIds?: string[] },
): Promise<void> {
  const { messageId, corrected } = before;
  const place = { conversationId, messageId };
  const stands = { tone: corrected?.tone ?? null, topicIds: corrected?.topicIds ?? null };
  try {
    await call(correct, { ...place, ...stands, ...said });
    await refreshVoices();
    offerUndo(t('voices.corrected'), async () => {
      await (corrected ? call(correct, { ...place, ...stands }) : call(takeBack, place));
      await refreshVoices();
    });
  } catch (error) {
    sayError(error);
  }
}

/** As the machine read it; nothing is learnt from what was said. */
export async function takeReadingBack(conversationId: string, { messageId, corrected }: Reading): Promise<void> {
  if (!corrected) return;
  const { tone, topicIds } = corrected;
  try {
    await call(takeBack, { conversationId, messageId });
    await refreshVoices();
    offerUndo(t('voices.takenBack'), async () => {
      await call(correct, { conversationId, messageId, tone, topicIds });
      await refreshVoices();
    });
  } catch (error) {
    sayError(error);
  }
}

/** Keeps a topic; what came in the last weeks is read anew behind the answer. */
export async function keepTopic({ id: topicId, ...topic }: Topic): Promise<void> {
  await call(saveTopic, { topicId, ...topic });
  await Promise.all([refresh(listTopics), refreshVoices()]);
}
