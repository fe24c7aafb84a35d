import { Button, Group, Menu } from '@mantine/core';
import { IconDownload, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type MouseEvent, useRef, useState } from 'react';
import {
  getSystems,
  reference,
  removeSystem,
  restoreSystem,
  type System,
} from '../../../../server/data-map/systems-contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { number } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { saveCsv, savePng, saveSvg, saveXlsx } from '../../ui/saving.ts';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import classes from './DataMap.module.css';
import { kindOf } from './kinds.ts';
import { type Arrow, boxHeight, boxWidth, type Node, type PlacedNode, place } from './layers.ts';
import { SystemForm } from './SystemForm.tsx';

type Systems = Output<typeof getSystems>;
type Connected = Systems['connected'][number];

const about = (count: number | null): string => (count === null ? t('dataMap.few') : number(count));
const connectedName = ({ kind }: Pick<Connected, 'kind'>): string =>
  told(`dataMap.connected.${kind}`) ?? kindOf(kind.replace(/^channel\.|^fact\./, ''));

/** Where one sees more of what is connected. */
const placeOf = ({ side, kind }: Connected): string => {
  if (kind.startsWith('channel.')) return '/conversations';
  const places: Record<string, string> = {
    ...{ survey: '/voices/surveys', community: '/voices/community', mailbox: '/mail', tracker: '/voices/decisions' },
    ...{
      app: '/settings/apps',
      bi: '/settings/bi',
      device: '/settings/devices',
      written_back: '/settings/connections',
    },
  };
  return places[kind] ?? (side === 'source' ? '/imports' : '/settings/connections');
};

/** Systems as declared and what is connected, the flows between them, and what is missing. */
export function SystemsMap() {
  const { data, error, refetch } = useQuery(reading(getSystems, {}));
  const [editing, edit] = useState<System | 'new' | null>(null);
  if (!data) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={6} />;
  return (
    <>
      <SystemsPicture map={data} onOpen={edit} />
      <Section title={t('dataMap.systems')}>
        {data.mayEdit && (
          <Button mb="sm" variant="light" leftSection={<IconPlus size={18} aria-hidden />} onClick={() => edit('new')}>
            {t('dataMap.declare')}
          </Button>
        )}
        {data.systems.length === 0 && <p>{t('dataMap.noSystems')}</p>}
        <Lines>
          {data.systems.map((system) => (
            <SystemLine key={system.id} system={system} map={data} onEdit={() => edit(system)} />
          ))}
        </Lines>
      </Section>
      <Gaps map={data} />
      {editing && (
        <SystemForm
          key={editing === 'new' ? 'new' : editing.id}
          system={editing === 'new' ? null : editing}
          systems={data.systems}
          mayEdit={data.mayEdit}
          onClose={() => edit(null)}
        />
      )}
    </>
  );
}

const nameIn = (map: Systems, id: string): string =>
  id === reference ? 'Entregent' : (map.systems.find((system) => system.id === id)?.name ?? '');

const flowWords = (map: Systems, { direction, other, how, what }: System['flows'][number]): string =>
  t('dataMap.flow', {
    direction,
    other: nameIn(map, other),
    how: [t(`dataMap.how.${how}`), what].filter(Boolean).join(', '),
  });

function SystemLine({ system, map, onEdit }: { system: System; map: Systems; onEdit: () => void }) {
  const { id: systemId, name, kind, owner, volume, freshness, fields, flows, note } = system;
  const remove = async () => {
    try {
      await call(removeSystem, { systemId });
      await refresh(getSystems);
      offerUndo(t('dataMap.removed', { name }), () =>
        call(restoreSystem, { systemId }).then(() => refresh(getSystems)),
      );
    } catch (error) {
      sayError(error);
    }
  };
  const facts = [
    t(`dataMap.systemKind.${kind}`),
    owner === null ? t('dataMap.noOwner') : t('dataMap.ownedBy', { name: owner }),
    ...(volume === null ? [] : [t('dataMap.volume', { count: volume, text: number(volume) })]),
    ...(freshness === 'unknown' ? [] : [t(`dataMap.freshness.${freshness}`)]),
  ];
  return (
    <li className={classes.line}>
      <strong dir="auto">{name}</strong>
      <span>{facts.join(' · ')}</span>
      {fields.length > 0 && (
        <span className={classes.quiet}>
          {t('dataMap.holds', { fields: fields.map((field) => t(`grant.field.${field}`)).join(', ') })}
        </span>
      )}
      {flows.length > 0 && (
        <span className={classes.quiet}>{flows.map((flow) => flowWords(map, flow)).join(' · ')}</span>
      )}
      {note && <span className={classes.quiet}>{note}</span>}
      {map.mayEdit && (
        <Group gap={4}>
          <Button variant="subtle" size="compact-sm" onClick={onEdit} aria-label={t('dataMap.editOne', { name })}>
            {t('dataMap.edit')}
          </Button>
          <Button
            variant="subtle"
            size="compact-sm"
            color="red"
            onClick={() => void remove()}
            aria-label={t('dataMap.removeOne', { name })}
          >
            {t('dataMap.remove')}
          </Button>
        </Group>
      )}
    </li>
  );
}

