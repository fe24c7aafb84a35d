import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { sendTrials, startSending } from '../../../../server/campaigns/contract.ts';
import type { FullCampaign } from '../../../../server/plan/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { say, sayProblem } from '../../ui/undo.tsx';
import { useMemberChoices } from '../plan/Forms.tsx';
import { refreshPlan } from '../plan/queries.ts';
import { refreshSending } from './queries.ts';
import { sayWhyNot } from './words.ts';

const close = () => ({ 'aria-label': t('shell.close') });

/** Sends the content to some members, as somebody made up would get it. */
export function Trials({ campaignId, onClose }: { campaignId: string; onClose: () => void }) {
  const members = useMemberChoices();
  const [memberIds, choose] = useState<string[]>([]);
  const [sending, send] = useState(false);
  const submit = async () => {
    send(true);
    try {
      const { queued, stops } = await call(sendTrials, { campaignId, memberIds });
      if (stops.length > 0) sayProblem(t('campaigns.stops', { count: stops.length }));
      else say(t('campaigns.tried', { count: queued }));
      onClose();
    } catch (error) {
      sayWhyNot(error);
      send(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t('campaigns.try')} closeButtonProps={close()}>
      <Stack gap="sm">
        <ManyChoice
          label={t('campaigns.try.to')}
          description={t('campaigns.try.hint')}
          data={members}
          searchable
          maxValues={20}
          value={memberIds}
          onChange={choose}
        />
        <Group justify="flex-end">
          <Button loading={sending} disabled={memberIds.length === 0} onClick={() => void submit()}>
            {t('campaigns.try.send')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The planned day and time where they are to come, in the terms of a field. */
function plannedAt({ plannedOn, plannedTime }: FullCampaign): string {
  const at = plannedOn ? `${plannedOn}T${plannedTime ?? '09:00'}` : '';
  return at !== '' && new Date(at) > new Date() ? at : '';
}

/** Has a campaign sent: at once, or at a time. */
export function Starting({ campaign, onClose }: { campaign: FullCampaign; onClose: () => void }) {
  const [at, setAt] = useState(plannedAt(campaign));
  const [sending, send] = useState(false);
  const submit = async (when: string | null) => {
    send(true);
    try {
      await call(startSending, { campaignId: campaign.id, at: when });
      onClose();
    } catch (error) {
      sayWhyNot(error);
      send(false);
    }
    await Promise.all([refreshSending(), refreshPlan()]);
  };
  return (
    <Modal opened onClose={onClose} title={t('campaigns.start')} closeButtonProps={close()}>
      <Stack gap="sm">
        <p style={{ margin: 0 }}>{t('campaigns.start.lead')}</p>
        <Button loading={sending} onClick={() => void submit(null)}>
          {t('campaigns.start.now')}
        </Button>
        <TextInput
          type="datetime-local"
          label={t('campaigns.start.at')}
          value={at}
          onChange={({ currentTarget }) => setAt(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button
            variant="default"
            loading={sending}
            disabled={at === ''}
            onClick={() => void submit(new Date(at).toISOString())}
          >
            {t('campaigns.start.then')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Stopping cannot be undone: it says what will be. */
export function Stopping({ waiting, onStop, onClose }: { waiting: number; onStop: () => void; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={t('campaigns.stop')} closeButtonProps={close()}>
      <Stack gap="sm">
        <p style={{ margin: 0 }}>{t('campaigns.stop.lead', { count: waiting })}</p>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button color="red" onClick={onStop}>
            {t('campaigns.stop.do')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
