import { Group, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { getFacets, listPeople } from '../../../../server/cards/contract.ts';
import { t } from '../../i18n.ts';
import { booksQuery, refresh } from '../../queries.ts';
import classes from './People.module.css';

/** Says that what a colleague has just lent is still coming into the list, and has the list follow. */
export function Following() {
  const books = useQuery(booksQuery).data?.items ?? [];
  const coming = books.filter(({ mine, following }) => following && !mine).map(({ name }) => name);
  const before = useRef(coming.length);
  useEffect(() => {
    if (coming.length < before.current) void refresh(listPeople, getFacets);
    before.current = coming.length;
  }, [coming.length]);
  if (coming.length === 0) return null;
  return (
    <Group role="status" gap={8} className={classes.notice}>
      <Loader size={14} aria-hidden />
      {t('contacts.following', { book: coming[0]!, others: coming.length - 1 })}
    </Group>
  );
}
