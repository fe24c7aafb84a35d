import { ActionIcon, Button, Modal, Stack, TextInput } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { createTeam, deleteTeam, listMembers, listTeams, updateTeam } from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { meQuery, queryClient, reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { Page } from '../../ui/Page.tsx';
import { useForm } from '../../ui/useForm.ts';
import { DissolveTeam } from './DissolveTeam.tsx';
import classes from './Settings.module.css';

export type Team = Output<typeof listTeams>['items'][number];

export function Teams() {
  const me = useMe();
  const admin = me.role === 'admin';
  const leads = (team: Team) => me.teams.some((mine) => mine.id === team.id && mine.lead);
  const { data, error, refetch } = useQuery(reading(listTeams, {}));
  const [edited, edit] = useState<Team | 'new' | null>(null);
  const [dissolved, dissolve] = useState<Team | null>(null);
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => edit('new')}>
      {t('settings.team.new')}
    </Button>
  );
  const none = data?.items.length === 0;
  return (
    <Page title={t('shell.teams')} width="reading" lead={t('settings.teams.lead')} actions={admin && !none && add}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={2} />}
      {none && (
        <EmptyState
          icon={<IconUsersGroup />}
          title={t('settings.teams.empty')}
          text={t('settings.teams.emptyText')}
          action={admin && add}
        />
      )}
      {data && !none && (
        <Lines>
          {data.items.map((team) => (
            <li key={team.id} className={classes.line}>
              <div className={classes.main}>
                <strong>{team.name}</strong>
                <span className={classes.quiet}>
                  {team.members.map(({ name, lead }) => (lead ? t('settings.team.lead', { name }) : name)).join(', ') ||
                    t('settings.team.nobody')}
                </span>
              </div>
              {(admin || leads(team)) && (
                <>
                  <ActionIcon aria-label={t('settings.team.edit', { name: team.name })} onClick={() => edit(team)}>
                    <IconPencil size={18} aria-hidden />
                  </ActionIcon>
                  {admin && (
                    <ActionIcon
                      aria-label={t('settings.team.dissolve', { name: team.name })}
                      onClick={() => dissolve(team)}
                    >
                      <IconTrash size={18} aria-hidden />
                    </ActionIcon>
                  )}
                </>
              )}
            </li>
          ))}
        </Lines>
      )}
      {edited && <TeamForm team={edited === 'new' ? null : edited} onClose={() => edit(null)} />}
      {dissolved && (
        <DissolveTeam
          team={dissolved}
          onClose={() => dissolve(null)}
          onConfirm={() => call(deleteTeam, { teamId: dissolved.id }).then(refreshTeams)}
        />
      )}
    </Page>
  );
}

async function refreshTeams(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
  await refresh(listTeams, listMembers);
}

function TeamForm({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const members = useQuery(reading(listMembers, {})).data?.items ?? [];
  const admin = useMe().role === 'admin';
  const start = {
    name: team?.name ?? '',
    memberIds: team?.members.map(({ id }) => id) ?? [],
    leadIds: team?.members.filter(({ lead }) => lead).map(({ id }) => id) ?? [],
  };
  const form = useForm(start, async ({ memberIds, ...others }) => {
    // Who leads a team says who is in it, and no more.
    const said = admin ? { ...others, memberIds } : { memberIds };
    await (team === null ? call(createTeam, { ...others, memberIds }) : call(updateTeam, { teamId: team.id, ...said }));
    await refreshTeams();
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      title={team === null ? t('settings.team.new') : t('settings.team.edit', { name: team.name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('settings.team.name')}
            required
            disabled={!admin}
            withAsterisk={false}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <ManyChoice
            label={t('shell.members')}
            searchable
            value={values.memberIds}
            onChange={(memberIds) => {
              set('memberIds', memberIds);
              const left = values.leadIds.filter((id) => memberIds.includes(id));
              set('leadIds', left);
            }}
            data={members
              .filter(({ status }) => status !== 'left')
              .map(({ id, name }) => ({ value: id, label: name, disabled: !admin && start.leadIds.includes(id) }))}
          />
          {admin && (
            <ManyChoice
              label={t('settings.team.leads')}
              description={t('settings.team.leadsHint')}
              value={values.leadIds}
              onChange={(leadIds) => set('leadIds', leadIds)}
              data={members
                .filter(({ id }) => values.memberIds.includes(id))
                .map(({ id, name }) => ({ value: id, label: name }))}
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
