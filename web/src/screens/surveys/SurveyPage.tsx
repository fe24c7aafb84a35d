import { Button, CopyButton } from '@mantine/core';
import { IconArrowLeft, IconMailQuestion } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type Answer, type Results, type Survey, updateSurvey } from '../../../../server/surveys/contract.ts';
import { call } from '../../api.ts';
import { calendarDay, monthOf, number } from '../../format.ts';
import { spoken, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import { toneName, topicName } from '../voices/words.ts';
import { AskContacts } from './AskContacts.tsx';
import { answersQuery, refreshSurveys, resultsQuery, surveyQuery } from './queries.ts';
import { SurveyForm } from './SurveyForm.tsx';
import classes from './Surveys.module.css';

/** A survey: what was answered, and whom to ask. */
export function SurveyPage() {
  const { surveyId } = useParams({ from: '/members/voices/surveys/$surveyId' });
  const { data: survey, error, refetch } = useQuery(surveyQuery(surveyId));
  return (
    <Page
      title={survey?.name ?? t('surveys.title')}
      lead={survey && t('surveys.counts', { answers: survey.answers, asked: survey.asked })}
      actions={survey && <Acts survey={survey} />}
    >
      <ButtonLink
        to="/voices/surveys"
        variant="subtle"
        color="gray"
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        {t('surveys.back')}
      </ButtonLink>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!survey && !error && <Loading lines={5} />}
      {survey && (
        <>
          <p className={classes.quiet}>{about(survey)}</p>
          {survey.openUrl && <OpenLink url={survey.openUrl} />}
          {/* Of nothing there is nothing to count. */}
          {survey.answers > 0 && <Counted survey={survey} />}
          <Answers survey={survey} />
        </>
      )}
    </Page>
  );
}

const about = ({ kind, anonymous, closed, audience }: Survey): string =>
  [
    t(`surveys.kind.${kind}`),
    audience.kind === 'team' ? audience.name : t(`surveys.audience.${audience.kind}`),
    ...(anonymous ? [t('surveys.anonymous')] : []),
    ...(closed ? [t('surveys.isClosed')] : []),
  ].join(' · ');

function OpenLink({ url }: { url: string }) {
  return (
    <p>
      {t('surveys.openLink.label')}{' '}
      <a href={url} target="_blank" rel="noopener" style={{ overflowWrap: 'anywhere' }}>
        {url}
      </a>{' '}
      <CopyButton value={url}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="default" onClick={copy}>
            {t(copied ? 'shell.copied' : 'shell.copy')}
          </Button>
        )}
      </CopyButton>
    </p>
  );
}

function Acts({ survey }: { survey: Survey }) {
  const [open, show] = useState<'ask' | 'change'>();
  const setClosed = async (closed: boolean) => {
    try {
      await call(updateSurvey, { surveyId: survey.id, closed });
    } catch (error) {
      sayError(error);
    }
    await refreshSurveys();
  };
  return (
    <>
      {survey.mine && (
        <>
          <Button variant="default" onClick={() => void setClosed(!survey.closed)}>
            {t(survey.closed ? 'surveys.reopen' : 'surveys.close')}
          </Button>
          <Button variant="default" onClick={() => show('change')}>
            {t('surveys.change')}
          </Button>
        </>
      )}
      {!survey.closed && (
        <Button leftSection={<IconMailQuestion size={18} aria-hidden />} onClick={() => show('ask')}>
          {t('surveys.ask')}
        </Button>
      )}
      {open === 'ask' && <AskContacts survey={survey} onClose={() => show(undefined)} />}
      {open === 'change' && <SurveyForm survey={survey} onClose={() => show(undefined)} />}
    </>
  );
}

