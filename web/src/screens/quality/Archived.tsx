import { Button } from '@mantine/core';
import { IconArchive, IconArrowBackUp, IconArrowLeft } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { archiveCards, unarchiveCards } from '../../../../server/cards/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import classes from './Archive.module.css';
import { type ArchivedCard, briefOf, reasonsOf } from './DeadLine.tsx';
import { archivedQuery, refreshReference } from './queries.ts';

/** The cards one has archived, each to be brought back. */
export function Archived() {
  const list = useInfiniteQuery(archivedQuery);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page
      title={t('quality.archived.title')}
      lead={t('quality.archived.lead')}
      actions={
        <ButtonLink
          to="/quality/archive"
          search={{}}
          variant="subtle"
          color="gray"
          leftSection={<IconArrowLeft size={18} aria-hidden />}
        >
          {t('quality.dead.title')}
        </ButtonLink>
      }
    >
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={3} />}
      {list.isSuccess && items.length === 0 && (
        <EmptyState icon={<IconArchive />} title={t('quality.archived.none')} text={t('quality.archived.noneText')} />
      )}
      {items.length > 0 && (
        <Lines>
          {items.map((item) => (
            <ArchivedLine key={item.card.id} item={item} />
          ))}
        </Lines>
      )}
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('quality.decisions.more')}
        </Button>
      )}
    </Page>
  );
}

function ArchivedLine({ item }: { item: ArchivedCard }) {
  const name = item.name || t('contacts.nameless');
  const back = useMutation({ mutationFn: () => bringBack(item), onError: sayError });
  const reasons = item.reasons.length > 0 ? reasonsOf(item) : [t('quality.archived.byHand')];
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        <strong>{name}</strong>
        <span>{[...reasons, t('quality.archived.on', { date: longDate(item.archivedAt) })].join(' · ')}</span>
        <span className={classes.quiet}>{briefOf(item)}</span>
      </div>
      <Button
        variant="subtle"
        size="compact-md"
        loading={back.isPending}
        leftSection={<IconArrowBackUp size={18} aria-hidden />}
        aria-label={t('quality.archived.backOf', { name })}
        onClick={() => back.mutate()}
      >
        {t('quality.archived.back')}
      </Button>
    </li>
  );
}

async function bringBack({ card, name }: ArchivedCard): Promise<void> {
  const cardIds = [card.id];
  await call(unarchiveCards, { cardIds });
  await refreshReference();
  offerUndo(t('quality.archived.done', { name: name || t('contacts.nameless') }), async () => {
    await call(archiveCards, { cardIds });
    await refreshReference();
  });
}
