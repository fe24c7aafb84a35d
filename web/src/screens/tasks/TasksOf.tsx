import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Person } from '../../../../server/cards/contract.ts';
import { t } from '../../i18n.ts';
import { tasksOfQuery } from './queries.ts';
import { TaskEditor } from './TaskEditor.tsx';
import { TaskLine } from './TaskLine.tsx';
import classes from './Tasks.module.css';

/** What I have to do about a person, or gave to others. */
export function TasksOf({ person }: { person: Person }) {
  const tasks = useQuery(tasksOfQuery(person.id)).data?.items ?? [];
  const [writing, write] = useState(false);
  return (
    <section aria-label={t('tasks.ofPerson')} className={`${classes.part} no-print`}>
      <div className={classes.head}>
        <h2 className={classes.title}>{t('tasks.ofPerson')}</h2>
        <Button
          variant="subtle"
          size="compact-md"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => write(true)}
        >
          {t('tasks.new')}
        </Button>
      </div>
      <ul className={`${classes.list} ${classes.bare}`}>
        {tasks.map((task) => (
          <TaskLine key={task.id} task={task} plain />
        ))}
      </ul>
      {writing && <TaskEditor about={person} onClose={() => write(false)} />}
    </section>
  );
}
