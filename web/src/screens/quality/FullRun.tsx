import { Button, Progress } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { getHealth, startFullRun } from '../../../../server/matching/contract.ts';
import { call } from '../../api.ts';
import { ago, percent } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import classes from './Health.module.css';
import type { HealthReport } from './Health.tsx';

/** The last time everything was matched anew, how far it is, and a new one. */
export function FullRun({ run }: { run: HealthReport['run'] }) {
  const admin = useMe().role === 'admin';
  const start = useMutation({
    mutationFn: async () => {
      await call(startFullRun, {});
      await refresh(getHealth);
    },
  });
  const running = run?.state === 'running';
  return (
    <div className={classes.run}>
      <p role="status">{runWords(run)}</p>
      {running && <Progress value={run.progress * 100} size="lg" aria-label={t('quality.run.progress')} />}
      <ErrorNotice error={start.error} />
      {admin && !running && (
        <Button
          variant="default"
          leftSection={<IconRefresh size={18} aria-hidden />}
          loading={start.isPending}
          onClick={() => start.mutate()}
        >
          {t('quality.run.start')}
        </Button>
      )}
    </div>
  );
}

function runWords(run: HealthReport['run']): string {
  if (run === null) return t('quality.run.never');
  if (run.state === 'running') return t('quality.run.running', { share: percent(run.progress) });
  const when = ago(run.finishedAt ?? run.startedAt);
  if (run.state === 'failed') return t('quality.run.failed', { when });
  return t('quality.run.done', { when, linked: run.linked, unlinked: run.unlinked, proposed: run.proposed });
}
