import { Button, Chip, Group, SegmentedControl } from '@mantine/core';
import { IconFlag, IconPlus, IconPrinter } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Output } from '../../../../server/kernel/contract.ts';
import {
  addExample,
  archiveExample,
  type Campaign,
  type getPlan,
  type Objective,
  type Programme,
  setArchived,
} from '../../../../server/plan/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { collisions } from './days.ts';
import { FigureForm } from './FigureForm.tsx';
import { CampaignForm, ObjectiveForm, ProgrammeForm } from './Forms.tsx';
import { ObjectiveHead, ProgrammeBlock } from './Lines.tsx';
import classes from './Plan.module.css';
import { PlanTabs } from './PlanTabs.tsx';
import { archiveQuery, planQuery, refreshPlan } from './queries.ts';
import type { PlanSearch } from './search.ts';
import { stateOf } from './words.ts';

type Whole = Output<typeof getPlan>;
type Open =
  | { what: 'objective'; objective?: Objective }
  | { what: 'programme'; objectiveId?: string }
  | { what: 'campaign'; programme: Programme }
  | { what: 'figure'; objective: Objective };

/** The plan as one document: objectives with their figures, the programmes under them, what is planned in each. */
export function Plan() {
  const search = useSearch({ from: '/members/plan/' });
  const { data, error, refetch } = useQuery(planQuery);
  const [open, setOpen] = useState<Open | null>(null);
  const empty = data && data.objectives.length + data.programmes.length === 0;
  return (
    <>
      <PlanTabs />
      <Page
        title={t('plan.title')}
        lead={t('plan.lead')}
        actions={
          data && (
            <>
              {data.mayPlan && <AddButtons onOpen={setOpen} />}
              {!empty && (
                <Button variant="default" leftSection={<IconPrinter size={18} aria-hidden />} onClick={() => print()}>
                  {t('plan.print')}
                </Button>
              )}
            </>
          )
        }
      >
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={6} />}
        {data && <Filters search={search} />}
        {data && search.state === 'archived' ? (
          <Archive />
        ) : (
          <>
            {empty && <Beginning mayPlan={data.mayPlan} />}
            {data && !empty && <Document plan={data} search={search} onOpen={setOpen} />}
          </>
        )}
        {open && data && <Beside open={open} plan={data} onClose={() => setOpen(null)} />}
      </Page>
    </>
  );
}

function AddButtons({ onOpen }: { onOpen: (open: Open) => void }) {
  return (['objective', 'programme'] as const).map((what) => (
    <Button
      key={what}
      variant="default"
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => onOpen({ what })}
    >
      {t(`plan.add.${what}`)}
    </Button>
  ));
}

function Beside({ open, plan, onClose }: { open: Open; plan: Whole; onClose: () => void }) {
  if (open.what === 'objective') return <ObjectiveForm objective={open.objective} onClose={onClose} />;
  if (open.what === 'figure') return <FigureForm objective={open.objective} onClose={onClose} />;
  if (open.what === 'programme')
    return <ProgrammeForm objectiveId={open.objectiveId} objectives={plan.objectives} onClose={onClose} />;
  return <CampaignForm programme={open.programme} programmes={plan.programmes} onClose={onClose} />;
}

function Filters({ search }: { search: PlanSearch }) {
  const navigate = useNavigate();
  const go = (next: PlanSearch) => void navigate({ to: '/plan', search: next, replace: true });
  const { state, mine } = search;
  return (
    <Group gap="sm" mb="md" className="no-print">
      <SegmentedControl
        aria-label={t('plan.filter.state')}
        value={state ?? 'all'}
        data={(['all', 'open', 'done', 'archived'] as const).map((value) => ({
          value,
          label: t(`plan.filter.${value}`),
        }))}
        onChange={(value) =>
          go({
            ...(mine ? { mine } : {}),
            ...(value === 'all' ? {} : { state: value as NonNullable<PlanSearch['state']> }),
          })
        }
      />
      <Chip
        checked={mine === '1'}
        onChange={(checked) => go({ ...(checked ? { mine: '1' as const } : {}), ...(state ? { state } : {}) })}
      >
        {t('plan.filter.mine')}
      </Chip>
    </Group>
  );
}

/** What of it is shown: mine is what I own, and what something of is mine to do. */
function chosen({ campaigns }: Whole, { mine, state }: PlanSearch): Campaign[] {
  return campaigns.filter(
    (one) => (mine !== '1' || one.forMe) && (state === undefined || (stateOf(one) === 'done') === (state === 'done')),
  );
}

