import { useQuery } from '@tanstack/react-query';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { Lines } from '../../ui/Lines.tsx';
import { MessageLine } from './MessageLine.tsx';
import classes from './Outreach.module.css';
import { messagesToQuery } from './queries.ts';

/** What was written to a person from here: by me, and by way of my cards. Nothing where nothing was. */
export function Written({ personId }: { personId: string }) {
  const { data } = useQuery(messagesToQuery(personId));
  if (!data || data.mine.length + data.throughMe.length === 0) return null;
  return (
    <section aria-label={t('mail.written')} className={classes.written}>
      <h2 className={classes.title}>{t('mail.written')}</h2>
      <Lines>
        {data.mine.map((message) => (
          <MessageLine key={message.id} message={message} />
        ))}
        {data.throughMe.map(({ author, purpose, at }) => (
          <li key={author + at} className={classes.message}>
            {t('mail.throughMe', { author, purpose: t(`grant.purpose.${purpose}`) })}{' '}
            <time className={classes.quiet}>{longInstant(at)}</time>
          </li>
        ))}
      </Lines>
    </section>
  );
}
