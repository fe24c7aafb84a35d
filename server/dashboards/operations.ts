import { listWanted, shareOf } from '../collection/progress.ts';
import { readFigures } from '../conversations/figures.ts';
import { enterConversations } from '../conversations/queries.ts';
import { getMember } from '../identity/queries.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { bandFrom } from '../relations/paths-contract.ts';
import { listTrends } from '../segments/index.ts';
import { loadTopics } from '../voices/index.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { chartOf, endsOf, needRows, stepOf, stepsOf } from './rules.ts';

type Viewer = Pick<Context, 'tx' | 'actor'>;
type Made = Promise<contracts.Chart[]>;

const query = (path: string, search: Record<string, string>) => `${path}?${new URLSearchParams(search)}`;

async function reference({ tx, actor }: Viewer, days: number): Made {
  const steps = stepsOf(days, new Date());
  const counted = await queries.countReference(tx, actor, stepOf(days), steps[0]!);
  const to = (key: string) => query('/people', { freshness: key });
  return [
    chartOf('reference.kinds', counted.kinds, {
      points: ['person', 'organization'],
      to: (key) => (key === 'person' ? '/people' : '/organizations'),
    }),
    chartOf('reference.freshness', counted.freshness, { points: ['quarter', 'year', 'three_years', 'older'], to }),
    chartOf('reference.growth', counted.growth, {
      form: 'columns',
      points: steps,
      to: () => query('/people', { sort: 'recent' }),
    }),
    chartOf('reference.sources', counted.sources, { to: (key) => query('/people', { sourceId: key }) }),
    chartOf('reference.doubts', await queries.countDoubts(tx, actor), {
      points: ['likely', 'even', 'unlikely'],
      to: () => '/quality',
    }),
  ];
}

async function relations({ tx, actor }: Viewer, days: number): Made {
  const steps = stepsOf(days, new Date());
  const { held } = await queries.countReference(tx, actor, stepOf(days), steps[0]!);
  return [
    chartOf('relations.held', held, { points: ['alone', 'both', 'others'], to: () => '/people' }),
    chartOf('relations.ties', await queries.countTies(tx, actor, bandFrom), {
      points: ['strong', 'good', 'weak'],
      to: () => '/network/ties',
    }),
    chartOf('relations.introductions', await queries.countIntroductions(tx, actor, steps[0]!), {
      to: () => '/introductions',
    }),
  ];
}

/** Voices by topic, with its name; those that every company begins with are nowhere written until somebody changes them. */
async function topicsOf(tx: Viewer['tx'], actor: Viewer['actor'], locale: 'fr' | 'en', since: string) {
  const names = new Map((await loadTopics(tx, actor.workspaceId)).map(({ id, name }) => [id, name[locale]]));
  const rows = await queries.countTopics(tx, actor, since);
  return rows.flatMap((row) => (names.has(row.key) ? [{ ...row, name: names.get(row.key)! }] : []));
}

async function conversations({ tx, actor }: Viewer, days: number): Made {
  const steps = stepsOf(days, new Date());
  await enterConversations(tx);
  const figures = (await readFigures(tx, actor, days, undefined)).filter(({ channel_id }) => channel_id !== null);
  const locale = (await getMember(tx, actor))?.locale === 'en' ? 'en' : 'fr';
  const ofChannel = (value: (row: (typeof figures)[number]) => number | null) =>
    figures.flatMap((row) => {
      const found = value(row);
      return found === null ? [] : [{ key: row.channel_id!, name: row.name, value: found }];
    });
  const to = (channel: string) => query('/conversations', { channel });
  const tones = ['negative', 'neutral', 'positive'];
  const hours = (seconds: number) => Math.round(seconds / 360) / 10;
  return [
    chartOf(
      'conversations.waiting',
      ofChannel(({ waiting }) => waiting),
      { to },
    ),
    chartOf(
      'conversations.answer',
      // Where nothing was answered yet, nobody was quick.
      ofChannel((row) => (row.first_median === null ? null : hours(row.first_median))),
      { unit: 'hours', to },
    ),
    chartOf('conversations.tone', await queries.countTones(tx, actor, stepOf(days), steps[0]!), {
      ...{ form: 'columns' as const, series: tones, points: steps },
      to: () => '/voices',
    }),
    chartOf('conversations.topics', await topicsOf(tx, actor, locale, steps[0]!), {
      ...{ series: tones, most: 8 },
      to: () => '/voices',
    }),
  ];
}

