import { Button, NativeSelect } from '@mantine/core';
import { IconMailForward } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type Approach, type ApproachState, decide, states } from '../../../../server/hunting/contract.ts';
import { call } from '../../api.ts';
import { calendarDay, longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { PlanTabs } from '../plan/PlanTabs.tsx';
import { ApproachLine } from './ApproachLine.tsx';
import { Contribute } from './Contribute.tsx';
import classes from './Hunting.module.css';
import { approachesQuery, refreshHunts } from './queries.ts';

/** My contacts in a hunt, one below the other: read, change, accept, put off, let go. */
export function HuntPage() {
  const { huntId } = useParams({ from: '/members/hunts/$huntId' });
  const [state, filter] = useState<ApproachState | ''>('');
  const [adding, add] = useState(false);
  const list = useInfiniteQuery(approachesQuery(huntId, state));
  const first = list.data?.pages[0];
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (!first)
    return (
      <>
        <PlanTabs />
        <Page title={t('hunting.title')}>
          {list.error ? <ErrorNotice error={list.error} onRetry={() => void list.refetch()} /> : <Loading lines={6} />}
        </Page>
      </>
    );
  const { counts, ended, endsOn, campaign } = first;
  const all = states.reduce((sum, one) => sum + counts[one], 0);
  return (
    <>
      <PlanTabs />
      <Page
        title={campaign}
        lead={
          ended
            ? t('hunting.page.ended')
            : t('hunting.page.lead', { people: counts.proposed, day: calendarDay(endsOn) })
        }
        actions={
          !ended && (
            <Button variant="default" onClick={() => add(true)}>
              {t('hunting.contribute')}
            </Button>
          )
        }
      >
        {all === 0 && !ended && (
          <EmptyState
            icon={<IconMailForward size={32} />}
            title={t('hunting.page.none')}
            text={t('hunting.page.noneText')}
          />
        )}
        {all > 0 && (
          <div className={classes.bar}>
            <NativeSelect
              label={t('hunting.show')}
              value={state}
              data={[
                { value: '', label: t('hunting.show.all', { count: all }) },
                ...states.map((one) => ({
                  value: one,
                  label: t('hunting.show.one', { state: t(`hunting.state.${one}`), count: counts[one] }),
                })),
              ]}
              onChange={({ currentTarget }) => filter(currentTarget.value as ApproachState | '')}
            />
            {!ended && <AcceptAll huntId={huntId} items={items} />}
          </div>
        )}
        <ul className={classes.lines}>
          {items.map((approach) => (
            <ApproachLine key={approach.id} huntId={huntId} approach={approach} ended={ended} endsOn={endsOn} />
          ))}
        </ul>
        {list.hasNextPage && (
          <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('surveys.answers.more')}
          </Button>
        )}
        {adding && <Contribute huntId={huntId} onClose={() => add(false)} />}
      </Page>
    </>
  );
}

const canLeave = ({ state, reasons, letter }: Approach): boolean =>
  state === 'proposed' && reasons.length === 0 && letter !== null;

/** Accepts at once all that are shown and may leave. */
function AcceptAll({ huntId, items }: { huntId: string; items: readonly Approach[] }) {
  const ids = items.filter(canLeave).map(({ id }) => id);
  if (ids.length < 2) return null;
  const send = async (decision: 'accept' | 'back') => {
    const { decided, lastAt } = await call(decide, { huntId, approachIds: ids, decision });
    await refreshHunts();
    return { decided, lastAt };
  };
  const accept = async () => {
    try {
      const { decided, lastAt } = await send('accept');
      offerUndo(t('hunting.acceptedAll', { count: decided, at: lastAt ? longInstant(lastAt) : '' }), () =>
        send('back'),
      );
    } catch (error) {
      sayError(error);
    }
  };
  return <Button onClick={() => void accept()}>{t('hunting.acceptAll', { count: ids.length })}</Button>;
}
