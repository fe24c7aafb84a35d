import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { NoMailbox } from './NoMailbox.tsx';
import { ProposalLine } from './ProposalLine.tsx';
import { proposalsQuery, useIsRead } from './queries.ts';

/** What mails say of people, for their reader to accept or decline. */
export function Proposals() {
  const list = useInfiniteQuery(proposalsQuery);
  const isRead = useIsRead();
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const none = list.isSuccess && items.length === 0 && !list.hasNextPage;
  return (
    <Page title={t('mailboxes.proposals.title')} width="reading" lead={t('mailboxes.proposals.lead')}>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={4} />}
      {none && isRead === false && <NoMailbox />}
      {none && isRead && (
        <EmptyState
          icon={<IconCheck />}
          title={t('mailboxes.proposals.none')}
          text={t('mailboxes.proposals.noneText')}
        />
      )}
      {items.length > 0 && (
        <Lines>
          {items.map((proposal) => (
            <ProposalLine key={proposal.id} proposal={proposal} />
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
