import { Button, NativeSelect } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { enter, type FullScenario, takeOut } from '../../../../server/scenarios/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { RemoveDialog } from '../../ui/RemoveDialog.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { PersonChoice } from '../opportunities/choosing.tsx';
import { inOrder } from './editing.ts';
import { pathQuery, peopleQuery, refreshScenarios } from './queries.ts';
import classes from './Scenarios.module.css';
import { nodeSentence, reasonsOf } from './words.ts';

/** Who is, or was, on their way, step by step, and each one's way with why. */
export function People({ scenario }: { scenario: FullScenario }) {
  const { id: scenarioId, names, published, state, byMe } = scenario;
  const [nodeId, setNode] = useState<string | null>(null);
  const [chosen, choose] = useState<string | null>(null);
  const { data, error, refetch } = useQuery(peopleQuery(scenarioId, nodeId));
  const steps = published ? inOrder(published) : [];
  const sentence = (id: string) => {
    const node = steps.find((one) => one.id === id);
    return node ? nodeSentence(node, names) : id;
  };
  return (
    <div className={classes.work}>
      <div className={classes.main}>
        <div className={classes.row} style={{ marginBottom: '1rem' }}>
          {byMe && (
            <NativeSelect
              label={t('scenarios.people.at')}
              value={nodeId ?? ''}
              data={[
                { value: '', label: t('scenarios.people.anywhere') },
                ...steps.map((one) => ({ value: one.id, label: nodeSentence(one, names) })),
              ]}
              onChange={({ currentTarget }) => setNode(currentTarget.value || null)}
            />
          )}
          {state === 'running' && <PutIn scenarioId={scenarioId} />}
        </div>
        {!byMe && published && (
          <p className={classes.note}>{t('scenarios.people.others', { name: scenario.owner.name })}</p>
        )}
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={4} />}
        {data?.items.length === 0 && (
          <EmptyState
            icon={<IconUsers size={40} stroke={1.4} />}
            title={t('scenarios.people.none')}
            text={t('scenarios.people.none.text')}
          />
        )}
        {data && data.items.length > 0 && (
          <Lines>
            {data.items.map((one) => (
              <li key={one.id} className={classes.line}>
                <span>
                  <strong dir="auto">{one.name || t('contacts.nameless')}</strong>{' '}
                  <span className={classes.quiet}>
                    {one.outcome
                      ? t(`scenarios.outcome.${one.outcome}`)
                      : one.nodeId && one.dueAt
                        ? t('scenarios.people.stands', { step: sentence(one.nodeId), when: longInstant(one.dueAt) })
                        : t('scenarios.people.onTheWay')}
                  </span>
                </span>
                {byMe ? (
                  <Button
                    variant="default"
                    size="compact-md"
                    aria-label={t('scenarios.people.whyOf', { name: one.name })}
                    onClick={() => choose(one.id)}
                  >
                    {t('scenarios.people.why')}
                  </Button>
                ) : (
                  one.outcome === null && <TakeOut scenarioId={scenarioId} journeyId={one.id} name={one.name} />
                )}
              </li>
            ))}
          </Lines>
        )}
      </div>
      {chosen && (
        <SidePanel label={t('scenarios.people.way')} onClose={() => choose(null)}>
          <WayOf scenario={scenario} journeyId={chosen} />
        </SidePanel>
      )}
    </div>
  );
}

function PutIn({ scenarioId }: { scenarioId: string }) {
  const [personId, choose] = useState<string | null>(null);
  const putting = useMutation({
    mutationFn: () => call(enter, { scenarioId, personIds: [personId!] }),
    onSuccess: ({ entered }) => say(t('scenarios.people.entered', { count: entered })),
    onError: sayError,
    onSettled: refreshScenarios,
  });
  return (
    <>
      <PersonChoice label={t('scenarios.people.putIn')} focus={false} onChange={choose} />
      <Button variant="default" disabled={!personId} loading={putting.isPending} onClick={() => putting.mutate()}>
        {t('scenarios.people.putIn.do')}
      </Button>
    </>
  );
}

/** Takes somebody out, and says first what goes with it. */
function TakeOut({ scenarioId, journeyId, name }: { scenarioId: string; journeyId: string; name: string }) {
  const [asks, ask] = useState(false);
  return (
    <>
      <Button
        variant="default"
        size="compact-md"
        style={{ alignSelf: 'flex-start' }}
        aria-label={t('scenarios.people.takeOutOf', { name })}
        onClick={() => ask(true)}
      >
        {t('scenarios.people.takeOut')}
      </Button>
      {asks && (
        <RemoveDialog
          title={t('scenarios.people.takeOutOf', { name })}
          text={t('scenarios.people.takeOut.text')}
          action={t('scenarios.people.takeOut')}
          done={t('scenarios.people.takenOut')}
          remove={async () => {
            await call(takeOut, { scenarioId, journeyId });
            await refreshScenarios();
          }}
          onClose={() => ask(false)}
        />
      )}
    </>
  );
}

/** One person's way, with why each step went as it did. */
function WayOf({ scenario, journeyId }: { scenario: FullScenario; journeyId: string }) {
  const { data, error } = useQuery(pathQuery(scenario.id, journeyId));
  if (!data) return error ? <ErrorNotice error={error} /> : <Loading lines={4} />;
  const { traveller, steps } = data;
  const nodes = new Map((scenario.published?.nodes ?? []).map((one) => [one.id, one]));
  return (
    <div className={classes.form}>
      <h2 style={{ margin: 0 }}>
        <TextLink to="/people/$personId" params={{ personId: traveller.personId }}>
          {traveller.name || t('contacts.nameless')}
        </TextLink>
      </h2>
      <ol className={classes.way}>
        {steps.map((step) => {
          const node = nodes.get(step.nodeId);
          return (
            <li key={step.no}>
              <time dateTime={step.at} className={classes.quiet}>
                {longInstant(step.at)}
              </time>{' '}
              <strong>{t(`scenarios.result.${step.result}`)}</strong>{' '}
              <span dir="auto">
                {step.result !== 'entered' && (node ? nodeSentence(node, scenario.names) : step.name)}
              </span>
              {reasonsOf(step.said).map((one) => (
                <p key={one} className={classes.quiet}>
                  {one}
                </p>
              ))}
            </li>
          );
        })}
      </ol>
      {traveller.outcome === null && <TakeOut scenarioId={scenario.id} journeyId={journeyId} name={traveller.name} />}
    </div>
  );
}
