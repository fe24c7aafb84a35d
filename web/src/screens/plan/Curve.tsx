import { highest, type Journey, lowest } from '../../../../server/plan/journeys-contract.ts';
import { t } from '../../i18n.ts';
import classes from './Journeys.module.css';

const [step, height, edge, foot] = [150, 210, 26, 44];

/** How one feels at a stage: on average over its touchpoints; without one nobody has said. */
function feeling({ touchpoints }: Journey['stages'][number]): number | null {
  if (touchpoints.length === 0) return null;
  return touchpoints.reduce((all, { emotion }) => all + emotion, 0) / touchpoints.length;
}

/** The emotion over the stages of a journey, its touchpoints as dots, its moments of truth as stars. The list below says the same in words. */
export function Curve({ journey }: { journey: Journey }) {
  const { stages, moments } = journey;
  const width = Math.max(2, stages.length) * step;
  const x = (at: number) => step / 2 + at * step;
  const y = (emotion: number) => edge + ((height - 2 * edge) * (highest - emotion)) / (highest - lowest);
  const felt = stages.flatMap((stage, at) => {
    const value = feeling(stage);
    return value === null ? [] : [{ x: x(at), y: y(value) }];
  });
  const line = felt
    .map((point, at) => {
      if (at === 0) return `M ${point.x} ${point.y}`;
      const before = felt[at - 1]!;
      const half = (before.x + point.x) / 2;
      return `C ${half} ${before.y} ${half} ${point.y} ${point.x} ${point.y}`;
    })
    .join(' ');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a drawing wider than a phone is moved by the keyboard too (axe: scrollable-region-focusable)
    <section className={classes.curve} aria-label={t('plan.curve')} tabIndex={0}>
      <svg
        viewBox={`0 0 ${width} ${height + foot}`}
        style={{ minWidth: width * 0.75, maxWidth: width * 1.2 }}
        role="img"
        aria-label={t('plan.curve.of')}
      >
        <line className={classes.zero} x1={0} x2={width} y1={y(0)} y2={y(0)} />
        <text className={classes.axis} x={2} y={y(highest) - 8}>
          {t('plan.emotion.2')}
        </text>
        <text className={classes.axis} x={2} y={y(lowest) + 16}>
          {t('plan.emotion.-2')}
        </text>
        <path className={classes.line} d={line} />
        {stages.map((stage, at) => {
          const value = feeling(stage) ?? 0;
          const marked = moments.filter(({ stageId }) => stageId === stage.id);
          return (
            <g key={stage.id}>
              {stage.touchpoints.map(({ id, emotion }, no) => (
                <circle
                  key={id}
                  className={classes.point}
                  data-emotion={Math.sign(emotion)}
                  cx={x(at) + (no - (stage.touchpoints.length - 1) / 2) * 16}
                  cy={y(emotion)}
                  r={5}
                />
              ))}
              {marked.length > 0 && (
                <text
                  className={classes.star}
                  data-gap={marked.some(({ programmeId }) => programmeId === null)}
                  x={x(at)}
                  y={y(value) - 14}
                >
                  ★
                </text>
              )}
              <text className={classes.stage} x={x(at)} y={height + 20}>
                {stage.name.length > 20 ? `${stage.name.slice(0, 19)}…` : stage.name}
              </text>
            </g>
          );
        })}
      </svg>
    </section>
  );
}