/** What is wanted and not there: by groups of fields, and by what the company has said it wants to know. */
function Gaps({ map }: { map: Systems }) {
  return (
    <>
      <Section title={t('dataMap.gaps')}>
        <Lines>
          {map.fields.map(({ group, share, systems, stranded }) => (
            <li key={group} className={classes.line}>
              <strong>{t(`grant.field.${group}`)}</strong>
              <span>{t('dataMap.share', { share })}</span>
              <div className={classes.bar} aria-hidden>
                <div data-reach="workspace" style={{ width: `${share}%` }} />
              </div>
              {systems.length > 0 && (
                <span className={classes.quiet}>
                  {t('dataMap.heldBy', { names: systems.map((id) => nameIn(map, id)).join(', ') })}
                  {stranded && <strong> {t('dataMap.stranded')}</strong>}
                </span>
              )}
            </li>
          ))}
        </Lines>
      </Section>
      {map.gaps.length > 0 && (
        <Section title={t('dataMap.planGaps')} lead={t('dataMap.planGaps.lead')}>
          <Lines>
            {map.gaps.map((gap) => (
              <li key={`${gap.need.id} ${gap.item.id}`} className={classes.line}>
                <TextLink to="/knowledge/collection" fw={600}>
                  {gapName(gap)}
                </TextLink>
                <span className={classes.quiet}>{t('dataMap.gap.need', { name: gap.need.name })}</span>
                <span>{gapWords(gap)}</span>
              </li>
            ))}
          </Lines>
        </Section>
      )}
      {map.wanted.length > 0 && (
        <Section title={t('dataMap.wanted')}>
          <Lines>
            {map.wanted.map(({ name, known }) => (
              <li key={name} className={classes.line}>
                <strong dir="auto">{name}</strong>
                <span>
                  {known === null ? t('dataMap.unknown') : t('dataMap.known', { count: known, text: number(known) })}
                </span>
              </li>
            ))}
          </Lines>
        </Section>
      )}
    </>
  );
}

type Gap = Systems['gaps'][number];

/** Fields of cards and kinds of fact are called in the reader's language. */
const gapName = ({ item: { kind, name } }: Gap): string =>
  (kind === 'field'
    ? told(`collection.field.${name}`)
    : kind === 'fact'
      ? told(`facts.kindName.${name}`)
      : undefined) ?? name;

const gapWords = ({ unsupplied, wanted, share }: Gap): string =>
  [
    unsupplied ? t('dataMap.gap.unsupplied') : '',
    wanted !== null && share !== null && share < wanted
      ? t('dataMap.gap.below', { share: number(share), wanted: number(wanted) })
      : '',
  ]
    .filter(Boolean)
    .join(' ');

const gapRows = ({ gaps }: Systems) => [
  (['item', 'need', 'share', 'wanted', 'why'] as const).map((column) => t(`dataMap.csv.gap.${column}`)),
  ...gaps.map((gap) => [gapName(gap), gap.need.name, gap.share, gap.wanted, gapWords(gap)]),
];

function toPicture(map: Systems): { nodes: Node[]; arrows: Arrow[] } {
  const feeds = new Set<string>();
  for (const { id, flows } of map.systems)
    for (const { direction, other } of flows) feeds.add(direction === 'to' ? id : other);
  const nodes: Node[] = [
    ...map.connected.map((one) => ({
      id: one.key,
      label: connectedName(one),
      note:
        one.side === 'source'
          ? t('dataMap.items', { items: about(one.items) })
          : t('dataMap.howMany', { count: about(one.count) }),
      column: one.side === 'source' ? (0 as const) : (2 as const),
    })),
    ...map.systems.map((system) => ({
      id: system.id,
      label: system.name,
      note: t(`dataMap.systemKind.${system.kind}`),
      // What gives nothing and is given something stands at the end.
      column: feeds.has(system.id) || system.flows.length === 0 ? (0 as const) : (2 as const),
      stranded: system.flows.length === 0,
    })),
    // What is wanted and comes from nowhere.
    ...[...new Map(map.gaps.filter(({ unsupplied }) => unsupplied).map((gap) => [gap.item.id, gap])).values()].map(
      (gap) => ({
        ...{ id: `gap ${gap.item.id}`, label: gapName(gap), note: t('dataMap.gap.missing') },
        ...{ column: 0 as const, stranded: true },
      }),
    ),
    { id: reference, label: 'Entregent', note: t('dataMap.items', { items: about(map.people) }), column: 1 },
  ];
  const arrows = [
    ...map.connected.map(({ key, side }) => ({
      from: side === 'source' ? key : reference,
      to: side === 'source' ? reference : key,
      manual: false,
    })),
    ...map.systems.flatMap(({ id, flows }) =>
      flows.map(({ direction, other, how }) => ({
        from: direction === 'to' ? id : other,
        to: direction === 'to' ? other : id,
        manual: how !== 'automatic',
      })),
    ),
  ];
  return { nodes, arrows };
}

