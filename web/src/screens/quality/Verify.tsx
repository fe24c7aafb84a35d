import { Button, Skeleton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { confirmFields, type listToVerify } from '../../../../server/cards/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { ago, percent } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import classes from './Archive.module.css';
import { refreshToVerify, toVerifyQuery } from './queries.ts';

type Item = Output<typeof listToVerify>['items'][number];

/** What one's own cards say that is likely wrong by now. */
export function Verify() {
  const list = useInfiniteQuery(toVerifyQuery);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t('quality.verify.title')} lead={t('quality.verify.lead')}>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Skeleton height={200} />}
      {list.isSuccess && items.length === 0 && (
        <EmptyState icon={<IconCheck />} title={t('quality.verify.none')} text={t('quality.verify.noneText')} />
      )}
      {items.length > 0 && (
        <Lines>
          {items.map((item) => (
            <VerifyLine key={`${item.cardId} ${item.fieldNo}`} item={item} />
          ))}
        </Lines>
      )}
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('quality.verify.more')}
        </Button>
      )}
    </Page>
  );
}

function VerifyLine({ item }: { item: Item }) {
  const name = item.name || t('contacts.nameless');
  const kind = t(`contacts.kind.${item.kind}`);
  const right = useMutation({ mutationFn: () => confirm(item), onError: sayError });
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        <TextLink to="/people/$personId" params={{ personId: item.cardId }}>
          {name}
        </TextLink>
        <span>
          {kind} · {item.display}
        </span>
        <span className={classes.quiet}>
          {[
            t('quality.verify.likely', { percent: percent(item.likely) }),
            t('quality.verify.seen', { when: ago(item.seenAt) }),
            ...item.signs.map((sign) => t(`contacts.age.${sign}`)),
          ].join(' · ')}
        </span>
      </div>
      <Button
        variant="light"
        loading={right.isPending}
        leftSection={<IconCheck size={18} aria-hidden />}
        aria-label={t('quality.verify.right', { kind, name })}
        onClick={() => right.mutate()}
      >
        {t('contacts.confirm')}
      </Button>
    </li>
  );
}

async function confirm({ cardId, fieldNo }: Item): Promise<void> {
  const fieldNos = [fieldNo];
  await call(confirmFields, { cardId, fieldNos });
  await refreshToVerify();
  offerUndo(t('contacts.confirmed'), async () => {
    await call(confirmFields, { cardId, fieldNos, confirm: false });
    await refreshToVerify();
  });
}
