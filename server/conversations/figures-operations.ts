import { implement, type Operation } from '../kernel/http.ts';
import * as contracts from './contract.ts';
import { type FiguresRow, readFigures, readWorkload } from './figures.ts';
import { enterConversations } from './queries.ts';

const spread = (median: number | null, p90: number | null) =>
  median === null || p90 === null ? null : { median, p90 };

const describe = (row: FiguresRow) => ({
  opened: row.opened,
  answered: row.answered,
  closed: row.closed,
  firstAnswer: spread(row.first_median, row.first_p90),
  resolution: spread(row.resolution_median, row.resolution_p90),
  waiting: row.waiting,
  longestWait: row.longest,
});

export const figuresOperations: Operation[] = [
  implement(contracts.getFigures, async ({ days, channelId }, { tx, actor }) => {
    await enterConversations(tx);
    const rows = await readFigures(tx, actor, days, channelId);
    const load = await readWorkload(tx, actor, channelId);
    const own = load.find((row) => row.of === 'mine')!;
    return {
      total: describe(rows.find((row) => row.channel_id === null)!),
      channels: rows.flatMap((row) =>
        row.channel_id ? [{ id: row.channel_id, name: row.name ?? '', ...describe(row) }] : [],
      ),
      workload: load.flatMap(({ of, ...row }) => (of === 'team' ? [row] : [])),
      mine: { open: own.open, waiting: own.waiting },
    };
  }),
];
