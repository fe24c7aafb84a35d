import { Alert, Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { t } from '../../i18n.ts';
import classes from './Settings.module.css';

/** A link or key that is shown once, to be copied now. */
export function Secret({ title, value, children }: { title: string; value: string; children?: ReactNode }) {
  return (
    <Alert color="teal" title={title} mb="lg" role="status">
      {children}
      <code className={classes.secret}>{value}</code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button
            size="sm"
            onClick={copy}
            leftSection={copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
          >
            {t(copied ? 'shell.copied' : 'shell.copy')}
          </Button>
        )}
      </CopyButton>
    </Alert>
  );
}
