import { Button, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import type { Reason } from '../../../../server/outreach/contract.ts';
import { extendForget } from '../../../../server/self-update/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Reasons } from '../outreach/Reasons.tsx';
import { refreshOwnWord } from './queries.ts';

/** Two months more to answer a wish to be forgotten, with a reason that the person reads. */
export function Extend({ forgetId, compact = false }: { forgetId: string; compact?: boolean }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button size={compact ? 'compact-md' : 'sm'} variant="default" onClick={open}>
        {t('ownWord.forgets.extend')}
      </Button>
      {opened && <ExtendForm forgetId={forgetId} onClose={close} />}
    </>
  );
}

function ExtendForm({ forgetId, onClose }: { forgetId: string; onClose: () => void }) {
  const [refused, setRefused] = useState<Reason[]>();
  const form = useForm({ reason: '' }, async ({ reason }) => {
    const { allowed, reasons, dueAt } = await call(extendForget, { forgetId, reason });
    if (!allowed) return setRefused(reasons);
    say(t('ownWord.forgets.extendDone', { date: longDate(dueAt) }));
    await refreshOwnWord();
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('ownWord.forgets.extend')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <Text>{t('ownWord.forgets.extendText')}</Text>
          <Textarea
            data-autofocus
            name="reason"
            label={t('ownWord.forgets.extendReason')}
            required
            withAsterisk={false}
            minLength={10}
            maxLength={2000}
            autosize
            minRows={3}
            value={form.values.reason}
            error={form.problem('reason')}
            onChange={(event) => form.set('reason', event.currentTarget.value)}
          />
          {refused && (
            <div role="alert">
              <Text>{t('ownWord.forgets.extendRefused')}</Text>
              <Reasons reasons={refused} />
            </div>
          )}
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('ownWord.forgets.extend')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
