import { Button, Group, Modal, Stack } from '@mantine/core';
import { IconDownload, IconMailbox, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Batch,
  callBackBatch,
  listBatches,
  makeAnew,
  makeBatches,
  postBatch,
} from '../../../../server/letters/contract.ts';
import { ApiError, apiBase, call, fetchFile } from '../../api.ts';
import { ago, longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { saveBlob } from '../../ui/saving.ts';
import { say, sayError, sayProblem } from '../../ui/undo.tsx';
import classes from './Letters.module.css';

/** What writes the letters. */
type Of = 'campaign' | 'scenario';

interface Props {
  of: Of;
  /** Of the campaign or the scenario. */
  id: string;
  /** They go in my name. */
  mine: boolean;
  /** Something was posted, called back or made: what stands on it is read anew. */
  onChange: () => Promise<unknown>;
}

/** The letters of a campaign or a scenario on paper: printed and posted by whose name they go in, batch by batch. */
export function Batches({ of, id, mine, onChange }: Props) {
  const { data } = useQuery({
    ...reading(listBatches, { campaignId: id }),
    refetchInterval: ({ state }) => ((state.data?.items ?? []).some(isOpen) ? 2000 : of === 'campaign' ? 5000 : 30_000),
  });
  if (!data || (of === 'scenario' && data.items.length === 0 && !data.waiting)) return null;
  const refreshAll = () => Promise.all([refresh(listBatches), onChange()]);
  const lead = of === 'scenario' ? 'letters.batches.ofScenario' : 'letters.batches';
  return (
    <section aria-label={t('letters.batches')}>
      <h3>{t('letters.batches')}</h3>
      <p className={classes.quiet}>
        {t(
          of === 'scenario'
            ? mine
              ? lead
              : 'letters.batches.ofScenario.others'
            : `letters.batches.${mine ? 'lead' : 'others'}`,
        )}
      </p>
      {of === 'campaign' && data.items.length === 0 && <p role="status">{t('letters.batches.none')}</p>}
      {data.waiting && <Waiting id={id} waiting={data.waiting} refreshAll={refreshAll} />}
      <ul className={classes.batches}>
        {data.items.map((batch) => (
          <li key={batch.id}>
            <One {...{ of, id, batch, refreshAll }} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const isOpen = ({ state }: Batch): boolean => state === 'making' || state === 'ready';

function sayWhyNot(error: unknown): void {
  const [field, why] = error instanceof ApiError ? (Object.entries(error.fields)[0] ?? []) : [];
  const words = told(`letters.not.${field}.${why}`);
  if (words) sayProblem(words);
  else sayError(error);
}

/** One thing at a time; what stands there is read anew after each. */
function useDoing(refreshAll: () => Promise<unknown>) {
  const [busy, work] = useState(false);
  const doing = async (what: () => Promise<void>) => {
    work(true);
    await what().catch(sayWhyNot);
    await refreshAll();
    work(false);
  };
  return { busy, doing };
}

interface Pile {
  id: string;
  waiting: { letters: number; since: string };
  refreshAll: () => Promise<unknown>;
}

/** Letters that gather until somebody has them made. */
function Waiting({ id, waiting: { letters, since }, refreshAll }: Pile) {
  const { busy, doing } = useDoing(refreshAll);
  const make = () =>
    doing(async () => {
      const made = await call(makeBatches, { campaignId: id });
      say(t('letters.made', { count: made.letters }));
    });
  return (
    <>
      <p role="status">{t('letters.waiting', { count: letters, since: longInstant(since) })}</p>
      {letters > 0 && (
        <Button className="no-print" loading={busy} onClick={() => void make()}>
          {t('letters.make', { count: letters })}
        </Button>
      )}
    </>
  );
}

type Out = { name: string; firstPage: number; pages: number }[];

function One({ of, id, batch, refreshAll }: { of: Of; id: string; batch: Batch; refreshAll: Pile['refreshAll'] }) {
  const { id: batchId, no, state, mine, planned, letters, pages, endedAt } = batch;
  const { busy, doing } = useDoing(refreshAll);
  const [takeOut, setTakeOut] = useState<Out>([]);
  const [asking, ask] = useState(false);
  const asked = { campaignId: id, batchId };
  const download = () =>
    doing(async () => {
      const { blob } = await fetchFile(`${apiBase}/plan/campaigns/${id}/batches/${batchId}/file`);
      saveBlob(blob, `${t('letters.batch', { no })}.pdf`);
    });
  const post = () =>
    doing(async () => {
      const answer = await call(postBatch, { ...asked, takenOut: takeOut.map(({ firstPage }) => firstPage) });
      // What was said to lie aside already lies there.
      setTakeOut((before) => (answer.takeOut.length === 0 ? [] : [...before, ...answer.takeOut]));
      if (answer.takeOut.length === 0) say(t('letters.batch.posted.done', { count: answer.posted }));
    });
  const anew = () =>
    doing(async () => {
      await call(makeAnew, asked);
      setTakeOut([]);
      say(t('letters.batch.anew.done'));
    });
  const callBack = () =>
    doing(async () => {
      ask(false);
      const { calledBack } = await call(callBackBatch, asked);
      say(t('letters.batch.calledBack', { count: calledBack }));
    });
  return (
    <>
      <p className={classes.batch}>
        <strong>{t('letters.batch', { no })}</strong>{' '}
        <span role="status">
          {t(`letters.batch.${state}`, { planned, letters, pages, when: endedAt ? ago(endedAt) : '' })}
        </span>
      </p>
      {takeOut.length > 0 && <TakeOut of={takeOut} />}
      {mine && state === 'ready' && (
        <Group gap="sm" className="no-print">
          <Button
            variant="default"
            leftSection={<IconDownload size={18} aria-hidden />}
            onClick={() => void download()}
          >
            {t('letters.batch.download')}
          </Button>
          <Button loading={busy} leftSection={<IconMailbox size={18} aria-hidden />} onClick={() => void post()}>
            {t('letters.batch.post')}
          </Button>
          <Button variant="default" leftSection={<IconRefresh size={18} aria-hidden />} onClick={() => void anew()}>
            {t('letters.batch.anew')}
          </Button>
          <Button variant="subtle" color="red" onClick={() => ask(true)}>
            {t('letters.batch.callBack')}
          </Button>
        </Group>
      )}
      {asking && <CallingBack {...{ of, no }} onClose={() => ask(false)} onCallBack={() => void callBack()} />}
    </>
  );
}

const TakeOut = ({ of }: { of: Out }) => (
  <div role="alert" className={classes.problem}>
    <p>{t('letters.batch.takeOut.lead')}</p>
    <ul aria-label={t('letters.batch.takeOut')}>
      {of.map((one) => (
        <li key={one.firstPage} dir="auto">
          {t('letters.batch.takeOut.page', {
            ...{ pages: one.pages, first: one.firstPage, last: one.firstPage + one.pages - 1, name: one.name },
          })}
        </li>
      ))}
    </ul>
  </div>
);

interface Asking {
  of: Of;
  no: number;
  onClose: () => void;
  onCallBack: () => void;
}

const CallingBack = ({ of, no, onClose, onCallBack }: Asking) => (
  <Modal
    opened
    onClose={onClose}
    title={t('letters.batch.callBack.title', { no })}
    closeButtonProps={{ 'aria-label': t('shell.close') }}
  >
    <Stack gap="sm">
      <p style={{ margin: 0 }}>
        {t(of === 'scenario' ? 'letters.batch.callBack.lead.scenario' : 'letters.batch.callBack.lead')}
      </p>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('shell.cancel')}
        </Button>
        <Button color="red" onClick={onCallBack}>
          {t('letters.batch.callBack')}
        </Button>
      </Group>
    </Stack>
  </Modal>
);
