import { Loader } from '@mantine/core';
import { useEffect, useSyncExternalStore } from 'react';
import { getStatus } from '../../../server/identity/contract.ts';
import { call } from '../api.ts';
import { isAnswering, noticeAnswer, onAnswering } from '../connection.ts';
import { t } from '../i18n.ts';
import { queryClient } from '../queries.ts';
import classes from './Connection.module.css';

/** An open page asks now and then whether the server is there; while it is not, more often. */
const every = 15_000;
const whileLost = 2_500;

/** Says that the server cannot be reached, and goes away by itself when it is back. What one has typed stays where it is. */
export function Connection() {
  const answering = useSyncExternalStore(onAnswering, isAnswering);
  useEffect(() => {
    const ask = () => {
      if (document.visibilityState === 'visible') call(getStatus, {}).catch(() => {});
    };
    const timer = setInterval(ask, answering ? every : whileLost);
    const lose = () => noticeAnswer(false);
    window.addEventListener('offline', lose);
    window.addEventListener('online', ask);
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearInterval(timer);
      window.removeEventListener('offline', lose);
      window.removeEventListener('online', ask);
      document.removeEventListener('visibilitychange', ask);
    };
  }, [answering]);
  useEffect(() => {
    // What failed meanwhile, or may have changed, is asked for again.
    if (!answering) return () => void queryClient.invalidateQueries();
  }, [answering]);
  return (
    <div role="status" className={classes.place}>
      {!answering && (
        <div className={classes.banner}>
          <Loader size={14} color="currentColor" aria-hidden />
          <span>{t('shell.unreachable')}</span>
        </div>
      )}
    </div>
  );
}
