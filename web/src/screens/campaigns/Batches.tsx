import { Button, Group, Modal, Stack } from '@mantine/core';
import { IconDownload, IconMailbox } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Batch, callBackBatch, listBatches, postBatch } from '../../../../server/campaigns/letters-contract.ts';
import { ApiError, call, fetchFile } from '../../api.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { saveBlob } from '../../ui/saving.ts';
import { say, sayError, sayProblem } from '../../ui/undo.tsx';
import { refreshPlan } from '../plan/queries.ts';
import classes from './Campaigns.module.css';
import { refreshSending } from './queries.ts';
import { sayWhyNot } from './words.ts';

const ofCampaign = (campaignId: string) => `/api/v1/plan/campaigns/${campaignId}`;
export const examplesOf = (campaignId: string): string => `${ofCampaign(campaignId)}/letter-examples`;

const refreshAll = () => Promise.all([refresh(listBatches), refreshSending(), refreshPlan()]);

/** The letters of a campaign on paper: printed and posted by whose name they go in, batch by batch. */
export function Batches({ campaignId, mine }: { campaignId: string; mine: boolean }) {
  const { data } = useQuery({
    ...reading(listBatches, { campaignId }),
    refetchInterval: ({ state }) =>
      (state.data?.items ?? []).every(({ state: of }) => of === 'posted' || of === 'called_back') ? 5000 : 2000,
  });
  if (!data) return null;
  return (
    <section aria-label={t('campaigns.batches')}>
      <h3>{t('campaigns.batches')}</h3>
      <p className={classes.quiet}>{t(mine ? 'campaigns.batches.lead' : 'campaigns.batches.others')}</p>
      {data.items.length === 0 && <p role="status">{t('campaigns.batches.none')}</p>}
      <ul className={classes.batches}>
        {data.items.map((batch) => (
          <li key={batch.id}>
            <One {...{ campaignId, batch, mine }} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type Out = { name: string; firstPage: number; pages: number }[];

function One({ campaignId, batch, mine }: { campaignId: string; batch: Batch; mine: boolean }) {
  const { id: batchId, no, state, planned, letters, pages, endedAt } = batch;
  const [busy, work] = useState(false);
  const [takeOut, setTakeOut] = useState<Out>([]);
  const [asking, ask] = useState(false);
  const [fetching, fetch] = useState(false);
  const download = async () => {
    fetch(true);
    try {
      const { blob } = await fetchFile(`${ofCampaign(campaignId)}/batches/${batchId}/file`);
      saveBlob(blob, `${t('campaigns.batch', { no })}.pdf`);
    } catch (error) {
      // The one thing that may stand against it by now; what is said of conflicts elsewhere is about names.
      if (error instanceof ApiError && error.code === 'conflict') sayProblem(t('campaigns.batch.withdrawn'));
      else sayError(error);
    }
    fetch(false);
  };
  const doing = async (what: () => Promise<void>) => {
    work(true);
    await what().catch(sayWhyNot);
    await refreshAll();
    work(false);
  };
  const post = () =>
    doing(async () => {
      const answer = await call(postBatch, { campaignId, batchId });
      setTakeOut(answer.takeOut);
      if (answer.takeOut.length === 0) say(t('campaigns.batch.posted.done', { count: answer.posted }));
    });
  const callBack = () =>
    doing(async () => {
      ask(false);
      const { calledBack } = await call(callBackBatch, { campaignId, batchId });
      say(t('campaigns.batch.calledBack', { count: calledBack }));
    });
  return (
    <>
      <p className={classes.batch}>
        <strong>{t('campaigns.batch', { no })}</strong>{' '}
        <span role="status">
          {t(`campaigns.batch.${state}`, { planned, letters, pages, when: endedAt ? ago(endedAt) : '' })}
        </span>
      </p>
      {takeOut.length > 0 && (
        <div role="alert" className={classes.problem}>
          <p>{t('campaigns.batch.takeOut.lead')}</p>
          <ul aria-label={t('campaigns.batch.takeOut')}>
            {takeOut.map((one) => (
              <li key={one.firstPage} dir="auto">
                {t('campaigns.batch.takeOut.page', {
                  ...{ pages: one.pages, first: one.firstPage, last: one.firstPage + one.pages - 1, name: one.name },
                })}
              </li>
            ))}
          </ul>
        </div>
      )}
      {mine && state === 'ready' && (
        <Group gap="sm" className="no-print">
          <Button
            variant="default"
            loading={fetching}
            leftSection={<IconDownload size={18} aria-hidden />}
            onClick={() => void download()}
          >
            {t('campaigns.batch.download')}
          </Button>
          <Button loading={busy} leftSection={<IconMailbox size={18} aria-hidden />} onClick={() => void post()}>
            {t('campaigns.batch.post')}
          </Button>
          <Button variant="subtle" color="red" onClick={() => ask(true)}>
            {t('campaigns.batch.callBack')}
          </Button>
        </Group>
      )}
      {asking && (
        <Modal
          opened
          onClose={() => ask(false)}
          title={t('campaigns.batch.callBack.title', { no })}
          closeButtonProps={{ 'aria-label': t('shell.close') }}
        >
          <Stack gap="sm">
            <p style={{ margin: 0 }}>{t('campaigns.batch.callBack.lead')}</p>
            <Group justify="flex-end">
              <Button variant="default" onClick={() => ask(false)}>
                {t('shell.cancel')}
              </Button>
              <Button color="red" onClick={() => void callBack()}>
                {t('campaigns.batch.callBack')}
              </Button>
            </Group>
          </Stack>
        </Modal>
      )}
    </>
  );
}
