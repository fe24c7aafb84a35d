import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconBriefcase, IconFileImport, IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Stage } from '../../../../server/opportunities/contract.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Board } from './Board.tsx';
import classes from './Opportunities.module.css';
import { OpportunityEditor } from './OpportunityEditor.tsx';
import { OpportunityTable } from './OpportunityTable.tsx';
import { type Filter, stagesQuery, sumsQuery } from './queries.ts';
import { Stages } from './Stages.tsx';
import { Sums } from './Sums.tsx';
import type { OpportunitySearch } from './search.ts';

/** What may be sold to whom: by stage, or as a list. */
export function Opportunities() {
  const search = useSearch({ from: '/members/opportunities' });
  const me = useMe();
  const stages = useQuery(stagesQuery);
  const [open, setOpen] = useState<'new' | 'stages'>();
  const { view, state = 'open', whose = 'all', q } = search;
  const filter: Filter = { state, whose, ...(q ? { q } : {}) };
  const sums = useQuery(sumsQuery(filter));
  const actions = (
    <>
      {me.role === 'admin' && (
        <Button variant="subtle" onClick={() => setOpen('stages')}>
          {t('opportunities.stages')}
        </Button>
      )}
      <ButtonLink
        to="/opportunities/import"
        variant="default"
        leftSection={<IconFileImport size={18} aria-hidden />}
        data-compact
      >
        {t('opportunities.import')}
      </ButtonLink>
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpen('new')} data-compact>
        {t('opportunities.new')}
      </Button>
    </>
  );
  const items = sums.data?.items ?? [];
  const list = stages.data?.items ?? [];
  return (
    <Page title={t('opportunities.title')} lead={t('opportunities.lead')} actions={actions}>
      <Filters search={search} />
      <ErrorNotice
        error={stages.error ?? sums.error}
        onRetry={() => void Promise.all([stages.refetch(), sums.refetch()])}
      />
      {(stages.isPending || sums.isPending) && <Loading lines={4} />}
      {items.length > 0 && <Sums items={items} open={state === 'open'} />}
      {stages.data &&
        sums.data &&
        (items.length === 0 ? (
          <None search={search} onNew={() => setOpen('new')} />
        ) : (
          <Shown view={view} filter={filter} stages={list} sums={items} />
        ))}
      {open === 'new' && <OpportunityEditor onClose={() => setOpen(undefined)} />}
      {open === 'stages' && <Stages stages={list} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

interface ShownProps {
  view: 'table' | undefined;
  filter: Filter;
  stages: Stage[];
  sums: React.ComponentProps<typeof Board>['sums'];
}

/** What is over stands at no stage any more: it is a list. */
function Shown({ view, filter, stages, sums }: ShownProps) {
  return view === 'table' || filter.state !== 'open' ? (
    <OpportunityTable filter={filter} stages={stages} />
  ) : (
    <Board filter={filter} stages={stages} sums={sums} />
  );
}

function None({ search, onNew }: { search: OpportunitySearch; onNew: () => void }) {
  const filtered = search.q !== undefined || search.whose !== undefined || search.state !== undefined;
  return (
    <EmptyState
      icon={<IconBriefcase />}
      title={t(filtered ? 'opportunities.noneFiltered' : 'opportunities.none')}
      text={t(filtered ? 'opportunities.noneFilteredText' : 'opportunities.noneText')}
      action={filtered ? undefined : <Button onClick={onNew}>{t('opportunities.new')}</Button>}
    />
  );
}

function Filters({ search }: { search: OpportunitySearch }) {
  const navigate = useNavigate();
  const [typed, type] = useState(search.q ?? '');
  const change = (changed: Record<string, string | undefined>) =>
    void navigate({
      to: '/opportunities',
      search: (before) => Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, value]) => value)),
      replace: true,
    });
  const find = useDebouncedCallback((q: string) => change({ q: q.trim() || undefined }), 250);
  return (
    <div className={classes.filters}>
      <SegmentedControl
        aria-label={t('opportunities.filter.state')}
        value={search.state ?? 'open'}
        onChange={(state) => change({ state: state === 'open' ? undefined : state })}
        data={(['open', 'won', 'lost'] as const).map((value) => ({ value, label: t(`opportunities.state.${value}`) }))}
      />
      <SegmentedControl
        aria-label={t('opportunities.filter.whose')}
        value={search.whose ?? 'all'}
        onChange={(whose) => change({ whose: whose === 'all' ? undefined : whose })}
        data={(['all', 'mine', 'team'] as const).map((value) => ({ value, label: t(`opportunities.whose.${value}`) }))}
      />
      {search.state === undefined && (
        <SegmentedControl
          aria-label={t('opportunities.view')}
          value={search.view ?? 'board'}
          onChange={(view) => change({ view: view === 'board' ? undefined : view })}
          data={(['board', 'table'] as const).map((value) => ({ value, label: t(`opportunities.view.${value}`) }))}
        />
      )}
      <TextInput
        className={classes.search}
        type="search"
        aria-label={t('opportunities.search')}
        placeholder={t('opportunities.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          type(value);
          find(value);
        }}
      />
    </div>
  );
}
