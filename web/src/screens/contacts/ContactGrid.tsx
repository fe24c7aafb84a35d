import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type RefObject, useCallback, useState } from 'react';
import type { Entry } from '../../../../server/cards/contract.ts';
import { t } from '../../i18n.ts';
import { VirtualList } from '../../ui/VirtualList.tsx';
import classes from './ContactGrid.module.css';
import { ContactLine } from './ContactLine.tsx';
import type { ListState } from './People.tsx';
import { SortHead } from './SortHead.tsx';
import { filterOf, type ListSearch } from './search.ts';

interface ContactGridProps {
  state: ListState;
  entries: Entry[];
  /** How many there are in all, -1 when not known. */
  total: number;
  onEndNear: () => void;
  searchBox: RefObject<HTMLInputElement | null>;
}

/** A menu or dialog over the list answers Escape itself. */
const isFloating = (target: EventTarget | null) =>
  target instanceof Element && target.closest('[role=menu], [role=dialog]') !== null;

/** Where one was in each list, while the window lives: Back returns to the same line. */
const places = new Map<string, number>();

export function ContactGrid({ state, entries, total, onEndNear, searchBox }: ContactGridProps) {
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const lineHeight = narrow ? 64 : 48;
  const key = JSON.stringify([state.kind, filterOf(state.search), state.search.sort]);
  const { active, move, open, page } = useMoving(state, entries);
  const isOrganizations = state.kind === 'organization';
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 }[event.key];
    if (step !== undefined) move(step);
    else if (event.key === 'Enter') open(active);
    else return;
    event.preventDefault();
  };
  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['o', () => page(active)],
    ['/', () => searchBox.current?.focus()],
    ['Escape', ({ target }) => !isFloating(target) && state.change({ open: undefined }), { preventDefault: false }],
  ]);
  return (
    <VirtualList
      key={key}
      count={entries.length}
      lineHeight={lineHeight}
      active={active}
      onEndNear={onEndNear}
      place={{ get: () => places.get(key) ?? 0, set: (offset) => places.set(key, offset) }}
      head={narrow ? undefined : { height: 37, content: <SortHead state={state} /> }}
      box={{
        role: 'grid',
        className: classes.grid,
        tabIndex: 0,
        onKeyDown,
        onFocus: ({ currentTarget }) => {
          // Reached by keyboard: the first line in sight becomes the active one. A click chooses its own line.
          if (active < 0 && currentTarget.matches(':focus-visible'))
            move(1 + Math.ceil(currentTarget.scrollTop / lineHeight));
        },
        'aria-label': t(isOrganizations ? 'shell.organizations' : 'shell.people'),
        'aria-rowcount': total < 0 ? -1 : total + 1,
        'aria-activedescendant': active >= 0 ? `line-${entries[active]?.id}` : undefined,
      }}
      line={(index) => (
        <ContactLine
          entry={entries[index]!}
          row={index + 2}
          active={index === active}
          open={entries[index]!.id === state.search.open}
          narrow={narrow}
          onOpen={() => open(index)}
        />
      )}
    />
  );
}

/** The line one is on, and how one goes from line to line. With a person open beside the list, the panel follows. */
function useMoving({ search, change }: ListState, entries: Entry[]) {
  const navigate = useNavigate();
  const [active, setActive] = useState(() => entries.findIndex(({ id }) => id === search.open));
  const page = useCallback(
    (index: number) => {
      const personId = entries[index]?.id;
      if (personId !== undefined) void navigate({ to: '/people/$personId', params: { personId } });
    },
    [entries, navigate],
  );
  const move = (step: number) => {
    const next = Math.max(0, Math.min(entries.length - 1, active + step));
    setActive(next);
    if (search.open !== undefined) change({ open: entries[next]!.id } satisfies ListSearch);
  };
  const open = (index: number) => {
    const entry = entries[index];
    if (entry === undefined) return;
    setActive(index);
    if (search.open === entry.id) page(index);
    else change({ open: entry.id }, search.open === undefined ? 'push' : 'replace');
  };
  return { active: Math.min(active, entries.length - 1), move, open, page };
}
