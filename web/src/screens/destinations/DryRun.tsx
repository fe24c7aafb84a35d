import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import {
  type Destination,
  listDestinations,
  listRuns,
  type Preview,
  previewDestination,
  startDestination,
} from '../../../../server/destinations/contract.ts';
import { call } from '../../api.ts';
import { t, told } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { say } from '../../ui/undo.tsx';
import classes from './Destinations.module.css';

/** What would leave now, before anything does. */
export function DryRun({ destination, onStarted }: { destination: Destination; onStarted: () => void }) {
  const { id: destinationId, state } = destination;
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['destinations.preview', destinationId],
    queryFn: () => call(previewDestination, { destinationId }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const starting = useMutation({
    mutationFn: (version: number) => call(startDestination, { destinationId, version }),
    onSuccess: async () => {
      await refresh(listDestinations, listRuns);
      say(t('destinations.started'));
      onStarted();
    },
  });
  return (
    <section className={classes.part} aria-label={t('destinations.trial')}>
      <p className={classes.quiet}>{t('destinations.trialText')}</p>
      <ErrorNotice error={error ?? starting.error} onRetry={() => void refetch()} />
      {isFetching && <Loading lines={2} />}
      {data && !isFetching && (
        <>
          <Counts preview={data} />
          <Examples preview={data} />
          {state === 'draft' && (
            <Button loading={starting.isPending} onClick={() => starting.mutate(data.version)}>
              {t('destinations.start')}
            </Button>
          )}
        </>
      )}
    </section>
  );
}

function Counts({ preview }: { preview: Preview }) {
  const { added, changed, removed, unchanged, leftOut, unfit } = preview;
  return (
    <ul className={classes.counts}>
      <li>{t('destinations.preview.added', { count: added })}</li>
      <li>{t('destinations.preview.changed', { count: changed })}</li>
      <li>{t('destinations.preview.removed', { count: removed })}</li>
      <li>{t('destinations.preview.unchanged', { count: unchanged })}</li>
      {leftOut > 0 && <li>{t('destinations.preview.leftOut', { count: leftOut })}</li>}
      {unfit > 0 && <li>{t('destinations.preview.unfit', { count: unfit })}</li>}
    </ul>
  );
}

function Examples({ preview: { examples } }: { preview: Preview }) {
  if (examples.length === 0) return null;
  return (
    <>
      <h3 className={classes.heading}>{t('destinations.examples')}</h3>
      <ul className={classes.examples}>
        {examples.map(({ change, cells }) => (
          <li key={JSON.stringify(cells)}>
            <span className={classes.quiet}>{t(`destinations.example.${change}`)}</span>
            <dl className={classes.cells}>
              {cells.map(([name, value]) => (
                <div key={name}>
                  <dt>{told(`destinations.cell.${name}`) ?? name}</dt>
                  <dd dir="auto">{value}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </>
  );
}
