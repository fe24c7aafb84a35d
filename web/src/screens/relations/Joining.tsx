import { Button, Modal, Stack } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { type Group, type GroupColleague, joinGroup, leaveGroup } from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { type BelongingDraft, BelongingFields, saidOf } from './BelongingFields.tsx';
import classes from './Groups.module.css';
import { refreshGroups } from './groupQueries.ts';

/** That I belong myself: said by me, and taken back by me. */
export function Joining({ group }: { group: Group }) {
  const [saying, setSaying] = useState(false);
  const mine = group.colleagues.find(({ me }) => me);
  return (
    <>
      {mine ? (
        <Button variant="default" onClick={() => void leave(group.id, mine)}>
          {t('groups.leave')}
        </Button>
      ) : (
        <Button variant="default" leftSection={<IconCheck size={18} aria-hidden />} onClick={() => setSaying(true)}>
          {t('groups.join')}
        </Button>
      )}
      {saying && <Saying groupId={group.id} onClose={() => setSaying(false)} />}
    </>
  );
}

function Saying({ groupId, onClose }: { groupId: string; onClose: () => void }) {
  const empty: BelongingDraft = { role: 'member', since: '', until: '', shared: true };
  const form = useForm<BelongingDraft>(empty, async (draft) => {
    await call(joinGroup, { groupId, ...saidOf(draft) });
    await refreshGroups();
    say(t('groups.joined'));
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={t('groups.joinTitle')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <p className={classes.quiet}>{t('groups.joinLead')}</p>
          <BelongingFields form={form} />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('groups.join')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

async function leave(groupId: string, { role, since, until }: GroupColleague): Promise<void> {
  try {
    await call(leaveGroup, { groupId });
    await refreshGroups();
    offerUndo(t('groups.left'), async () => {
      await call(joinGroup, { groupId, role, since, until });
      await refreshGroups();
    });
  } catch (error) {
    sayError(error);
  }
}
