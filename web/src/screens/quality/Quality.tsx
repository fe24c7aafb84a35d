import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';
import { countsQuery } from './queries.ts';
import { waitingWord } from './Waiting.tsx';

/** The quality of the reference: who is the same, who decided so, and how healthy it all is. */
export function Quality() {
  const { total = 0, more = false } = useQuery(countsQuery({})).data ?? {};
  return (
    <>
      <Tabs
        width="wide"
        label={t('shell.quality')}
        tabs={[
          {
            to: '/quality',
            label: `${t('quality.hunt')}${total > 0 ? ` (${waitingWord(total, more)})` : ''}`,
            exact: true,
          },
          { to: '/quality/groups', label: t('quality.groups') },
          { to: '/quality/decisions', label: t('quality.decisions') },
          { to: '/quality/verify', label: t('quality.verify') },
          { to: '/quality/cleaning', label: t('cleaning.title') },
          { to: '/quality/archive', label: t('quality.archive') },
          { to: '/quality/health', label: t('quality.health') },
          { to: '/quality/map', label: t('dataMap.title') },
          { to: '/quality/lead-days', label: t('leadDays.title') },
        ]}
      />
      <Outlet />
    </>
  );
}
