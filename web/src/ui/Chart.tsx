import { useElementSize } from '@mantine/hooks';
import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode, RefObject } from 'react';
import classes from './Chart.module.css';
import { columnsOf, ticksOf } from './chartShapes.ts';
import { HistoryLink } from './HistoryLink.tsx';

interface ChartSeries {
  key: string;
  name: string;
  /** Of a line: the list behind it. */
  to: string | null;
}
interface ChartPoint {
  key: string;
  name: string;
  values: readonly number[];
  /** The list behind it; null: there is none to show. */
  to: string | null;
}
interface Props {
  title: string;
  form: 'bars' | 'columns' | 'lines';
  series: readonly ChartSeries[];
  points: readonly ChartPoint[];
  /** A value in words: "12", "3 h", "4 000 €". */
  say: (value: number) => string;
  svg?: RefObject<SVGSVGElement | null>;
  /** Of columns: a line across, and what it is called. */
  line?: { at: number; name: string } | undefined;
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

/** Bars that lie, columns that stand, or lines, in as much width as there is; each leads to the list behind it, by mouse and keyboard. */
export function Chart(props: Props) {
  const { ref, width } = useElementSize();
  return (
    <div ref={ref} className={classes.chart}>
      {(props.series.length > 1 || props.form === 'lines') && (
        <ul className={props.form === 'lines' ? `${classes.legend} ${classes.lines}` : classes.legend}>
          {props.series.map(({ key, name, to }, at) => (
            <li key={key}>
              <span className={classes.mark} data-series={at} data-key={key} aria-hidden />{' '}
              {to ? <HistoryLink to={to}>{name}</HistoryLink> : name}
            </li>
          ))}
        </ul>
      )}
      {width > 0 && props.form === 'bars' && <Bars {...props} width={width} />}
      {width > 0 && props.form === 'columns' && <Columns {...props} width={width} />}
      {width > 0 && props.form === 'lines' && <Drawn {...props} width={width} />}
    </div>
  );
}

/** What one reads and hears of a point: its name, and what of each series. */
const wordsOf = ({ series, say }: Props, { name, values }: ChartPoint): string =>
  [name, ...series.map((one, at) => (series.length === 1 ? say(values[at]!) : `${one.name} ${say(values[at]!)}`))].join(
    ', ',
  );

function PointLink({ to, words, children }: { to: string | null; words: string; children: ReactNode }) {
  const router = useRouter();
  if (to === null)
    return (
      <g>
        <title>{words}</title>
        {children}
      </g>
    );
  const go = (event: MouseEvent) => {
    event.preventDefault();
    void router.history.push(to);
  };
  return (
    <a href={to} onClick={go} aria-label={words} className={classes.point}>
      <title>{words}</title>
      {children}
    </a>
  );
}

const row = 34;

function Bars(props: Props & { width: number }) {
  const { width, points, series, say, svg, title } = props;
  const labels = Math.min(200, width * 0.43);
  const numbers = 84;
  const most = Math.max(1, ...points.map(({ values }) => sum(values)));
  const room = width - labels - numbers;
  const fits = Math.floor(labels / 7);
  return (
    <svg {...(svg && { ref: svg })} viewBox={`0 0 ${width} ${points.length * row}`} className={classes.svg}>
      <title>{title}</title>
      {points.map((point, at) => {
        let x = labels;
        return (
          <PointLink key={point.key} to={point.to} words={wordsOf(props, point)}>
            <rect x={0} y={at * row} width={width} height={row} className={classes.hit} />
            <text x={labels - 10} y={at * row + row / 2} className={classes.label} textAnchor="end">
              {point.name.length > fits ? `${point.name.slice(0, fits - 1)}…` : point.name}
            </text>
            {series.map(({ key }, index) => {
              const length = (room * point.values[index]!) / most;
              const from = x;
              x += length;
              return (
                <rect
                  key={key}
                  x={from}
                  y={at * row + 7}
                  width={Math.max(length, point.values[index]! > 0 ? 2 : 0)}
                  height={row - 14}
                  rx={3}
                  className={classes.bar}
                  data-series={index}
                  data-key={key}
                />
              );
            })}
            <text x={x + 8} y={at * row + row / 2} className={classes.value}>
              {say(sum(point.values))}
            </text>
          </PointLink>
        );
      })}
    </svg>
  );
}

const height = 200;
const foot = 24;
const side = 44;

function Columns(props: Props & { width: number }) {
  const { width, points, series, say, svg, title, line } = props;
  const most = Math.max(1, line?.at ?? 0, ...points.map(({ values }) => sum(values)));
  const ticks = ticksOf(most);
  const top = ticks.at(-1)!;
  const columns = columnsOf(points.length, side, width);
  const every = Math.max(1, Math.ceil(64 / columns.step));
  const yOf = (value: number) => 8 + (height - 8) * (1 - value / top);
  return (
    <svg {...(svg && { ref: svg })} viewBox={`0 0 ${width} ${height + foot}`} className={classes.svg}>
      <title>{title}</title>
      <Grid ticks={ticks} width={width} yOf={yOf} say={say} />
      {points.map((point, at) => {
        const x = columns.from + at * columns.step;
        let bottom = 0;
        return (
          <PointLink key={point.key} to={point.to} words={wordsOf(props, point)}>
            <rect x={x} y={0} width={columns.step} height={height} className={classes.hit} />
            {series.map(({ key }, index) => {
              const value = point.values[index]!;
              const from = bottom;
              bottom += value;
              return (
                <rect
                  key={key}
                  x={x + columns.gap / 2}
                  y={yOf(bottom)}
                  width={columns.step - columns.gap}
                  height={Math.max(0, yOf(from) - yOf(bottom))}
                  className={classes.bar}
                  data-series={index}
                  data-key={key}
                />
              );
            })}
            {at % every === 0 && (
              <text x={x + columns.step / 2} y={height + 15} className={classes.tick} textAnchor="middle">
                {point.name}
              </text>
            )}
          </PointLink>
        );
      })}
      {line && (
        <g>
          <title>{`${line.name}, ${say(line.at)}`}</title>
          <line x1={side} x2={width} y1={yOf(line.at)} y2={yOf(line.at)} className={classes.limit} />
          <text x={width} y={yOf(line.at) + 12} className={classes.tick} textAnchor="end">
            {line.name}
          </text>
        </g>
      )}
    </svg>
  );
}

interface GridProps {
  ticks: readonly number[];
  width: number;
  yOf: (value: number) => number;
  say: Props['say'];
}

function Grid({ ticks, width, yOf, say }: GridProps) {
  return ticks.map((tick) => (
    <g key={tick} aria-hidden>
      <line x1={side} x2={width} y1={yOf(tick)} y2={yOf(tick)} className={classes.grid} />
      <text x={side - 8} y={yOf(tick)} className={classes.tick} textAnchor="end">
        {say(tick)}
      </text>
    </g>
  ));
}

/** Lines, one a series, from step to step. */
function Drawn(props: Props & { width: number }) {
  const { width, points, series, say, svg, title } = props;
  const ticks = ticksOf(Math.max(1, ...points.flatMap(({ values }) => values)));
  const columns = columnsOf(points.length, side, width);
  const every = Math.max(1, Math.ceil(64 / columns.step));
  const xOf = (at: number) => columns.from + (at + 0.5) * columns.step;
  const yOf = (value: number) => 8 + (height - 8) * (1 - value / ticks.at(-1)!);
  return (
    <svg {...(svg && { ref: svg })} viewBox={`0 0 ${width} ${height + foot}`} className={classes.svg}>
      <title>{title}</title>
      <Grid ticks={ticks} width={width} yOf={yOf} say={say} />
      {points.map((point, at) =>
        at % every === 0 ? (
          <text key={point.key} x={xOf(at)} y={height + 15} className={classes.tick} textAnchor="middle">
            {point.name}
          </text>
        ) : null,
      )}
      {series.map(({ key, name, to }, index) => {
        const line = points
          .map(({ values }, at) => `${xOf(at).toFixed(1)},${yOf(values[index]!).toFixed(1)}`)
          .join(' ');
        const words = `${name}, ${say(points[0]?.values[index] ?? 0)} → ${say(points.at(-1)?.values[index] ?? 0)}`;
        return (
          <PointLink key={key} to={to ?? points[0]!.to} words={words}>
            <polyline points={line} className={classes.reach} />
            <polyline points={line} className={classes.line} data-series={index} data-key={key} />
          </PointLink>
        );
      })}
    </svg>
  );
}
