import { SegmentedControl, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../../i18n.ts';
import { changeLanguage, currentLanguage } from '../../language.ts';
import { useTitle } from '../../ui/Page.tsx';
import classes from './Door.module.css';

interface DoorProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}

/** What stands before one is inside: sign in, set up, join, reset. */
export function Door({ title, lead, children }: DoorProps) {
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
      <main className={classes.main}>
        <Title order={1} mb={4}>
          {title}
        </Title>
        {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        {children}
      </main>
      <footer className={classes.foot}>{t('identity.promise')}</footer>
    </div>
  );
}
