import { NativeSelect, SegmentedControl } from '@mantine/core';
import { IconListTree, IconMessage2Question } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { periods } from '../../../../server/voices/contract.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { channelsQuery } from '../conversations/queries.ts';
import { Board } from './Board.tsx';
import { CellMessages } from './CellMessages.tsx';
import { Elsewhere } from './Elsewhere.tsx';
import { Proposals } from './Proposals.tsx';
import { boardQuery } from './queries.ts';
import { Rises } from './Rises.tsx';
import { type VoicesSearch, voicesSearch } from './search.ts';
import classes from './Voices.module.css';
import { VoicesTabs } from './VoicesTabs.tsx';

/** What people speak of, and how: a picture whose cells open the very messages. */
export function Voices() {
  const search: VoicesSearch = useSearch({ from: '/members/voices' });
  const { data, error, refetch, isPlaceholderData } = useQuery(boardQuery(search));
  const admin = useMe().role === 'admin';
  return (
    <>
      <VoicesTabs />
      <div className={classes.beside}>
        <Page
          title={t('voices.title')}
          lead={t('voices.lead')}
          actions={
            <ButtonLink to="/voices/topics" variant="default" leftSection={<IconListTree size={18} aria-hidden />}>
              {t(admin ? 'voices.topics.edit' : 'voices.topics')}
            </ButtonLink>
          }
        >
          <Choices search={search} />
          <ErrorNotice error={error} onRetry={() => void refetch()} />
          {!data && !error && <Loading lines={6} />}
          {data?.rows.length === 0 && (
            <EmptyState
              icon={<IconMessage2Question size={40} stroke={1.4} />}
              title={t('voices.none')}
              text={t('voices.none.text')}
              action={<ButtonLink to="/conversations">{t('conversations.title')}</ButtonLink>}
            />
          )}
          {data && data.rows.length > 0 && (
            <div data-old={isPlaceholderData || undefined} className={classes.picture}>
              <Board board={data} search={search} />
            </div>
          )}
          <Elsewhere search={search} />
          <Rises />
          <Proposals admin={admin} />
        </Page>
        {search.topic && data && <CellMessages board={data} search={search} />}
      </div>
    </>
  );
}

/** What the picture shows. */
function Choices({ search }: { search: VoicesSearch }) {
  const navigate = useNavigate({ from: '/voices' });
  const channels = useQuery(channelsQuery).data?.items ?? [];
  const { days = 30, by = 'channel', count = 'messages', tone = 'negative', channel } = search;
  // Another picture has other cells.
  const change = (next: Record<string, unknown>) =>
    void navigate({ search: voicesSearch({ ...search, topic: undefined, ...next }), replace: true });
  return (
    <div className={classes.choices}>
      <SegmentedControl
        aria-label={t('voices.tone')}
        value={tone}
        data={[
          { value: 'negative', label: t('voices.only') },
          { value: 'all', label: t('voices.all') },
        ]}
        onChange={(value) => change({ tone: value })}
      />
      <SegmentedControl
        aria-label={t('voices.by')}
        value={by}
        data={[
          { value: 'channel', label: t('voices.byChannel') },
          { value: 'week', label: t('voices.byWeek') },
          { value: 'standing', label: t('voices.byStanding') },
        ]}
        onChange={(value) => change({ by: value })}
      />
      <SegmentedControl
        aria-label={t('voices.count')}
        value={count}
        data={[
          { value: 'messages', label: t('voices.messages') },
          { value: 'voices', label: t('voices.voices') },
        ]}
        onChange={(value) => change({ count: value })}
      />
      <NativeSelect
        aria-label={t('voices.days')}
        value={String(days)}
        data={periods.map((one) => ({ value: String(one), label: t('voices.daysOf', { count: one }) }))}
        onChange={({ currentTarget: { value } }) => change({ days: value })}
      />
      {by !== 'channel' && channels.length > 1 && (
        <NativeSelect
          aria-label={t('conversations.channel')}
          value={channel ?? ''}
          data={[
            { value: '', label: t('conversations.allChannels') },
            ...channels.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget: { value } }) => change({ channel: value })}
        />
      )}
    </div>
  );
}
