import { Badge, Button, NativeSelect } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import {
  cancelRun,
  listRuns,
  preview,
  type RuleId,
  type Run,
  ruleIds,
  type Sample,
  setException,
  startRun,
  undoRun,
} from '../../../../server/cleaning/contract.ts';
import { listBooks } from '../../../../server/delegation/contract.ts';
import { call } from '../../api.ts';
import { ago, longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import classes from './Cleaning.module.css';

const working = ({ state }: Run): boolean => state === 'running' || state === 'undoing';

/** Rules that put one's cards in order: what they would do, what they did, and taking it back. */
export function Cleaning() {
  const [rule, choose] = useState<RuleId>('name_case');
  const [bookId, chooseBook] = useState('');
  const books = (useQuery(reading(listBooks, {})).data?.items ?? []).filter(({ mine }) => mine);
  const runs = useQuery({
    ...reading(listRuns, {}),
    refetchInterval: ({ state }) => (state.data?.items.some(working) ? 1000 : false),
  });
  const busy = runs.data?.items.some(working) ?? false;
  return (
    <Page title={t('cleaning.title')} lead={t('cleaning.lead')}>
      <div className={classes.choice}>
        <NativeSelect
          label={t('cleaning.rule')}
          description={t(`cleaning.rule.${rule}.help`)}
          value={rule}
          data={ruleIds.map((value) => ({ value, label: t(`cleaning.rule.${value}`) }))}
          onChange={({ currentTarget }) => choose(currentTarget.value as RuleId)}
        />
        <NativeSelect
          label={t('cleaning.where')}
          value={bookId}
          data={[
            { value: '', label: t('cleaning.everywhere') },
            ...books.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget }) => chooseBook(currentTarget.value)}
        />
      </div>
      <Preview key={`${rule} ${bookId} ${busy}`} rule={rule} bookId={bookId} busy={busy} />
      {runs.data && runs.data.items.length > 0 && <Runs runs={runs.data.items} />}
    </Page>
  );
}

interface PreviewProps {
  rule: RuleId;
  bookId: string;
  busy: boolean;
}

function Preview({ rule, bookId, busy }: PreviewProps) {
  const input = { rule, ...(bookId ? { bookId } : {}) };
  const { data, error, refetch } = useQuery({ ...reading(preview, input), refetchOnMount: 'always' });
  const starting = useMutation({
    mutationFn: () => call(startRun, input),
    onSuccess: () => refresh(listRuns, preview),
    onError: sayError,
  });
  if (!data) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={4} />;
  return (
    <Section
      title={t('cleaning.preview')}
      lead={t(data.more ? 'cleaning.foundMore' : 'cleaning.found', { ...data, samples: data.samples.length, more: 0 })}
      actions={
        <Button loading={busy || starting.isPending} disabled={data.values === 0} onClick={() => starting.mutate()}>
          {t('cleaning.run')}
        </Button>
      }
    >
      {data.samples.length > 0 && (
        <ul className={classes.samples}>
          {data.samples.map((sample) => (
            <SampleLine key={`${sample.cardId} ${sample.fieldNo}`} rule={rule} sample={sample} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function SampleLine({ rule, sample }: { rule: RuleId; sample: Sample }) {
  const { cardId, fieldNo, name, before, after, why } = sample;
  const leave = async (left: boolean) => {
    await call(setException, { rule, cardId, fieldNo, leave: left });
    await refresh(preview);
  };
  return (
    <li>
      <Link to="/people/$personId" params={{ personId: cardId }} className={classes.link} dir="auto">
        {name || t('cleaning.unnamed')}
      </Link>
      <span className={classes.change}>
        <del dir="auto">{before}</del>
        <span aria-hidden> → </span>
        {after === null ? <em>{t('cleaning.goes')}</em> : <ins dir="auto">{after}</ins>}
        {why && <span className={classes.quiet}> {t(`cleaning.why.${why}`)}</span>}
      </span>
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={t('cleaning.leaveOne', { name, before })}
        onClick={() => void leave(true).then(() => offerUndo(t('cleaning.left'), () => leave(false)), sayError)}
      >
        {t('cleaning.leave')}
      </Button>
    </li>
  );
}

function Runs({ runs }: { runs: Run[] }) {
  return (
    <Section title={t('cleaning.runs')}>
      <ul className={classes.runs}>
        {runs.map((run) => (
          <li key={run.id}>
            <span>
              <strong>{t(`cleaning.rule.${run.rule}`)}</strong>{' '}
              <Badge variant="outline" tt="none" color="gray">
                {t(`cleaning.state.${run.state}`)}
              </Badge>
              <span className={classes.quiet} style={{ display: 'block' }}>
                {t('cleaning.did', { when: ago(run.startedAt), changed: run.changed, lookedAt: run.lookedAt })}
                {run.leftAlone > 0 && ` ${t('cleaning.leftAlone', { count: run.leftAlone })}`}
              </span>
            </span>
            <RunAct run={run} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function RunAct({ run: { id, state, undoableUntil } }: { run: Run }) {
  const act = useMutation({
    mutationFn: (what: typeof undoRun | typeof cancelRun) => call(what, { runId: id }),
    onSuccess: () => refresh(listRuns, preview),
    onError: sayError,
  });
  if (state === 'running')
    return (
      <Button variant="default" loading={act.isPending} onClick={() => act.mutate(cancelRun)}>
        {t('shell.cancel')}
      </Button>
    );
  if (!undoableUntil) return null;
  return (
    <Button
      variant="default"
      loading={act.isPending}
      title={t('cleaning.undoable', { day: longDate(undoableUntil) })}
      onClick={() => act.mutate(undoRun)}
    >
      {t('shell.undo')}
    </Button>
  );
}
