import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listWarnings } from '../../../../server/sources/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from './ImportPage.module.css';
import { warningOf } from './problem.ts';

/** The contacts of an import on which the reader remarked something, each leading to its person. */
export function ToVerify({ importId }: { importId: string }) {
  const { data, error, hasNextPage, fetchNextPage, isFetching, refetch } = useInfiniteQuery({
    queryKey: [listWarnings.name, importId],
    queryFn: ({ pageParam }) => call(listWarnings, { importId, limit: 20, ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  return (
    <div className={classes.remarks}>
      <Section title={t('imports.verify')} lead={t('imports.verify.lead')}>
        <ul className={classes.verify}>
          {items.map(({ personId, name, codes }) => (
            <li key={personId}>
              <TextLink to="/people/$personId" params={{ personId }}>
                {name || t('contacts.nameless')}
              </TextLink>
              <span className={classes.warning}>{codes.map(warningOf).join(' ')}</span>
            </li>
          ))}
        </ul>
        {hasNextPage && (
          <Button variant="subtle" size="compact-md" loading={isFetching} onClick={() => void fetchNextPage()}>
            {t('imports.verify.more')}
          </Button>
        )}
        <ErrorNotice error={error} />
      </Section>
    </div>
  );
}