function SystemsPicture({ map, onOpen }: { map: Systems; onOpen: (system: System) => void }) {
  const svg = useRef<SVGSVGElement>(null);
  const { nodes, arrows } = toPicture(map);
  const picture = place(nodes, arrows);
  const name = t('dataMap.fileName');
  const rows = () => [
    ['from', 'to', 'how', 'what'].map((column) => t(`dataMap.csv.${column as 'from'}`)),
    ...arrows.map(({ from, to, manual }) => {
      const label = (id: string) => nodes.find((node) => node.id === id)?.label ?? id;
      const flow = map.systems
        .flatMap(({ id, flows }) => flows.map((one) => ({ id, ...one })))
        .find((one) =>
          one.direction === 'to' ? one.id === from && one.other === to : one.id === to && one.other === from,
        );
      return [
        label(from),
        label(to),
        t(`dataMap.how.${flow?.how ?? (manual ? 'hand' : 'automatic')}`),
        flow?.what ?? '',
      ];
    }),
  ];
  return (
    <>
      <Group justify="flex-end" className="no-print">
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="subtle" leftSection={<IconDownload size={18} aria-hidden />}>
              {t('dataMap.export')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => saveCsv(rows(), name)}>{t('dataMap.exportCsv')}</Menu.Item>
            {map.gaps.length > 0 && (
              <>
                <Menu.Item onClick={() => saveCsv(gapRows(map), t('dataMap.planGaps'))}>
                  {t('dataMap.exportGapsCsv')}
                </Menu.Item>
                <Menu.Item onClick={() => void saveXlsx(gapRows(map), t('dataMap.planGaps')).catch(sayError)}>
                  {t('dataMap.exportGapsXlsx')}
                </Menu.Item>
              </>
            )}
            <Menu.Item onClick={() => saveSvg(svg.current!, name)}>{t('dataMap.exportSvg')}</Menu.Item>
            <Menu.Item onClick={() => void savePng(svg.current!, name).catch(sayError)}>
              {t('dataMap.exportPng')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <svg ref={svg} className={classes.picture} viewBox={`-30 -30 ${picture.width + 60} ${picture.height + 40}`}>
        <title>{t('dataMap.systemsPicture', { systems: map.systems.length, connected: map.connected.length })}</title>
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            orient="auto-start-reverse"
          >
            <path d="M0,0 L8,4 L0,8 z" className={classes.tip} />
          </marker>
        </defs>
        {(['sources', 'reference', 'uses'] as const).map((column, at) => (
          <text key={column} x={(at * (picture.width - boxWidth)) / 2} y={-12} className={classes.columnTitle}>
            {t(`dataMap.column.${column}`)}
          </text>
        ))}
        {picture.arrows.map(({ key, path, manual }) => (
          <path
            key={key}
            d={path}
            className={classes.arrow}
            data-manual={manual || undefined}
            markerEnd="url(#arrow)"
          />
        ))}
        {picture.nodes.map((node) => (
          <NodeBox key={node.id} node={node} map={map} onOpen={onOpen} />
        ))}
      </svg>
    </>
  );
}

/** As much of a name as fits into its box. */
const fits = 26;

function NodeBox({ node, map, onOpen }: { node: PlacedNode; map: Systems; onOpen: (system: System) => void }) {
  const router = useRouter();
  const system = map.systems.find(({ id }) => id === node.id);
  const connected = map.connected.find(({ key }) => key === node.id);
  const to = connected
    ? placeOf(connected)
    : node.id === reference
      ? '/people'
      : node.id.startsWith('gap ')
        ? '/knowledge/collection'
        : '/quality/map';
  const go = (event: MouseEvent) => {
    event.preventDefault();
    if (system) onOpen(system);
    else void router.history.push(to);
  };
  return (
    <a href={to} onClick={go} aria-label={`${node.label}, ${node.note}`} className={classes.box}>
      <title>{`${node.label}, ${node.note}`}</title>
      <rect
        x={node.x}
        y={node.y}
        width={boxWidth}
        height={boxHeight}
        rx={8}
        className={system ? classes.declared : undefined}
        data-stranded={node.stranded || undefined}
      />
      <text x={node.x + 14} y={node.y + 22} className={classes.label}>
        {node.label.length > fits ? `${node.label.slice(0, fits - 1)}…` : node.label}
      </text>
      <text x={node.x + 14} y={node.y + 41} className={classes.count}>
        {node.note}
      </text>
    </a>
  );
}
