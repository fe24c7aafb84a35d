import { Button, Group } from '@mantine/core';
import { IconArrowBackUp, IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { failuresPath, type ImportRecord, undoImport } from '../../../../server/sources/contract.ts';
import { apiBase, call } from '../../api.ts';
import { longDate, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { say } from '../../ui/undo.tsx';
import classes from './ImportPage.module.css';
import { adoptImport, refreshContacts } from './queries.ts';
import { ToVerify } from './ToVerify.tsx';

const lines = [
  'created',
  'updated',
  'unchanged',
  'identical',
  'ended',
  'revived',
  'warnings',
  'suppressed',
  'failed',
] as const;

/** What an import did, and the ways on and back. */
export function ImportReport({ record }: { record: ImportRecord }) {
  const { report, state, undoableUntil } = record;
  const undo = useMutation({
    mutationFn: async () => {
      await adoptImport(await call(undoImport, { importId: record.id }));
      await refreshContacts();
      say(t('imports.undoneNow'));
    },
  });
  // Lists shown before know nothing of what an import has done since.
  useEffect(() => void refreshContacts(), []);
  const shown = lines.filter((line) => line === 'created' || report[line] > 0);
  return (
    <section aria-label={t('imports.report')}>
      <p className={classes.outcome} role="status">
        {t(`imports.outcome.${state === 'done' || state === 'undone' ? state : 'cancelled'}`)}
      </p>
      {state === 'done' && (
        <dl className={classes.report}>
          {shown.map((line) => (
            <div key={line} data-line={line}>
              <dt>{t(`imports.report.${line}`)}</dt>
              <dd>{number(report[line])}</dd>
            </div>
          ))}
        </dl>
      )}
      {state === 'done' && report.warnings > 0 && <ToVerify importId={record.id} />}
      <Group mt="lg">
        {state === 'done' && (
          <ButtonLink to="/people" search={record.sourceId === null ? {} : { sourceId: record.sourceId }}>
            {t('imports.seeContacts')}
          </ButtonLink>
        )}
        {report.failed > 0 && (
          <Button
            component="a"
            download
            href={apiBase + failuresPath.replace(':importId', record.id)}
            variant="default"
            leftSection={<IconDownload size={18} aria-hidden />}
          >
            {t('imports.failures', { count: report.failed })}
          </Button>
        )}
        {undoableUntil !== null && (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={18} aria-hidden />}
            onClick={() => undo.mutate()}
            loading={undo.isPending}
          >
            {t('imports.undo')}
          </Button>
        )}
      </Group>
      {undoableUntil !== null && (
        <p className={classes.after}>{t('imports.undoUntil', { date: longDate(undoableUntil) })}</p>
      )}
      <ErrorNotice error={undo.error} />
    </section>
  );
}
