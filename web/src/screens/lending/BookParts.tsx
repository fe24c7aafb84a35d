import { Group, Loader } from '@mantine/core';
import type { Book } from '../../../../server/delegation/contract.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import classes from './Lending.module.css';

/** How many cards there are, each number leading to the list that shows them. */
export function CardLinks({ book }: { book: Book }) {
  const organizations = book.organizations ?? 0;
  const people = (book.cards ?? 0) - organizations;
  const search = { bookId: book.id };
  return (
    <span className={classes.quiet}>
      {(people > 0 || organizations === 0) && (
        <TextLink to="/people" search={search} size="sm">
          {organizations > 0 ? t('settings.book.people', { count: people }) : t('contacts.cards', { count: people })}
        </TextLink>
      )}
      {people > 0 && organizations > 0 && ' · '}
      {organizations > 0 && (
        <TextLink to="/organizations" search={search} size="sm">
          {t('settings.book.organizations', { count: organizations })}
        </TextLink>
      )}
    </span>
  );
}

/** What was lent reaches the lists of others within seconds: until then it says so. */
export function Following({ on }: { on: boolean }) {
  return (
    <div role="status">
      {on && (
        <Group gap={8} mt={6} wrap="nowrap" className={classes.quiet}>
          <Loader size={14} aria-hidden />
          {t('lending.following')}
        </Group>
      )}
    </div>
  );
}