async function plan({ tx, actor }: Viewer, days: number): Made {
  const steps = stepsOf(days, new Date());
  const stages = await queries.countStages(tx, actor);
  const named = stages.map((row) => ({ ...row, key: row.code ?? row.key }));
  // What is worth something in another currency is not added to it.
  const byCurrency = Map.groupBy(
    stages.filter(({ currency }) => currency !== null),
    ({ currency }) => currency!,
  );
  const [currency] = [...byCurrency].sort(([, a], [, b]) => b.length - a.length)[0] ?? ['EUR'];
  return [
    chartOf(
      'plan.stages',
      named.map(({ count, ...row }) => ({ ...row, value: count })),
      {
        to: () => '/opportunities',
      },
    ),
    chartOf(
      'plan.worth',
      named.map((row) => ({ ...row, value: row.currency === currency ? row.cents / 100 : 0 })),
      { unit: 'money', currency, to: () => query('/opportunities', { view: 'table' }) },
    ),
    chartOf('plan.outcomes', await queries.countOutcomes(tx, actor, stepOf(days), steps[0]!), {
      ...{ form: 'columns' as const, series: ['won', 'lost'], points: steps },
      to: () => '/opportunities/outcomes',
    }),
    chartOf('plan.decisions', await queries.countDecisions(tx, actor), {
      points: ['open', 'needs_more', 'will_do', 'done', 'will_not_do'],
      to: () => '/voices/decisions',
    }),
    chartOf('plan.tasks', await queries.countTasks(tx, actor), {
      points: ['late', 'this_week', 'later', 'no_date'],
      to: () => query('/tasks', { whose: 'mine' }),
    }),
    await collectionChart({ tx, actor }),
    await segmentsChart({ tx, actor }, days),
  ];
}

/** How much of what its needs ask for the company knows, and how much it wants. */
async function collectionChart({ tx, actor }: Viewer): Promise<contracts.Chart> {
  const wanted = await listWanted(tx, actor.workspaceId);
  return chartOf('plan.collection', needRows(wanted.map((row) => ({ ...row, share: shareOf(row) }))), {
    ...{ unit: 'percent', series: ['filled', 'missing'], most: 12 },
    to: () => '/knowledge/collection',
  });
}

/** So many lines can be told apart. */
const lines = 5;

/** How the largest segments that the viewer belongs to grow and shrink. */
async function segmentsChart({ tx, actor }: Viewer, days: number): Promise<contracts.Chart> {
  const steps = stepsOf(days, new Date());
  const trends = await listTrends(tx, actor, endsOf(steps, new Date()), lines);
  const rows = trends.flatMap(({ segmentId, members }) =>
    members.map((value, at) => ({ key: steps[at]!, series: segmentId, value })),
  );
  const series = trends.map(({ segmentId }) => segmentId);
  return {
    ...chartOf('plan.segments', rows, { form: 'lines', series, points: steps, to: () => '/knowledge/segments' }),
    series: trends.map(({ segmentId, name }) => ({ key: segmentId, name, to: `/knowledge/segments/${segmentId}` })),
  };
}

const makers: Record<contracts.Board, (viewer: Viewer, days: number) => Made> = {
  ...{ reference, relations, conversations, plan },
};

/** Read as the viewer, under row security: each number counts what the list behind it shows. */
export const dashboardsOperations: Operation[] = [
  implement(contracts.getBoard, async ({ board, days }, context) => ({ charts: await makers[board](context, days) })),
];
