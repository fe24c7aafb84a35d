import { Outlet } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { Tabs } from '../../ui/Tabs.tsx';

/** What people did and what happened to them: which kinds are kept, where they come from, what is not taken. */
export function Facts() {
  const { role } = useMe();
  const runs = role === 'admin' || role === 'marketing';
  return (
    <>
      {runs && (
        <Tabs
          label={t('facts.title')}
          tabs={[
            { to: '/facts', label: t('facts.kinds'), exact: true },
            { to: '/facts/sources', label: t('facts.sources') },
            { to: '/facts/files', label: t('facts.files') },
          ]}
        />
      )}
      <Outlet />
    </>
  );
}
