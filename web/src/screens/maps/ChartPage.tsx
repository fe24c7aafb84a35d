import { Button, Checkbox, Group, Menu, SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDownload, IconHierarchy2, IconPlus, IconRefreshAlert } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { takePeople } from '../../../../server/maps/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { Canvas } from './Canvas.tsx';
import { ChartList, Former } from './ChartList.tsx';
import { ChartPanel } from './ChartPanel.tsx';
import { drawChart, nameOf, nextIn } from './chartDrawing.ts';
import type { Drawing, Shape } from './drawing.ts';
import { download, type Format, formats, withoutNames } from './files.ts';
import classes from './Maps.module.css';
import { type Chart, chartQuery, move } from './queries.ts';
import { VacancyForm } from './VacancyForm.tsx';

type Form = 'drawing' | 'list';

/** Drawn where there is room; a list on a phone, until the reader chooses. */
export function useShownForm(): [Form, (form: Form) => void] {
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const [chosen, choose] = useState<Form | null>(null);
  return [chosen ?? (phone ? 'list' : 'drawing'), choose];
}

/** Who reports to whom in an organisation, drawn or listed. */
export function ChartPage() {
  const { personId } = useParams({ from: '/members/people/$personId/chart' });
  const { data: chart, error, refetch } = useQuery(chartQuery(personId));
  const name = chart?.organization.name ?? '';
  return (
    <Page
      title={chart ? t('maps.chartOf', { name }) : t('maps.chart')}
      width="full"
      lead={
        chart && (
          <span className={`${classes.ways} no-print`}>
            <TextLink to="/people/$personId" params={{ personId }}>
              {t('maps.toContact')}
            </TextLink>
            <TextLink to="/people/$personId/maps" params={{ personId }}>
              {t('maps.maps')}
            </TextLink>
          </span>
        )
      }
    >
      <div className={classes.pad}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!chart && !error && <Loading lines={6} />}
      </div>
      {chart && (chart.people.length + chart.vacancies.length > 0 ? <Filled chart={chart} /> : <Empty />)}
    </Page>
  );
}

function Empty() {
  return <EmptyState icon={<IconHierarchy2 />} title={t('maps.chartNone')} text={t('maps.chartNoneText')} />;
}

function Filled({ chart }: { chart: Chart }) {
  const [form, setForm] = useShownForm();
  const [open, setOpen] = useState<{ id: string; moving: boolean } | null>(null);
  const [shared, setShared] = useState(false);
  const [adding, add] = useState(false);
  const drawing = useMemo(() => drawChart(chart), [chart]);
  const show = (id: string) => setOpen(id === chart.organization.id ? null : { id, moving: false });
  return (
    <div className={classes.body}>
      <div className={classes.main}>
        <Group gap="sm" className={`${classes.tools} no-print`}>
          <FormChoice form={form} onChange={setForm} />
          <Button
            variant="default"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => add(true)}
            data-compact
          >
            {t('maps.addVacancy')}
          </Button>
          <ExportMenu
            drawing={drawing}
            title={t('maps.chartOf', { name: chart.organization.name })}
            people={chart.people}
          />
          <Checkbox
            className={classes.sharing}
            label={t('maps.shareMine')}
            title={t('maps.shareMineHint')}
            checked={shared}
            onChange={(event) => setShared(event.currentTarget.checked)}
          />
        </Group>
        <Remarks chart={chart} />
        {form === 'list' ? (
          <ChartList chart={chart} onOpen={show} />
        ) : (
          <>
            <Canvas
              label={t('maps.chartOf', { name: chart.organization.name })}
              drawing={drawing}
              chosen={open?.id ?? null}
              onOpen={show}
              next={(id, way) => nextIn(chart, drawing, id, way)}
              onKey={(id, key) => {
                if (key.toLowerCase() !== 'm' || !chart.people.some((one) => one.id === id)) return false;
                setOpen({ id, moving: true });
                return true;
              }}
              target={(id, at) => underPoint(chart, drawing, id, at)}
              onDrop={(id, at) => {
                const chief = itemAt(drawing, id, at);
                if (chief) void move(chart, id, chief.id, shared);
              }}
            />
            {chart.before.length > 0 && (
              <details className={classes.missing}>
                <summary>{t('maps.beforeCount', { count: chart.before.length })}</summary>
                <Former before={chart.before} />
              </details>
            )}
            <p className={`${classes.keys} no-print`}>
              {t('maps.chartLead')} <span className={classes.keyboard}>{t('maps.keysChart')}</span>
            </p>
          </>
        )}
      </div>
      {open && (
        <ChartPanel
          key={open.id}
          chart={chart}
          id={open.id}
          moving={open.moving}
          shared={shared}
          onOpen={show}
          onClose={() => setOpen(null)}
        />
      )}
      {adding && <VacancyForm chart={chart} onClose={() => add(false)} />}
    </div>
  );
}

