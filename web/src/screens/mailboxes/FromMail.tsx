import { Outlet } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';

/** What one's mail tells of people: what to decide, who is in touch, and the mailboxes that are read. */
export function FromMail() {
  return (
    <>
      <Tabs
        label={t('mailboxes.title')}
        tabs={[
          { to: '/mail', label: t('mailboxes.proposals'), exact: true },
          { to: '/mail/correspondents', label: t('mailboxes.correspondents') },
          { to: '/mail/mailboxes', label: t('mailboxes.mailboxes') },
        ]}
      />
      <Outlet />
    </>
  );
}
