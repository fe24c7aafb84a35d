import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../server/kernel/contract.ts';
import { decideBook, type getRound } from '../../../../server/lead-days/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { booksQuery } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import { GrantEditor } from '../lending/GrantEditor.tsx';
import classes from './LeadDays.module.css';
import { refreshDays, roundQuery } from './queries.ts';

type Fresh = Output<typeof getRound>['books'][number];

/** What a member goes through, in minutes: what is new, what has aged, what stands twice, what is still elsewhere. */
export function Way({ dayId }: { dayId: string }) {
  const { data, error, refetch } = useQuery(roundQuery(dayId));
  return (
    <Section title={t('leadDays.way')}>
      <h3 className={classes.step}>{t('leadDays.step.books')}</h3>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={2} />}
      {data?.books.length === 0 && (
        <p className={classes.quiet}>{t('leadDays.book.none', { since: longDate(data.since) })}</p>
      )}
      {data && data.books.length > 0 && (
        <Lines>
          {data.books.map((book) => (
            <FreshBook key={book.id} dayId={dayId} book={book} />
          ))}
        </Lines>
      )}
      <ul className={classes.steps}>
        <li>
          <h3 className={classes.step}>{t('leadDays.step.verify')}</h3>
          <p className={classes.quiet}>{t('leadDays.step.verifyText')}</p>
          <ButtonLink to="/quality/verify" variant="light" size="compact-md">
            {t('leadDays.go.verify')}
          </ButtonLink>
        </li>
        <li>
          <h3 className={classes.step}>{t('leadDays.step.hunt')}</h3>
          <p className={classes.quiet}>{t('leadDays.step.huntText')}</p>
          <ButtonLink to="/quality" variant="light" size="compact-md">
            {t('leadDays.go.hunt')}
          </ButtonLink>
        </li>
        <li>
          <h3 className={classes.step}>{t('leadDays.step.bring')}</h3>
          <p className={classes.quiet}>{t('leadDays.step.bringText')}</p>
          <div className={classes.acts}>
            <ButtonLink to="/imports" variant="light" size="compact-md">
              {t('leadDays.go.bring')}
            </ButtonLink>
            <ButtonLink to="/scan" variant="light" size="compact-md">
              {t('leadDays.go.scan')}
            </ButtonLink>
          </div>
        </li>
      </ul>
    </Section>
  );
}

/** A book with what has come into it: lend it, or leave it as it is. */
function FreshBook({ dayId, book }: { dayId: string; book: Fresh }) {
  const [lending, lend] = useState(false);
  const whole = useQuery(booksQuery).data?.items.find(({ id }) => id === book.id);
  const { name, lent, decided } = book;
  const decide = (next: boolean) =>
    call(decideBook, { dayId, bookId: book.id, decided: next }).then(refreshDays).catch(sayError);
  const sources = book.sources
    .map(({ name: source, count }) => t('leadDays.book.source', { source, count }))
    .join(', ');
  return (
    <li className={classes.book}>
      <div className={classes.said}>
        <strong>{name}</strong>
        <span>{t('leadDays.book.fresh', { count: book.fresh, sources })}</span>
        <span className={classes.quiet}>
          {t(lent ? 'leadDays.book.lent' : 'leadDays.book.private')} {decided && t('leadDays.book.decided')}
        </span>
      </div>
      <div className={classes.acts}>
        <ButtonLink
          to="/people"
          search={{ bookId: book.id, sort: 'recent' }}
          variant="subtle"
          size="compact-md"
          aria-label={t('leadDays.book.seeOne', { name })}
        >
          {t('leadDays.book.see')}
        </ButtonLink>
        {!lent && !decided && whole && (
          <Button
            variant="light"
            size="compact-md"
            aria-label={t('leadDays.book.lendOne', { name })}
            onClick={() => lend(true)}
          >
            {t('leadDays.book.lend')}
          </Button>
        )}
        {decided ? (
          <Button variant="subtle" color="gray" size="compact-md" onClick={() => void decide(false)}>
            {t('leadDays.book.again')}
          </Button>
        ) : (
          <Button
            variant="subtle"
            size="compact-md"
            aria-label={t('leadDays.book.decideOne', { name })}
            onClick={() => void decide(true)}
          >
            {t('leadDays.book.decide')}
          </Button>
        )}
      </div>
      {lending && whole && (
        <GrantEditor
          book={whole}
          onClose={() => {
            lend(false);
            void refreshDays();
          }}
        />
      )}
    </li>
  );
}
