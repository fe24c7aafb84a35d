import { Button, Modal, NativeSelect, Stack } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Output } from '../../../../server/kernel/contract.ts';
import { addReady, type listScenarios, readyKeys } from '../../../../server/scenarios/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { useForm } from '../../ui/useForm.ts';
import { PlanTabs } from '../plan/PlanTabs.tsx';
import { planQuery, refreshPlan } from '../plan/queries.ts';
import { questionsQuery, refreshScenarios, scenariosQuery } from './queries.ts';
import classes from './Scenarios.module.css';

type Listed = Output<typeof listScenarios>['items'][number];
type Key = (typeof readyKeys)[number];

/** What is done by itself: the scenarios of the plan, and those one may begin from. */
export function Scenarios() {
  const { data, error, refetch } = useQuery(scenariosQuery);
  const plan = useQuery(planQuery).data;
  const asked = useQuery(questionsQuery).data?.items.length ?? 0;
  const [taking, take] = useState<Key | null>(null);
  const programmes = plan?.programmes.filter(({ mine }) => mine) ?? [];
  return (
    <>
      <PlanTabs />
      <Page title={t('scenarios.title')} lead={t('scenarios.lead')}>
        {asked > 0 && (
          <p className={classes.note}>
            <Link to="/scenario-questions">{t('scenarios.questions.waiting', { count: asked })}</Link>
          </p>
        )}
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={4} />}
        {data?.items.length === 0 && (
          <EmptyState
            icon={<IconRoute size={40} stroke={1.4} />}
            title={t('scenarios.none')}
            text={t('scenarios.none.text')}
            action={
              <ButtonLink variant="default" to="/plan">
                {t('plan.title')}
              </ButtonLink>
            }
          />
        )}
        {data && data.items.length > 0 && (
          <Lines>
            {data.items.map((one) => (
              <li key={one.id}>
                <ScenarioLine scenario={one} />
              </li>
            ))}
          </Lines>
        )}
        {programmes.length > 0 && (
          <Section title={t('scenarios.ready')} lead={t('scenarios.ready.lead')}>
            <ul className={classes.ready}>
              {readyKeys.map((key) => (
                <li key={key}>
                  <strong>{t(`scenarios.ready.${key}`)}</strong>
                  <span>{t(`scenarios.ready.${key}.why`)}</span>
                  <Button variant="default" size="compact-md" onClick={() => take(key)}>
                    {t('scenarios.ready.take', { name: t(`scenarios.ready.${key}`) })}
                  </Button>
                </li>
              ))}
            </ul>
          </Section>
        )}
        {taking && (
          <TakeReady
            name={taking}
            programmes={programmes.map(({ id, name }) => ({ value: id, label: name }))}
            onClose={() => take(null)}
          />
        )}
      </Page>
    </>
  );
}

function ScenarioLine({ scenario }: { scenario: Listed }) {
  const { id, name, programme, state, standstill, inFlight, goal } = scenario;
  return (
    <Link to="/plan/scenarios/$scenarioId" params={{ scenarioId: id }} className={classes.line}>
      <span>
        <strong dir="auto">{name}</strong> <span className={classes.quiet}>{programme.name}</span>
      </span>
      <span className={classes.quiet}>
        {[
          standstill ? t(`scenarios.standstill.${standstill}`) : t(`scenarios.state.${state ?? 'none'}`),
          state && state !== 'draft'
            ? goal === null
              ? t('scenarios.numbers.others', { inFlight })
              : t('scenarios.numbers', { inFlight, goal })
            : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </Link>
  );
}

function TakeReady({
  name,
  programmes,
  onClose,
}: {
  name: Key;
  programmes: { value: string; label: string }[];
  onClose: () => void;
}) {
  const navigate = useNavigate();
  const form = useForm({ programmeId: programmes[0]!.value }, async ({ programmeId }) => {
    const { id } = await call(addReady, { key: name, programmeId });
    await Promise.all([refreshScenarios(), refreshPlan()]);
    void navigate({ to: '/plan/scenarios/$scenarioId', params: { scenarioId: id } });
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`scenarios.ready.${name}`)}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <p>{t('scenarios.ready.hint')}</p>
          <NativeSelect
            label={t('plan.programme')}
            data={programmes}
            value={form.values.programmeId}
            onChange={({ currentTarget }) => form.set('programmeId', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} style={{ alignSelf: 'flex-end' }}>
            {t('scenarios.ready.add')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
