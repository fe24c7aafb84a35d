import { Button } from '@mantine/core';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import surveys from '../surveys/Surveys.module.css';
import { VoicesTabs } from '../voices/VoicesTabs.tsx';
import { CommunityForm } from './CommunityForm.tsx';
import { communitiesQuery } from './queries.ts';

/** Pages on which customers speak with us and with each other. */
export function Communities() {
  const { data, error, refetch } = useQuery(communitiesQuery);
  const admin = useMe().role === 'admin';
  const [making, make] = useState(false);
  const button = admin && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => make(true)}>
      {t('community.new')}
    </Button>
  );
  return (
    <>
      <VoicesTabs />
      <Page
        title={t('community.title')}
        lead={t('community.lead')}
        width="reading"
        actions={data?.items.length ? button : undefined}
      >
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={3} />}
        {data?.items.length === 0 && (
          <EmptyState
            icon={<IconUsersGroup size={40} stroke={1.4} />}
            title={t('community.none')}
            text={t('community.none.text')}
            action={button}
          />
        )}
        {data && data.items.length > 0 && (
          <Lines>
            {data.items.map((one) => (
              <li key={one.id}>
                <Link to="/voices/community/$communityId" params={{ communityId: one.id }} className={surveys.line}>
                  <span>
                    <strong dir="auto">{one.name}</strong>
                    <span className={surveys.quiet}> {one.closed ? t('community.isClosed') : `/c/${one.slug}`}</span>
                  </span>
                  <span className={surveys.quiet}>
                    {t('community.counts', { people: one.people, waiting: one.waiting })}
                  </span>
                </Link>
              </li>
            ))}
          </Lines>
        )}
        {making && <CommunityForm onClose={() => make(false)} />}
      </Page>
    </>
  );
}
