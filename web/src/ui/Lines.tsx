import type { ReactNode } from 'react';
import classes from './Lines.module.css';

interface LinesProps {
  /** What stands in it where that is no list item. */
  as?: 'ul' | 'div';
  children: ReactNode;
}

/** Things of one kind below each other, in a frame with a line between them. */
export function Lines({ as: List = 'ul', children }: LinesProps) {
  return <List className={classes.lines}>{children}</List>;
}
