import { Button, Checkbox, Modal, Stack } from '@mantine/core';
import { changeMembership, type Membership } from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useForm } from '../../ui/useForm.ts';
import { type BelongingDraft, BelongingFields, saidOf } from './BelongingFields.tsx';
import { refreshGroups } from './groupQueries.ts';

interface MembershipEditorProps {
  name: string;
  membership: Membership;
  /** Nobody else sees the group. */
  alone: boolean;
  onClose: () => void;
}

/** What I say of somebody's belonging. */
export function MembershipEditor({ name, membership, alone, onClose }: MembershipEditorProps) {
  const { id: membershipId, role, since, until, shared } = membership;
  const before: BelongingDraft = { role, since: since ?? '', until: until ?? '', shared };
  const form = useForm<BelongingDraft>(before, async (draft) => {
    await call(changeMembership, { membershipId, ...saidOf(draft), shared: draft.shared });
    await refreshGroups();
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('groups.membership', { name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <BelongingFields form={form} />
          {!alone && (
            <Checkbox
              label={t('groups.share')}
              description={t('groups.shareHint')}
              checked={form.values.shared}
              onChange={(event) => form.set('shared', event.currentTarget.checked)}
            />
          )}
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('shell.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
