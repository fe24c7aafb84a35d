import { Button, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../server/kernel/contract.ts';
import { type Definition, dryRun, type FullScenario } from '../../../../server/scenarios/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { PersonChoice } from '../opportunities/choosing.tsx';
import classes from './Scenarios.module.css';
import { nodeSentence, problemWords, reasonsOf } from './words.ts';

type Walked = Output<typeof dryRun>['people'][number];

/** Takes real persons through what is drawn, saved or not, over time that is not waited for. */
export function DryRun({
  scenario,
  definition,
  onClose,
}: {
  scenario: FullScenario;
  definition: Definition;
  onClose: () => void;
}) {
  const [personId, choose] = useState<string | null>(null);
  const [day, setDay] = useState('');
  const [holders, setHolders] = useState<'go' | 'write' | 'leave' | 'unanswered'>('go');
  const asks = definition.nodes.some(({ kind }) => kind === 'ask_holder');
  const trying = useMutation({
    mutationFn: () =>
      call(dryRun, {
        ...{ scenarioId: scenario.id, definition, holders },
        ...(personId ? { personIds: [personId] } : {}),
        ...(day ? { at: new Date(`${day}T09:00`).toISOString() } : {}),
      }),
  });
  const found = trying.data;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('scenarios.try')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Stack gap="sm">
        <p style={{ margin: 0 }}>{t('scenarios.try.lead')}</p>
        <PersonChoice label={t('scenarios.try.person')} onChange={choose} />
        <TextInput
          type="date"
          label={t('scenarios.try.day')}
          value={day}
          onChange={({ currentTarget }) => setDay(currentTarget.value)}
        />
        {asks && (
          <NativeSelect
            label={t('scenarios.try.holders')}
            value={holders}
            data={(['go', 'write', 'leave', 'unanswered'] as const).map((value) => ({
              value,
              label: t(`scenarios.way.${value}`),
            }))}
            onChange={({ currentTarget }) => setHolders(currentTarget.value as 'go')}
          />
        )}
        <Button
          style={{ alignSelf: 'flex-start' }}
          disabled={!personId && definition.entry.kind !== 'segment'}
          loading={trying.isPending}
          onClick={() => trying.mutate()}
        >
          {t('scenarios.try.do')}
        </Button>
        <ErrorNotice error={trying.error} />
        {found?.problems.map((one) => (
          <p key={`${one.nodeId} ${one.code}`} className={classes.problem}>
            {problemWords(one)}
          </p>
        ))}
        {found && found.problems.length === 0 && found.people.length === 0 && <p>{t('scenarios.try.nobody')}</p>}
        <div aria-live="polite">
          {found?.people.map((one) => (
            <Walk key={one.personId} walked={one} definition={definition} names={scenario.names} />
          ))}
        </div>
      </Stack>
    </Modal>
  );
}

function Walk({ walked, definition, names }: { walked: Walked; definition: Definition; names: FullScenario['names'] }) {
  const nodes = new Map(definition.nodes.map((one) => [one.id, one]));
  return (
    <section>
      <h3 dir="auto">{walked.name}</h3>
      <ol className={classes.way}>
        {walked.steps.map((step, at) => {
          const node = step.nodeId ? nodes.get(step.nodeId) : undefined;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps go by their place
            <li key={at}>
              <time dateTime={step.at} className={classes.quiet}>
                {longInstant(step.at)}
              </time>{' '}
              <strong>{t(`scenarios.result.${step.result}`)}</strong>
              {node && <span dir="auto"> {nodeSentence(node, names)}</span>}
              {reasonsOf(step.said).map((one) => (
                <p key={one} className={classes.quiet}>
                  {one}
                </p>
              ))}
            </li>
          );
        })}
      </ol>
      {walked.outcome === null && <p className={classes.quiet}>{t('scenarios.try.longer')}</p>}
    </section>
  );
}
