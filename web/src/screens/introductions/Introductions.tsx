import { Outlet } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { Tabs } from '../../ui/Tabs.tsx';
import { AskedCount } from './AskedCount.tsx';
import classes from './Introductions.module.css';

/** Introductions: what I asked for, and what I am asked. */
export function Introductions() {
  return (
    <>
      <Tabs
        label={t('shell.introductions')}
        tabs={[
          { to: '/introductions', label: t('introductions.mine'), exact: true },
          {
            to: '/introductions/asked',
            label: (
              <>
                {t('introductions.asked')} <AskedCount className={classes.count} />
              </>
            ),
          },
        ]}
      />
      <Outlet />
    </>
  );
}
