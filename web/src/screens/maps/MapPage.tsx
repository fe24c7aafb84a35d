import { Alert, Button, Group, Select } from '@mantine/core';
import { IconTopologyStar3 } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { listPeople } from '../../../../server/cards/contract.ts';
import { type Gap, getMap, type MapPerson } from '../../../../server/maps/contract.ts';

import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { scaleWord } from '../relations/words.ts';
import { cellAt, influences, stances } from './board.ts';
import { Canvas } from './Canvas.tsx';
import { ExportMenu, FormChoice, useShownForm } from './ChartPage.tsx';
import { nameOf, nearest } from './chartDrawing.ts';
import { type Editor, handOf, useEditor } from './editing.ts';
import { Legend } from './Legend.tsx';
import { MapList } from './MapList.tsx';
import { MapMenu } from './MapMenu.tsx';
import { MapPanel } from './MapPanel.tsx';
import classes from './Maps.module.css';
import { drawMap } from './mapDrawing.ts';
import type { PowerMap } from './queries.ts';
import { VersionNotice, Versions } from './Versions.tsx';

/** One power map: drawn or listed, to be changed by hand; or as it was before. */
export function MapPage() {
  const { mapId } = useParams({ from: '/members/maps/$mapId' });
  const [revision, look] = useState<number | undefined>();
  const {
    data: map,
    error,
    refetch,
  } = useQuery({
    ...reading(getMap, { mapId, ...(revision === undefined ? {} : { revision }) }),
    // Somebody else may be changing it.
    refetchInterval: 20_000,
  });
  return (
    <Page
      title={map ? map.name : t('maps.map')}
      width="full"
      lead={
        map && (
          <span className={`${classes.ways} no-print`}>
            <Subject map={map} />
            <span>
              {map.mine
                ? t(map.shared ? 'maps.isShared' : 'maps.isPrivate')
                : t('maps.byAuthor', { name: map.author.name })}
            </span>
          </span>
        )
      }
      actions={map && <MapMenu map={map} />}
    >
      <div className={classes.pad}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!map && !error && <Loading lines={6} />}
      </div>
      {map && <Shown key={map.id} map={map} onLook={look} />}
    </Page>
  );
}

/** From a map to what it is of, and to the other maps of that. */
function Subject({ map: { subject, subjectName } }: { map: PowerMap }) {
  if (subject.kind === 'opportunity') {
    const params = { opportunityId: subject.id };
    return (
      <>
        <TextLink to="/opportunities/$opportunityId" params={params}>
          {subjectName}
        </TextLink>
        <TextLink to="/opportunities/$opportunityId/maps" params={params}>
          {t('maps.maps')}
        </TextLink>
      </>
    );
  }
  const params = { personId: subject.id };
  return (
    <>
      <TextLink to="/people/$personId" params={params}>
        {subjectName}
      </TextLink>
      <TextLink to="/people/$personId/maps" params={params}>
        {t('maps.maps')}
      </TextLink>
      <TextLink to="/people/$personId/chart" params={params}>
        {t('maps.chart')}
      </TextLink>
    </>
  );
}

interface ShownProps {
  map: PowerMap;
  onLook: (revision: number | undefined) => void;
}

