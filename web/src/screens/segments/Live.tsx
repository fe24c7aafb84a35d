import { Loader } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Audience } from '../../../../server/segments/contract.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { countQuery } from './queries.ts';
import classes from './Segments.module.css';
import { problemWords } from './words.ts';

/** How many a condition finds while one writes it, and some of them: an estimate at once, the exact number a little later. */
export function Live({ filter, audience }: { filter: string; audience: Audience }) {
  const [settled] = useDebouncedValue(filter.trim(), 400);
  const guess = useQuery({
    ...countQuery(settled, audience, false),
    enabled: settled !== '',
    placeholderData: keepPreviousData,
  });
  const rough = guess.data?.between != null;
  const exact = useQuery({ ...countQuery(settled, audience, true), enabled: rough && !guess.isPlaceholderData });
  const shown = exact.data ?? guess.data;
  if (settled === '') return null;
  return (
    <section className={classes.live} aria-label={t('segments.live')}>
      <ErrorNotice error={guess.error} onRetry={() => void guess.refetch()} />
      {!shown && guess.isFetching && <Loader size="sm" />}
      {shown?.problem && <p role="status">{problemWords(shown.problem)}</p>}
      {shown && !shown.problem && (
        <>
          <p role="status" style={{ margin: 0 }}>
            <span className={classes.big}>{(shown.between ? '≈ ' : '') + number(shown.people)}</span>{' '}
            {t('segments.live.of', { of: shown.of, count: shown.people })}
          </p>
          {shown.between && (
            <p className={classes.quiet}>
              {t('segments.live.between', { from: shown.between[0], to: shown.between[1] })}{' '}
              {exact.isFetching && t('segments.live.counting')}
            </p>
          )}
          {shown.sample.length > 0 && (
            <ul className={classes.sample} aria-label={t('segments.live.sample')}>
              {shown.sample.map((person) => (
                <li key={person.id}>
                  <Link to="/people/$personId" params={{ personId: person.id }} target="_blank">
                    {person.name}
                  </Link>{' '}
                  <span className={classes.quiet}>
                    {[person.title, person.organization].filter(Boolean).join(', ')}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}
