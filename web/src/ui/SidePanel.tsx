import { CloseButton, Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { t } from '../i18n.ts';
import classes from './SidePanel.module.css';

interface SidePanelProps {
  label: string;
  onClose: () => void;
  /** What stands left of the close button. */
  actions?: ReactNode;
  children: ReactNode;
}

/** Beside the list where there is room, over it where there is not. */
export function SidePanel({ label, onClose, actions, children }: SidePanelProps) {
  const narrow = useMediaQuery('(max-width: 68em)', undefined, { getInitialValueInEffect: false });
  const head = (
    <div className={classes.head}>
      {actions}
      <CloseButton onClick={onClose} aria-label={t('shell.close')} ml="auto" />
    </div>
  );
  if (narrow) {
    return (
      <Drawer
        opened
        onClose={onClose}
        position="right"
        size="min(100%, 30rem)"
        withCloseButton={false}
        padding={0}
        attributes={{ content: { 'aria-label': label } }}
      >
        {head}
        {children}
      </Drawer>
    );
  }
  return (
    <aside className={classes.panel} aria-label={label}>
      {head}
      {children}
    </aside>
  );
}
