import { useQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { Lines } from '../../ui/Lines.tsx';
import { Signs } from './CorrespondentLine.tsx';
import classes from './Mailboxes.module.css';
import { exchangesQuery } from './queries.ts';
import { circumstancesOf, mailOf, meetingsOf } from './sentences.ts';

/** My mail and meetings with a person, for me alone. Nothing where there are none. */
export function Exchanges({ personId }: { personId: string }) {
  const items = useQuery(exchangesQuery(personId)).data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-label={t('mailboxes.exchanges')} className={`${classes.exchanges} no-print`}>
      <h2 className={classes.title}>{t('mailboxes.exchanges')}</h2>
      <p className={classes.quiet}>{t('mailboxes.exchanges.lead')}</p>
      <Lines>
        {items.map((one) => (
          <li key={one.id} className={classes.exchange}>
            {items.length > 1 && <strong>{one.email}</strong>}
            {[mailOf(one), meetingsOf(one)].filter(Boolean).map((line) => (
              <span key={line}>{line}</span>
            ))}
            {circumstancesOf(one) && <span className={classes.quiet}>{circumstancesOf(one)}</span>}
            <Signs one={one} />
          </li>
        ))}
      </Lines>
    </section>
  );
}
