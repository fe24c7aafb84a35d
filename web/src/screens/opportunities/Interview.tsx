import { Button, Group, Menu, Modal, Stack, Textarea } from '@mantine/core';
import { IconMailQuestion } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FullOpportunity } from '../../../../server/opportunities/contract.ts';
import {
  getInterview,
  interviewFields,
  type Said,
  saveInterview,
} from '../../../../server/opportunities/interview-contract.ts';
import { type FoundPath, listPaths } from '../../../../server/relations/paths-contract.ts';
import type { Survey } from '../../../../server/surveys/contract.ts';
import { createTask, listTasks } from '../../../../server/tasks/contract.ts';
import { call } from '../../api.ts';
import { calendarDay, longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { AskContacts } from '../surveys/AskContacts.tsx';
import { surveysQuery } from '../surveys/queries.ts';
import classes from './OpportunityPage.module.css';
import { interviewQuery, refreshOutcomes } from './queries.ts';

/** What decided it, once it has ended: in our words, and in those of its people, whom somebody they know asks. */
export function Interview({ one }: { one: FullOpportunity }) {
  const { data } = useQuery(interviewQuery(one.id));
  const [writing, write] = useState(false);
  if (one.outcome === null || !data) return null;
  const { interview } = data;
  const said = interviewFields.filter((field) => interview?.said[field]);
  return (
    <Section
      title={t('interviews.title')}
      lead={
        interview
          ? t('interviews.by', { name: interview.author, when: longInstant(interview.at) })
          : t('interviews.lead')
      }
      actions={
        <Button variant="default" onClick={() => write(true)}>
          {t(interview ? 'interviews.change' : 'interviews.write')}
        </Button>
      }
    >
      {said.length > 0 && (
        <dl className={classes.said}>
          {said.map((field) => (
            <div key={field}>
              <dt>{t(`interviews.field.${field}`)}</dt>
              <dd dir="auto">{interview!.said[field]}</dd>
            </div>
          ))}
        </dl>
      )}
      {one.outcome === 'lost' && one.wordDueOn && !interview?.said.word && (
        <p className={classes.quiet}>{t('interviews.wordDue', { day: calendarDay(one.wordDueOn) })}</p>
      )}
      {one.participants.length > 0 && <AskPeople one={one} />}
      {writing && <Form one={one} said={interview?.said} onClose={() => write(false)} />}
    </Section>
  );
}

const empty = Object.fromEntries(interviewFields.map((field) => [field, ''])) as Said;

function Form({ one, said, onClose }: { one: FullOpportunity; said: Said | undefined; onClose: () => void }) {
  const form = useForm<Said>({ ...empty, ...said }, async (values) => {
    await call(saveInterview, { opportunityId: one.id, said: values });
    await Promise.all([refresh(getInterview), refreshOutcomes()]);
    say(t('interviews.saved'));
    onClose();
  });
  const fields = interviewFields.filter((field) => field !== 'word' || one.outcome === 'lost');
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnEscape={false}
      title={t('interviews.title')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <p className={classes.quiet}>{t('interviews.help')}</p>
          {fields.map((field) => (
            <Textarea
              key={field}
              autosize
              minRows={field === 'decided' ? 3 : 1}
              maxLength={4000}
              label={t(`interviews.field.${field}`)}
              value={form.values[field]}
              onChange={({ currentTarget }) => form.set(field, currentTarget.value)}
            />
          ))}
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** How many people of a deal are looked up. */
const most = 6;

/** A colleague who knows them directly, and better than anybody. */
function knower({ items }: { items: FoundPath[] }): { id: string; name: string; strength: number } | undefined {
  return items
    .flatMap(({ places, strength }) =>
      places.length === 3 && places[1]?.kind === 'member' ? [{ id: places[1].id, name: places[1].name, strength }] : [],
    )
    .sort((a, b) => b.strength - a.strength)[0];
}

/** Their own word, asked for by whoever of us they know: by me, or a colleague gets the task. */
function AskPeople({ one }: { one: FullOpportunity }) {
  const open = (useQuery(surveysQuery).data?.items ?? []).filter(({ closed }) => !closed);
  const [asking, ask] = useState<Survey>();
  const people = one.participants.slice(0, most).map(({ person }) => person);
  const known = useQueries({ queries: people.map(({ id }) => reading(listPaths, { personId: id })) });
  const give = async (person: { id: string; name: string }, colleague: { id: string; name: string }) => {
    try {
      const title = t('interviews.task', { person: person.name, deal: one.name }).slice(0, 300);
      await call(createTask, { title, ownerId: colleague.id, personId: person.id });
      await refresh(listTasks);
      say(t('interviews.taskGiven', { name: colleague.name }));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <div className={classes.askPeople}>
      {open.length > 0 && (
        <Menu>
          <Menu.Target>
            <Button variant="default" leftSection={<IconMailQuestion size={18} aria-hidden />}>
              {t('interviews.askPeople')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {open.map((survey) => (
              <Menu.Item key={survey.id} onClick={() => ask(survey)}>
                {survey.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <ul>
        {people.flatMap((person, at) => {
          const colleague = known[at]?.data && knower(known[at].data);
          if (!colleague) return [];
          return [
            <li key={person.id}>
              {t('interviews.knows', { colleague: colleague.name, person: person.name || t('contacts.nameless') })}{' '}
              <Button size="compact-sm" variant="subtle" onClick={() => void give(person, colleague)}>
                {t('interviews.giveTask', { colleague: colleague.name })}
              </Button>
            </li>,
          ];
        })}
      </ul>
      {asking && (
        <AskContacts
          survey={asking}
          opportunityId={one.id}
          personIds={one.participants.map(({ person }) => person.id)}
          onClose={() => ask(undefined)}
        />
      )}
    </div>
  );
}
