import { ActionIcon, Group } from '@mantine/core';
import { IconMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { t } from '../../i18n.ts';
import classes from './Canvas.module.css';
import type { Drawing, Item, Shape } from './drawing.ts';

type Way = 'up' | 'down' | 'left' | 'right';
interface Point {
  x: number;
  y: number;
}

export interface CanvasProps {
  label: string;
  drawing: Drawing;
  /** Whose panel is open. */
  chosen: string | null;
  onOpen: (id: string) => void;
  /** Where an arrow key leads from somebody. */
  next: (id: string, way: Way) => string | undefined;
  /** A key by which somebody is moved without dragging. */
  onKey?: (id: string, key: string) => boolean;
  /** What lies under a point while somebody is dragged, drawn around; none: nothing happens there. */
  target?: (id: string, at: Point) => Shape | undefined;
  onDrop?: (id: string, at: Point) => void;
}

interface View extends Point {
  /** Screen pixels for one of the drawing. */
  scale: number;
}

const [smallest, largest] = [0.12, 2.5];
/** Below it names cannot be read: a large drawing begins with its upper part rather than as a whole. */
const readable = 0.62;
/** So far a pointer moves before it drags. */
const slack = 5;

const within = (scale: number): number => Math.min(largest, Math.max(smallest, scale));

function fitted(
  { width, height, items, centred }: Drawing,
  box: { width: number; height: number },
  least: number,
): View {
  const scale = within(Math.max(least, Math.min(1, (box.width - 32) / width, (box.height - 32) / height)));
  const spare = box.width - width * scale;
  // What does not fit begins at its top, wherever that stands.
  const about = centred && items[0] ? items[0].x + items[0].w / 2 : 0;
  const x = spare >= 32 ? spare / 2 : Math.min(16, Math.max(spare - 16, box.width / 2 - about * scale));
  return { scale, x, y: 16 };
}

/** A drawing to move about in, by hand, wheel, two fingers and keys; what stands in it can be gone to, opened and moved. */
export function Canvas(props: CanvasProps) {
  const { label, drawing, chosen, next, onOpen, onKey } = props;
  const svg = useRef<SVGSVGElement>(null);
  const [view, setView] = useState<View | null>(null);
  const [active, setActive] = useState<string | null>(null);
  const zoom = useCallback((factor: number, about?: Point) => {
    const box = svg.current!.getBoundingClientRect();
    const { x, y } = about ?? { x: box.width / 2, y: box.height / 2 };
    setView((now) => now && zoomed(now, factor, x, y));
  }, []);
  const frameAll = useCallback(
    (least: number) => setView(fitted(drawing, svg.current!.getBoundingClientRect(), least)),
    [drawing],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when there is room to measure; later changes leave the reader where they are
  useLayoutEffect(() => frameAll(readable), []);
  useBroughtIn(props, svg, setView);
  usePrinting(() => frameAll(0));
  useWheel(svg, setView, zoom);
  const { drag, ...pointers } = usePointers(props, svg, view, setView);

  const go = (id: string) => {
    setActive(id);
    const item = drawing.items.find((one) => one.id === id);
    const box = svg.current!.getBoundingClientRect();
    if (item) setView((now) => now && broughtIn(now, item, box));
    svg.current!.querySelector<SVGGElement>(`[data-id="${id}"]`)?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const id = (event.target as Element).closest('[data-id]')?.getAttribute('data-id');
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '-') zoom(event.key === '+' ? 1.25 : 0.8);
    else if (event.key === '0') frameAll(0);
    else if (!id) return;
    else if (event.key === 'Enter' || event.key === ' ') onOpen(id);
    else if (onKey?.(id, event.key)) {
      // Moved by a key: nothing else is to be done.
    } else if (event.key.startsWith('Arrow')) {
      const other = next(id, event.key.slice(5).toLowerCase() as Way);
      if (other) go(other);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const first = active !== null && drawing.items.some(({ id }) => id === active) ? active : drawing.items[0]?.id;
  return (
    <div className={classes.frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing is no field set */}
      <svg
        ref={svg}
        role="group"
        aria-label={label}
        className={classes.canvas}
        onKeyDown={onKeyDown}
        // A screen reader's click comes without a pointer.
        onClick={({ detail, target }) => {
          const id = detail === 0 && (target as Element).closest('[data-id]')?.getAttribute('data-id');
          if (id) onOpen(id);
        }}
        onFocus={({ target }) => setActive(target.getAttribute('data-id') ?? active)}
        {...pointers}
      >
        <g transform={view ? `translate(${view.x} ${view.y}) scale(${view.scale})` : undefined}>
          <Shapes shapes={drawing.back} />
          {drawing.items.map((item) => (
            <Node
              key={item.id}
              item={item}
              reachable={item.id === first}
              chosen={item.id === chosen}
              dx={drag?.id === item.id ? drag.dx : 0}
              dy={drag?.id === item.id ? drag.dy : 0}
            />
          ))}
          <Shapes shapes={drawing.front} />
          {drag?.over && <Shapes shapes={[drag.over]} />}
        </g>
      </svg>
      <Group gap={4} className={`${classes.zoom} no-print`}>
        <ActionIcon variant="default" size="lg" aria-label={t('maps.zoomIn')} onClick={() => zoom(1.25)}>
          <IconPlus size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="default" size="lg" aria-label={t('maps.zoomOut')} onClick={() => zoom(0.8)}>
          <IconMinus size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="default" size="lg" aria-label={t('maps.zoomAll')} onClick={() => frameAll(0)}>
          <IconMaximize size={18} aria-hidden />
        </ActionIcon>
      </Group>
    </div>
  );
}

function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = within(view.scale * factor);
  const by = scale / view.scale;
  return { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
}

/** The view, moved no further than needed to bring something into sight. */
function broughtIn(view: View, { x, y, w, h }: Item, box: { width: number; height: number }): View {
  const shift = (from: number, to: number, room: number) =>
    from < 20 ? 20 - from : to > room - 20 ? room - 20 - to : 0;
  const [left, top] = [view.x + x * view.scale, view.y + y * view.scale];
  return {
    ...view,
    x: view.x + shift(left, left + w * view.scale, box.width),
    y: view.y + shift(top, top + h * view.scale, box.height),
  };
}

/**
 * The panel that opens beside the drawing takes room: who is shown there comes into sight, and when it closes the view is where it was, unless
 * the reader has moved it meanwhile.
 */
function useBroughtIn(
  { chosen, drawing }: CanvasProps,
  svg: React.RefObject<SVGSVGElement | null>,
  setView: React.Dispatch<React.SetStateAction<View | null>>,
): void {
  const home = useRef<View | null>(null);
  const brought = useRef<View | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when somebody else is chosen; not with each change of the drawing
  useEffect(() => {
    const item = drawing.items.find(({ id }) => id === chosen);
    setView((now) => {
      if (!now) return now;
      if (!item) return now === brought.current ? home.current : now;
      if (now !== brought.current) home.current = now;
      brought.current = broughtIn(now, item, svg.current!.getBoundingClientRect());
      return brought.current;
    });
  }, [chosen]);
}

/** On paper the whole is shown. */
function usePrinting(showAll: () => void): void {
  const latest = useRef(showAll);
  useLayoutEffect(() => {
    latest.current = showAll;
  });
  useEffect(() => {
    const show = () => flushSync(() => latest.current());
    addEventListener('beforeprint', show);
    return () => removeEventListener('beforeprint', show);
  }, []);
}

/** The wheel moves about; with Ctrl, and on a trackpad by pinching, it zooms. */
function useWheel(
  svg: React.RefObject<SVGSVGElement | null>,
  setView: React.Dispatch<React.SetStateAction<View | null>>,
  zoom: (factor: number, about: Point) => void,
): void {
  useEffect(() => {
    const element = svg.current!;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      if (event.ctrlKey || event.metaKey)
        zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
      else setView((now) => now && { ...now, x: now.x - event.deltaX, y: now.y - event.deltaY });
    };
    // React listens passively, and the page would scroll as well.
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, [svg, setView, zoom]);
}

interface Drag {
  id: string;
  dx: number;
  dy: number;
  over: Shape | undefined;
}

/** One pointer moves the drawing, or somebody in it; two zoom. */
function usePointers(
  { target, onDrop, onOpen }: CanvasProps,
  svg: React.RefObject<SVGSVGElement | null>,
  view: View | null,
  setView: React.Dispatch<React.SetStateAction<View | null>>,
) {
  const down = useRef(new Map<number, Point>());
  const began = useRef<{ id: string | null; at: Point; moved: boolean } | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const pointOf = (event: React.PointerEvent): Point => {
    const box = svg.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const inDrawing = ({ x, y }: Point): Point => ({ x: (x - view!.x) / view!.scale, y: (y - view!.y) / view!.scale });

  const onPointerDown = (event: React.PointerEvent) => {
    if (event.button !== 0) return;
    down.current.set(event.pointerId, pointOf(event));
    const id = (event.target as Element).closest('[data-id]')?.getAttribute('data-id') ?? null;
    began.current = down.current.size === 1 ? { id, at: pointOf(event), moved: false } : null;
    if (down.current.size > 1) setDrag(null);
    svg.current!.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: React.PointerEvent) => {
    const before = down.current.get(event.pointerId);
    if (!before || !view) return;
    const now = pointOf(event);
    const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1];
    down.current.set(event.pointerId, now);
    if (other) {
      const factor =
        Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
      setView((one) => one && zoomed(one, factor, (now.x + other.x) / 2, (now.y + other.y) / 2));
      return;
    }
    const start = began.current;
    if (!start) return;
    if (!start.moved && Math.hypot(now.x - start.at.x, now.y - start.at.y) < slack) return;
    start.moved = true;
    // A finger moves the drawing: where everything is people, there would be no ground to move it by.
    if (start.id !== null && target && event.pointerType !== 'touch') {
      const at = inDrawing(now);
      const from = inDrawing(start.at);
      setDrag({ id: start.id, dx: at.x - from.x, dy: at.y - from.y, over: target(start.id, at) });
    } else setView((one) => one && { ...one, x: one.x + now.x - before.x, y: one.y + now.y - before.y });
  };
  const end = (event: React.PointerEvent, done: boolean) => {
    const start = began.current;
    down.current.delete(event.pointerId);
    began.current = null;
    setDrag(null);
    if (!done || !start || start.id === null) return;
    if (!start.moved) onOpen(start.id);
    else if (drag?.over) onDrop?.(start.id, inDrawing(pointOf(event)));
  };
  return {
    drag,
    onPointerDown,
    onPointerMove,
    onPointerUp: (event: React.PointerEvent) => end(event, true),
    onPointerCancel: (event: React.PointerEvent) => end(event, false),
  };
}

interface NodeProps {
  item: Item;
  reachable: boolean;
  chosen: boolean;
  dx: number;
  dy: number;
}

const Node = memo(function Node({ item, reachable, chosen, dx, dy }: NodeProps) {
  const { id, x, y, w, h, label, shapes } = item;
  return (
    // biome-ignore lint/a11y/useSemanticElements: there are no buttons in SVG
    <g
      role="button"
      tabIndex={reachable ? 0 : -1}
      data-id={id}
      aria-label={label}
      aria-pressed={chosen}
      className={classes.node}
      transform={dx || dy ? `translate(${dx} ${dy})` : undefined}
    >
      <Shapes shapes={shapes} />
      <rect className={classes.ring} x={x - 3} y={y - 3} width={w + 6} height={h + 6} rx={9} />
    </g>
  );
});

const colour = (ink: string | undefined): string => (ink ? `var(--map-${ink})` : 'none');
const dashes = '5 4';

const Shapes = memo(function Shapes({ shapes }: { shapes: readonly Shape[] }) {
  return shapes.map((shape, at) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: drawn anew as a whole
    return <Drawn key={at} shape={shape} />;
  });
});

function Drawn({ shape }: { shape: Shape }) {
  if (shape.kind === 'text')
    return (
      <text
        x={shape.x}
        y={shape.y}
        fontSize={shape.size}
        fontWeight={shape.bold ? 600 : 400}
        fontStyle={shape.italic ? 'italic' : undefined}
        textAnchor={shape.anchor}
        style={{ fill: colour(shape.ink) }}
        aria-hidden
      >
        {shape.text}
      </text>
    );
  const style = { fill: colour(shape.fill), stroke: colour(shape.stroke) };
  const line = {
    strokeWidth: shape.thick ?? (shape.kind === 'path' ? 1.4 : 1),
    strokeDasharray: shape.dashed ? dashes : undefined,
  };
  if (shape.kind === 'rect')
    return <rect x={shape.x} y={shape.y} width={shape.w} height={shape.h} rx={shape.r} style={style} {...line} />;
  return (
    <path
      d={shape.d}
      transform={shape.at && `translate(${shape.at[0]} ${shape.at[1]})`}
      strokeLinecap="round"
      strokeLinejoin="round"
      style={style}
      {...line}
    />
  );
}
