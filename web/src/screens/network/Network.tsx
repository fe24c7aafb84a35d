import { Outlet } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';

/** Who knows whom: ways to people, and what one tells of one's own ties. */
export function Network() {
  return (
    <>
      <Tabs
        label={t('network.title')}
        tabs={[
          { to: '/network', label: t('network.paths'), exact: true },
          { to: '/network/picture', label: t('network.picture') },
          { to: '/network/ties', label: t('network.ties') },
        ]}
      />
      <Outlet />
    </>
  );
}
