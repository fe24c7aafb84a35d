import { Outlet } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';

export function Settings() {
  return (
    <>
      <Tabs
        label={t('shell.settings')}
        tabs={[
          { to: '/settings/me', label: t('shell.me') },
          { to: '/settings/notices', label: t('shell.noticeSettings') },
          { to: '/settings/books', label: t('shell.books') },
          { to: '/settings/members', label: t('shell.members') },
          { to: '/settings/teams', label: t('shell.teams') },
          { to: '/settings/keys', label: t('shell.keys') },
        ]}
      />
      <Outlet />
    </>
  );
}
