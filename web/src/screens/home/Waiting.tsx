import { useQuery } from '@tanstack/react-query';
import { t } from '../../i18n.ts';
import { Lines } from '../../ui/Lines.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { dueQuery } from '../tasks/queries.ts';
import { TaskLine } from '../tasks/TaskLine.tsx';

/** What waits for me: tasks that are due within a week, or late. */
export function WaitingForMe() {
  const tasks = useQuery(dueQuery()).data?.items ?? [];
  if (tasks.length === 0) return null;
  return (
    <Section
      title={t('tasks.waiting')}
      actions={
        <ButtonLink to="/tasks" variant="subtle" size="compact-md">
          {t('tasks.all')}
        </ButtonLink>
      }
    >
      <Lines>
        {tasks.map((task) => (
          <TaskLine key={task.id} task={task} />
        ))}
      </Lines>
    </Section>
  );
}
