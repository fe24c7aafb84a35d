import { Button, Modal, NativeSelect, Group as Row, Stack, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { listTeams } from '../../../../server/identity/contract.ts';
import {
  addLabelled,
  changeGroup,
  createGroup,
  findNearGroups,
  type Group,
  type GroupKind,
  getGroup,
  groupKinds,
} from '../../../../server/relations/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { TextLink } from '../../ui/links.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import classes from './Groups.module.css';
import { refreshGroups } from './groupQueries.ts';
import { LabelChoice } from './LabelChoice.tsx';

interface Draft {
  name: string;
  kind: GroupKind;
  organization: string;
  place: string;
  startsOn: string;
  endsOn: string;
  note: string;
  /** `maker`, `workspace`, or the id of a team. */
  sight: string;
  label: string;
  /** Whoever has the label belongs, later too; else those who have it now are put in. */
  live: boolean;
}

const empty: Draft = {
  name: '',
  kind: 'alumni',
  organization: '',
  place: '',
  startsOn: '',
  endsOn: '',
  note: '',
  sight: 'workspace',
  label: '',
  live: true,
};

const draftOf = (group: Group): Draft => ({
  ...empty,
  name: group.name,
  kind: group.kind,
  organization: group.organization,
  place: group.place,
  startsOn: group.startsOn ?? '',
  endsOn: group.endsOn ?? '',
  note: group.note,
  sight: group.team?.id ?? group.visibleTo,
  label: group.label ?? '',
});

const wordsOf = ({ sight, label, live, startsOn, endsOn, ...words }: Draft) => ({
  ...words,
  startsOn: startsOn || null,
  endsOn: endsOn || null,
  ...(sight === 'maker' || sight === 'workspace'
    ? { visibleTo: sight as 'maker' | 'workspace', teamId: null }
    : { visibleTo: 'team' as const, teamId: sight }),
  label: live && label !== '' ? label : null,
});

interface GroupEditorProps {
  /** To be changed; left out: a new one. */
  group?: Group;
  /** Of a new one. */
  name?: string;
  onClose: () => void;
  onDone?: (group: Group) => void;
}

/** Makes a group, or changes it. */
export function GroupEditor({ group, name = '', onClose, onDone }: GroupEditorProps) {
  const version = useRef(group?.version ?? 1);
  const form = useForm<Draft>(group ? draftOf(group) : { ...empty, name }, async (draft) => {
    const done = group ? await change(group.id, draft, version) : await make(draft);
    await refreshGroups();
    say(group ? t('groups.changed') : t('groups.made', { name: done.name }));
    onClose();
    onDone?.(done);
  });
  const { values, set, problem } = form;
  const text = (key: 'name' | 'organization' | 'place', placeholder: string, required = false) => (
    <TextInput
      data-autofocus={key === 'name' || undefined}
      name={key}
      label={t(`groups.${key}`)}
      placeholder={placeholder}
      required={required}
      withAsterisk={false}
      maxLength={key === 'name' ? 120 : 200}
      value={values[key]}
      error={problem(key)}
      onChange={(event) => set(key, event.currentTarget.value)}
    />
  );
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(group ? 'groups.edit' : 'groups.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          {text('name', t('groups.nameExample'), true)}
          {!group && <Near name={values.name} />}
          <NativeSelect
            label={t('groups.kind')}
            value={values.kind}
            data={groupKinds.map((value) => ({ value, label: t(`groups.kind.${value}`) }))}
            onChange={(event) => set('kind', event.currentTarget.value as GroupKind)}
          />
          {text('organization', t('groups.organizationExample'))}
          {text('place', '')}
          <Row grow align="flex-start">
            {(['startsOn', 'endsOn'] as const).map((key) => (
              <TextInput
                key={key}
                name={key}
                type="date"
                label={t(`groups.${key}`)}
                value={values[key]}
                error={problem(key)}
                onChange={(event) => set(key, event.currentTarget.value)}
              />
            ))}
          </Row>
          <Sight form={form} />
          <LabelChoice
            label={values.label}
            live={values.live}
            fixed={group !== undefined}
            onChange={(label, live) => {
              set('label', label);
              set('live', live);
            }}
          />
          <Textarea
            label={t('groups.note')}
            autosize
            maxLength={2000}
            value={values.note}
            onChange={(event) => set('note', event.currentTarget.value)}
          />
          {isMeanwhile(form.error) ? <p role="alert">{t('groups.meanwhile')}</p> : <ErrorNotice error={form.error} />}
          <Button type="submit" loading={form.sending}>
            {t(group ? 'shell.save' : 'groups.make')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

async function make(draft: Draft): Promise<Group> {
  const group = await call(createGroup, wordsOf(draft));
  if (draft.label !== '' && !draft.live) await call(addLabelled, { groupId: group.id, label: draft.label });
  return group;
}

/** What somebody changed meanwhile is replaced only by who has been told of it: the version is then the one of which they know. */
async function change(groupId: string, draft: Draft, version: { current: number }): Promise<Group> {
  try {
    return await call(changeGroup, { groupId, version: version.current, ...wordsOf(draft) });
  } catch (error) {
    if (isMeanwhile(error)) version.current = (await call(getGroup, { groupId })).version;
    throw error;
  }
}

const isMeanwhile = (error: unknown): boolean => error instanceof ApiError && error.code === 'conflict';

/** Who sees it: I alone, a team that I am in, or everybody. */
function Sight({ form: { values, set } }: { form: Form<Draft> }) {
  const me = useMe();
  const teams = (useQuery(reading(listTeams, {})).data?.items ?? []).filter(({ members }) =>
    members.some(({ id }) => id === me.memberId),
  );
  return (
    <NativeSelect
      label={t('groups.sight')}
      description={t('groups.sightHint')}
      value={values.sight}
      data={[
        { value: 'workspace', label: t('groups.sight.workspace') },
        ...teams.map(({ id, name }) => ({ value: id, label: t('groups.sight.team', { team: name }) })),
        { value: 'maker', label: t('groups.sight.maker') },
      ]}
      onChange={(event) => set('sight', event.currentTarget.value)}
    />
  );
}

/** Groups that may be meant: for people to decide. */
function Near({ name }: { name: string }) {
  const [typed] = useDebouncedValue(name.trim(), 250);
  const { data } = useQuery({ ...reading(findNearGroups, { name: typed }), enabled: typed.length > 2 });
  if (typed.length <= 2 || !data || data.items.length === 0) return null;
  return (
    <div className={classes.near} role="status">
      {t('groups.near')}
      <ul>
        {data.items.map(({ id: groupId, name: called, kind }) => (
          <li key={groupId}>
            <TextLink to="/groups/$groupId" params={{ groupId }} underline="always">
              {called}
            </TextLink>{' '}
            · {t(`groups.kind.${kind}`)}
          </li>
        ))}
      </ul>
    </div>
  );
}