function Document({ plan, search, onOpen }: { plan: Whole; search: PlanSearch; onOpen: (open: Open) => void }) {
  const me = useMe();
  const filtered = search.mine === '1' || search.state !== undefined;
  const shown = Map.groupBy(chosen(plan, search), ({ programmeId }) => programmeId);
  const meeting = collisions(plan.campaigns);
  const owns = (owner: { id: string }) => search.mine === '1' && search.state === undefined && owner.id === me.memberId;
  const programmes = plan.programmes.filter(({ id, owner }) => !filtered || shown.has(id) || owns(owner));
  const block = (programme: Programme) => (
    <ProgrammeBlock
      key={programme.id}
      programme={programme}
      campaigns={shown.get(programme.id) ?? []}
      meeting={meeting}
      served={plan.moments.filter(({ programmeId }) => programmeId === programme.id).length}
      onAdd={() => onOpen({ what: 'campaign', programme })}
    />
  );
  const known = new Set(plan.objectives.map(({ id }) => id));
  const objectives = plan.objectives.filter(
    ({ id, owner }) => !filtered || owns(owner) || programmes.some(({ objectiveIds }) => objectiveIds.includes(id)),
  );
  const others = programmes.filter(({ objectiveIds }) => !objectiveIds.some((id) => known.has(id)));
  return (
    <>
      {plan.example && plan.mayPlan && <ExampleNote />}
      {objectives.length + others.length === 0 && <p>{t('plan.filter.nothing')}</p>}
      {objectives.map((objective) => (
        <article key={objective.id} className={classes.article} aria-label={objective.name}>
          <ObjectiveHead
            objective={objective}
            onChange={() => onOpen({ what: 'objective', objective })}
            onSay={() => onOpen({ what: 'figure', objective })}
          />
          {programmes.filter(({ objectiveIds }) => objectiveIds.includes(objective.id)).map(block)}
          {plan.mayPlan && !filtered && (
            <Button
              className="no-print"
              variant="subtle"
              size="compact-md"
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => onOpen({ what: 'programme', objectiveId: objective.id })}
            >
              {t('plan.add.programmeTo')}
            </Button>
          )}
        </article>
      ))}
      {others.length > 0 && (
        <article className={classes.article} aria-label={t('plan.withoutObjective')}>
          <h2 className={classes.name}>{t('plan.withoutObjective')}</h2>
          {others.map(block)}
        </article>
      )}
    </>
  );
}

function ExampleNote() {
  const set = async (archived: boolean) => {
    await call(archiveExample, { archived });
    await refreshPlan();
  };
  const remove = useMutation({
    mutationFn: () => set(true),
    onSuccess: () => offerUndo(t('plan.example.removed'), () => set(false)),
    onError: sayError,
  });
  return (
    <div className={`${classes.note} no-print`}>
      <span>{t('plan.example.note')}</span>
      <Button variant="default" size="compact-md" loading={remove.isPending} onClick={() => remove.mutate()}>
        {t('plan.example.remove')}
      </Button>
    </div>
  );
}

function Beginning({ mayPlan }: { mayPlan: boolean }) {
  const begin = useMutation({ mutationFn: () => call(addExample, {}), onSuccess: refreshPlan, onError: sayError });
  return (
    <EmptyState
      icon={<IconFlag size={40} stroke={1.4} />}
      title={t('plan.none')}
      text={t(mayPlan ? 'plan.none.text' : 'plan.none.reader')}
      action={
        mayPlan && (
          <Button loading={begin.isPending} onClick={() => begin.mutate()}>
            {t('plan.example.begin')}
          </Button>
        )
      }
    />
  );
}

/** What was put away, to be taken back. */
function Archive() {
  const { data, error } = useQuery(archiveQuery);
  const back = useMutation({
    mutationFn: ({ part, id }: { part: 'objective' | 'programme' | 'campaign'; id: string; name: string }) =>
      call(setArchived, { part, id, archived: false }),
    onSuccess: async (_done, { name }) => {
      await refreshPlan();
      say(t('plan.restored', { name }));
    },
    onError: sayError,
  });
  if (!data) return error ? <ErrorNotice error={error} /> : <Loading lines={3} />;
  const gone = new Set(data.programmes.map(({ id }) => id));
  const all = [
    ...data.objectives.map((one) => ({ part: 'objective' as const, ...one })),
    ...data.programmes.map((one) => ({ part: 'programme' as const, ...one })),
    // With its programme they come back, too.
    ...data.campaigns
      .filter(({ programmeId }) => !gone.has(programmeId))
      .map((one) => ({ part: 'campaign' as const, ...one })),
  ];
  if (all.length === 0) return <p>{t('plan.archived.none')}</p>;
  return (
    <ul className={classes.campaigns}>
      {all.map(({ part, id, name, mine }) => (
        <li key={id}>
          <span className={classes.grow} dir="auto">
            {name} <span className={classes.quiet}>{t(`plan.part.${part}`)}</span>
          </span>
          {mine && (
            <Button variant="default" size="compact-md" onClick={() => back.mutate({ part, id, name })}>
              {t('plan.restore', { name })}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
