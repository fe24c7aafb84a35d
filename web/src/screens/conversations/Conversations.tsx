import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconMessages, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useRef, useState } from 'react';
import { type Status, statuses } from '../../../../server/conversations/contract.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page, useTitle } from '../../ui/Page.tsx';
import { ConversationList } from './ConversationList.tsx';
import classes from './Conversations.module.css';
import { Found } from './Found.tsx';
import { channelsQuery, countsQuery } from './queries.ts';
import type { InboxSearch } from './search.ts';
import { Thread } from './Thread.tsx';

export interface Inbox {
  search: InboxSearch;
  open: string | undefined;
  change(difference: InboxSearch): void;
  /** Opens a conversation beside the list, or goes back to the list. */
  show(conversationId: string | undefined): void;
}

function useInbox(): Inbox {
  const search: InboxSearch = useSearch({ strict: false });
  const { conversationId: open }: { conversationId?: string } = useParams({ strict: false });
  const navigate = useNavigate();
  return {
    search,
    open,
    change: (difference) => void navigate({ to: '.', search: { ...search, ...difference }, replace: true }),
    show: (conversationId) =>
      void (conversationId
        ? navigate({
            to: '/conversations/$conversationId',
            params: { conversationId },
            search,
            replace: open !== undefined,
          })
        : navigate({ to: '/conversations', search })),
  };
}

/** What customers write, on every channel: the list, a conversation, who it is with; on a phone one after the other. */
export function Conversations() {
  const inbox = useInbox();
  const narrow = useMediaQuery('(max-width: 56em)', undefined, { getInitialValueInEffect: false });
  const counts = useQuery(countsQuery).data;
  useTitle(t('conversations.title'));
  if (counts && !counts.tends) return <NoChannel />;
  return (
    <div className={classes.inbox}>
      {!(narrow && inbox.open) && (
        <section className={classes.side} aria-label={t('conversations.list')}>
          <Head inbox={inbox} />
          {inbox.search.q ? <Found inbox={inbox} q={inbox.search.q} /> : <ConversationList inbox={inbox} />}
        </section>
      )}
      {inbox.open ? (
        <Thread key={inbox.open} conversationId={inbox.open} inbox={inbox} narrow={narrow ?? false} />
      ) : (
        !narrow && <p className={classes.choose}>{t('conversations.choose')}</p>
      )}
    </div>
  );
}

function NoChannel() {
  const admin = useMe().role === 'admin';
  return (
    <Page title={t('conversations.title')}>
      <EmptyState
        icon={<IconMessages size={40} stroke={1.4} />}
        title={t('conversations.noChannel.title')}
        text={t('conversations.noChannel.text')}
        action={
          admin && (
            <ButtonLink to="/settings/channels" mt="md">
              {t('conversations.noChannel.action')}
            </ButtonLink>
          )
        }
      />
    </Page>
  );
}

function Head({ inbox }: { inbox: Inbox }) {
  return (
    <header className={classes.head}>
      <h1 className={classes.title}>{t('conversations.title')}</h1>
      <ButtonLink to="/conversations/figures" variant="subtle" size="compact-sm" className={classes.figures}>
        {t('conversations.figures')}
      </ButtonLink>
      <ButtonLink to="/note" search={{}} variant="default" size="compact-sm">
        {t('notes.add')}
      </ButtonLink>
      <Views inbox={inbox} />
      <div className={classes.filters}>
        <NativeSelect
          aria-label={t('conversations.status')}
          value={inbox.search.status ?? 'open'}
          data={statuses.map((value) => ({ value, label: t(`conversations.status.${value}`) }))}
          onChange={({ currentTarget }) => {
            const value = currentTarget.value as Status;
            inbox.change({ status: value === 'open' ? undefined : value } as InboxSearch);
          }}
        />
        <ChannelChoice inbox={inbox} />
      </div>
      <SearchBox inbox={inbox} />
    </header>
  );
}

const viewOf = ({ view: _, q: __, ...rest }: InboxSearch, view: InboxSearch['view']): InboxSearch =>
  view ? { ...rest, view } : rest;

/** Mine, nobody's, all: with how many stand open. */
function Views({ inbox }: { inbox: Inbox }) {
  const counts = useQuery(countsQuery).data;
  const views: [InboxSearch['view'], ReactNode, number | undefined][] = [
    [undefined, t('conversations.view.all'), counts?.all],
    ['mine', t('conversations.view.mine'), counts?.mine],
    ['unassigned', t('conversations.view.unassigned'), counts?.unassigned],
    ['mentioned', t('conversations.view.mentioned'), counts?.mentioned],
  ];
  return (
    <nav className={classes.views} aria-label={t('conversations.views')}>
      {views.map(([view, label, count]) => (
        <Link
          key={view ?? 'all'}
          to="/conversations"
          search={viewOf(inbox.search, view)}
          className={classes.view}
          aria-current={inbox.search.view === view ? 'page' : undefined}
        >
          {label}
          {count !== undefined && count > 0 && <span className={classes.count}>{count > 999 ? '999+' : count}</span>}
        </Link>
      ))}
    </nav>
  );
}

function ChannelChoice({ inbox }: { inbox: Inbox }) {
  const channels = (useQuery(channelsQuery).data?.items ?? []).filter(({ tends }) => tends);
  if (channels.length < 2) return null;
  return (
    <NativeSelect
      aria-label={t('conversations.channel')}
      value={inbox.search.channel ?? ''}
      data={[
        { value: '', label: t('conversations.allChannels') },
        ...channels.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={({ currentTarget }) => inbox.change({ channel: currentTarget.value || undefined } as InboxSearch)}
    />
  );
}

function SearchBox({ inbox }: { inbox: Inbox }) {
  const [typed, type] = useState(inbox.search.q ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const search = (q: string) => {
    type(q);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => inbox.change({ q: q.trim() || undefined } as InboxSearch), 250);
  };
  return (
    <div className={classes.search}>
      <TextInput
        data-search
        type="search"
        aria-label={t('conversations.search')}
        placeholder={t('conversations.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        onChange={({ currentTarget }) => search(currentTarget.value)}
        onKeyDown={({ key, currentTarget }) => {
          if (key !== 'Escape') return;
          search('');
          currentTarget.blur();
        }}
      />
      {inbox.search.q && (
        <Button variant="subtle" size="compact-sm" onClick={() => search('')}>
          {t('conversations.search.clear')}
        </Button>
      )}
    </div>
  );
}
