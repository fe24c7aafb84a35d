import { Button, Group } from '@mantine/core';
import { IconMessageQuestion } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answerQuestion, answers } from '../../../../server/scenarios/contract.ts';
import { call } from '../../api.ts';
import { calendarDay } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { questionsQuery, refreshScenarios } from './queries.ts';
import classes from './Scenarios.module.css';

/** What scenarios ask me, as who holds the contact. */
export function Questions() {
  const { data, error, refetch } = useQuery(questionsQuery);
  const answering = useMutation({
    mutationFn: (said: { questionId: string; answer: (typeof answers)[number] }) => call(answerQuestion, said),
    onSuccess: () => say(t('scenarios.questions.answered')),
    onError: sayError,
    onSettled: refreshScenarios,
  });
  return (
    <Page title={t('scenarios.questions')} lead={t('scenarios.questions.lead')} width="reading">
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {data?.items.length === 0 && (
        <EmptyState
          icon={<IconMessageQuestion size={40} stroke={1.4} />}
          title={t('scenarios.questions.none')}
          text={t('scenarios.questions.none.text')}
        />
      )}
      {data && data.items.length > 0 && (
        <Lines>
          {data.items.map(({ id, personId, name, words, scenario, askedBy, expiresAt }) => (
            <li key={id} className={classes.form}>
              <span>
                <TextLink to="/people/$personId" params={{ personId }}>
                  {name || t('contacts.nameless')}
                </TextLink>{' '}
                <span className={classes.quiet}>
                  {t('scenarios.questions.by', { scenario, name: askedBy, day: calendarDay(expiresAt.slice(0, 10)) })}
                </span>
              </span>
              <span dir="auto">{words}</span>
              <Group gap="xs">
                {answers.map((answer) => (
                  <Button
                    key={answer}
                    size="compact-md"
                    variant={answer === 'go' ? 'filled' : 'default'}
                    loading={
                      answering.isPending &&
                      answering.variables.questionId === id &&
                      answering.variables.answer === answer
                    }
                    onClick={() => answering.mutate({ questionId: id, answer })}
                  >
                    {t(`scenarios.answer.${answer}`)}
                  </Button>
                ))}
              </Group>
            </li>
          ))}
        </Lines>
      )}
    </Page>
  );
}
