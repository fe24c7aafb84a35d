import { Button, Checkbox, Modal, Radio, Stack } from '@mantine/core';
import { type FullScenario, publish } from '../../../../server/scenarios/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { refreshPlan } from '../plan/queries.ts';
import { refreshScenarios } from './queries.ts';

/** Lets a draft run: what becomes of those on their way, and of those whom it is for already. */
export function PublishDialog({ scenario, onClose }: { scenario: FullScenario; onClose: () => void }) {
  const me = useMe();
  const { id: scenarioId, edition, draft, at, owner, published } = scenario;
  const there = new Set(draft.nodes.map(({ id }) => id));
  const inFlight = at.reduce((sum, { people }) => sum + people, 0);
  const movable = at.filter(({ nodeId }) => there.has(nodeId)).reduce((sum, { people }) => sum + people, 0);
  const mine = owner.id === me.memberId;
  const form = useForm({ inFlight: 'stay' as 'stay' | 'move', takeIn: false }, async (said) => {
    const { version, moved, stayed } = await call(publish, { scenarioId, edition, ...said });
    await Promise.all([refreshScenarios(), refreshPlan()]);
    onClose();
    say(t('scenarios.published', { version, moved, stayed }));
  });
  const { values, set } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('scenarios.publish')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="md">
          <p style={{ margin: 0 }}>
            {t(mine ? 'scenarios.publish.mine' : 'scenarios.publish.others', { name: owner.name })}
          </p>
          {published && inFlight > 0 && (
            <Radio.Group
              label={t('scenarios.publish.inFlight', { count: inFlight })}
              value={values.inFlight}
              onChange={(value) => set('inFlight', value as 'stay')}
            >
              <Stack gap="xs" mt="xs">
                <Radio value="stay" label={t('scenarios.publish.stay')} />
                <Radio
                  value="move"
                  label={t('scenarios.publish.move', { moved: movable, stayed: inFlight - movable })}
                />
              </Stack>
            </Radio.Group>
          )}
          {draft.entry.kind === 'segment' && (
            <Checkbox
              label={t('scenarios.publish.takeIn')}
              description={t('scenarios.publish.takeIn.hint')}
              checked={values.takeIn}
              onChange={({ currentTarget }) => set('takeIn', currentTarget.checked)}
            />
          )}
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} disabled={!mine} style={{ alignSelf: 'flex-end' }}>
            {t('scenarios.publish.do')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
