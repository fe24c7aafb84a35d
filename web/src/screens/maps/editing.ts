import { useEffect, useRef, useState } from 'react';
import { changeMap, type MapPerson } from '../../../../server/maps/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { offerUndo } from '../../ui/undo.tsx';
import { type PowerMap, refreshMaps } from './queries.ts';

export interface Place {
  influence: number | null;
  stance: number | null;
  leftOut: boolean;
}

interface Line {
  fromId: string;
  toId: string;
  drawn: boolean;
}

/** What was changed here and is not known to be kept yet. */
interface Draft {
  places: ReadonlyMap<string, Place | null>;
  lines: ReadonlyMap<string, Line>;
}

const nothing: Draft = { places: new Map(), lines: new Map() };
const isEmpty = ({ places, lines }: Draft): boolean => places.size + lines.size === 0;
const keyOf = ({ fromId, toId }: Pick<Line, 'fromId' | 'toId'>) => `${fromId} ${toId}`;

/** What a hand said of somebody on the map; null: nothing. */
export const handOf = ({ placedBy, influence, influenceBy, stance, stanceBy, drawn }: MapPerson): Place | null =>
  placedBy && {
    influence: influenceBy === 'hand' ? influence : null,
    stance: stanceBy === 'hand' ? stance : null,
    leftOut: !drawn,
  };

function overlay(map: PowerMap, { places, lines }: Draft, me: { id: string; name: string }): PowerMap {
  if (places.size + lines.size === 0) return map;
  const people = map.people.map((person): MapPerson => {
    const place = places.get(person.id);
    // Where the viewpoints put them, the server says.
    if (!place) return person;
    const { influence, stance, leftOut } = place;
    return {
      ...person,
      placedBy: me,
      drawn: !leftOut,
      ...(influence === null ? {} : { influence, influenceBy: 'hand' as const }),
      ...(stance === null ? {} : { stance, stanceBy: 'hand' as const }),
    };
  });
  const kept = map.lines.filter((line) => lines.get(keyOf(line))?.drawn !== false);
  const known = new Set(kept.map(keyOf));
  const added = [...lines.values()].filter((line) => line.drawn && !known.has(keyOf(line)));
  return { ...map, people, lines: [...kept, ...added.map(({ fromId, toId }) => ({ fromId, toId, member: me }))] };
}

/** The draft without what was sent as it is. */
const without = (draft: Draft, sent: Draft): Draft => ({
  places: new Map([...draft.places].filter(([id, place]) => !sent.places.has(id) || sent.places.get(id) !== place)),
  lines: new Map([...draft.lines].filter(([id, line]) => sent.lines.get(id) !== line)),
});

export interface Editor {
  /** The map with what was changed here. */
  map: PowerMap;
  /** Somebody else changed it meanwhile: what was changed here waits for a decision. */
  conflict: boolean;
  /** It could not be sent: it is tried again with the next change, or by `save`. */
  error: unknown;
  /** @param person the id of somebody who is not on the map yet */
  place: (person: MapPerson | string, place: Place | null, said: string) => void;
  line: (line: Line, said: string) => void;
  save: (keepBefore?: string) => Promise<void>;
  drop: () => void;
}

/** Changes a map at once, each with a way back; of two people who do, the second decides, and nothing is lost. */
export function useEditor(map: PowerMap): Editor {
  const { memberId, name } = useMe();
  const [draft, setDraft] = useState(nothing);
  const [conflict, setConflict] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const latest = useRef(draft);
  const revision = useRef(map.revision);
  const sending = useRef(false);
  const set = (next: Draft) => {
    latest.current = next;
    setDraft(next);
  };
  // Without changes of its own, the page follows the others'.
  useEffect(() => {
    if (isEmpty(latest.current) && !sending.current) revision.current = map.revision;
  }, [map.revision]);

  const save = async (keepBefore?: string) => {
    if (sending.current) return;
    sending.current = true;
    setError(null);
    try {
      if (keepBefore !== undefined) revision.current = map.revision;
      while (!isEmpty(latest.current)) {
        const sent = latest.current;
        const answer = await call(changeMap, {
          mapId: map.id,
          revision: revision.current,
          places: [...sent.places].map(([personId, place]) => ({ personId, place })),
          lines: [...sent.lines.values()],
          ...(keepBefore === undefined ? {} : { keepBefore }),
        });
        revision.current = answer.revision;
        setConflict(false);
        await refreshMaps();
        set(without(latest.current, sent));
        keepBefore = undefined;
      }
    } catch (problem) {
      if (problem instanceof ApiError && problem.code === 'conflict') {
        await refreshMaps();
        setConflict(true);
      } else setError(problem);
    } finally {
      sending.current = false;
    }
  };
  const change = (places: [string, Place | null][], lines: Line[]) => {
    const { current } = latest;
    set({
      places: new Map([...current.places, ...places]),
      lines: new Map([...current.lines, ...lines.map((line) => [keyOf(line), line] as const)]),
    });
    if (!conflict) void save();
  };
  const shown = overlay(map, draft, { id: memberId, name });
  return {
    map: shown,
    conflict,
    error,
    save,
    place: (person, place, said) => {
      const [id, before] = typeof person === 'string' ? [person, null] : [person.id, handOf(person)];
      change([[id, place]], []);
      offerUndo(said, async () => change([[id, before]], []));
    },
    line: (line, said) => {
      change([], [line]);
      offerUndo(said, async () => change([], [{ ...line, drawn: !line.drawn }]));
    },
    drop: () => {
      const dropped = latest.current;
      set(nothing);
      setConflict(false);
      revision.current = map.revision;
      offerUndo(t('maps.dropped'), async () => {
        set(dropped);
        await save();
      });
    },
  };
}
