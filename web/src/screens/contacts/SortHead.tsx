import { UnstyledButton } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { t } from '../../i18n.ts';
import classes from './ContactGrid.module.css';
import type { ListState } from './People.tsx';

type Sort = 'name' | 'organization' | 'recent';

/** Column heads; those the server can sort by are buttons. */
export function SortHead({ state }: { state: ListState }) {
  const organizations = state.kind === 'organization';
  const sorted = state.search.sort ?? 'name';
  const sortable = (sort: Sort, className: string | undefined, label: string) => (
    <Head className={className} sort={sorted === sort ? (sort === 'recent' ? 'descending' : 'ascending') : 'none'}>
      <UnstyledButton
        className={classes.sort}
        data-on={sorted === sort || undefined}
        onClick={() => state.change({ sort })}
      >
        {label}
        {sorted === sort && <IconArrowDown size={14} aria-hidden />}
      </UnstyledButton>
    </Head>
  );
  return (
    // biome-ignore lint/a11y: its buttons take the focus, and a table cannot be drawn line by line
    <div role="row" className={classes.head} aria-rowindex={1}>
      {sortable('name', classes.who, t('contacts.sort.name'))}
      {organizations ? (
        <Head className={classes.work}>{t('contacts.column.city')}</Head>
      ) : (
        sortable('organization', classes.work, t('contacts.sort.organization'))
      )}
      <Head className={classes.email}>{t('contacts.kind.email')}</Head>
      <Head className={classes.phone}>{t('contacts.kind.phone')}</Head>
      <Head className={classes.cards}>{t('contacts.column.cards')}</Head>
      {sortable('recent', classes.seen, t('contacts.sort.recent'))}
    </div>
  );
}

interface HeadProps {
  className: string | undefined;
  sort?: 'ascending' | 'descending' | 'none';
  children: ReactNode;
}

function Head({ className, sort, children }: HeadProps) {
  return (
    // biome-ignore lint/a11y: its button takes the focus, and a table cannot be drawn line by line
    <div role="columnheader" aria-sort={sort} className={className}>
      {children}
    </div>
  );
}
