import { Button, Checkbox } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Delivery,
  type Endpoint,
  listDeliveries,
  listEndpoints,
  replay,
} from '../../../../server/distribution/contract.ts';
import { call } from '../../api.ts';
import { ago, longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Webhooks.module.css';
import { answerOf, nameOf } from './words.ts';

const monthMs = 30 * 86_400_000;

/** What was sent to one receiver, the last attempt first. */
export function Log({ endpoint }: { endpoint: Endpoint }) {
  const { id: endpointId } = endpoint;
  // What waits at one that is held leaves no sooner.
  const repeatable = endpoint.mine && endpoint.state === 'active';
  const [failed, setFailed] = useState(false);
  const state = failed ? { state: 'dead' as const } : {};
  const { data, error, refetch, fetchNextPage, hasNextPage } = useInfiniteQuery({
    queryKey: [listDeliveries.name, { endpointId, ...state }],
    queryFn: ({ pageParam }) =>
      call(listDeliveries, { endpointId, ...state, limit: 20, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: 2000,
  });
  const again = async (which: { deliveryId: string } | { failedSince: string }) => {
    try {
      const { count } = await call(replay, { endpointId, ...which });
      await refresh(listDeliveries, listEndpoints);
      say(t('webhooks.replayed', { count }));
    } catch (problem) {
      sayError(problem);
    }
  };
  const items = data?.pages.flatMap((page) => page.items);
  return (
    <div className={classes.log}>
      <p className={classes.quiet}>{t('webhooks.logText')}</p>
      <div className={classes.logHead}>
        <Checkbox
          label={t('webhooks.failedOnly')}
          checked={failed}
          onChange={(event) => setFailed(event.currentTarget.checked)}
        />
        {endpoint.counts.dead > 0 && repeatable && (
          <Button
            variant="subtle"
            size="compact-md"
            onClick={() => void again({ failedSince: new Date(Date.now() - monthMs).toISOString() })}
          >
            {t('webhooks.replayAll')}
          </Button>
        )}
      </div>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {items?.length === 0 && <p>{t('webhooks.logEmpty')}</p>}
      <ul className={classes.deliveries}>
        {items?.map((one) => (
          <DeliveryLine
            key={one.id}
            delivery={one}
            onAgain={repeatable ? () => void again({ deliveryId: one.id }) : undefined}
          />
        ))}
      </ul>
      {hasNextPage && (
        <Button variant="subtle" size="compact-md" onClick={() => void fetchNextPage()}>
          {t('webhooks.more')}
        </Button>
      )}
    </div>
  );
}

function DeliveryLine({ delivery, onAgain }: { delivery: Delivery; onAgain: (() => void) | undefined }) {
  const { event, state, attempts, lastAt, nextAt, tookMs } = delivery;
  const facts = [
    t(`webhooks.state.${state}`),
    answerOf(delivery),
    attempts > 0 ? t('webhooks.attempts', { count: attempts }) : null,
    tookMs === null ? null : t('webhooks.took', { ms: tookMs }),
    nextAt && state === 'waiting' ? t('webhooks.next', { when: ago(nextAt) }) : null,
  ];
  return (
    <li className={classes.delivery}>
      <span>{nameOf(event)}</span>
      <span className={state === 'sent' ? classes.quiet : classes.trouble}>
        {facts.filter((one) => one !== null).join(' · ')}
      </span>
      {lastAt && (
        <time className={classes.quiet} dateTime={lastAt} title={longInstant(lastAt)}>
          {ago(lastAt)}
        </time>
      )}
      {onAgain && (
        <Button variant="subtle" size="compact-sm" onClick={onAgain}>
          {t('webhooks.replay')}
        </Button>
      )}
    </li>
  );
}
