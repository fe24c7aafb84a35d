import { useQuery } from '@tanstack/react-query';
import { listBooks } from '../../../../server/delegation/contract.ts';
import { listTeams } from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import classes from './ImportPage.module.css';

type Book = Output<typeof listBooks>['items'][number];

/** Who else will see what goes into these books: nobody, or those to whom they are lent. */
export function WhoSees({ bookIds }: { bookIds: readonly (string | null)[] }) {
  const books = useQuery(reading(listBooks, {})).data?.items;
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  if (books === undefined) return null;
  const aimedAt = books.filter(
    ({ id, mine, main }) => mine && (bookIds.includes(id) || (main && bookIds.includes(null))),
  );
  const open = aimedAt.filter(({ holder, sharing }) => holder.kind === 'workspace' || sharing.length > 0);
  if (open.length === 0) return <p className={classes.quiet}>{t('imports.private')}</p>;
  const nameOf = (teamId: string) => teams.find(({ id }) => id === teamId)?.name ?? '';
  return open.map((book) => (
    <p key={book.id} className={classes.quiet}>
      {sentences(book, nameOf).join(' ')}
    </p>
  ));
}

function sentences({ name, holder, sharing }: Book, nameOf: (teamId: string) => string): string[] {
  const keepers = holder.kind === 'workspace' ? holder.stewards.map((steward) => steward.name).join(', ') : '';
  return [
    t('imports.lent', { book: name }),
    ...(keepers === '' ? [] : [`${t('settings.book.keptBy', { names: keepers })}.`]),
    ...sharing.map(({ grantee, level: name }) => {
      const level = t(`settings.level.${name}`);
      return grantee.kind === 'workspace'
        ? t('settings.share.workspace', { level })
        : t('settings.share.team', { team: nameOf(grantee.teamId), level });
    }),
  ];
}
