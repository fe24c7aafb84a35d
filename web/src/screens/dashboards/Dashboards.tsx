import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useNavigate } from '@tanstack/react-router';
import { type Board, boards, getBoard, periods } from '../../../../server/dashboards/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { ChartFigure } from './ChartFigure.tsx';
import classes from './Dashboards.module.css';

/** The boards, beside each other. */
export function Dashboards() {
  return (
    <>
      <Tabs
        width="wide"
        label={t('dashboards.title')}
        tabs={boards.map((board) => ({
          to: `/boards/${board}` as '/boards/$board',
          label: t(`dashboards.board.${board}`),
        }))}
      />
      <Outlet />
    </>
  );
}

const route = getRouteApi('/members/boards/$board');

/** A board: pictures of what one may see, each leading to the list behind it. */
export function BoardPage() {
  const board = route.useParams().board as Board;
  const { days = 90 } = route.useSearch();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery({
    ...reading(getBoard, { board, days }),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title={t(`dashboards.board.${board}`)}
      lead={t(`dashboards.lead.${board}`)}
      actions={
        <SegmentedControl
          aria-label={t('dashboards.period')}
          value={String(days)}
          onChange={(next) =>
            void navigate({
              to: '/boards/$board',
              params: { board },
              search: { days: Number(next) as 30 },
              replace: true,
            })
          }
          data={periods.map((period) => ({ value: String(period), label: t('dashboards.days', { days: period }) }))}
        />
      }
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={8} />}
      <div className={classes.grid}>
        {data?.charts.map((chart) => (
          <ChartFigure key={chart.key} chart={chart} />
        ))}
      </div>
    </Page>
  );
}
