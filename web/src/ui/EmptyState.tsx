import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './EmptyState.module.css';

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  /** What this is for. */
  text: ReactNode;
  /** The one next step. */
  action?: ReactNode;
  /** Level of the title: 1 where nothing else is on the page. */
  level?: 1 | 2;
}

export function EmptyState({ icon, title, text, action, level = 2 }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      <div className={classes.icon} aria-hidden>
        {icon}
      </div>
      <Title order={level}>{title}</Title>
      <p className={classes.text}>{text}</p>
      {action}
    </div>
  );
}
