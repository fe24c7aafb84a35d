import { Button, SegmentedControl } from '@mantine/core';
import { IconAdjustments, IconScale, IconTicket } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { CaseLine } from '../../../../server/decisions/contract.ts';
import { calendarDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { VoicesTabs } from '../voices/VoicesTabs.tsx';
import { topicName } from '../voices/words.ts';
import classes from './Decisions.module.css';
import { casesQuery } from './queries.ts';
import { outcomeName } from './words.ts';

/** What enough people spoke of: to be decided, to be done, or settled. */
export function Cases() {
  const { state = 'open' } = useSearch({ from: '/members/voices/decisions' });
  const navigate = useNavigate({ from: '/voices/decisions' });
  const list = useInfiniteQuery(casesQuery(state));
  const admin = useMe().role === 'admin';
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <VoicesTabs />
      <Page
        title={t('decisions.title')}
        lead={t('decisions.lead')}
        actions={
          <>
            <ButtonLink
              to="/voices/thresholds"
              variant="default"
              leftSection={<IconAdjustments size={18} aria-hidden />}
            >
              {t('decisions.thresholds')}
            </ButtonLink>
            {admin && (
              <ButtonLink to="/voices/trackers" variant="default" leftSection={<IconTicket size={18} aria-hidden />}>
                {t('decisions.trackers')}
              </ButtonLink>
            )}
          </>
        }
      >
        <SegmentedControl
          mb="md"
          aria-label={t('decisions.which')}
          value={state}
          data={[
            { value: 'open', label: t('decisions.open') },
            { value: 'settled', label: t('decisions.settled') },
          ]}
          onChange={(value) =>
            void navigate({ search: value === 'settled' ? { state: 'settled' } : {}, replace: true })
          }
        />
        <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
        {list.isPending && <Loading lines={5} />}
        {list.data && rows.length === 0 && (
          <EmptyState
            icon={<IconScale size={40} stroke={1.4} />}
            title={t(state === 'open' ? 'decisions.none' : 'decisions.noneSettled')}
            text={t('decisions.none.text')}
            action={<ButtonLink to="/voices/thresholds">{t('decisions.thresholds')}</ButtonLink>}
          />
        )}
        {rows.length > 0 && (
          <Lines>
            {rows.map((line) => (
              <CaseItem key={line.id} line={line} />
            ))}
          </Lines>
        )}
        {list.hasNextPage && (
          <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('decisions.more')}
          </Button>
        )}
      </Page>
    </>
  );
}

function CaseItem({ line }: { line: CaseLine }) {
  const { id, topic, outcome, owner, team, dueOn, openedAt, heard, unanswered, proposed, settled } = line;
  const days = Math.max(0, Math.floor((Date.now() - Date.parse(openedAt)) / 86_400_000));
  return (
    <li>
      <Link to="/voices/decisions/$caseId" params={{ caseId: id }} className={classes.line}>
        <span className={classes.head}>
          <strong>{topicName(topic)}</strong>
          <span className={classes.state} data-state={settled ? 'settled' : (outcome ?? 'undecided')}>
            {proposed ? t('decisions.proposed') : outcomeName(outcome)}
          </span>
        </span>
        <span className={classes.small}>
          {outcome === null && t('decisions.since', { days })}
          {owner && t('decisions.ownedBy', { name: owner.name })}
          {!owner && team && ` ${t('decisions.ofTeam', { name: team.name })}`}
          {dueOn && ` ${t('decisions.dueOn', { day: calendarDay(dueOn) })}`}
        </span>
        {heard > 0 && <span className={classes.small}>{t('decisions.heard', { heard, unanswered })}</span>}
      </Link>
    </li>
  );
}
