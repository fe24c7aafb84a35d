import { CloseButton, Progress } from '@mantine/core';
import { IconArrowBackUp, IconBan, IconCheck, IconEye, IconFileAlert, IconLoader2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { cancelImport, type ImportRecord, listImports, removeImport } from '../../../../server/sources/contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Imports.module.css';
import { problemOf } from './problem.ts';
import { progressOf } from './progress.ts';
import { adoptImport, isMoving } from './queries.ts';

const icons = {
  analysing: IconLoader2,
  ready: IconEye,
  queued: IconLoader2,
  running: IconLoader2,
  done: IconCheck,
  cancelled: IconBan,
  failed: IconFileAlert,
  unreadable: IconFileAlert,
  undone: IconArrowBackUp,
} as const;

/** One import in the list: its file, where it stands, and the way to it. */
export function ImportLine({ record }: { record: ImportRecord }) {
  const Icon = icons[record.state];
  const percent = progressOf(record);
  return (
    <li className={classes.line} data-state={record.state}>
      <Icon size={20} stroke={1.6} aria-hidden className={classes.icon} />
      <div className={classes.main}>
        <Link to="/imports/$importId" params={{ importId: record.id }} className={classes.link}>
          {record.fileName}
        </Link>
        <span className={classes.quiet}>{sentenceOf(record)}</span>
        {record.state === 'running' && (
          <Progress
            value={percent ?? 100}
            animated={percent === null}
            size="sm"
            aria-label={t('imports.progressOf', { file: record.fileName })}
          />
        )}
      </div>
      <time className={classes.quiet} dateTime={record.createdAt}>
        {isMoving(record) ? t(`imports.state.${record.state}`) : ago(record.createdAt)}
      </time>
      <Leave record={record} />
    </li>
  );
}

/** What waits can be given up; what brought nothing can leave the list. */
function Leave({ record: { id: importId, state, fileName: file } }: { record: ImportRecord }) {
  const waits = state === 'ready';
  if (!waits && state !== 'unreadable' && state !== 'failed' && state !== 'cancelled') return null;
  const leave = async () => {
    try {
      if (waits) await adoptImport(await call(cancelImport, { importId }));
      else {
        await call(removeImport, { importId });
        await refresh(listImports);
        say(t('imports.removed', { file }));
      }
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <CloseButton
      className={classes.aside}
      aria-label={t(waits ? 'imports.discardOne' : 'imports.removeOne', { file })}
      onClick={() => void leave()}
    />
  );
}

/** Where an import stands, in one sentence. */
function sentenceOf(record: ImportRecord): string {
  const { state, preview, report, progress } = record;
  if (state === 'ready') return t('imports.line.ready', { count: preview?.contacts ?? 0 });
  if (state === 'running')
    return t('imports.line.running', {
      read: progress.read,
      total: progress.total ?? 0,
      known: progress.total === null ? 'no' : 'yes',
    });
  if (state === 'done')
    return t('imports.line.done', { created: report.created, updated: report.updated, failed: report.failed });
  if (state === 'unreadable' || state === 'failed') return problemOf(record);
  return t(`imports.line.${state}`);
}
