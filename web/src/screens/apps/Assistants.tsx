import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { entrance } from '../../../../server/mcp/contract.ts';
import { t } from '../../i18n.ts';
import { Section } from '../../ui/Section.tsx';
import settings from '../settings/Settings.module.css';

/** How one connects an assistant: the address to give it, what it may do, how it ends. */
export function Assistants() {
  const address = location.origin + entrance;
  return (
    <Section title={t('apps.assistant')} lead={t('apps.assistant.lead')}>
      <code className={settings.secret}>{address}</code>
      <CopyButton value={address}>
        {({ copied, copy }) => (
          <Button
            variant="default"
            onClick={copy}
            leftSection={copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
          >
            {t(copied ? 'shell.copied' : 'apps.assistant.copy')}
          </Button>
        )}
      </CopyButton>
      <ul>
        {(['reads', 'writes', 'told', 'closed'] as const).map((what) => (
          <li key={what}>{t(`apps.assistant.${what}`)}</li>
        ))}
      </ul>
    </Section>
  );
}