function Shown({ map: kept, onLook }: ShownProps) {
  const editor = useEditor(kept);
  const { map } = editor;
  const now = map.shown === map.revision;
  const isEmpty = now && !map.people.some(({ drawn }) => drawn);
  const [form, setForm] = useShownForm();
  const [open, setOpen] = useState<string | null>(null);
  const [from, drawFrom] = useState<string | null>(null);
  const person = map.people.find(({ id }) => id === open);
  const drawing = useMemo(() => drawMap(map), [map]);
  const title = `${t('maps.map')} – ${map.subjectName}, ${map.name}`;
  const show = (id: string) => {
    if (from === null || !now) return setOpen(id);
    drawFrom(null);
    if (id !== from) editor.line({ fromId: from, toId: id, drawn: true }, lineWords(map, from, id));
  };
  return (
    <div className={classes.body}>
      <div className={classes.main}>
        <Group gap="sm" className={`${classes.tools} no-print`}>
          <FormChoice form={form} onChange={setForm} />
          {now && <PutOn editor={editor} />}
          <Versions map={map} onLook={onLook} />
          <ExportMenu drawing={drawing} title={title} people={map.people} />
        </Group>
        {!now && <VersionNotice map={map} onLook={onLook} />}
        <Unsaved editor={editor} />
        {from !== null && (
          <Group gap="sm" role="status">
            {t('maps.drawingLine', { name: personName(map, from) })}
            <Button variant="subtle" size="compact-md" onClick={() => drawFrom(null)}>
              {t('maps.cancel')}
            </Button>
          </Group>
        )}
        <Gaps map={map} onOpen={setOpen} />
        {isEmpty ? (
          <EmptyState
            icon={<IconTopologyStar3 />}
            title={t('maps.empty')}
            text={t('maps.emptyText', { kind: map.subject.kind })}
          />
        ) : form === 'list' ? (
          <MapList map={map} onOpen={show} />
        ) : (
          <Drawn editor={editor} drawing={drawing} now={now} chosen={open} onOpen={show} />
        )}
        {(isEmpty || form === 'drawing') && <Legend key={String(isEmpty)} open={isEmpty} />}
      </div>
      {person && (
        <MapPanel
          key={person.id}
          editor={editor}
          person={person}
          now={now}
          onOpen={setOpen}
          onDraw={
            form === 'drawing'
              ? () => {
                  drawFrom(person.id);
                  setOpen(null);
                }
              : undefined
          }
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

export const personName = ({ people }: PowerMap, id: string): string =>
  nameOf(people.find((one) => one.id === id)?.name ?? '');

export const lineWords = (map: PowerMap, fromId: string, toId: string): string =>
  t('maps.lineDrawn', { name: personName(map, toId), other: personName(map, fromId) });

/** Where somebody is put, in words. */
export const placeWords = ({ name }: MapPerson, influence: number | null, stance: number | null): string =>
  t('maps.moved', {
    name: nameOf(name),
    influence: t('maps.influenceIs', { word: scaleWord('influence', influence).toLowerCase() }),
    stance: scaleWord('stance', stance).toLowerCase(),
  });

/** Puts somebody into a cell; a scale that stays as it is goes on following the viewpoints. */
export function putInto(editor: Editor, person: MapPerson, influence: number | null, stance: number | null): void {
  if (influence === person.influence && stance === person.stance) return;
  const before = handOf(person);
  const place = {
    influence: influence === person.influence ? (before?.influence ?? null) : influence,
    stance: stance === person.stance ? (before?.stance ?? null) : stance,
    leftOut: false,
  };
  editor.place(person, place, placeWords(person, influence, stance));
}

interface DrawnProps {
  editor: Editor;
  drawing: ReturnType<typeof drawMap>;
  now: boolean;
  chosen: string | null;
  onOpen: (id: string) => void;
}

function Drawn({ editor, drawing, now, chosen, onOpen }: DrawnProps) {
  const [moving, setMoving] = useState<string | null>(null);
  const { map } = editor;
  const person = (id: string) => map.people.find((one) => one.id === id)!;
  const step = (id: string, key: string) => {
    const { influence, stance } = person(id);
    const along = <T,>(values: readonly T[], value: T, by: number) =>
      values[Math.min(values.length - 1, Math.max(0, values.indexOf(value) + by))]!;
    const down = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0;
    const right = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
    putInto(
      editor,
      person(id),
      along<number | null>(influences, influence, down),
      along<number | null>(stances, stance, right),
    );
  };
  const onKey = (id: string, key: string): boolean => {
    if (!now) return false;
    if (key.toLowerCase() === 'm') {
      setMoving(moving === id ? null : id);
      return true;
    }
    if (moving !== id) return false;
    if (key.startsWith('Arrow')) step(id, key);
    else if (key === 'Escape') setMoving(null);
    else return false;
    return true;
  };
  const shownMoving = moving !== null && map.people.some(({ id }) => id === moving);
  return (
    <>
      <Canvas
        label={`${t('maps.map')}, ${map.name}`}
        drawing={drawing}
        chosen={chosen ?? moving}
        onOpen={(id) => (moving === id ? setMoving(null) : onOpen(id))}
        next={(id, way) => nearest(drawing, id, way)}
        onKey={onKey}
        {...(now && {
          target: (_id: string, at: { x: number; y: number }) => {
            const cell = cellAt(drawing.board, at.x, at.y);
            return (
              cell && {
                kind: 'rect' as const,
                x: cell.x,
                y: cell.y,
                w: cell.w,
                h: cell.h,
                stroke: 'accent' as const,
                thick: 3,
              }
            );
          },
          onDrop: (id: string, at: { x: number; y: number }) => {
            const cell = cellAt(drawing.board, at.x, at.y);
            if (cell) putInto(editor, person(id), cell.influence, cell.stance);
          },
        })}
      />
      <p className={`${classes.keys} no-print`} role="status">
        {shownMoving ? (
          t('maps.moving', { name: personName(map, moving!) })
        ) : (
          <>
            {t('maps.mapLead')} <span className={classes.keyboard}>{t('maps.keysMap')}</span>
          </>
        )}
      </p>
    </>
  );
}

interface Found {
  id: string;
  name: string;
  title: string | null;
}

/** Those at hand who are not on the map, and by a search anybody else: an adviser, an owner. */
function PutOn({ editor }: { editor: Editor }) {
  const [words, setWords] = useState('');
  const { people, subject } = editor.map;
  const ofSubject = t('maps.putOnHere', { kind: subject.kind });
  const here = people.filter(({ drawn }) => !drawn);
  const search = useQuery({
    ...reading(listPeople, { q: words, kind: 'person', limit: 10 }),
    enabled: words.trim().length > 1,
    placeholderData: keepPreviousData,
  });
  const known = new Set(people.map(({ id }) => id));
  const elsewhere = (words.trim().length > 1 ? (search.data?.items ?? []) : [])
    .filter(({ id }) => !known.has(id))
    .map(({ id, name, title, organization }) => ({
      id,
      name,
      title: [title, organization].filter(Boolean).join(', '),
    }));
  const option = ({ id, name, title }: Found) => ({
    value: id,
    label: [nameOf(name), title].filter(Boolean).join(', '),
  });
  const put = (id: string | null) => {
    const person = here.find((one) => one.id === id);
    const before = person && handOf(person);
    const found = person ?? elsewhere.find((one) => one.id === id);
    setWords('');
    if (!found) return;
    const place = { influence: before?.influence ?? null, stance: before?.stance ?? null, leftOut: false };
    editor.place(person ?? found.id, place, t('maps.putOnMap', { name: nameOf(found.name) }));
  };
  return (
    <Select
      searchable
      className={classes.putOn}
      aria-label={t('maps.putOn')}
      placeholder={t('maps.putOn')}
      nothingFoundMessage={t('maps.putOnNobody')}
      value={null}
      searchValue={words}
      onSearchChange={setWords}
      data={[
        { group: ofSubject, items: here.map(option) },
        { group: t('maps.putOnElsewhere'), items: elsewhere.map(option) },
      ]}
      // What the server found stays, whatever it was found by.
      filter={({ options, search: typed }) =>
        options.map((group) =>
          'group' in group && group.group === ofSubject
            ? {
                ...group,
                items: group.items.filter(({ label }) => label.toLowerCase().includes(typed.trim().toLowerCase())),
              }
            : group,
        )
      }
      onChange={put}
    />
  );
}

/** What waits for a decision because somebody else was quicker, or could not be sent. */
function Unsaved({ editor: { map, conflict, error, save, drop } }: { editor: Editor }) {
  const { name } = map.changedBy;
  if (conflict)
    return (
      <Alert color="amber" variant="light" role="alert" className={classes.tools}>
        <p className={classes.role}>{t('maps.conflict', { name, when: longInstant(map.changedAt) })}</p>
        <Group gap="xs">
          <Button size="sm" onClick={() => void save(t('maps.conflictVersion', { name }))}>
            {t('maps.conflictMine')}
          </Button>
          <Button size="sm" variant="default" onClick={drop}>
            {t('maps.conflictTheirs')}
          </Button>
        </Group>
      </Alert>
    );
  return <ErrorNotice error={error} onRetry={() => void save()} />;
}

function gapWords(map: PowerMap, gap: Gap): string {
  if (gap.kind === 'role') return t('maps.gapRole', { role: gap.role });
  if (gap.kind === 'support') return t('maps.gapSupport');
  return t('maps.gapUntouched', { role: gap.role ?? 'none', name: personName(map, gap.personId) });
}

/** What is missing, in words; somebody who is named can be opened. */
function Gaps({ map, onOpen }: { map: PowerMap; onOpen: (id: string) => void }) {
  if (map.gaps.length === 0) return null;
  return (
    <details className={classes.missing} open={map.gaps.length <= 4}>
      <summary>
        {t('maps.gaps')} ({map.gaps.length})
      </summary>
      <ul className={classes.gaps}>
        {map.gaps.map((gap) => (
          <li key={JSON.stringify(gap)}>
            {gap.kind === 'untouched' ? (
              <button type="button" className={classes.gap} onClick={() => onOpen(gap.personId)}>
                {gapWords(map, gap)}
              </button>
            ) : (
              gapWords(map, gap)
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
