import { Button } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { listCompanies } from '../../../../server/cards/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import classes from './People.module.css';

/** Companies that only the cards of people name: no card of their own stands behind them, but their people can be found. */
export function useCompanies(q: string, enabled: boolean) {
  const found = useInfiniteQuery({
    queryKey: [listCompanies.name, q],
    queryFn: ({ pageParam }) => call(listCompanies, { q, limit: 12, ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    enabled,
  });
  return { ...found, items: enabled ? (found.data?.pages.flatMap((page) => page.items) ?? []) : [] };
}

interface CompaniesProps {
  companies: ReturnType<typeof useCompanies>;
  /** Nothing else is found: they have all the room. */
  alone: boolean;
}

export function Companies({ companies, alone }: CompaniesProps) {
  const { items, hasNextPage, fetchNextPage, isFetching } = companies;
  if (items.length === 0) return null;
  return (
    <section className={classes.companies} data-alone={alone || undefined} aria-label={t('contacts.companies')}>
      <h2 className={classes.companiesTitle}>{t('contacts.companies')}</h2>
      <ul>
        {items.map(({ name, people }) => (
          <li key={name}>
            <TextLink to="/people" search={{ organization: name }}>
              {name}
            </TextLink>{' '}
            <span className={classes.quiet}>{t('contacts.companies.people', { count: people })}</span>
          </li>
        ))}
        {hasNextPage && (
          <li>
            <Button variant="subtle" size="compact-sm" loading={isFetching} onClick={() => void fetchNextPage()}>
              {t('contacts.facet.more')}
            </Button>
          </li>
        )}
      </ul>
    </section>
  );
}
