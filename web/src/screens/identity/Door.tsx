import { SegmentedControl, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../../i18n.ts';
import { changeLanguage, currentLanguage } from '../../language.ts';
import { useTitle } from '../../ui/Page.tsx';
import classes from './Door.module.css';

interface DoorProps {
  title: string;
  lead?: ReactNode;
  /** Below everything, instead of what Entregent promises; null: nothing. */
  foot?: ReactNode;
  /** Room for more than a few fields. */
  wide?: boolean;
  children: ReactNode;
}

/** What stands before one is inside: sign in, set up, join, reset. */
export function Door({ title, lead, foot, wide = false, children }: DoorProps) {
  useTitle(title);
  return (
    <div className={classes.door}>
      <header className={classes.top}>
        <span className={classes.brand}>
          <img src="/icon.svg" alt="" width={28} height={28} />
          Entregent
        </span>
        <SegmentedControl
          size="xs"
          aria-label={t('shell.language')}
          value={currentLanguage()}
          onChange={(locale) => void changeLanguage(locale === 'fr' ? 'fr' : 'en')}
          data={[
            { value: 'fr', label: 'Français' },
            { value: 'en', label: 'English' },
          ]}
        />
      </header>
      <main className={classes.main} data-wide={wide || undefined}>
        <Title order={1} mb={4}>
          {title}
        </Title>
        {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        {children}
      </main>
      <footer className={classes.foot}>{foot === undefined ? t('identity.promise') : foot}</footer>
    </div>
  );
}
