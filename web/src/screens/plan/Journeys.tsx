import { Badge, Button, Group } from '@mantine/core';
import { IconPlus, IconRoute } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { addExample } from '../../../../server/plan/contract.ts';
import { type Journey, setJourneyArchived } from '../../../../server/plan/journeys-contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { JourneyEditor } from './JourneyEditor.tsx';
import classes from './Plan.module.css';
import { PlanTabs } from './PlanTabs.tsx';
import { journeyArchiveQuery, journeysQuery, planQuery, refreshPlan } from './queries.ts';
import { audienceOf } from './words.ts';

/** The ways of customers, and where the plan has gaps: moments that nothing serves, programmes that serve none. */
export function Journeys() {
  const { data, error, refetch } = useQuery(journeysQuery);
  const plan = useQuery(planQuery).data;
  const [adding, add] = useState(false);
  const begin = useMutation({ mutationFn: () => call(addExample, {}), onSuccess: refreshPlan, onError: sayError });
  const empty = data && data.items.length === 0;
  const bare = plan && plan.objectives.length + plan.programmes.length === 0;
  return (
    <>
      <PlanTabs />
      <Page
        title={t('plan.journeys')}
        lead={t('plan.journeys.lead')}
        actions={
          data?.mayPlan && (
            <Button variant="default" leftSection={<IconPlus size={18} aria-hidden />} onClick={() => add(true)}>
              {t('plan.add.journey')}
            </Button>
          )
        }
      >
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={4} />}
        {empty && (
          <EmptyState
            icon={<IconRoute size={40} stroke={1.4} />}
            title={t('plan.journeys.none')}
            text={t('plan.journeys.none.text')}
            action={
              data.mayPlan &&
              bare && (
                <Button loading={begin.isPending} onClick={() => begin.mutate()}>
                  {t('plan.example.begin')}
                </Button>
              )
            }
          />
        )}
        {data && !empty && <List journeys={data.items} />}
        {data && plan && !empty && <Gaps journeys={data.items} plan={plan} />}
        <ArchivedJourneys />
        {adding && <JourneyEditor onClose={() => add(false)} />}
      </Page>
    </>
  );
}

function List({ journeys }: { journeys: readonly Journey[] }) {
  return (
    <ul className={classes.campaigns}>
      {journeys.map((journey) => {
        const gaps = journey.moments.filter(({ programmeId }) => programmeId === null).length;
        return (
          <li key={journey.id}>
            <span className={classes.grow}>
              <Link
                to="/plan/journeys/$journeyId"
                params={{ journeyId: journey.id }}
                className={classes.link}
                dir="auto"
              >
                <strong>{journey.name}</strong>
              </Link>
              <p className={classes.quiet}>
                {[audienceOf(journey), journey.stages.map(({ name }) => name).join(' → ')].filter(Boolean).join(' · ')}
              </p>
            </span>
            <Group gap="xs">
              <span className={classes.quiet}>{t('plan.moments.count', { count: journey.moments.length })}</span>
              {gaps > 0 && (
                <Badge variant="light" color="amber" tt="none" fw={600}>
                  {t('plan.gaps.count', { count: gaps })}
                </Badge>
              )}
            </Group>
          </li>
        );
      })}
    </ul>
  );
}

interface Planned {
  programmes: readonly { id: string; name: string }[];
  moments: readonly { id: string; journeyId: string; name: string; programmeId: string | null }[];
}

function Gaps({ journeys, plan }: { journeys: readonly Journey[]; plan: Planned }) {
  const unserved = plan.moments.filter(({ programmeId }) => programmeId === null);
  const idle = plan.programmes.filter(({ id }) => !plan.moments.some(({ programmeId }) => programmeId === id));
  const nameOf = new Map(journeys.map(({ id, name }) => [id, name]));
  return (
    <Section title={t('plan.gaps')} lead={t('plan.gaps.lead')}>
      {unserved.length + idle.length === 0 && <p>{t('plan.gaps.none')}</p>}
      {unserved.length > 0 && (
        <>
          <h3 className={classes.name}>{t('plan.gaps.moments')}</h3>
          <ul className={classes.campaigns}>
            {unserved.map(({ id, name, journeyId }) => (
              <li key={id}>
                <Link to="/plan/journeys/$journeyId" params={{ journeyId }} dir="auto">
                  {name}
                </Link>
                <span className={classes.quiet}>{nameOf.get(journeyId)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {idle.length > 0 && (
        <>
          <h3 className={classes.name}>{t('plan.gaps.programmes')}</h3>
          <ul className={classes.campaigns}>
            {idle.map(({ id, name }) => (
              <li key={id}>
                <Link to="/plan/programmes/$programmeId" params={{ programmeId: id }} dir="auto">
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function ArchivedJourneys() {
  const items = useQuery(journeyArchiveQuery).data?.items ?? [];
  const back = useMutation({
    mutationFn: (journey: Journey) => call(setJourneyArchived, { journeyId: journey.id, archived: false }),
    onSuccess: async (_done, { name }) => {
      await refreshPlan();
      say(t('plan.restored', { name }));
    },
    onError: sayError,
  });
  if (items.length === 0) return null;
  return (
    <Section title={t('plan.archived')}>
      <ul className={classes.campaigns}>
        {items.map((journey) => (
          <li key={journey.id}>
            <span className={classes.grow} dir="auto">
              {journey.name}
            </span>
            {journey.mine && (
              <Button variant="default" size="compact-md" onClick={() => back.mutate(journey)}>
                {t('plan.restore', { name: journey.name })}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
