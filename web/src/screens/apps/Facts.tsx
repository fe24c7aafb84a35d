import { ActionIcon, Anchor, Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { deleteFact, type Fact, listFacts } from '../../../../server/apps/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { spoken, t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { sayError } from '../../ui/undo.tsx';
import classes from './Facts.module.css';

/** What apps say of a person, with who says so and when. Nothing while nothing is said. */
export function Facts({ personId }: { personId: string }) {
  const facts = useInfiniteQuery({
    queryKey: [listFacts.name, personId],
    queryFn: ({ pageParam }) => call(listFacts, { personId, limit: 20, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const items = facts.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-label={t('apps.facts')} className={classes.facts}>
      <h2 className={classes.title}>{t('apps.facts')}</h2>
      <ul className={classes.list}>
        {items.map((fact) => (
          <Line key={fact.id} personId={personId} fact={fact} />
        ))}
      </ul>
      {facts.hasNextPage && (
        <Button variant="subtle" size="compact-sm" onClick={() => void facts.fetchNextPage()}>
          {t('home.more')}
        </Button>
      )}
    </section>
  );
}

function moneyOf({ cents, currency }: NonNullable<Fact['amount']>): string {
  return new Intl.NumberFormat(spoken(), { style: 'currency', currency }).format(cents / 100);
}

function Line({ personId, fact }: { personId: string; fact: Fact }) {
  const { id, kind, title, url, amount, at, app, mine } = fact;
  const remove = () =>
    call(deleteFact, { personId, factId: id })
      .then(() => refresh(listFacts))
      .catch(sayError);
  return (
    <li className={classes.line}>
      <div className={classes.said}>
        <span>
          <strong>{t(`apps.fact.${kind}`)}</strong>{' '}
          {url === null ? (
            title
          ) : (
            <Anchor href={url} target="_blank" rel="noopener noreferrer" underline="always">
              {title}
            </Anchor>
          )}
          {amount && ` · ${moneyOf(amount)}`}
        </span>
        <span className={classes.quiet}>{t('apps.fact.by', { app, day: longDate(at) })}</span>
      </div>
      {mine && (
        <ActionIcon className="no-print" aria-label={t('apps.fact.delete', { title })} onClick={() => void remove()}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
}
