import { ActionIcon, Group } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { createBook, createGrant, deleteBook, type Grant } from '../../../../server/delegation/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { offerUndo, sayError, sayProblem } from '../../ui/undo.tsx';
import { CardLinks, Following } from '../lending/BookParts.tsx';
import { sameTerms } from '../lending/draft.ts';
import { mineQuery, refreshGrants } from '../lending/queries.ts';
import { AskBook } from '../own-word/AskBook.tsx';
import type { Book } from './Books.tsx';
import classes from './Settings.module.css';

/** A book of mine, and the sentences by which it is lent. */
export function BookLine({ book, onRename }: { book: Book; onRename: () => void }) {
  const grants = useQuery(mineQuery).data?.items.filter((grant) => grant.book.id === book.id);
  return (
    <section className={classes.book} aria-label={book.name}>
      <div className={classes.bookHead}>
        <div>
          <strong>{book.name}</strong> <CardLinks book={book} />
        </div>
        <Group gap={4} wrap="nowrap">
          {book.cards !== 0 && <AskBook book={book} />}
          <ActionIcon aria-label={t('settings.book.rename', { name: book.name })} onClick={onRename}>
            <IconPencil size={18} aria-hidden />
          </ActionIcon>
          {!book.main && book.cards === 0 && <DeleteBook book={book} grants={grants ?? []} />}
        </Group>
      </div>
      {book.holder.kind === 'workspace' && (
        <div className={classes.quiet}>
          {t('settings.book.keptBy', { names: book.holder.stewards.map(({ name }) => name).join(', ') })}
        </div>
      )}
      {grants && (
        <p className={classes.sentence}>
          {grants.length === 0 ? t('lending.private') : grants.map(({ sentence }) => sentence).join(' ')}{' '}
          <TextLink to="/delegations" underline="always">
            {t('settings.book.lend')}
          </TextLink>
        </p>
      )}
      <Following on={book.following} />
    </section>
  );
}

function DeleteBook({ book, grants }: { book: Book; grants: readonly Grant[] }) {
  const remove = async () => {
    try {
      await call(deleteBook, { bookId: book.id });
      await refreshGrants();
      offerUndo(t('settings.book.deleted', { name: book.name }), async () => {
        const stewardIds = book.holder.kind === 'workspace' ? book.holder.stewards.map(({ id }) => id) : undefined;
        const { id: bookId } = await call(createBook, { name: book.name, ...(stewardIds && { stewardIds }) });
        for (const grant of grants) await call(createGrant, { bookId, ...sameTerms(grant) });
        await refreshGrants();
      });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'conflict') sayProblem(t('settings.book.inUse'));
      else sayError(error);
    }
  };
  return (
    <ActionIcon aria-label={t('settings.book.delete', { name: book.name })} onClick={() => void remove()}>
      <IconTrash size={18} aria-hidden />
    </ActionIcon>
  );
}

/** A book that somebody else lends me. */
export function OtherBook({ book }: { book: Book }) {
  const holder = book.holder.kind === 'member' ? book.holder.name : t('lending.company');
  return (
    <section className={classes.book} aria-label={book.name}>
      <TextLink to="/people" search={{ bookId: book.id }} fw={600}>
        {book.name}
      </TextLink>
      <div className={classes.quiet}>{t('settings.book.heldBy', { holder })}</div>
      <Following on={book.following} />
    </section>
  );
}
