import { Button } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { MessageLine } from './MessageLine.tsx';
import { myMessagesQuery } from './queries.ts';

/** What I wrote to contacts, and what became of it. */
export function MyMessages() {
  const messages = useInfiniteQuery(myMessagesQuery);
  const items = messages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t('mail.mine')} width="reading" lead={t('mail.mineLead')}>
      <ErrorNotice error={messages.error} onRetry={() => void messages.refetch()} />
      {messages.isPending && <Loading lines={2} />}
      {messages.isSuccess && items.length === 0 && (
        <EmptyState
          icon={<IconSend />}
          title={t('mail.mineNone')}
          text={t('mail.mineNoneText')}
          action={<ButtonLink to="/people">{t('shell.people')}</ButtonLink>}
        />
      )}
      {items.length > 0 && (
        <Lines>
          {items.map((message) => (
            <MessageLine key={message.id} message={message} withContact />
          ))}
        </Lines>
      )}
      {messages.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void messages.fetchNextPage()}>
          {t('home.more')}
        </Button>
      )}
    </Page>
  );
}