/** What the drawing alone would not say: circles, and that there is more. */
function Remarks({ chart: { circles, people, more } }: { chart: Chart }) {
  const named = (id: string) => nameOf(people.find((one) => one.id === id)?.name ?? '');
  if (circles.length === 0 && !more) return null;
  return (
    <ul className={classes.remarks}>
      {circles.map((circle) => (
        <li key={circle.join()}>
          <IconRefreshAlert size={18} aria-hidden />
          {t('maps.circle', { names: [...circle, circle[0]!].map(named).join(' → ') })}
        </li>
      ))}
      {more && <li>{t('maps.chartMany', { count: people.length })}</li>}
    </ul>
  );
}

const itemAt = ({ items }: Drawing, id: string, { x, y }: { x: number; y: number }) =>
  items.find((one) => one.id !== id && x >= one.x && x <= one.x + one.w && y >= one.y && y <= one.y + one.h);

/** Where somebody would be put: under whom the pointer is, unless that is a position that nobody holds. */
function underPoint(chart: Chart, drawing: Drawing, id: string, at: { x: number; y: number }): Shape | undefined {
  if (!chart.people.some((one) => one.id === id)) return undefined;
  const over = itemAt(drawing, id, at);
  if (!over || over.id.startsWith('vacancy ')) return undefined;
  return {
    kind: 'rect',
    x: over.x - 4,
    y: over.y - 4,
    w: over.w + 8,
    h: over.h + 8,
    r: 11,
    stroke: 'accent',
    thick: 3,
  };
}

export function FormChoice({ form, onChange }: { form: Form; onChange: (form: Form) => void }) {
  return (
    <SegmentedControl
      aria-label={t('maps.form')}
      value={form}
      onChange={(next) => onChange(next === 'list' ? 'list' : 'drawing')}
      data={[
        { value: 'drawing', label: t('maps.asDrawing') },
        { value: 'list', label: t('maps.asList') },
      ]}
    />
  );
}

interface ExportProps {
  drawing: Drawing;
  title: string;
  /** Of whom it is told on the drawing. */
  people: readonly { id: string }[];
}

export function ExportMenu({ drawing, title, people }: ExportProps) {
  const below = longDate(new Date().toISOString());
  const take = async (format: Format) => {
    try {
      const drawn = new Set(drawing.items.map(({ id }) => id));
      const personIds = people.map(({ id }) => id).filter((id) => drawn.has(id));
      const taken = personIds.length > 0 ? (await call(takePeople, { personIds })).ids : [];
      const staying = new Set(personIds.filter((id) => !taken.includes(id)));
      await download(withoutNames(drawing, staying, t('maps.staysHere')), format, { title, below });
      if (staying.size > 0) say(t('maps.exportLeft', { count: staying.size }));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={18} aria-hidden />} data-compact>
          {t('maps.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map((format) => (
          <Menu.Item key={format} onClick={() => void take(format)}>
            {t('maps.exportAs', { format })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
