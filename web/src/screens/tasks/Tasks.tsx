import { Button, SegmentedControl } from '@mantine/core';
import { IconChecklist, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { tasksQuery } from './queries.ts';
import type { TaskSearch } from './search.ts';
import { TaskEditor } from './TaskEditor.tsx';
import { TaskLine } from './TaskLine.tsx';
import classes from './Tasks.module.css';

/** What I have to do, and what I gave to others. */
export function Tasks() {
  const { state = 'open', whose } = useSearch({ from: '/members/tasks' });
  const [writing, write] = useState(false);
  const list = useInfiniteQuery(tasksQuery({ state, whose }));
  const tasks = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => write(true)}>
      {t('tasks.new')}
    </Button>
  );
  return (
    <Page title={t('tasks.title')} width="reading" lead={t('tasks.lead')} actions={add}>
      <Filters state={state} whose={whose} />
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={2} />}
      {list.isSuccess && tasks.length === 0 && (
        <EmptyState
          icon={<IconChecklist />}
          title={t(state === 'open' ? 'tasks.none' : 'tasks.noneDone')}
          text={t(state === 'open' ? 'tasks.noneText' : 'tasks.noneDoneText')}
        />
      )}
      {tasks.length > 0 && (
        <Lines>
          {tasks.map((task) => (
            <TaskLine key={task.id} task={task} />
          ))}
        </Lines>
      )}
      {list.hasNextPage && (
        <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('notices.more')}
        </Button>
      )}
      {writing && <TaskEditor onClose={() => write(false)} />}
    </Page>
  );
}

function Filters({ state, whose }: Required<Pick<TaskSearch, 'state'>> & TaskSearch) {
  const navigate = useNavigate();
  const change = (search: TaskSearch) => void navigate({ to: '/tasks', search, replace: true });
  return (
    <div className={classes.filters}>
      <SegmentedControl
        aria-label={t('tasks.filter.state')}
        value={state}
        onChange={(value) => change({ whose, state: value as 'open' | 'done' })}
        data={(['open', 'done'] as const).map((value) => ({ value, label: t(`tasks.state.${value}`) }))}
      />
      <SegmentedControl
        aria-label={t('tasks.filter.whose')}
        value={whose ?? 'all'}
        onChange={(value) => change({ state, ...(value === 'all' ? {} : { whose: value as 'mine' | 'given' }) })}
        data={(['all', 'mine', 'given'] as const).map((value) => ({ value, label: t(`tasks.whose.${value}`) }))}
      />
    </div>
  );
}
