import { Anchor, Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useRef, useState } from 'react';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { PutListInGroup } from '../relations/PutListInGroup.tsx';
import { Companies, useCompanies } from './Companies.tsx';
import { ContactGrid } from './ContactGrid.tsx';
import { Export } from './Export.tsx';
import { Facets, FacetsDrawer } from './Facets.tsx';
import { Following } from './Following.tsx';
import { NobodyYet, NothingFound } from './Nothing.tsx';
import classes from './People.module.css';
import { facetsQuery, type Kind, peopleQuery } from './queries.ts';
import { SearchBox } from './SearchBox.tsx';
import { SortChoice } from './SortChoice.tsx';
import { filterOf, type ListSearch } from './search.ts';
import { Views } from './Views.tsx';

const AskForm = lazy(() => import('../introductions/AskForm.tsx'));
const NewContact = lazy(() => import('./NewContact.tsx'));
const PersonPanel = lazy(() => import('./PersonPanel.tsx'));

export function People() {
  return <ContactList kind="person" />;
}

export function Organizations() {
  return <ContactList kind="organization" />;
}

export interface ListState {
  kind: Kind;
  search: ListSearch;
  /** Changes the address; `push` makes a step that Back undoes. */
  change: (difference: ListSearch, step?: 'push' | 'replace') => void;
}

function useListState(kind: Kind): ListState {
  const search: ListSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  return {
    kind,
    search,
    change: (difference, step = 'replace') =>
      void navigate({
        to: kind === 'person' ? '/people' : '/organizations',
        search: { ...search, ...difference },
        replace: step === 'replace',
      }),
  };
}

function ContactList({ kind }: { kind: Kind }) {
  const state = useListState(kind);
  const { search, change } = state;
  const filter = { ...filterOf(search), kind };
  const list = useInfiniteQuery(peopleQuery({ ...filter, sort: search.sort ?? 'name' }));
  const facets = useQuery(facetsQuery(filter)).data;
  const searchBox = useRef<HTMLInputElement>(null);
  const found = useRef<HTMLDivElement>(null);
  const entries = list.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = Object.values(filterOf(search)).some((value) => value !== undefined);
  const companies = useCompanies(search.q ?? '', kind === 'organization' && !narrowedBeyondWords(search));
  const empty = list.isSuccess && entries.length === 0 && !list.isPlaceholderData;
  return (
    <Page
      width="full"
      title={t(kind === 'person' ? 'shell.people' : 'shell.organizations')}
      lead={facets && <Total kind={kind} q={search.q ?? ''} {...facets.total} discoverable={facets.discoverable} />}
      actions={<ListActions state={state} total={facets?.total} />}
    >
      <div className={classes.tools}>
        <SearchBox
          ref={searchBox}
          value={search.q ?? ''}
          onChange={(q) => change({ q: q || undefined })}
          kind={kind}
          onLeave={() => found.current?.querySelector<HTMLElement>('[role=grid]')?.focus()}
        />
        {!(empty && !narrowed) && (
          <>
            <SortChoice state={state} />
            {facets && <FacetsDrawer facets={facets} state={state} />}
            <Views state={state} />
          </>
        )}
      </div>
      <div className={classes.body}>
        {facets && !(empty && !narrowed) && (
          <aside
            className={classes.facets}
            data-beside={search.open === undefined || undefined}
            aria-label={t('contacts.facets')}
          >
            <Facets facets={facets} state={state} />
          </aside>
        )}
        <div ref={found} className={classes.list} data-old={list.isPlaceholderData || undefined}>
          <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
          <Following />
          <Companies companies={companies} alone={empty} />
          {empty &&
            companies.items.length === 0 &&
            (narrowed ? <NothingFound state={state} /> : <NobodyYet kind={kind} />)}
          {list.isPending && <Loading dense lines={12} />}
          {entries.length > 0 && (
            <ContactGrid
              state={state}
              entries={entries}
              total={facets === undefined || facets.total.more ? -1 : facets.total.count}
              onEndNear={() => list.hasNextPage && !list.isFetching && void list.fetchNextPage()}
              searchBox={searchBox}
            />
          )}
        </div>
        <Suspense>
          {search.open !== undefined && (
            <PersonPanel personId={search.open} onClose={() => change({ open: undefined })} />
          )}
        </Suspense>
      </div>
    </Page>
  );
}

/** Companies have a name only: other filters do not apply to them. */
const narrowedBeyondWords = ({ q: _, ...search }: ListSearch): boolean =>
  Object.values(filterOf(search)).some((value) => value !== undefined);

interface TotalProps {
  kind: Kind;
  q: string;
  count: number;
  more: boolean;
  approximate: boolean;
  discoverable: number;
}

function Total({ kind, q, count, more, approximate, discoverable }: TotalProps) {
  return (
    <span role="status">
      {approximate && count > 0
        ? t('contacts.approximate')
        : t(more ? 'contacts.totalMore' : 'contacts.total', { count, kind })}
      {discoverable > 0 && (
        <>
          {t('contacts.discoverable', { count: discoverable })} <AskIntroduction kind={kind} q={q} />
        </>
      )}
    </span>
  );
}

/** Somebody here knows them: one may ask, without learning who. */
function AskIntroduction({ kind, q }: { kind: Kind; q: string }) {
  const [asking, ask] = useState(false);
  return (
    <>
      <Anchor component="button" type="button" underline="always" onClick={() => ask(true)}>
        {t('introductions.ask')}
      </Anchor>
      <Suspense>{asking && <AskForm sought={q} kind={kind} onClose={() => ask(false)} />}</Suspense>
    </>
  );
}

function ListActions({ state, total }: { state: ListState; total: { count: number; more: boolean } | undefined }) {
  const navigate = useNavigate();
  const asked = useLocation({ select: ({ hash }) => hash === 'new' });
  const show = (hash: string) => void navigate({ to: '.', search: (before) => before, hash, replace: hash === '' });
  return (
    <>
      {state.kind === 'person' && total !== undefined && total.count > 0 && (
        <PutListInGroup
          filter={{ ...filterOf(state.search), kind: state.kind }}
          count={total.more ? undefined : total.count}
        />
      )}
      <Export filter={{ ...filterOf(state.search), kind: state.kind }} />
      <Button data-compact leftSection={<IconPlus size={18} aria-hidden />} onClick={() => show('new')}>
        {t('contacts.new')}
      </Button>
      <Suspense>{asked && <NewContact kind={state.kind} onClose={() => show('')} />}</Suspense>
    </>
  );
}
