import { Outlet } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';

/** Delegations: what I lend, what is lent to me, and what has ended. */
export function Lending() {
  return (
    <>
      <Tabs
        label={t('shell.lending')}
        tabs={[
          { to: '/delegations', label: t('lending.mine'), exact: true },
          { to: '/delegations/to-me', label: t('lending.toMe') },
          { to: '/delegations/uses', label: t('lending.processes') },
          { to: '/delegations/ended', label: t('lending.ended') },
        ]}
      />
      <Outlet />
    </>
  );
}
