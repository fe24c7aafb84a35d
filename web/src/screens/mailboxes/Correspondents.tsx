import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconMailOff, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { CorrespondentLine } from './CorrespondentLine.tsx';
import classes from './Mailboxes.module.css';
import { NoMailbox } from './NoMailbox.tsx';
import { correspondentsQuery, useIsRead } from './queries.ts';

const shows = ['new', 'all', 'aside'] as const;

/** With whom one exchanges mail, and who of them has no card yet. */
export function Correspondents() {
  const [show, setShow] = useState<(typeof shows)[number]>('new');
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const list = useInfiniteQuery(correspondentsQuery({ show, q }));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const connected = useIsRead();
  return (
    <Page title={t('mailboxes.correspondents.title')} width="reading" lead={t('mailboxes.correspondents.lead')}>
      {connected === false && <NoMailbox />}
      {connected && (
        <div className={classes.tools}>
          <SegmentedControl
            aria-label={t('mailboxes.show')}
            value={show}
            onChange={(value) => setShow(shows.find((one) => one === value) ?? 'new')}
            data={shows.map((value) => ({ value, label: t(`mailboxes.show.${value}`) }))}
          />
          <TextInput
            type="search"
            aria-label={t('mailboxes.search')}
            placeholder={t('mailboxes.search')}
            leftSection={<IconSearch size={18} stroke={1.6} aria-hidden />}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            className={classes.search}
          />
        </div>
      )}
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={6} />}
      {connected && list.isSuccess && items.length === 0 && (
        <EmptyState
          icon={<IconMailOff />}
          title={t(q ? 'mailboxes.notFound' : `mailboxes.nobody.${show}`)}
          text={t(q ? 'mailboxes.notFoundText' : `mailboxes.nobody.${show}Text`)}
        />
      )}
      {items.length > 0 && (
        <Lines>
          {items.map((one) => (
            <CorrespondentLine key={one.id} one={one} />
          ))}
        </Lines>
      )}
      {list.hasNextPage && (
        <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('mailboxes.more')}
        </Button>
      )}
    </Page>
  );
}
