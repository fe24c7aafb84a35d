import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { askedKinds, decide, type Mechanism, startTest } from '../../../../server/collection/contract.ts';
import { call } from '../../api.ts';
import { calendarDay, longDate, money } from '../../format.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { channelsQuery } from '../conversations/queries.ts';
import classes from './Collection.module.css';
import { MechanismForm } from './MechanismForm.tsx';
import { planQuery, refreshPlan } from './queries.ts';
import { Results } from './Results.tsx';
import { nameOf } from './words.ts';

/** How something is collected at a touchpoint: the idea, its study, its test and what was decided. */
export function MechanismPage() {
  const { mechanismId } = useParams({ from: '/members/knowledge/collection/$mechanismId' });
  const { data, error, refetch } = useQuery(planQuery);
  const [changing, change] = useState(false);
  const mechanism = data?.mechanisms.find(({ id }) => id === mechanismId);
  if (!data || !mechanism)
    return (
      <Page title={t('collection.title')}>
        {error || data ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={6} />}
      </Page>
    );
  const item = data.items.find(({ id }) => id === mechanism.itemId);
  const touchpoint = data.touchpoints.find(({ id }) => id === mechanism.touchpointId);
  return (
    <Page
      title={t('collection.mechanism.title', {
        item: item ? nameOf(item) : '',
        touchpoint: touchpoint?.name ?? '',
      })}
      lead={t('collection.mechanism.lead', {
        kind: t(`collection.kind.${mechanism.kind}`),
        state: t(`collection.state.${mechanism.state}`),
      })}
      width="reading"
      actions={
        <>
          <ButtonLink to="/knowledge/collection" variant="default">
            {t('collection.back')}
          </ButtonLink>
          {mechanism.mine && (
            <Button variant="default" onClick={() => change(true)}>
              {t('collection.mechanism.change')}
            </Button>
          )}
        </>
      }
    >
      <Decisions mechanism={mechanism} />
      <Sheet mechanism={mechanism} />
      <Results mechanism={mechanism} />
      {changing && <MechanismForm mechanism={mechanism} onClose={() => change(false)} />}
    </Page>
  );
}

function Decisions({ mechanism }: { mechanism: Mechanism }) {
  const me = useMe();
  const [deciding, decideOn] = useState<'rolled_out' | 'dropped' | null>(null);
  const testing = useMutation({
    mutationFn: () => call(startTest, { mechanismId: mechanism.id }),
    onSuccess: refreshPlan,
  });
  const { state, kind, question, testedSince } = mechanism;
  if (me.role !== 'admin' && me.role !== 'marketing') return null;
  const asks = askedKinds.includes(kind);
  const worded = question.fr !== '' && question.en !== '';
  return (
    <>
      <div className={classes.acts}>
        {asks && testedSince === null && state !== 'rolled_out' && (
          <Button loading={testing.isPending} disabled={!worded} onClick={() => testing.mutate()}>
            {t('collection.test.start')}
          </Button>
        )}
        {state !== 'rolled_out' && (
          <Button
            variant={testedSince ? 'filled' : 'default'}
            disabled={asks && !worded}
            onClick={() => decideOn('rolled_out')}
          >
            {t('collection.rollOut')}
          </Button>
        )}
        {state !== 'dropped' && (
          <Button variant="default" onClick={() => decideOn('dropped')}>
            {t('collection.drop')}
          </Button>
        )}
      </div>
      {asks && !worded && <p className={classes.quiet}>{t('collection.test.words')}</p>}
      <ErrorNotice error={testing.error} />
      {deciding && <Decide mechanism={mechanism} outcome={deciding} onClose={() => decideOn(null)} />}
    </>
  );
}

interface DecideProps {
  mechanism: Mechanism;
  outcome: 'rolled_out' | 'dropped';
  onClose: () => void;
}

function Decide({ mechanism, outcome, onClose }: DecideProps) {
  const form = useForm({ why: '' }, async ({ why }) => {
    await call(decide, { mechanismId: mechanism.id, outcome, why });
    await refreshPlan();
    say(t('collection.decided'));
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(outcome === 'rolled_out' ? 'collection.rollOut' : 'collection.drop')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <Textarea
            name="why"
            required
            withAsterisk={false}
            autosize
            minRows={2}
            maxLength={1000}
            label={t('collection.decide.why')}
            value={form.values.why}
            error={form.problem('why')}
            onChange={({ currentTarget }) => form.set('why', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('collection.decide.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Sheet({ mechanism }: { mechanism: Mechanism }) {
  const forms = useQuery(channelsQuery).data?.items ?? [];
  const { question, channelId, business, it, costEuros, responsible, dueOn, decision } = mechanism;
  const grade = (value: number | null, note: string) =>
    value === null ? null : [t('collection.grade', { value }), note].filter(Boolean).join(' – ');
  const asks = askedKinds.includes(mechanism.kind);
  const rows: [Parameters<typeof t>[0], ReactNode][] = [
    ['collection.mechanism.idea', mechanism.idea],
    ['collection.proposedBy', mechanism.proposedBy.name],
    ['collection.question', question[currentLanguage()] || null],
    [
      'collection.mechanism.form',
      !asks ? null : channelId ? (forms.find(({ id }) => id === channelId)?.name ?? null) : t('collection.allForms'),
    ],
    ['collection.business', grade(business, mechanism.businessNote)],
    ['collection.it', grade(it, mechanism.itNote)],
    ['collection.cost', costEuros === null ? null : money({ cents: costEuros * 100, currency: 'EUR' })],
    ['collection.responsible', responsible?.name ?? null],
    ['collection.due', dueOn && calendarDay(dueOn)],
    [
      'collection.decision',
      decision && t('collection.decisionOf', { day: longDate(decision.at), name: decision.by, why: decision.why }),
    ],
  ];
  return (
    <dl className={classes.sheet}>
      {rows.map(([key, value]) =>
        value === null ? null : (
          <div key={key} style={{ display: 'contents' }}>
            <dt>{t(key)}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
