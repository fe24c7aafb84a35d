import { IconMailForward } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { calendarDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { PlanTabs } from '../plan/PlanTabs.tsx';
import classes from './Hunting.module.css';
import { huntsQuery } from './queries.ts';

/** Campaigns in which I write to my contacts myself. */
export function Hunts() {
  const { data, error, refetch } = useQuery(huntsQuery);
  return (
    <>
      <PlanTabs />
      <Page title={t('hunting.nav')} lead={t('hunting.nav.lead')}>
        {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loading lines={4} />}
        {data?.items.length === 0 && (
          <EmptyState
            icon={<IconMailForward size={32} />}
            title={t('hunting.page.none')}
            text={t('hunting.page.noneText')}
          />
        )}
        {data && data.items.length > 0 && (
          <Lines>
            {data.items.map(({ id, campaign, endsOn, ended, openedBy, counts }) => (
              <li key={id}>
                <TextLink to="/hunts/$huntId" params={{ huntId: id }} dir="auto">
                  {campaign}
                </TextLink>
                <p className={classes.quiet}>
                  {[
                    t(ended ? 'hunting.ended' : 'hunting.until', { day: calendarDay(endsOn), name: openedBy }),
                    t('hunting.counts', { proposed: counts.proposed, written: counts.written }),
                  ].join(' ')}
                </p>
              </li>
            ))}
          </Lines>
        )}
      </Page>
    </>
  );
}
