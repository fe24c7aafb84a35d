import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  createInvitation,
  listInvitations,
  listTeams,
  withdrawInvitation,
} from '../../../../server/identity/contract.ts';
import { type Output, type Role, roles } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Secret } from './Secret.tsx';
import classes from './Settings.module.css';

type Made = Output<typeof createInvitation>;

/** Invite by a link: the admin passes it on by whatever way they like. */
export function Invitations() {
  const [inviting, { open, close }] = useDisclosure();
  const [made, setMade] = useState<Made | null>(null);
  const items = useQuery(reading(listInvitations, {})).data?.items ?? [];
  const invite = (
    <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={open}>
      {t('settings.invite')}
    </Button>
  );
  return (
    <Section title={t('settings.invitations')} actions={invite}>
      {made && (
        <Secret title={t('settings.invite.ready')} value={made.url}>
          {t('settings.invite.once', { date: longDate(made.invitation.expiresAt) })}
        </Secret>
      )}
      {items.length === 0 && <p className={classes.quiet}>{t('settings.invitations.none')}</p>}
      {items.length > 0 && (
        <Lines>
          {items.map((invitation) => (
            <li key={invitation.id} className={classes.line}>
              <div className={classes.main}>
                <strong>{invitation.email ?? t('settings.invite.anyone')}</strong>
                <span className={classes.quiet}>
                  {t('settings.invite.by', { who: invitation.invitedBy, date: longDate(invitation.expiresAt) })}
                </span>
              </div>
              <Withdraw invitationId={invitation.id} />
            </li>
          ))}
        </Lines>
      )}
      {inviting && <InviteForm onClose={close} onMade={setMade} />}
    </Section>
  );
}

function Withdraw({ invitationId }: { invitationId: string }) {
  const withdraw = async () => {
    try {
      await call(withdrawInvitation, { invitationId });
      await refresh(listInvitations);
      say(t('settings.invite.withdrawn'));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Button variant="subtle" color="gray" onClick={() => void withdraw()}>
      {t('settings.invite.withdraw')}
    </Button>
  );
}

function InviteForm({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const empty: { email: string; role: Role; teamIds: string[] } = {
    email: '',
    role: 'member',
    teamIds: [],
  };
  const form = useForm(empty, async ({ email, role, teamIds }) => {
    onMade(await call(createInvitation, { role, teamIds, ...(email !== '' && { email }) }));
    await refresh(listInvitations);
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Modal opened onClose={onClose} title={t('settings.invite')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            type="email"
            name="email"
            data-autofocus
            label={t('identity.email')}
            description={t('settings.invite.emailHint')}
            value={values.email}
            error={problem('email')}
            onChange={(event) => set('email', event.currentTarget.value)}
          />
          <Select
            label={t('settings.role')}
            allowDeselect={false}
            value={values.role}
            onChange={(role) => set('role', role as Role)}
            data={roles.map((value) => ({ value, label: t(`settings.role.${value}`) }))}
          />
          {teams.length > 0 && (
            <ManyChoice
              label={t('shell.teams')}
              value={values.teamIds}
              onChange={(teamIds) => set('teamIds', teamIds)}
              data={teams.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('settings.invite.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
