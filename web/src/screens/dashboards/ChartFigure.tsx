import { ActionIcon, Button, Menu, Table } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useId, useRef, useState } from 'react';
import type { Chart as BoardChart } from '../../../../server/dashboards/contract.ts';
import { money, number, shortDay } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { Chart } from '../../ui/Chart.tsx';
import { HistoryLink } from '../../ui/HistoryLink.tsx';
import { saveCsv, savePng, saveXlsx, type TableRows } from '../../ui/saving.ts';
import { sayError } from '../../ui/undo.tsx';
import classes from './Dashboards.module.css';

const sayIn =
  ({ unit, currency }: BoardChart) =>
  (value: number) =>
    unit === 'hours'
      ? t('dashboards.hours', { text: number(value) })
      : unit === 'money'
        ? money({ cents: Math.round(value * 100), currency: currency ?? 'EUR' })
        : unit === 'percent'
          ? t('dashboards.percent', { text: number(value) })
          : number(value);

const day = /^\d{4}-\d{2}-\d{2}$/;

/** What a point is called: by its own name, by its code, or by its day. */
function nameOf(chart: BoardChart, { key, name }: BoardChart['points'][number]): string {
  if (day.test(key)) return shortDay(key);
  return name ?? told(`dashboards.point.${chart.key}.${key}`) ?? told(`opportunities.stage.${key}`) ?? key;
}

/** A chart with its heading, the same as a table, and as files. */
export function ChartFigure({ chart }: { chart: BoardChart }) {
  const svg = useRef<SVGSVGElement>(null);
  const [asTable, showTable] = useState(false);
  const id = useId();
  const title = t(`dashboards.chart.${chart.key as 'reference.kinds'}`);
  const series = chart.series.map(({ key, name, to }) => ({
    ...{ key, to },
    name: name ?? told(`dashboards.series.${key}`) ?? title,
  }));
  const points = chart.points.map((point) => ({ ...point, name: nameOf(chart, point) }));
  const say = sayIn(chart);
  const nothing = points.every(({ values }) => values.every((value) => value === 0));
  const rows = (): TableRows => [
    [t('dashboards.what'), ...series.map(({ name }) => name)],
    ...points.map(({ name, values }) => [name, ...values]),
  ];
  return (
    <section className={classes.figure} aria-labelledby={id}>
      <div className={classes.head}>
        <h2 id={id}>{title}</h2>
        <Button variant="subtle" size="compact-sm" aria-pressed={asTable} onClick={() => showTable(!asTable)}>
          {t(asTable ? 'dashboards.asPicture' : 'dashboards.asTable')}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" size="lg" aria-label={t('dashboards.exportOne', { title })}>
              <IconDownload size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => saveCsv(rows(), chart.key)}>CSV</Menu.Item>
            <Menu.Item onClick={() => void saveXlsx(rows(), chart.key).catch(sayError)}>Excel (XLSX)</Menu.Item>
            <Menu.Item
              disabled={asTable || nothing}
              onClick={() => void savePng(svg.current!, chart.key).catch(sayError)}
            >
              {t('dashboards.png')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      {nothing ? (
        <p className={classes.nothing}>{t('dashboards.nothing')}</p>
      ) : asTable ? (
        <Table.ScrollContainer minWidth={280} tabIndex={0}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('dashboards.what')}</Table.Th>
                {series.map(({ key, name, to }) => (
                  <Table.Th key={key} scope="col" ta="right">
                    {to ? <HistoryLink to={to}>{name}</HistoryLink> : name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {points.map(({ key, name, values, to }) => (
                <Table.Tr key={key}>
                  <Table.Th scope="row">
                    <HistoryLink to={to}>{name}</HistoryLink>
                  </Table.Th>
                  {values.map((value, at) => (
                    <Table.Td key={series[at]!.key} ta="right">
                      {say(value)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : (
        <Chart title={title} form={chart.form} series={series} points={points} say={say} svg={svg} />
      )}
    </section>
  );
}
