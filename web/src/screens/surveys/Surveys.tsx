import { Button } from '@mantine/core';
import { IconClipboardText, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Survey } from '../../../../server/surveys/contract.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { VoicesTabs } from '../voices/VoicesTabs.tsx';
import { surveysQuery } from './queries.ts';
import { SurveyForm } from './SurveyForm.tsx';
import classes from './Surveys.module.css';

/** What contacts are asked, and what they answered. */
export function Surveys() {
  const { data, error, refetch } = useQuery(surveysQuery);
  const [making, make] = useState(false);
  const button = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => make(true)}>
      {t('surveys.new')}
    </Button>
  );
  return (
    <>
      <VoicesTabs />
      <Page
        title={t('surveys.title')}
        lead={t('surveys.lead')}
        width="reading"
        actions={data?.items.length ? button : undefined}
      >
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={4} />}
        {data?.items.length === 0 && (
          <EmptyState
            icon={<IconClipboardText size={40} stroke={1.4} />}
            title={t('surveys.none')}
            text={t('surveys.none.text')}
            action={button}
          />
        )}
        {data && data.items.length > 0 && (
          <Lines>
            {data.items.map((survey) => (
              <li key={survey.id}>
                <SurveyLine survey={survey} />
              </li>
            ))}
          </Lines>
        )}
        {making && <SurveyForm onClose={() => make(false)} />}
      </Page>
    </>
  );
}

function SurveyLine({ survey }: { survey: Survey }) {
  const { id, name, kind, closed, anonymous } = survey;
  const said = [t(`surveys.kind.${kind}`), ...(anonymous ? [t('surveys.anonymous')] : [])];
  return (
    <Link to="/voices/surveys/$surveyId" params={{ surveyId: id }} className={classes.line}>
      <span>
        <strong dir="auto">{name}</strong>
        <span className={classes.quiet}> {[...said, ...(closed ? [t('surveys.isClosed')] : [])].join(' · ')}</span>
      </span>
      <span className={classes.quiet}>{t('surveys.counts', { answers: survey.answers, asked: survey.asked })}</span>
    </Link>
  );
}
