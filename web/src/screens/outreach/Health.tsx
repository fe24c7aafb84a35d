import { useQuery } from '@tanstack/react-query';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from './Outreach.module.css';
import { healthQuery } from './queries.ts';
import { answerWords } from './words.ts';

/** When mail last left, what waits, and what went wrong last. */
export function Health() {
  const { data, error, refetch } = useQuery(healthQuery);
  if (!data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  const since = data.oldestWaitingAt ? longInstant(data.oldestWaitingAt) : '';
  return (
    <Section title={t('mail.health')}>
      <p className={classes.quiet}>
        {data.lastSuccessAt === null
          ? t('mail.health.never')
          : t('mail.health.lastSuccess', { when: longInstant(data.lastSuccessAt) })}{' '}
        {t('mail.health.waiting', { count: data.waiting, since })} {t('mail.health.inDoubt', { count: data.inDoubt })}
      </p>
      {data.lastFailureAt !== null && data.lastFailure !== null && (
        <p className={classes.quiet}>
          {t('mail.health.lastFailure', { when: longInstant(data.lastFailureAt) })} {answerWords(data.lastFailure)}
        </p>
      )}
      {data.failures.length > 1 && (
        <details className={classes.quiet}>
          <summary>{t('mail.health.failures')}</summary>
          <ul className={classes.kinds}>
            {data.failures.map(({ at, answer }) => (
              <li key={at}>
                {longInstant(at)}: {answerWords(answer)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}
