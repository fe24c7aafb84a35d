import { Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import classes from './ImportTray.module.css';
import { progressOf } from './progress.ts';
import { importsQuery, isMoving, refreshContacts } from './queries.ts';
import { useUploads } from './uploads.ts';

/** Lines of the tray; the page of imports shows all. */
const shownFirst = 3;

/** What is under way, wherever one is: it can be left and found again here. */
export function ImportTray() {
  const uploads = useUploads().filter(({ error }) => error === null);
  const moving = (useQuery(importsQuery).data?.items ?? []).filter(isMoving);
  useRefreshAtEnd(moving.length);
  const total = uploads.length + moving.length;
  // What moves first: files in the queue behind it would push the page away.
  const shownUploads = uploads.slice(0, shownFirst);
  const ordered = [...moving].sort((a, b) => Number(b.state === 'running') - Number(a.state === 'running'));
  const shownMoving = ordered.slice(0, shownFirst - shownUploads.length);
  const others = total - shownUploads.length - shownMoving.length;
  if (total === 0) return null;
  return (
    <section className={classes.tray} aria-label={t('imports.tray')}>
      <Link to="/imports" className={classes.title}>
        {t('imports.underWay', { n: total })}
      </Link>
      {shownUploads.map(({ key, fileName, sent, size }) => (
        <div key={key} className={classes.one}>
          <span className={classes.file}>{fileName}</span>
          <Progress
            value={(100 * sent) / Math.max(size, 1)}
            size="xs"
            aria-label={t('imports.sending', { file: fileName })}
          />
        </div>
      ))}
      {shownMoving.map((record) => (
        <Link key={record.id} to="/imports/$importId" params={{ importId: record.id }} className={classes.one}>
          <span className={classes.file}>{record.fileName}</span>
          <span className={classes.count}>
            {record.state === 'running' ? number(record.progress.read) : t(`imports.state.${record.state}`)}
          </span>
          <Progress
            value={progressOf(record) ?? 100}
            animated={progressOf(record) === null}
            size="xs"
            w="100%"
            aria-label={t('imports.progressOf', { file: record.fileName })}
          />
        </Link>
      ))}
      {others > 0 && (
        <Link to="/imports" className={classes.one}>
          {t('imports.underWay.others', { n: others })}
        </Link>
      )}
    </section>
  );
}

/** When one import fewer moves, lists and numbers have changed. */
function useRefreshAtEnd(moving: number): void {
  const before = useRef(moving);
  useEffect(() => {
    if (moving < before.current) void refreshContacts();
    before.current = moving;
  }, [moving]);
}
