import { Group, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import classes from './Page.module.css';

interface PageProps {
  title: string;
  /** One or two lines under the title. */
  lead?: ReactNode;
  actions?: ReactNode;
  /** `reading`: a column one can read; `full`: all the room, for lists. */
  width?: 'reading' | 'wide' | 'full';
  children: ReactNode;
}

/** A screen: its title (also the window's), what one can do, and its content. */
export function Page({ title, lead, actions, width = 'wide', children }: PageProps) {
  useTitle(title);
  return (
    <div className={classes.page} data-width={width}>
      <header className={classes.header}>
        <div className={classes.heading}>
          <Title order={1}>{title}</Title>
          {lead !== undefined && <div className={classes.lead}>{lead}</div>}
        </div>
        {actions !== undefined && (
          <Group gap="xs" wrap="nowrap" className={`no-print ${classes.actions}`}>
            {actions}
          </Group>
        )}
      </header>
      {children}
    </div>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – Entregent`;
  }, [title]);
}
