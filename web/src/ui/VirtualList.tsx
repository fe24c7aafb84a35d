import { useVirtualizer } from '@tanstack/react-virtual';
import { type HTMLAttributes, type ReactNode, useEffect, useRef } from 'react';

interface VirtualListProps {
  count: number;
  /** Height of a line, pixels. */
  lineHeight: number;
  line: (index: number) => ReactNode;
  /** Stays above the lines; its height in pixels. */
  head?: { height: number; content: ReactNode };
  /** Called when the end comes near. */
  onEndNear: () => void;
  /** Which line must be in sight (-1: none); it scrolls there when this changes. */
  active: number;
  /** Where one was before, pixels, and where to note it. */
  place: { get: () => number; set: (offset: number) => void };
  /** The scrolling box: its role, name, keys. */
  box: HTMLAttributes<HTMLDivElement>;
}

/** Draws only the lines in sight, however long the list. */
export function VirtualList({ count, lineHeight, line, head, onEndNear, active, place, box }: VirtualListProps) {
  const element = useRef<HTMLDivElement>(null);
  const above = head?.height ?? 0;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => element.current,
    estimateSize: () => lineHeight,
    overscan: 12,
    initialOffset: place.get,
    scrollMargin: above,
    scrollPaddingStart: above,
  });
  const lines = virtual.getVirtualItems();
  const last = lines.at(-1)?.index ?? 0;
  useEffect(() => {
    if (count > 0 && last >= count - 20) onEndNear();
  }, [last, count, onEndNear]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height makes every measure stale
  useEffect(() => virtual.measure(), [virtual, lineHeight]);
  useEffect(() => {
    if (active >= 0) virtual.scrollToIndex(active, { align: 'auto' });
  }, [active, virtual]);
  return (
    <div ref={element} {...box} onScroll={(event) => place.set(event.currentTarget.scrollTop)}>
      {head?.content}
      {/* biome-ignore lint/a11y/useSemanticElements: a tbody cannot be drawn line by line */}
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {lines.map(({ index, key, start }) => (
          <div
            key={key}
            role="presentation"
            style={{
              position: 'absolute',
              insetInline: 0,
              top: 0,
              height: lineHeight,
              transform: `translateY(${start - above}px)`,
            }}
          >
            {line(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
