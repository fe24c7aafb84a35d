import { ActionIcon, Badge, Button, Group, Menu, Modal, Stack } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import {
  type FullOpportunity,
  listOpportunities,
  type Participant,
  removeParticipant,
  setParticipant,
} from '../../../../server/opportunities/contract.ts';
import { type Role, roles } from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { queryClient, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Face } from '../../ui/Face.tsx';
import { TextLink } from '../../ui/links.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { ViewpointsOf } from '../relations/ViewpointsOf.tsx';
import { PersonChoice } from './choosing.tsx';
import classes from './OpportunityPage.module.css';
import { opportunityQuery } from './queries.ts';

const nameOf = ({ person }: Participant): string => person.name || t('contacts.nameless');

/** The answer of a change is the opportunity as it stands. */
async function adopt(changed: FullOpportunity): Promise<void> {
  queryClient.setQueryData(opportunityQuery(changed.id).queryKey, changed);
  await refresh(listOpportunities);
}

/** Who has a part in an opportunity, as far as I may see them. */
export function Participants({ opportunity }: { opportunity: FullOpportunity }) {
  const [adding, add] = useState(false);
  const { participants } = opportunity;
  const more = (
    <Button
      className="no-print"
      variant="subtle"
      size="compact-md"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => add(true)}
    >
      {t('opportunities.participants.add')}
    </Button>
  );
  return (
    <Section title={t('opportunities.participants')} actions={more}>
      {participants.length === 0 ? (
        <p className={classes.quiet}>{t('opportunities.participants.none')}</p>
      ) : (
        <ul className={classes.participants}>
          {participants.map((one) => (
            <ParticipantLine key={one.person.id} one={one} opportunityId={opportunity.id} />
          ))}
        </ul>
      )}
      {adding && <PartEditor opportunityId={opportunity.id} onClose={() => add(false)} />}
    </Section>
  );
}

function ParticipantLine({ one, opportunityId }: { one: Participant; opportunityId: string }) {
  const me = useMe();
  const [open, setOpen] = useState(false);
  const [editing, edit] = useState(false);
  const name = nameOf(one);
  return (
    <li>
      <div className={classes.participant}>
        <Face id={one.person.id} name={one.person.name} />
        <div className={classes.who}>
          <TextLink to="/people/$personId" params={{ personId: one.person.id }} fw={600}>
            {name}
          </TextLink>
          <span className={classes.roles}>
            {one.roles.map((role) => (
              <Badge key={role} variant="light" tt="none" fw={500}>
                {t(`relations.role.${role}`)}
              </Badge>
            ))}
            {one.roles.length === 0 && <span className={classes.quiet}>{t('opportunities.participants.noRole')}</span>}
            {one.addedBy.id !== me.memberId && (
              <span className={classes.quiet}>
                {t('opportunities.participants.addedBy', { name: one.addedBy.name })}
              </span>
            )}
          </span>
        </div>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon className="no-print" aria-label={t('opportunities.participants.menu', { name })}>
              <IconDots size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => edit(true)}>{t('opportunities.participants.roles')}</Menu.Item>
            <Menu.Item onClick={() => void remove(one, opportunityId)}>
              {t('opportunities.participants.remove')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <details className={classes.viewpoints} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t('opportunities.participants.viewpoints', { name })}</summary>
        {open && <ViewpointsOf person={{ id: one.person.id, name }} opportunityId={opportunityId} />}
      </details>
      {editing && <PartEditor opportunityId={opportunityId} one={one} onClose={() => edit(false)} />}
    </li>
  );
}

async function remove(one: Participant, opportunityId: string): Promise<void> {
  try {
    await adopt(await call(removeParticipant, { opportunityId, personId: one.person.id }));
    offerUndo(t('opportunities.participants.removed', { name: nameOf(one) }), async () =>
      adopt(await call(setParticipant, { opportunityId, personId: one.person.id, roles: one.roles })),
    );
  } catch (error) {
    sayError(error);
  }
}

interface PartEditorProps {
  opportunityId: string;
  /** Whose roles are said anew; left out: somebody is added. */
  one?: Participant;
  onClose: () => void;
}

function PartEditor({ opportunityId, one, onClose }: PartEditorProps) {
  const before: { personId: string | null; roles: Role[] } = {
    personId: one?.person.id ?? null,
    roles: one?.roles ?? [],
  };
  const form = useForm(before, async ({ personId, roles: chosen }) => {
    if (personId === null) return;
    await adopt(await call(setParticipant, { opportunityId, personId, roles: chosen }));
    onClose();
  });
  const title = one
    ? t('opportunities.participants.rolesOf', { name: nameOf(one) })
    : t('opportunities.participants.addTitle');
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          {!one && <PersonChoice onChange={(personId) => form.set('personId', personId)} />}
          <ManyChoice
            label={t('opportunities.participants.roles')}
            value={form.values.roles}
            data={roles.map((value) => ({ value, label: t(`relations.role.${value}`) }))}
            onChange={(chosen) => form.set('roles', chosen as Role[])}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending} disabled={form.values.personId === null}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
