import { Button } from '@mantine/core';
import { IconChartCircles, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Segment } from '../../../../server/segments/contract.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { segmentsQuery } from './queries.ts';
import classes from './Segments.module.css';
import { SegmentsTabs } from './SegmentsTabs.tsx';

/** Segments and lists that I see. */
export function Segments() {
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(segmentsQuery);
  const button = (
    <Button
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => void navigate({ to: '/knowledge/segments/new' })}
    >
      {t('segments.new')}
    </Button>
  );
  return (
    <>
      <SegmentsTabs />
      <Page
        title={t('segments.title')}
        lead={t('segments.lead')}
        width="reading"
        actions={data?.items.length ? button : undefined}
      >
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={4} />}
        {data?.items.length === 0 && (
          <EmptyState
            icon={<IconChartCircles size={40} stroke={1.4} />}
            title={t('segments.none')}
            text={t('segments.none.text')}
            action={button}
          />
        )}
        {data && data.items.length > 0 && (
          <Lines>
            {data.items.map((segment) => (
              <li key={segment.id}>
                <Line segment={segment} />
              </li>
            ))}
          </Lines>
        )}
      </Page>
    </>
  );
}

/** With whose grants it is computed, in a word. */
export const audienceWords = ({ kind, name }: Segment['audience']): string =>
  kind === 'team' ? t('segments.with.team', { name }) : t(`segments.with.${kind}`);

export function countWords({ members, builtAt, problem }: Pick<Segment, 'members' | 'builtAt' | 'problem'>): string {
  if (problem) return t('segments.broken');
  if (builtAt === null) return t('segments.building');
  return members === null ? t('segments.narrowed.short') : t('segments.people', { count: members });
}

function Line({ segment }: { segment: Segment }) {
  return (
    <Link to="/knowledge/segments/$segmentId" params={{ segmentId: segment.id }} className={classes.line}>
      <span>
        <strong dir="auto">{segment.name}</strong>
        <span className={classes.quiet}>
          {' '}
          {[t(`segments.kind.${segment.kind}`), audienceWords(segment.audience)].join(' · ')}
        </span>
      </span>
      <span className={`${classes.quiet} ${classes.count}`}>{countWords(segment)}</span>
    </Link>
  );
}
