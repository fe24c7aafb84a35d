import { ActionIcon, Group, useComputedColorScheme } from '@mantine/core';
import { IconFocusCentered, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import type { Picture } from '../../../../server/relations/paths-contract.ts';
import { t } from '../../i18n.ts';
import { drawing, type View, whoIsAt, whole } from './draw.ts';
import type { Layout } from './layout.worker.ts';
import classes from './Picture.module.css';

/** The layout of a picture, made beside the page. */
function useLayout(picture: Picture): Layout | null {
  const [layout, set] = useState<Layout | null>(null);
  useEffect(() => {
    set(null);
    const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Layout>) => set(data);
    worker.postMessage(picture);
    return () => worker.terminate();
  }, [picture]);
  return layout;
}

interface CanvasProps {
  picture: Picture;
  chosen: number | null;
  onChoose: (at: number | null) => void;
}

/**
 * Who knows whom, drawn. The hand moves what was drawn at once; it is drawn anew behind, in pieces, and shown when it is whole. All of it stands in
 * the list beside, for those who do not see it.
 */
export function NetworkCanvas({ picture, chosen, onChoose }: CanvasProps) {
  const layout = useLayout(picture);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [view, setView] = useState<View | null>(null);
  const dark = useComputedColorScheme() === 'dark';
  const size = () => ({ width: canvas.current!.clientWidth, height: canvas.current!.clientHeight });

  useEffect(() => {
    if (layout && canvas.current) setView(whole(layout, canvas.current.clientWidth, canvas.current.clientHeight));
  }, [layout]);
  usePainting(canvas, picture, layout, view, dark, chosen);

  const zoom = (by: number) => setView((now) => now && { ...now, scale: Math.min(80, Math.max(0.01, now.scale * by)) });
  useWheel(canvas, zoom);
  const hand = useHand(setView, (x, y) => {
    if (layout && view) onChoose(whoIsAt({ picture, layout, view, ...size() }, x, y));
  });
  return (
    <div className={classes.frame}>
      <canvas ref={canvas} className={classes.canvas} aria-hidden {...hand} />
      {!layout && <p className={classes.wait}>{t('network.picture.drawing')}</p>}
      <Group gap={4} className={classes.tools}>
        <ActionIcon variant="default" size="lg" aria-label={t('network.picture.in')} onClick={() => zoom(1.4)}>
          <IconZoomIn size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="default" size="lg" aria-label={t('network.picture.out')} onClick={() => zoom(1 / 1.4)}>
          <IconZoomOut size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('network.picture.all')}
          onClick={() => layout && setView(whole(layout, size().width, size().height))}
        >
          <IconFocusCentered size={18} aria-hidden />
        </ActionIcon>
      </Group>
    </div>
  );
}

/** Milliseconds for which the hand rests before it is drawn anew. */
const rest = 80;

/** Draws behind, in pieces; what is shown meanwhile is what was drawn last, moved and scaled. */
function usePainting(
  canvas: React.RefObject<HTMLCanvasElement | null>,
  picture: Picture,
  layout: Layout | null,
  view: View | null,
  dark: boolean,
  chosen: number | null,
): void {
  const last = useRef<{ image: HTMLCanvasElement; view: View } | null>(null);
  const spare = useRef<HTMLCanvasElement | null>(null);
  useEffect(() => {
    const shown = canvas.current;
    if (!shown || !layout || !view) return undefined;
    const [width, height] = [shown.clientWidth, shown.clientHeight];
    const ratio = Math.min(2, devicePixelRatio);
    if (shown.width !== width * ratio) [shown.width, shown.height] = [width * ratio, height * ratio];
    const front = shown.getContext('2d')!;
    const style = getComputedStyle(shown);
    const palette = {
      text: style.color,
      ground: style.backgroundColor,
    };
    if (last.current) showMoved(front, last.current, view, { width, height, ratio, ground: palette.ground });
    let frame = 0;
    const begin = () => {
      const image = spare.current ?? document.createElement('canvas');
      [image.width, image.height] = [width * ratio, height * ratio];
      const back = image.getContext('2d')!;
      back.scale(ratio, ratio);
      const pieces = drawing(back, { picture, layout, view, width, height, palette, dark, chosen });
      const go = () => {
        if (pieces.next().done) {
          front.setTransform(1, 0, 0, 1, 0, 0);
          front.drawImage(image, 0, 0);
          spare.current = last.current?.image ?? null;
          last.current = { image, view };
          // For those who wait until it is whole.
          shown.dataset.drawn = 'yes';
        } else frame = requestAnimationFrame(go);
      };
      frame = requestAnimationFrame(go);
    };
    // While the hand moves on, what was drawn last does.
    const soon = setTimeout(begin, last.current ? rest : 0);
    return () => {
      clearTimeout(soon);
      cancelAnimationFrame(frame);
    };
  }, [canvas, picture, layout, view, dark, chosen]);
}

function showMoved(
  front: CanvasRenderingContext2D,
  last: { image: HTMLCanvasElement; view: View },
  view: View,
  { width, height, ratio, ground }: { width: number; height: number; ratio: number; ground: string },
): void {
  const by = view.scale / last.view.scale;
  const [x, y] = [(last.view.x - view.x) * view.scale, (last.view.y - view.y) * view.scale];
  front.setTransform(1, 0, 0, 1, 0, 0);
  front.fillStyle = ground;
  front.fillRect(0, 0, width * ratio, height * ratio);
  front.setTransform(by, 0, 0, by, ((width * (1 - by)) / 2 + x) * ratio, ((height * (1 - by)) / 2 + y) * ratio);
  front.drawImage(last.image, 0, 0);
}

/** The wheel comes nearer or goes farther, and does not move the page meanwhile. */
function useWheel(canvas: React.RefObject<HTMLCanvasElement | null>, zoom: (by: number) => void): void {
  const now = useRef(zoom);
  now.current = zoom;
  useEffect(() => {
    const turned = (event: WheelEvent) => {
      event.preventDefault();
      now.current(event.deltaY < 0 ? 1.2 : 1 / 1.2);
    };
    const shown = canvas.current;
    shown?.addEventListener('wheel', turned, { passive: false });
    return () => shown?.removeEventListener('wheel', turned);
  }, [canvas]);
}

/** Drags the picture; a press without a move chooses. */
function useHand(setView: (change: (now: View | null) => View | null) => void, press: (x: number, y: number) => void) {
  const from = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  return {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      from.current = { x: event.clientX, y: event.clientY, moved: false };
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      const at = from.current;
      if (!at) return;
      const [dx, dy] = [clientX - at.x, clientY - at.y];
      if (!at.moved && Math.hypot(dx, dy) < 4) return;
      from.current = { x: clientX, y: clientY, moved: true };
      setView((now) => now && { ...now, x: now.x - dx / now.scale, y: now.y - dy / now.scale });
    },
    onPointerUp: (event: PointerEvent) => {
      const at = from.current;
      from.current = null;
      const box = event.currentTarget.getBoundingClientRect();
      if (at && !at.moved) press(event.clientX - box.left, event.clientY - box.top);
    },
  };
}
