import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { leaveUnanswered, type Raised } from '../../../../server/decisions/loop-contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { refreshCases } from './queries.ts';

/** Why somebody is not answered: the one way out of the list without an answer. */
export function ReasonDialog({ caseId, one, onClose }: { caseId: string; one: Raised; onClose: () => void }) {
  const form = useForm({ reason: '' }, async ({ reason }) => {
    await call(leaveUnanswered, { caseId, key: one.key, reason });
    await refreshCases();
    say(t('decisions.loop.noted'));
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('decisions.loop.notOf', { name: one.name || t('conversations.visitor') })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <Textarea
            name="reason"
            required
            withAsterisk={false}
            minLength={3}
            maxLength={500}
            autosize
            minRows={2}
            label={t('decisions.loop.reason')}
            description={t('decisions.loop.reason.help')}
            value={form.values.reason}
            error={form.problem('reason')}
            onChange={({ currentTarget }) => form.set('reason', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
