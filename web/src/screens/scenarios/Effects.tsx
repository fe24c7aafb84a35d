import { Button, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FullScenario, settleEffect } from '../../../../server/scenarios/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Lines } from '../../ui/Lines.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import { effectsQuery, refreshScenarios } from './queries.ts';
import classes from './Scenarios.module.css';

/** Calls of which nobody knows whether they arrived, and those that failed. */
export function Effects({ scenario: { id: scenarioId, doubts } }: { scenario: FullScenario }) {
  const { data } = useQuery({ ...effectsQuery(scenarioId), enabled: doubts > 0 });
  const settling = useMutation({
    mutationFn: (said: { effectId: string; as: 'looked' | 'again' }) => call(settleEffect, { scenarioId, ...said }),
    onError: sayError,
    onSettled: refreshScenarios,
  });
  const open = data?.items.filter(({ state }) => state === 'in_doubt' || state === 'failed') ?? [];
  if (doubts === 0 || open.length === 0) return null;
  return (
    <Section title={t('scenarios.effects')} lead={t('scenarios.effects.lead')}>
      <Lines>
        {open.map(({ id, host, state, answer, madeAt }) => (
          <li key={id} className={classes.line}>
            <span>
              <strong>{host}</strong>{' '}
              <span className={classes.quiet}>
                {[t(`scenarios.effect.${state as 'failed'}`), answer, longInstant(madeAt)].filter(Boolean).join(' · ')}
              </span>
            </span>
            <Group gap="xs">
              <Button
                variant="default"
                size="compact-md"
                onClick={() => settling.mutate({ effectId: id, as: 'looked' })}
              >
                {t('scenarios.effect.looked')}
              </Button>
              <Button
                variant="default"
                size="compact-md"
                onClick={() => settling.mutate({ effectId: id, as: 'again' })}
              >
                {t('scenarios.effect.again')}
              </Button>
            </Group>
          </li>
        ))}
      </Lines>
    </Section>
  );
}
