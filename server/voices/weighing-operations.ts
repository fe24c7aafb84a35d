import { enterConversations } from '../conversations/queries.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import * as contracts from './contract.ts';
import * as heard from './heard.ts';
import { loadTopics } from './tree.ts';
import { findSpeakers, mostHeard, usualWeighing, type Viewer, weigh } from './weighing.ts';

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

/** Who spoke on these topics, whose they are, and what counts how much. */
async function hear(viewer: Viewer, hearing: heard.Hearing) {
  const { tx, actor } = viewer;
  await enterConversations(tx);
  const found = await heard.listHeardBy(tx, actor, hearing, mostHeard + 1);
  const rows = found.slice(0, mostHeard);
  const points = [...new Set(rows.flatMap((row) => row.contact_point_id ?? []))];
  const cards = [...new Set(rows.flatMap((row) => (row.contact_point_id ? [] : (row.card_id ?? []))))];
  const speakers = await findSpeakers(viewer, points, cards);
  const weighing = (await heard.findWeighing(tx, actor)) ?? usualWeighing;
  return { rows, speakers, weighing, cut: found.length > mostHeard ? mostHeard : null };
}

async function getWeights(context: Context, { days, tone }: { days: number; tone: 'negative' | 'any' }) {
  const topics = (await loadTopics(context.tx, context.actor.workspaceId)).filter(({ ended }) => !ended);
  const hearing = { topicIds: topics.map(({ id }) => id), since: daysAgo(days), tone };
  const { rows, speakers, weighing, cut } = await hear(context, hearing);
  const byTopic = Map.groupBy(rows, (row) => row.topic_id);
  const items = topics.flatMap(({ id, name, aspect }) => {
    const own = byTopic.get(id);
    if (!own) return [];
    const { people, accounts, values, weight } = weigh(own, speakers, weighing);
    return [{ topicId: id, name, aspect, people, accounts, values, weight }];
  });
  return { weighing, items: items.sort((a, b) => b.weight - a.weight), cut };
}

export const weighingOperations: Operation[] = [
  implement(contracts.getWeights, (which, context) => getWeights(context, which)),

  implement(contracts.setWeighing, async (weighing, { tx, actor }) => {
    await heard.keepWeighing(tx, actor, weighing);
    return weighing;
  }),

  implement(contracts.listVoices, async ({ topicId, days, tone }, context) => {
    const topic = (await loadTopics(context.tx, context.actor.workspaceId)).find((one) => one.id === topicId);
    const { rows, speakers, weighing } = await hear(context, { topicIds: [topicId], since: daysAgo(days), tone });
    const { voices, people, accounts, values, weight } = weigh(rows, speakers, weighing);
    const items = voices
      .sort((a, b) => (a.last < b.last ? 1 : -1))
      .slice(0, contracts.mostVoices)
      .map(({ speaker, first, last, times, tone: lastTone, origins }) => ({
        person: speaker.personId === null ? null : { id: speaker.personId, name: speaker.name },
        name: speaker.name,
        account: speaker.account,
        worth: speaker.worth.map(({ opportunity_id: id, name, currency, cents }) => ({ id, name, currency, cents })),
        ...{ first, last, times, tone: lastTone, origins },
      }));
    return { name: topic?.name ?? null, people, accounts, values, weight, weighing, items };
  }),
];
