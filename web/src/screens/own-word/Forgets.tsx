import { IconUserOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import classes from '../settings/Settings.module.css';
import { Extend } from './Extend.tsx';
import { forgetsQuery } from './queries.ts';

/** For who oversees: whether wishes to be forgotten are answered in time. Whom they are about is not told. */
export function Forgets() {
  const { role } = useMe();
  const { data, error, refetch } = useQuery(forgetsQuery);
  return (
    <Page title={t('ownWord.forgets.title')} width="reading" lead={t('ownWord.forgets.overseerLead')}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {data?.items.length === 0 && (
        <EmptyState icon={<IconUserOff />} title={t('ownWord.forgets.none')} text={t('ownWord.forgets.noneText')} />
      )}
      {data && data.items.length > 0 && (
        <Lines>
          {data.items.map(({ id, holder, askedAt, dueAt, extended, outcome }) => (
            <li key={id} className={classes.line}>
              <div className={classes.main}>
                <strong>{holder}</strong>
                <div className={classes.quiet}>{t('ownWord.forgets.askedAt', { date: longDate(askedAt) })}</div>
                {extended && <div className={classes.quiet}>{t('ownWord.forgets.extended')}</div>}
              </div>
              <span className={classes.quiet}>
                {t(`ownWord.forgets.state.${outcome ?? 'waiting'}`, {
                  date: longDate(dueAt),
                  late: Date.parse(dueAt) < Date.now() ? 'yes' : 'no',
                })}
              </span>
              {role === 'admin' && outcome === null && !extended && Date.parse(dueAt) > Date.now() && (
                <Extend forgetId={id} />
              )}
            </li>
          ))}
        </Lines>
      )}
    </Page>
  );
}
