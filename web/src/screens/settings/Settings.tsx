import { Link, type LinkProps, Outlet } from '@tanstack/react-router';
import { type MessageKey, t } from '../../i18n.ts';
import classes from './Settings.module.css';

const tabs: [LinkProps['to'], MessageKey][] = [
  ['/settings/me', 'shell.me'],
  ['/settings/books', 'shell.books'],
  ['/settings/members', 'shell.members'],
  ['/settings/teams', 'shell.teams'],
  ['/settings/keys', 'shell.keys'],
];

export function Settings() {
  return (
    <>
      <nav aria-label={t('shell.settings')} className={classes.tabs}>
        {tabs.map(([to, label]) => (
          <Link key={to} to={to} className={classes.tab} activeProps={{ 'aria-current': 'page' }}>
            {t(label)}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
