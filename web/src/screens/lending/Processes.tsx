import { ActionIcon, Button, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { IconPencil, IconPlus, IconTargetArrow } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  changeProcess,
  createProcess,
  endProcess,
  listMembers,
  listProcesses,
} from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { Page } from '../../ui/Page.tsx';
import { sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import settings from '../settings/Settings.module.css';
import { dayAhead, dayOf } from './draft.ts';

type Process = Output<typeof listProcesses>['items'][number];

/** Named uses: what they are for, until when, and who runs them. */
export function Processes() {
  const { role } = useMe();
  const opens = role === 'admin' || role === 'marketing';
  const { data, error, refetch } = useQuery(reading(listProcesses, {}));
  const [edited, edit] = useState<Process | 'new' | null>(null);
  const none = data?.items.length === 0;
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => edit('new')}>
      {t('lending.processNew')}
    </Button>
  );
  return (
    <Page
      title={t('lending.processes')}
      width="reading"
      lead={t('lending.processesLead')}
      actions={opens && !none && add}
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={2} />}
      {none && (
        <EmptyState
          icon={<IconTargetArrow />}
          title={t('lending.processNone')}
          text={t('lending.processNoneText')}
          action={opens && add}
        />
      )}
      {data && !none && (
        <Lines>
          {data.items.map((process) => (
            <Line key={process.id} process={process} onEdit={() => edit(process)} />
          ))}
        </Lines>
      )}
      {edited && <Form process={edited === 'new' ? null : edited} onClose={() => edit(null)} />}
    </Page>
  );
}

function Line({ process, onEdit }: { process: Process; onEdit: () => void }) {
  const { role } = useMe();
  const opens = role === 'admin' || role === 'marketing';
  const { id, name, purpose, endsAt, over, members } = process;
  const end = () =>
    call(endProcess, { processId: id })
      .then(() => refresh(listProcesses))
      .catch(sayError);
  const when = endsAt === null ? t('lending.processOpen') : longDate(endsAt);
  return (
    <li className={settings.line}>
      <div className={settings.main}>
        <strong>{name}</strong>
        <span>{purpose}</span>
        <span className={settings.quiet}>
          {endsAt === null ? when : t(over ? 'lending.processOver' : 'lending.processUntil', { day: when })}{' '}
          {members.map((member) => member.name).join(', ')}
        </span>
      </div>
      {role === 'admin' && !over && (
        <ActionIcon aria-label={t('lending.processEdit', { name })} onClick={onEdit}>
          <IconPencil size={18} aria-hidden />
        </ActionIcon>
      )}
      {opens && !over && (
        <Button
          variant="subtle"
          color="red"
          aria-label={t('lending.processEndOne', { name })}
          onClick={() => void end()}
        >
          {t('lending.processEnd')}
        </Button>
      )}
    </li>
  );
}

function Form({ process, onClose }: { process: Process | null; onClose: () => void }) {
  const members = useQuery(reading(listMembers, {})).data?.items ?? [];
  const start = {
    name: process?.name ?? '',
    purpose: process?.purpose ?? '',
    until: process ? dayOf(process.endsAt) : dayAhead(92),
    memberIds: process?.members.map(({ id }) => id) ?? [],
  };
  const form = useForm(start, async ({ until, ...values }) => {
    const terms = { ...values, endsAt: until === '' ? null : new Date(`${until}T23:59:59`).toISOString() };
    await (process ? call(changeProcess, { processId: process.id, ...terms }) : call(createProcess, terms));
    await refresh(listProcesses);
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      title={process ? t('lending.processEdit', { name: process.name }) : t('lending.processNew')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('lending.processName')}
            required
            withAsterisk={false}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <Textarea
            name="purpose"
            label={t('lending.processPurpose')}
            placeholder={t('lending.processExample')}
            required
            withAsterisk={false}
            autosize
            value={values.purpose}
            error={problem('purpose')}
            onChange={(event) => set('purpose', event.currentTarget.value)}
          />
          <TextInput
            type="date"
            name="until"
            label={t('lending.processEnds')}
            value={values.until}
            error={problem('until')}
            onChange={(event) => set('until', event.currentTarget.value)}
          />
          <ManyChoice
            label={t('lending.processMembers')}
            searchable
            value={values.memberIds}
            onChange={(memberIds) => set('memberIds', memberIds)}
            data={members.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('shell.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
