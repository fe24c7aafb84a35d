import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Book, Grant } from '../../../../server/delegation/contract.ts';
import { t } from '../../i18n.ts';
import { booksQuery } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Trusted } from '../offers/Trusted.tsx';
import { CardLinks, Following } from './BookParts.tsx';
import { GrantEditor } from './GrantEditor.tsx';
import { GrantLine } from './GrantLine.tsx';
import classes from './Lending.module.css';
import { mineQuery } from './queries.ts';

/** My books, each with the sentences by which I lend it. */
export function Mine() {
  const books = useQuery(booksQuery);
  const grants = useQuery(mineQuery);
  const [edited, edit] = useState<{ book: Book; grant?: Grant } | null>(null);
  const mine = books.data?.items.filter((book) => book.mine) ?? [];
  const of = (book: Book) => grants.data?.items.filter((grant) => grant.book.id === book.id) ?? [];
  return (
    <Page title={t('lending.mine')} width="reading" lead={t('lending.lead')}>
      <ErrorNotice
        error={books.error ?? grants.error}
        onRetry={() => void Promise.all([books.refetch(), grants.refetch()])}
      />
      {(books.isPending || grants.isPending) && <Loading lines={4} />}
      {books.isSuccess &&
        grants.isSuccess &&
        mine.map((book) => (
          <section key={book.id} className={classes.book} aria-label={book.name}>
            <div className={classes.head}>
              <div>
                <h2 className={classes.name}>{book.name}</h2>
                <CardLinks book={book} />
              </div>
              <Button
                variant="light"
                leftSection={<IconPlus size={18} aria-hidden />}
                aria-label={t('lending.lendBook', { book: book.name })}
                onClick={() => edit({ book })}
              >
                {t('lending.lend')}
              </Button>
            </div>
            <Following on={book.following} />
            {of(book).length === 0 ? (
              <p className={classes.quiet}>{t('lending.private')}</p>
            ) : (
              <ul className={classes.grants}>
                {of(book).map((grant) => (
                  <GrantLine key={grant.id} grant={grant} onEdit={() => edit({ book, grant })} />
                ))}
              </ul>
            )}
            <Trusted bookId={book.id} />
          </section>
        ))}
      {edited && <GrantEditor {...edited} onClose={() => edit(null)} />}
    </Page>
  );
}
