import { useQuery } from '@tanstack/react-query';
import { listBooks } from '../../../../server/delegation/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { mineQuery } from '../lending/queries.ts';
import classes from './ImportPage.module.css';

type Book = Output<typeof listBooks>['items'][number];

/** Who else will see what goes into these books: nobody, or those to whom they are lent. */
export function WhoSees({ bookIds }: { bookIds: readonly (string | null)[] }) {
  const books = useQuery(reading(listBooks, {})).data?.items;
  const grants = useQuery(mineQuery).data?.items;
  if (books === undefined || grants === undefined) return null;
  const sentencesOf = (book: Book) =>
    grants.filter((grant) => grant.book.id === book.id).map(({ sentence }) => sentence);
  const aimedAt = books.filter(
    ({ id, mine, main }) => mine && (bookIds.includes(id) || (main && bookIds.includes(null))),
  );
  const open = aimedAt.filter((book) => book.holder.kind === 'workspace' || sentencesOf(book).length > 0);
  if (open.length === 0) return <p className={classes.quiet}>{t('imports.private')}</p>;
  return open.map((book) => (
    <p key={book.id} className={classes.quiet}>
      {[t('imports.lent', { book: book.name }), ...keepers(book), ...sentencesOf(book)].join(' ')}
    </p>
  ));
}

function keepers({ holder }: Book): string[] {
  if (holder.kind === 'member') return [];
  return [`${t('settings.book.keptBy', { names: holder.stewards.map(({ name }) => name).join(', ') })}.`];
}
