import { Button } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';

/** What this is for, where no mailbox is read yet. */
export function NoMailbox() {
  return (
    <EmptyState
      icon={<IconMail />}
      title={t('mailboxes.none')}
      text={t('mailboxes.noneText')}
      action={
        <Button component={Link} to="/mail/mailboxes">
          {t('mailboxes.connect')}
        </Button>
      }
    />
  );
}
