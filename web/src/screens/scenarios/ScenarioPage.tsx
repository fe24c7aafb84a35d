import { Button, Group, SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import {
  approve,
  type Definition,
  type FullScenario,
  type NodeKind,
  type Problem,
  saveDraft,
  setState,
} from '../../../../server/scenarios/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { RemoveDialog } from '../../ui/RemoveDialog.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { say, sayError, sayProblem } from '../../ui/undo.tsx';
import { Batches } from '../letters/Batches.tsx';
import { Canvas } from '../maps/Canvas.tsx';
import { PlanTabs } from '../plan/PlanTabs.tsx';
import { refreshPlan } from '../plan/queries.ts';
import { DryRun } from './DryRun.tsx';
import { drawScenario } from './drawing.ts';
import { Effects } from './Effects.tsx';
import { EntryForm } from './EntryForm.tsx';
import { changed, inserted, type Place, removed, waysOf } from './editing.ts';
import { entryId } from './layout.ts';
import { People } from './People.tsx';
import { PublishDialog } from './PublishDialog.tsx';
import { refreshScenarios, scenarioQuery } from './queries.ts';
import classes from './Scenarios.module.css';
import { StepForm } from './StepForm.tsx';
import { AddStep, StepList } from './StepList.tsx';
import { entrySentence, kindWords, problemWords, wayName } from './words.ts';

/** A scenario: what is drawn and what runs, who is on their way, and how to try it. */
export function ScenarioPage() {
  const { scenarioId } = useParams({ from: '/members/plan/scenarios/$scenarioId' });
  const { data, error, refetch } = useQuery(scenarioQuery(scenarioId));
  return (
    <>
      <PlanTabs />
      {data ? (
        <Whole key={data.edition} scenario={data} />
      ) : (
        <Page title={t('scenarios.title')}>
          {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={6} />}
        </Page>
      )}
    </>
  );
}

type View = 'picture' | 'list' | 'people';

function Whole({ scenario }: { scenario: FullScenario }) {
  const { id: scenarioId, name, programme, mine, draft, edition } = scenario;
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const [view, show] = useState<View>(narrow ? 'list' : 'picture');
  const [definition, setDefinition] = useState(draft);
  const [open, setOpen] = useState<'publish' | 'try' | null>(null);
  const dirty = JSON.stringify(definition) !== JSON.stringify(draft);
  const saving = useMutation({
    mutationFn: () => call(saveDraft, { scenarioId, edition, definition }),
    onSuccess: () => say(t('scenarios.saved')),
    onError: sayError,
    onSettled: () => Promise.all([refreshScenarios(), refreshPlan()]),
  });
  return (
    <Page
      title={name}
      lead={
        <>
          {t('scenarios.of')}{' '}
          <Link to="/plan/programmes/$programmeId" params={{ programmeId: programme.id }}>
            {programme.name}
          </Link>
          {' · '}
          <Link to="/plan/campaigns/$campaignId" params={{ campaignId: scenarioId }}>
            {t('scenarios.production')}
          </Link>
        </>
      }
      actions={
        <>
          {mine && (
            <>
              <Button disabled={!dirty} loading={saving.isPending} onClick={() => saving.mutate()}>
                {t('shell.save')}
              </Button>
              <Button variant="default" onClick={() => setOpen('try')}>
                {t('scenarios.try')}
              </Button>
            </>
          )}
          {scenario.mayApprove && <Approving scenario={scenario} dirty={dirty} />}
          {mine && <Running scenario={scenario} dirty={dirty} onPublish={() => setOpen('publish')} />}
        </>
      }
    >
      <Standing scenario={scenario} />
      <Group justify="space-between" mb="md">
        <SegmentedControl
          aria-label={t('scenarios.view')}
          value={view}
          onChange={(value) => show(value as View)}
          data={(['picture', 'list', ...(mine ? ['people' as const] : [])] as const).map((value) => ({
            value,
            label: t(`scenarios.view.${value}`),
          }))}
        />
      </Group>
      {view === 'people' ? (
        <People scenario={scenario} />
      ) : (
        <Drawn
          scenario={scenario}
          definition={definition}
          view={view}
          problems={dirty ? [] : scenario.problems}
          onChange={setDefinition}
        />
      )}
      {writesLetters(scenario) && (
        <Batches of="scenario" id={scenarioId} mine={scenario.byMe} onChange={refreshScenarios} />
      )}
      {mine && <Effects scenario={scenario} />}
      {open === 'publish' && <PublishDialog scenario={scenario} onClose={() => setOpen(null)} />}
      {open === 'try' && <DryRun scenario={scenario} definition={definition} onClose={() => setOpen(null)} />}
    </Page>
  );
}

/** It has run, and may have written on paper, now or in an earlier version: numbers are for who plans it and in whose name it runs. */
const writesLetters = ({ version, mine, byMe }: FullScenario): boolean => version > 0 && (mine || byMe);

/** Where it stands, and what stands in its way. */
function Standing({ scenario }: { scenario: FullScenario }) {
  const { state, standstill, version, changed: differs, inFlight, goal, ended, problems, approved } = scenario;
  return (
    <div className={classes.notes}>
      <p className={classes.note}>
        {t(`scenarios.state.${state ?? 'none'}`)}
        {version > 0 &&
          ` · ${t('scenarios.version', { version })} · ${t(goal === null ? 'scenarios.all.others' : 'scenarios.all', { inFlight, goal: goal ?? 0, ended })}`}
        {version > 0 && differs && ` · ${t('scenarios.differs')}`}
      </p>
      {standstill && (
        <p className={`${classes.note} ${classes.problem}`}>{t(`scenarios.standstill.${standstill}.long`)}</p>
      )}
      {problems.length > 0 && <p className={classes.note}>{t('scenarios.problems', { count: problems.length })}</p>}
      {problems.length === 0 && state !== null && differs && !approved && (
        <p className={classes.note}>{t('scenarios.unapproved')}</p>
      )}
    </div>
  );
}

/** Approves what is on the page: where somebody has written on since it was opened, it says so and approves nothing. */
function Approving({ scenario, dirty }: { scenario: FullScenario; dirty: boolean }) {
  const { id: scenarioId, edition } = scenario;
  const contents = scenario.contents.map((one) => ({ id: one.id, edition: one.edition }));
  const approving = useMutation({
    mutationFn: () => call(approve, { scenarioId, edition, contents }),
    onSuccess: ({ problems }) => {
      if (problems.length === 0) say(t('scenarios.approved'));
      else sayProblem(problems.map(problemWords).join(' '));
    },
    onError: sayError,
    onSettled: () => Promise.all([refreshScenarios(), refreshPlan()]),
  });
  return (
    <Button disabled={dirty} loading={approving.isPending} onClick={() => approving.mutate()}>
      {t('scenarios.approve')}
    </Button>
  );
}

/** Ends it for good, and says first what goes with it. */
function Ending({ scenario: { id: scenarioId, name, inFlight } }: { scenario: FullScenario }) {
  const [asks, ask] = useState(false);
  return (
    <>
      <Button variant="default" color="red" onClick={() => ask(true)}>
        {t('scenarios.end')}
      </Button>
      {asks && (
        <RemoveDialog
          title={t('scenarios.end.title', { name })}
          text={t('scenarios.end.text', { count: inFlight })}
          action={t('scenarios.end')}
          done={t('scenarios.end.done')}
          remove={async () => {
            await call(setState, { scenarioId, state: 'ended' });
            await Promise.all([refreshScenarios(), refreshPlan()]);
          }}
          onClose={() => ask(false)}
        />
      )}
    </>
  );
}

function Running({ scenario, dirty, onPublish }: { scenario: FullScenario; dirty: boolean; onPublish: () => void }) {
  const { id: scenarioId, state, problems, approved, changed: differs } = scenario;
  const setting = useMutation({
    mutationFn: (next: 'running' | 'paused') => call(setState, { scenarioId, state: next }),
    onError: sayError,
    onSettled: refreshScenarios,
  });
  return (
    <>
      {(state === 'running' || state === 'paused') && (
        <Button
          variant="default"
          loading={setting.isPending}
          onClick={() => setting.mutate(state === 'running' ? 'paused' : 'running')}
        >
          {t(state === 'running' ? 'scenarios.pause' : 'scenarios.resume')}
        </Button>
      )}
      {(state === 'running' || state === 'paused') && <Ending scenario={scenario} />}
      {state !== null && differs && state !== 'ended' && (
        <Button disabled={dirty || problems.length > 0 || !approved} onClick={onPublish}>
          {t('scenarios.publish')}
        </Button>
      )}
    </>
  );
}

interface DrawnProps {
  scenario: FullScenario;
  definition: Definition;
  view: 'picture' | 'list';
  problems: readonly Problem[];
  onChange: (definition: Definition) => void;
}

/** The drawing as a picture or a list, with the panel of what is chosen. */
function Drawn({ scenario, definition, view, problems, onChange }: DrawnProps) {
  const { names, mine, at } = scenario;
  const [chosen, choose] = useState<string | null>(null);
  const entry = entrySentence(definition.entry, names, kindWords);
  const people = useMemo(() => {
    const counts = new Map<string, number>();
    for (const one of at) counts.set(one.nodeId, (counts.get(one.nodeId) ?? 0) + one.people);
    return counts;
  }, [at]);
  const drawing = useMemo(
    () =>
      drawScenario({
        definition,
        names,
        entry,
        people,
        wrong: new Set(problems.map(({ nodeId }) => nodeId ?? entryId)),
      }),
    [definition, names, entry, people, problems],
  );
  const insert = (place: Place, kind: NodeKind) => {
    const made = inserted(definition, place, kind);
    onChange(made.definition);
    choose(made.id);
  };
  const node = definition.nodes.find(({ id }) => id === chosen);
  return (
    <div className={classes.work}>
      <div className={classes.main}>
        {view === 'picture' ? (
          <div className={classes.picture}>
            <Canvas
              label={t('scenarios.picture')}
              drawing={drawing}
              chosen={chosen}
              onOpen={choose}
              next={(id, way) => nextOf(definition, id, way)}
            />
          </div>
        ) : (
          <StepList
            definition={definition}
            names={names}
            entry={entry}
            people={people}
            problems={problems}
            mayChange={mine}
            onOpen={choose}
            onInsert={insert}
          />
        )}
      </div>
      {chosen === entryId && (
        <SidePanel label={t('scenarios.entry')} onClose={() => choose(null)}>
          <EntryForm
            definition={definition}
            problems={problems.filter(({ nodeId }) => nodeId === null)}
            mayChange={mine}
            onChange={onChange}
          />
          {mine && <AddHere definition={definition} nodeId={null} onInsert={insert} />}
        </SidePanel>
      )}
      {node && (
        <SidePanel label={t('scenarios.step')} onClose={() => choose(null)}>
          <StepForm
            key={node.id}
            node={node}
            definition={definition}
            names={names}
            problems={problems.filter(({ nodeId }) => nodeId === node.id)}
            mayChange={mine}
            onChange={(next) => onChange(changed(definition, next))}
            onRemove={() => {
              choose(null);
              onChange(removed(definition, node.id));
            }}
          />
          {mine && <AddHere definition={definition} nodeId={node.id} onInsert={insert} />}
        </SidePanel>
      )}
    </div>
  );
}

/** Where arrow keys lead in the picture: down by the first way, up to who leads here, aside to the other ways of the step above. */
function nextOf(definition: Definition, id: string, way: 'up' | 'down' | 'left' | 'right'): string | undefined {
  const node = definition.nodes.find((one) => one.id === id);
  const above = definition.nodes.find((one) => waysOf(one).some(({ to }) => to === id));
  if (way === 'down')
    return (id === entryId ? definition.start : node && waysOf(node).find(({ to }) => to !== null)?.to) ?? undefined;
  if (way === 'up') return id === entryId ? undefined : (above?.id ?? entryId);
  const beside = above ? [...new Set(waysOf(above).flatMap(({ to }) => to ?? []))] : [];
  const at = beside.indexOf(id);
  return at < 0 ? undefined : beside[at + (way === 'left' ? -1 : 1)];
}

function AddHere({
  definition,
  nodeId,
  onInsert,
}: {
  definition: Definition;
  nodeId: string | null;
  onInsert: (place: Place, kind: NodeKind) => void;
}) {
  const node = definition.nodes.find(({ id }) => id === nodeId);
  const places = node
    ? waysOf(node).map(({ way }) => ({ place: { nodeId, way }, label: wayName(way) }))
    : [{ place: { nodeId: null, way: 'start' }, label: '' }];
  if (places.length === 0) return null;
  return (
    <div className={classes.form}>
      <AddStep places={places} onInsert={onInsert} />
    </div>
  );
}