function Counted({ survey }: { survey: Survey }) {
  const { data, error, refetch } = useQuery(resultsQuery(survey.id));
  if (!data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  return (
    <Section title={t('surveys.results')} lead={data.held ? t('surveys.results.held') : undefined}>
      {!data.held &&
        survey.questions
          .filter(({ kind }) => kind !== 'text')
          .map((question) => (
            <Bars key={question.id} question={question} counted={data.questions.find(({ id }) => id === question.id)} />
          ))}
      {data.byMonth.length > 1 && (
        <Scores
          title={t('surveys.results.byMonth')}
          head={t('surveys.results.month')}
          rows={data.byMonth.map(({ month, ...one }) => ({ ...one, name: monthOf(`${month}-15`) }))}
        />
      )}
      {data.byTopic.length > 0 && (
        <Scores
          title={t('surveys.results.byTopic')}
          head={t('surveys.results.topic')}
          rows={data.byTopic.map((one) => ({ ...one, name: topicName(one) }))}
        />
      )}
    </Section>
  );
}

function Bars({
  question,
  counted,
}: {
  question: Survey['questions'][number];
  counted: Results['questions'][number] | undefined;
}) {
  if (!counted) return null;
  const most = Math.max(1, ...counted.counts.map(({ count }) => count));
  const label = (value: number) => (question.kind === 'choice' ? question.choices[value]![spoken()] : String(value));
  const { nps, mean, counts } = counted;
  return (
    <>
      <h3>{question.text[spoken()]}</h3>
      {nps && (
        <p>{t('surveys.results.nps', { score: number(nps.score), low: number(nps.low), high: number(nps.high) })}</p>
      )}
      {!nps && mean !== null && <p>{t('surveys.results.mean', { mean: number(mean) })}</p>}
      <ul className={classes.bars}>
        {counts.map(({ value, count }) => (
          <li key={value}>
            <span aria-hidden>{label(value)}</span>
            <span className={classes.bar} style={{ width: `${(100 * count) / most}%` }} aria-hidden />
            <span>
              <span aria-hidden>{number(count)}</span>
              <span className="unseen">{t('surveys.results.bar', { label: label(value), count })}</span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

interface ScoresProps {
  title: string;
  head: string;
  rows: { name: string; answers: number; score: number | null }[];
}

function Scores({ title, head, rows }: ScoresProps) {
  return (
    <>
      <h3>{title}</h3>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col">{t('surveys.results.answers')}</th>
            <th scope="col">{t('surveys.results.score')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, answers, score }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{number(answers)}</td>
              <td>{score === null ? t('surveys.results.few') : number(score)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Answers({ survey }: { survey: Survey }) {
  const list = useInfiniteQuery(answersQuery(survey.id));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title={t('surveys.answers')}>
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isSuccess && items.length === 0 && <p className={classes.quiet}>{t('surveys.answers.none')}</p>}
      <ul className={classes.answers}>
        {items.map((answer) => (
          <AnswerLine key={answer.id} answer={answer} survey={survey} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('surveys.answers.more')}
        </Button>
      )}
    </Section>
  );
}

function AnswerLine({ answer, survey }: { answer: Answer; survey: Survey }) {
  const { person, on, via, given, tone, topics } = answer;
  const said = [...(tone && tone !== 'neutral' ? [toneName(tone)] : []), ...topics.map((one) => one[spoken()])];
  return (
    <li>
      <p>
        {person ? (
          <TextLink to="/people/$personId" params={{ personId: person.id }}>
            {person.name}
          </TextLink>
        ) : (
          <span>{t('surveys.answers.somebody')}</span>
        )}{' '}
        <span className={classes.quiet}>{[calendarDay(on), t(`surveys.via.${via}`)].join(' · ')}</span>
      </p>
      <dl>
        {survey.questions.map(({ id, kind, text, choices }) => {
          const value = given[id];
          if (value === undefined) return null;
          return (
            <div key={id}>
              <dt>{text[spoken()]}</dt>
              <dd dir="auto">{kind === 'choice' ? choices[Number(value)]?.[spoken()] : value}</dd>
            </div>
          );
        })}
      </dl>
      {said.length > 0 && <p className={classes.quiet}>{said.join(' · ')}</p>}
    </li>
  );
}
