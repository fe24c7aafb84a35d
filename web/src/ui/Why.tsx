import { Popover } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../i18n.ts';
import classes from './Why.module.css';

interface WhyProps {
  /** What is explained, for those who hear the page: "the phone number". */
  what: string;
  /** One sentence, then its evidence. */
  children: ReactNode;
}

/** The small "why?" beside a value, and the answer. */
export function Why({ what, children }: WhyProps) {
  return (
    <Popover hideDetached={false} width={320} position="bottom-start" withArrow trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={classes.why} aria-label={t('shell.whyOf', { what })}>
          {t('shell.why')}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.answer} tabIndex={-1} data-autofocus>
        {children}
      </Popover.Dropdown>
    </Popover>
  );
}
