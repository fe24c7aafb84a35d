import { Link } from '@tanstack/react-router';
import type { Output } from '../../../../server/kernel/contract.ts';
import type { Cell, getBoard } from '../../../../server/voices/contract.ts';
import { number } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import type { VoicesSearch } from './search.ts';
import classes from './Voices.module.css';
import { topicName, weekName } from './words.ts';

export type BoardOf = Output<typeof getBoard>;
type Row = BoardOf['rows'][number];

/** "2 Nov" for a week, "Customers" for how it stands with them. */
const shortName = ({ key, name }: BoardOf['columns'][number]): string =>
  name || told(`voices.standing.${key}`) || weekName(key);

export const columnName = ({ key, name }: BoardOf['columns'][number]): string =>
  name || told(`voices.standing.${key}`) || t('voices.weekOf', { day: weekName(key) });

const countIn = (cell: Cell | undefined, { tone }: VoicesSearch): number =>
  (tone === 'all' ? cell?.all : cell?.negative) ?? 0;

/** A topic under another one stands below it. */
function inTree(rows: readonly Row[]): Row[] {
  const here = new Set(rows.map(({ topicId }) => topicId));
  const tops = rows.filter(({ parentId }) => !parentId || !here.has(parentId));
  return tops.flatMap((top) => [top, ...rows.filter(({ parentId }) => parentId === top.topicId)]);
}

/** A table, so that it is read as one; the tint of a cell says again what its number says. */
export function Board({ board, search }: { board: BoardOf; search: VoicesSearch }) {
  const { columns } = board;
  const rows = inTree(board.rows);
  const most = Math.max(1, ...rows.flatMap(({ cells }) => cells.map((cell) => countIn(cell, search))));
  const what = t(search.count === 'voices' ? 'voices.caption.voices' : 'voices.caption.messages');
  return (
    <div className={classes.tableBox}>
      <table className={classes.board} data-tone={search.tone ?? 'negative'}>
        <caption>{t('voices.caption', { what, tone: search.tone ?? 'negative' })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('voices.topic')}</th>
            {columns.map((column) => (
              <th key={column.key} scope="col">
                {shortName(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.topicId}>
              <th scope="row" data-under={row.parentId ? true : undefined}>
                {topicName(row)}
              </th>
              {columns.map((column) => (
                <CellLink
                  key={column.key}
                  row={row}
                  column={column}
                  count={countIn(
                    row.cells.find((cell) => cell.column === column.key),
                    search,
                  )}
                  most={most}
                  search={search}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellLinkProps {
  row: Row;
  column: BoardOf['columns'][number];
  count: number;
  most: number;
  search: VoicesSearch;
}

function CellLink({ row, column, count, most, search }: CellLinkProps) {
  if (count === 0)
    return (
      <td className={classes.empty}>
        <span aria-hidden>·</span>
        <span className="unseen">0</span>
      </td>
    );
  const open = search.topic === row.topicId && search.column === column.key;
  const share = Math.round(6 + (30 * count) / most);
  return (
    <td>
      <Link
        to="/voices"
        search={{ ...search, topic: row.topicId, column: column.key }}
        className={classes.cell}
        style={{ '--share': `${share}%` } as React.CSSProperties}
        aria-current={open ? 'true' : undefined}
        aria-label={t('voices.cell', { topic: topicName(row), column: columnName(column), count })}
      >
        {number(count)}
      </Link>
    </td>
  );
}
