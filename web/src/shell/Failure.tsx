import { Anchor, Box } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { t } from '../i18n.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';

/** A screen that could not be drawn. */
export function Failure({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <Box maw={560} mx="auto" p="lg">
      <ErrorNotice error={error} onRetry={() => void router.invalidate()} />
    </Box>
  );
}

export function NotFound() {
  return (
    <main>
      <EmptyState
        level={1}
        icon={<IconMapOff />}
        title={t('shell.notFound.title')}
        text={t('shell.notFound.text')}
        action={<Anchor href="/people">{t('shell.notFound.home')}</Anchor>}
      />
    </main>
  );
}
