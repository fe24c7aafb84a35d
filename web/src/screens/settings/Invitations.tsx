import { Alert, Button, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  createInvitation,
  createInvitations,
  invitedAtOnce,
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
import { addressesIn } from './addresses.ts';
import { Secret } from './Secret.tsx';
import classes from './Settings.module.css';

type Made = Output<typeof createInvitations>;

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
      {made && <Links made={made} />}
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

/** What is to be passed on: the link alone, or each address with its own. */
function Links({ made: { items, members, expiresAt } }: { made: Made }) {
  const date = longDate(expiresAt);
  const known = members.length > 0 && (
    <Text>{t('settings.invite.members', { count: members.length, names: members.join(', ') })}</Text>
  );
  if (items.length === 0) return <Alert mb="lg">{known}</Alert>;
  const one = items.length === 1 && members.length === 0;
  return (
    <Secret
      title={one ? t('settings.invite.ready') : t('settings.invite.many', { count: items.length })}
      value={one ? items[0]!.url : items.map(({ email, url }) => `${email}\t${url}`).join('\n')}
    >
      {t(one ? 'settings.invite.once' : 'settings.invite.manyOnce', { date })}
      {known}
    </Secret>
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

interface Draft {
  emails: string;
  role: Role;
  teamIds: string[];
}

/** One link for whoever has it, or one for each address. */
async function send({ emails: pasted, role, teamIds }: Draft): Promise<Made> {
  const { emails } = addressesIn(pasted);
  const terms = { role, teamIds };
  if (emails.length > 1) return call(createInvitations, { ...terms, emails });
  const { invitation, url } = await call(createInvitation, { ...terms, ...(emails[0] && { email: emails[0] }) });
  return { items: [{ email: emails[0] ?? '', url }], members: [], expiresAt: invitation.expiresAt };
}

/** What keeps the pasted text from being sent. */
function problemIn(pasted: string): string | undefined {
  const { emails, others } = addressesIn(pasted);
  if (emails.length > invitedAtOnce) return t('settings.invite.tooMany', { max: invitedAtOnce });
  if (others.length === 0) return undefined;
  return t('settings.invite.notAddress', { count: others.length, words: others.slice(0, 5).join(', ') });
}

function InviteForm({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const form = useForm<Draft>({ emails: '', role: 'member', teamIds: [] }, async (draft) => {
    onMade(await send(draft));
    await refresh(listInvitations);
    onClose();
  });
  const { values, set, problem } = form;
  const [left, setLeft] = useState(false);
  const wrong = problemIn(values.emails);
  return (
    <Modal opened onClose={onClose} title={t('settings.invite')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <Textarea
            name="emails"
            data-autofocus
            autosize
            minRows={2}
            maxRows={10}
            label={t('settings.invite.addresses')}
            description={t('settings.invite.emailHint')}
            value={values.emails}
            error={problem('emails') ?? (left ? wrong : undefined)}
            onBlur={() => setLeft(true)}
            onChange={(event) => set('emails', event.currentTarget.value)}
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
            <Button type="submit" loading={form.sending} disabled={wrong !== undefined}>
              {t('settings.invite.make', { count: addressesIn(values.emails).emails.length })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
