import { ActionIcon, Checkbox, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { Task } from '../../../../server/tasks/contract.ts';
import { longDate } from '../../format.ts';
import { before, t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { TextLink } from '../../ui/links.tsx';
import { remove, setDone } from './queries.ts';
import { TaskEditor } from './TaskEditor.tsx';
import classes from './Tasks.module.css';
import { dueWords, isLate } from './words.ts';

const nameOf = ({ name }: NonNullable<Task['contact']>): string => name || t('contacts.nameless');

/** A task: ticked off at the left, changed at the right. @param plain without the contact, where that is whom the page shows */
export function TaskLine({ task, plain = false }: { task: Task; plain?: boolean }) {
  const done = task.doneAt !== null;
  const { title } = task;
  return (
    <li className={classes.task} data-done={done || undefined}>
      <Checkbox
        className={classes.tick}
        checked={done}
        aria-label={t(done ? 'tasks.markOpen' : 'tasks.markDone', { title })}
        onChange={() => void setDone(task, !done)}
      />
      <div className={classes.said}>
        <span className={classes.name}>{title}</span>
        {task.note && <p className={classes.note}>{task.note}</p>}
        <Facts task={task} plain={plain} />
      </div>
      <TaskMenu task={task} />
    </li>
  );
}

function Facts({ task, plain }: { task: Task; plain: boolean }) {
  const me = useMe();
  const facts: ReactNode[] = [
    task.doneAt ? t('tasks.doneOn', { day: longDate(task.doneAt) }) : dueWords(task),
    isLate(task) && (
      <span key="late" className={classes.late}>
        {t('tasks.overdue')}
      </span>
    ),
    task.owner.id !== me.memberId && t('tasks.owner', { name: task.owner.name }),
    task.createdBy.id !== me.memberId && t('tasks.from', { name: task.createdBy.name }),
    !plain && task.contact && (
      <span key="contact">
        {before(t('tasks.about', { name: nameOf(task.contact) }), nameOf(task.contact))}
        <TextLink to="/people/$personId" params={{ personId: task.contact.id }} underline="always" size="sm">
          {nameOf(task.contact)}
        </TextLink>
      </span>
    ),
    task.request && (
      <TextLink
        key="request"
        to={task.request === 'mine' ? '/introductions' : '/introductions/asked'}
        underline="always"
        size="sm"
      >
        {t('tasks.aboutRequest')}
      </TextLink>
    ),
  ].filter(Boolean);
  if (facts.length === 0) return null;
  return (
    <div className={classes.quiet}>
      {facts.map((fact, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the facts of a line keep their places.
        <span key={at}>
          {at > 0 && ' · '}
          {fact}
        </span>
      ))}
    </div>
  );
}

function TaskMenu({ task }: { task: Task }) {
  const me = useMe();
  const [editing, edit] = useState(false);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t('tasks.menu', { title: task.title })}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => edit(true)}>{t('tasks.change')}</Menu.Item>
          {task.createdBy.id === me.memberId && (
            <Menu.Item onClick={() => void remove(task)}>{t('tasks.delete')}</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {editing && <TaskEditor task={task} onClose={() => edit(false)} />}
    </>
  );
}
