import { Alert, Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { WithSecret } from '../../../../server/distribution/contract.ts';
import { t } from '../../i18n.ts';
import settings from '../settings/Settings.module.css';
import classes from './Webhooks.module.css';

/** The signing secret, shown once. */
export function Secret({ made: { endpoint, secret } }: { made: WithSecret }) {
  return (
    <Alert color="teal" title={t('webhooks.ready', { name: endpoint.name })} mb="lg" role="status">
      <p className={classes.once}>{t('webhooks.once')}</p>
      <div className={classes.secret}>
        <code className={settings.secret}>{secret}</code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button
              variant="subtle"
              size="compact-md"
              onClick={copy}
              aria-label={t('webhooks.copySecret')}
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            >
              {t(copied ? 'shell.copied' : 'shell.copy')}
            </Button>
          )}
        </CopyButton>
      </div>
    </Alert>
  );
}
