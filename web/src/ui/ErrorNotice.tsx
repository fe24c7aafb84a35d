import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError } from '../api.ts';
import { t } from '../i18n.ts';

/** What happened, what is not lost and what to do, in words. */
export function messageOf(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.internal');
  // Where no name is taken, somebody else, or a second click, was first.
  const taken = Object.values(error.fields).includes('taken');
  return t(error.code === 'conflict' && !taken ? 'error.changed' : `error.${error.code}`);
}

interface ErrorNoticeProps {
  error: unknown;
  onRetry?: () => void;
}

export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  if (!error) return null;
  const reference = error instanceof ApiError ? error.requestId : undefined;
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Text>{messageOf(error)}</Text>
      {reference !== undefined && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('shell.errorReference', { id: reference })}
        </Text>
      )}
      {onRetry !== undefined && (
        <Button mt="xs" size="xs" variant="default" onClick={onRetry}>
          {t('shell.retry')}
        </Button>
      )}
    </Alert>
  );
}
