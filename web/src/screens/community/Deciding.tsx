import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Community, decidePost, type Post } from '../../../../server/community/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { sayError } from '../../ui/undo.tsx';
import { refreshCommunity } from './queries.ts';

/** Shows a post, or hides it with a reason that its author reads. */
export function Deciding({ community, post, reported }: { community: Community; post: Post; reported?: boolean }) {
  const [hiding, hide] = useState(false);
  const [reason, write] = useState('');
  const decide = async (show: boolean) => {
    try {
      await call(decidePost, { communityId: community.id, postId: post.id, show, ...(show ? {} : { reason }) });
      hide(false);
      await refreshCommunity();
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Group gap="xs" align="flex-end">
      {(reported || post.state !== 'shown') && (
        <Button size="compact-md" variant="default" onClick={() => void decide(true)}>
          {t(reported ? 'community.leave' : 'community.show')}
        </Button>
      )}
      {!hiding && post.state !== 'hidden' && (
        <Button size="compact-md" variant="default" onClick={() => hide(true)}>
          {t('community.hide')}
        </Button>
      )}
      {hiding && (
        <>
          <TextInput
            data-autofocus
            label={t('community.hide.reason')}
            maxLength={500}
            value={reason}
            onChange={({ currentTarget }) => write(currentTarget.value)}
          />
          <Button disabled={reason.trim() === ''} onClick={() => void decide(false)}>
            {t('community.hide')}
          </Button>
        </>
      )}
    </Group>
  );
}
