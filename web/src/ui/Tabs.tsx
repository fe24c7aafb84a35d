import { Link, type LinkProps, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './Tabs.module.css';

interface TabsProps {
  label: string;
  /** `exact`: only its own address is it; `over`: what else belongs to it, by the beginning of its address. */
  tabs: { to: LinkProps['to']; label: ReactNode; exact?: boolean; over?: string[] }[];
  /** As wide as the pages below. */
  width?: 'reading' | 'wide';
  /** Says what they have in common, where several rows stand one above the other. */
  titled?: boolean;
}

/** The screens of one area, side by side. */
export function Tabs({ label, tabs, width = 'reading', titled = false }: TabsProps) {
  const row = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a phone the row is longer than the screen; which tab is shown changes with the path
  useEffect(() => {
    row.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [path]);
  return (
    <nav aria-label={label} className={classes.tabs} data-width={width} ref={row}>
      {titled && <span className={classes.title}>{label}</span>}
      <div className={classes.row}>
        {tabs.map(({ to, label: text, exact = false, over = [] }) => (
          <Link
            key={to}
            to={to}
            className={classes.tab}
            aria-current={over.some((one) => path.startsWith(one)) ? 'true' : undefined}
            activeOptions={{ exact, includeSearch: false }}
            activeProps={{ 'aria-current': 'page' }}
          >
            {text}
          </Link>
        ))}
      </div>
    </nav>
  );
}
