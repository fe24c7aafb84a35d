import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { type Community, invite, previewInvitations } from '../../../../server/community/contract.ts';
import { call } from '../../api.ts';
import { spoken, t } from '../../i18n.ts';
import { MailToMany } from '../outreach/MailToMany.tsx';
import { refreshCommunity } from './queries.ts';

/** Invites contacts, to the whole or to a call, by the gate. */
export function Invite({ community, onClose }: { community: Community; onClose: () => void }) {
  const [spaceId, setSpaceId] = useState('');
  const communityId = community.id;
  return (
    <MailToMany
      title={t('community.invite')}
      preview={{
        key: [previewInvitations.name, communityId],
        read: (personIds) => call(previewInvitations, { communityId, personIds }),
      }}
      send={async (personIds, words) => {
        const sent = await call(invite, { communityId, personIds, spaceId: spaceId || null, ...words });
        await refreshCommunity();
        return sent;
      }}
      begin={{ subject: t('community.invite.subject', { name: community.name }), text: t('community.invite.text') }}
      words={{
        allowed: t('community.invite.allowed'),
        send: (count) => t('community.invite.send', { count }),
        sent: (count) => t('community.invite.sent', { count }),
        refusals: 'surveys.refusal',
      }}
      above={
        <NativeSelect
          label={t('community.invite.to')}
          value={spaceId}
          data={[
            { value: '', label: community.name },
            ...community.spaces.map(({ id, name }) => ({ value: id, label: name[spoken()] })),
          ]}
          onChange={({ currentTarget }) => setSpaceId(currentTarget.value)}
        />
      }
      onClose={onClose}
    />
  );
}
