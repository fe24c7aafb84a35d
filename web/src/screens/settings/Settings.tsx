import { Outlet } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { Tabs } from '../../ui/Tabs.tsx';

/** What is mine, and what is the company's, each a row of its own. */
export function Settings() {
  const { role } = useMe();
  const admin = role === 'admin';
  const oversees = admin || role === 'auditor';
  return (
    <>
      <Tabs
        titled
        label={t('settings.mine')}
        tabs={[
          { to: '/settings/me', label: t('shell.me') },
          { to: '/settings/notices', label: t('shell.noticeSettings') },
          { to: '/settings/books', label: t('shell.books') },
          { to: '/settings/connections', label: t('shell.connections') },
          { to: '/settings/devices', label: t('shell.phones') },
          { to: '/settings/messages', label: t('mail.mine') },
          { to: '/settings/keys', label: t('shell.keys') },
          { to: '/settings/bi', label: t('bi.title') },
        ]}
      />
      <Tabs
        titled
        label={t('settings.ofCompany')}
        tabs={[
          { to: '/settings/members', label: t('shell.members') },
          { to: '/settings/teams', label: t('shell.teams') },
          { to: '/settings/charter', label: t('shell.charter') },
          { to: '/settings/apps', label: t('shell.apps') },
          { to: '/settings/channels', label: t('channels.title') },
          ...(admin ? [{ to: '/settings/mail' as const, label: t('mail.title') }] : []),
          ...(admin ? [{ to: '/settings/sign-in' as const, label: t('sso.title') }] : []),
          ...(admin ? [{ to: '/settings/services' as const, label: t('connections.services') }] : []),
          ...(admin ? [{ to: '/settings/destinations' as const, label: t('destinations.title') }] : []),
          ...(admin ? [{ to: '/settings/webhooks' as const, label: t('webhooks.title') }] : []),
          ...(oversees ? [{ to: '/settings/privacy' as const, label: t('privacy.title') }] : []),
          ...(oversees ? [{ to: '/settings/forgets' as const, label: t('ownWord.forgets.title') }] : []),
          ...(oversees ? [{ to: '/settings/adoption' as const, label: t('adoption.title') }] : []),
          ...(oversees ? [{ to: '/settings/audit' as const, label: t('shell.audit') }] : []),
        ]}
      />
      <Outlet />
    </>
  );
}
