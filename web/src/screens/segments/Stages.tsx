import { ActionIcon, Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { IconArrowUp, IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { changeStages } from '../../../../server/segments/contract.ts';
import { call } from '../../api.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Page } from '../../ui/Page.tsx';
import { say } from '../../ui/undo.tsx';
import { refreshSegments, stageCountsQuery, stagesQuery } from './queries.ts';
import classes from './Segments.module.css';
import { SegmentsTabs } from './SegmentsTabs.tsx';
import { problemWords, stageName } from './words.ts';

/** Where people stand with us, from prospect to lost and back: the first stage whose condition holds. */
export function Stages() {
  const me = useMe();
  const { data, error, refetch } = useQuery(stagesQuery);
  const counts = useQuery(stageCountsQuery).data;
  const [editing, edit] = useState(false);
  const most = Math.max(1, ...(counts?.items.map(({ people }) => people) ?? []));
  const may = me.role === 'admin' || me.role === 'marketing';
  return (
    <>
      <SegmentsTabs />
      <Page
        title={t('segments.stages.title')}
        lead={t('segments.stages.lead')}
        width="reading"
        actions={may && data && !editing ? <Button onClick={() => edit(true)}>{t('segments.edit')}</Button> : undefined}
      >
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {data && editing && <StagesForm stages={data.items} onDone={() => edit(false)} />}
        {data && !editing && (
          <ol>
            {data.items.map((stage) => {
              const people = counts?.items.find(({ key }) => key === stage.key)?.people;
              return (
                <li key={stage.key} style={{ marginBlockEnd: 12 }}>
                  <strong>{stageName(stage)}</strong>{' '}
                  {people !== undefined && (
                    <span className={classes.count}>{t('segments.people', { count: people })}</span>
                  )}
                  <div className={classes.bar} style={{ width: `${((people ?? 0) / most) * 100}%` }} aria-hidden />
                  <p className={`${classes.quiet} ${classes.code}`}>{stage.filter}</p>
                  {stage.problem && <p className={classes.quiet}>{problemWords(stage.problem)}</p>}
                </li>
              );
            })}
          </ol>
        )}
        {counts && counts.none > 0 && !editing && (
          <p className={classes.quiet}>{t('segments.stages.none', { count: number(counts.none) })}</p>
        )}
      </Page>
    </>
  );
}

interface Draft {
  key: string;
  name: string;
  filter: string;
}

function StagesForm({ stages, onDone }: { stages: readonly Draft[]; onDone: () => void }) {
  const [drafts, set] = useState<Draft[]>(
    stages.map((one) => ({ key: one.key, name: stageName(one), filter: one.filter })),
  );
  const save = useMutation({
    mutationFn: () =>
      call(changeStages, { stages: drafts.map((one) => ({ key: one.key, name: one.name, filter: one.filter })) }),
    onSuccess: async () => {
      await refreshSegments();
      say(t('segments.saved'));
      onDone();
    },
  });
  const change = (at: number, next: Partial<Draft>) => set(drafts.with(at, { ...drafts[at]!, ...next }));
  const up = (at: number) => set(drafts.with(at - 1, drafts[at]!).with(at, drafts[at - 1]!));
  const newKey = () => `stage_${Math.random().toString(36).slice(2, 7)}`;
  return (
    <Stack gap="sm">
      <ol className={classes.builder}>
        {drafts.map((draft, at) => (
          <li key={draft.key} className={classes.row}>
            <TextInput
              label={t('segments.name')}
              value={draft.name}
              onChange={({ currentTarget }) => change(at, { name: currentTarget.value })}
            />
            <Textarea
              autosize
              className={classes.wide}
              classNames={{ input: classes.code }}
              label={t('segments.text')}
              value={draft.filter}
              onChange={({ currentTarget }) => change(at, { filter: currentTarget.value })}
            />
            <Group gap={4}>
              <ActionIcon aria-label={t('segments.stages.up')} disabled={at === 0} onClick={() => up(at)}>
                <IconArrowUp size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon aria-label={t('segments.remove')} onClick={() => set(drafts.filter((_, no) => no !== at))}>
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </Group>
          </li>
        ))}
      </ol>
      <Button
        variant="light"
        style={{ alignSelf: 'flex-start' }}
        disabled={drafts.length >= 12}
        onClick={() => set([...drafts, { key: newKey(), name: '', filter: 'everyone' }])}
      >
        {t('segments.stages.add')}
      </Button>
      <ErrorNotice error={save.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {t('shell.cancel')}
        </Button>
        <Button loading={save.isPending} onClick={() => save.mutate()}>
          {t('segments.save')}
        </Button>
      </Group>
    </Stack>
  );
}
