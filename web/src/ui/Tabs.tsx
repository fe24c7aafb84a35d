import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './Tabs.module.css';

interface TabsProps {
  label: string;
  tabs: { to: LinkProps['to']; label: ReactNode; exact?: boolean }[];
  /** As wide as the pages below. */
  width?: 'reading' | 'wide';
}

/** The screens of one area, side by side. */
export function Tabs({ label, tabs, width = 'reading' }: TabsProps) {
  return (
    <nav aria-label={label} className={classes.tabs} data-width={width}>
      {tabs.map(({ to, label: text, exact = false }) => (
        <Link
          key={to}
          to={to}
          className={classes.tab}
          activeOptions={{ exact, includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}
