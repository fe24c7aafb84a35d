import { Alert, Button, Loader, Progress } from '@mantine/core';
import { IconArrowLeft, IconFileAlert } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { cancelImport, type ImportRecord } from '../../../../server/sources/contract.ts';
import { call } from '../../api.ts';
import { fileSize, number } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import classes from './ImportPage.module.css';
import { ImportReport } from './ImportReport.tsx';
import { Preview } from './Preview.tsx';
import { problemOf } from './problem.ts';
import { progressOf, secondsLeft } from './progress.ts';
import { adoptImport, importQuery } from './queries.ts';
import { useElapsed } from './useElapsed.ts';

export function ImportPage() {
  const { importId } = useParams({ from: '/members/imports/$importId' });
  const { data: record, error, refetch } = useQuery(importQuery(importId));
  return (
    <Page
      title={record?.fileName ?? t('imports.title')}
      lead={record && recognisedAs(record)}
      actions={
        <ButtonLink to="/imports" variant="subtle" color="gray" leftSection={<IconArrowLeft size={18} aria-hidden />}>
          {t('imports.all')}
        </ButtonLink>
      }
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {record && <Stage record={record} />}
    </Page>
  );
}

/** "Google contacts, CSV, 48 kB" */
function recognisedAs({ layout, format, size }: ImportRecord): string {
  return [layout && told(`imports.layout.${layout}`), format && told(`imports.format.${format}`), fileSize(size)]
    .filter(Boolean)
    .join(' · ');
}

function Stage({ record }: { record: ImportRecord }) {
  switch (record.state) {
    case 'analysing':
      return (
        <p className={classes.waiting} role="status">
          <Loader size="sm" aria-hidden /> {t('imports.analysing')}
        </p>
      );
    case 'ready':
      return <Preview record={record} />;
    case 'queued':
    case 'running':
      return <Running record={record} />;
    case 'unreadable':
    case 'failed':
      return (
        <Alert color="red" icon={<IconFileAlert aria-hidden />} title={t(`imports.${record.state}.title`)}>
          <p className={classes.problem}>{problemOf(record)}</p>
          <p className={classes.problem}>{t('imports.nothingLost')}</p>
          <ButtonLink to="/imports" variant="default" size="sm">
            {t('imports.another')}
          </ButtonLink>
        </Alert>
      );
    default:
      return <ImportReport record={record} />;
  }
}

function Running({ record }: { record: ImportRecord }) {
  const { read, total } = record.progress;
  const left = secondsLeft(read, total, useElapsed());
  const percent = progressOf(record);
  const cancel = useMutation({ mutationFn: () => call(cancelImport, { importId: record.id }).then(adoptImport) });
  return (
    <section className={classes.running} aria-label={t('imports.progressOf', { file: record.fileName })}>
      <p className={classes.count} role="status">
        {record.state === 'queued'
          ? t('imports.line.queued')
          : t('imports.line.running', { read, total: total ?? 0, known: total === null ? 'no' : 'yes' })}
      </p>
      <Progress
        value={percent ?? 100}
        animated={percent === null}
        size="lg"
        aria-label={t('imports.progressOf', { file: record.fileName })}
      />
      <p className={classes.left}>
        {percent !== null && `${number(Math.floor(percent))} %`}
        {left !== null && ` · ${t('imports.left', { seconds: left, minutes: Math.ceil(left / 60) })}`}
      </p>
      <p className={classes.left}>{t('imports.mayLeave')}</p>
      <ErrorNotice error={cancel.error} />
      <Button variant="default" onClick={() => cancel.mutate()} loading={cancel.isPending}>
        {t('imports.cancel')}
      </Button>
    </section>
  );
}
