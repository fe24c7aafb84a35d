import {
  Button,
  ColorInput,
  Modal,
  MultiSelect,
  NativeSelect,
  NumberInput,
  PasswordInput,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Audience,
  addChannel,
  addOwnMailbox,
  type FullChannel,
  getChannel,
  updateChannel,
} from '../../../../server/conversations/channels-contract.ts';
import type { ChannelKind } from '../../../../server/conversations/contract.ts';
import { listMembers, listTeams } from '../../../../server/identity/contract.ts';
import { ApiError, call } from '../../api.ts';
import { type MessageKey, spoken, t, told } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { Secret } from '../settings/Secret.tsx';
import { refreshChannels } from './Channels.tsx';
import { FormFields } from './FormFields.tsx';
import { type ChannelField, fieldsOf, initialOf, isRefused, labelOf, toSaid, toTyped } from './fields.ts';
import { type FormDraft, draftOf as formOf, newForm } from './formDraft.ts';

interface ChannelEditorProps {
  kind: ChannelKind;
  /** To be changed; left out: a new one. */
  id?: string;
  /** Mine alone: nobody else tends it. */
  own?: boolean;
  onClose: () => void;
}

/** Opens a channel, or changes how it is set up. */
export function ChannelEditor({ kind, id, own = false, onClose }: ChannelEditorProps) {
  const query = useQuery({ ...reading(getChannel, { channelId: id ?? '' }), enabled: id !== undefined });
  const [opened, setOpened] = useState<FullChannel>();
  const title = own ? t('channels.ownMailbox') : t(`conversations.kind.${kind}`);
  return (
    <Modal
      opened
      onClose={onClose}
      size={kind === 'form' ? 'xl' : 'lg'}
      title={title}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      {opened ? (
        <ToDo channel={opened} onClose={onClose} />
      ) : id !== undefined && !query.data ? (
        query.error ? (
          <ErrorNotice error={query.error} />
        ) : (
          <Loading lines={4} />
        )
      ) : (
        <Fields kind={kind} own={own} channel={query.data} onDone={(done) => (id ? onClose() : setOpened(done))} />
      )}
    </Modal>
  );
}

interface Draft {
  name: string;
  /** `workspace`, `team <id>`, `member <id>`. */
  access: string[];
  keepMonths: number;
  typed: Record<string, string>;
  /** Of a form: what it asks. */
  form: FormDraft | null;
}

function draftOf(kind: ChannelKind, channel: FullChannel | undefined): Draft {
  const form = kind !== 'form' ? null : channel ? formOf(channel) : newForm(spoken());
  if (!channel) return { name: '', access: ['workspace'], keepMonths: 36, typed: initialOf(kind), form };
  return {
    name: channel.name,
    access: channel.access.map((one) => (one.kind === 'workspace' ? 'workspace' : `${one.kind} ${one.id}`)),
    keepMonths: channel.keepMonths,
    typed: toTyped(kind, channel.settings),
    form,
  };
}

const audienceOf = (said: string): Audience => {
  const [kind, id] = said.split(' ');
  return kind === 'workspace' ? { kind } : { kind: kind as 'team' | 'member', id: id! };
};

function Fields({
  kind,
  own,
  channel,
  onDone,
}: {
  kind: ChannelKind;
  own: boolean;
  channel: FullChannel | undefined;
  onDone: (done: FullChannel) => void;
}) {
  const form = useForm<Draft>(draftOf(kind, channel), async ({ name, access, keepMonths, typed, form: asked }) => {
    const { settings, secret } = asked ? { settings: saidOf(asked), secret: {} } : toSaid(kind, typed);
    const common = { name, settings };
    const tended = own ? {} : { access: access.map(audienceOf) };
    const renewed = Object.keys(secret).length > 0 ? { secret } : {};
    const done = channel
      ? await call(updateChannel, { channelId: channel.id, ...common, ...tended, ...renewed, keepMonths })
      : own
        ? await call(addOwnMailbox, { ...common, secret })
        : await call(addChannel, { kind, ...common, access: access.map(audienceOf), secret });
    await Promise.all([refreshChannels(), refresh(getChannel)]);
    say(t('channels.saved', { name: done.name }));
    onDone(done);
  });
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack gap="sm">
        <p>{own ? t('channels.ownMailboxLead') : t(`channels.about.${kind}` as MessageKey)}</p>
        <TextInput
          data-autofocus
          name="name"
          required
          withAsterisk={false}
          label={t('channels.name')}
          description={own ? undefined : t('channels.nameLead')}
          value={form.values.name}
          error={form.problem('name')}
          onChange={({ currentTarget }) => form.set('name', currentTarget.value)}
        />
        {!own && <Access form={form} />}
        {(fieldsOf[kind] ?? [])
          .filter((field) => own || !field.own)
          .map((field) => (
            <OneField key={field.of + field.key} kind={kind} field={field} form={form} kept={channel !== undefined} />
          ))}
        {form.values.form && (
          <FormFields
            draft={form.values.form}
            change={(next) => form.set('form', { ...form.values.form!, ...next })}
            problems={problemsOf(form.error)}
          />
        )}
        {channel && (
          <NumberInput
            name="keepMonths"
            min={1}
            max={120}
            allowDecimal={false}
            label={t('channels.keepMonths')}
            description={t('channels.keepMonths.lead')}
            value={form.values.keepMonths}
            error={form.problem('keepMonths')}
            onChange={(value) => form.set('keepMonths', Number(value))}
          />
        )}
        <Refused error={form.error} />
        <Button type="submit" loading={form.sending}>
          {t(channel ? 'shell.save' : 'channels.open')}
        </Button>
        {channel && <Connect channel={channel} />}
      </Stack>
    </form>
  );
}

/** A form as the server takes it: empty lines are no sites and no choices. */
const saidOf = ({ origins, fields, ...form }: FormDraft): Record<string, unknown> => ({
  ...form,
  origins: origins.map((one) => one.trim()).filter(Boolean),
  fields: fields.map((field) => ({ ...field, choices: field.choices.filter(({ fr, en }) => (fr + en).trim() !== '') })),
});

/** What the server found wrong with a form, by where it stands. */
const problemsOf = (error: unknown): Record<string, string> =>
  error instanceof ApiError
    ? Object.fromEntries(Object.entries(error.fields).map(([at, what]) => [at.replace(/^settings\./, ''), what]))
    : {};

/** What the platform would not do, in its own words for people. */
function Refused({ error }: { error: unknown }) {
  const problem = error instanceof ApiError && error.code === 'connection_failed' ? error.fields.problem : undefined;
  const words = problem && told(`connections.problem.${problem}`);
  return words ? <p role="alert">{words}</p> : <ErrorNotice error={error} />;
}

function Access({ form }: { form: Form<Draft> }) {
  const me = useMe();
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const members = (useQuery(reading(listMembers, {})).data?.items ?? []).filter(({ status }) => status === 'active');
  return (
    <MultiSelect
      label={t('channels.access')}
      description={t('channels.accessLead')}
      searchable
      value={form.values.access}
      error={form.problem('access')}
      onChange={(next) => form.set('access', next)}
      data={[
        { value: 'workspace', label: t('channels.everybodyOf', { company: me.workspace.name }) },
        { group: t('channels.teams'), items: teams.map(({ id, name }) => ({ value: `team ${id}`, label: name })) },
        {
          group: t('channels.members'),
          items: members.map(({ id, name }) => ({ value: `member ${id}`, label: name })),
        },
      ]}
    />
  );
}

interface OneFieldProps {
  kind: ChannelKind;
  field: ChannelField;
  form: Form<Draft>;
  /** It is kept already: a secret left empty stays as it is. */
  kept: boolean;
}

function OneField({ kind, field, form, kept }: OneFieldProps) {
  const { of, key, type, choices, required } = field;
  const name = `${of}.${key}`;
  const label = t(labelOf(kind, field));
  const common = {
    label,
    ...{ name, withAsterisk: false, required: required && !(of === 'secret' && kept) },
    description:
      told(`${labelOf(kind, field)}.lead`) ?? (of === 'secret' && kept ? t('channels.secretKept') : undefined),
    value: form.values.typed[name] ?? '',
    error: isRefused(form.error instanceof ApiError ? form.error.fields : {}, name)
      ? t('error.field.invalid')
      : form.problem(name as 'name'),
  };
  const set = (value: string) => form.set('typed', { ...form.values.typed, [name]: value });
  if (type === 'secret')
    return <PasswordInput {...common} autoComplete="off" onChange={({ currentTarget }) => set(currentTarget.value)} />;
  if (type === 'words')
    return <Textarea {...common} autosize minRows={2} onChange={({ currentTarget }) => set(currentTarget.value)} />;
  if (type === 'colour') return <ColorInput {...common} format="hex" onChange={set} />;
  if (type === 'choice')
    return (
      <NativeSelect
        {...common}
        data={choices!.map((value) => ({ value, label: t(`${labelOf(kind, field)}.${value}` as MessageKey) }))}
        onChange={({ currentTarget }) => set(currentTarget.value)}
      />
    );
  return (
    <TextInput
      {...common}
      type={type === 'url' ? 'url' : 'text'}
      inputMode={type === 'number' ? 'numeric' : undefined}
      autoComplete="off"
      onChange={({ currentTarget }) => set(currentTarget.value)}
    />
  );
}

/** The next step once it is open: what is to be put on a site, or said to the platform. */
function ToDo({ channel, onClose }: { channel: FullChannel; onClose: () => void }) {
  return (
    <Stack gap="sm">
      <Connect channel={channel} />
      <Button onClick={onClose}>{t('channels.done')}</Button>
    </Stack>
  );
}

function Connect({ channel }: { channel: FullChannel }) {
  if (channel.pageUrl && channel.embed)
    return (
      <>
        <p>
          <a href={channel.pageUrl} target="_blank" rel="noopener">
            {t('channels.form.look')}
          </a>
        </p>
        <Secret title={t('channels.form.link')} value={channel.pageUrl} />
        <Secret title={t('channels.form.embed')} value={channel.embed} />
      </>
    );
  if (channel.embed) return <Secret title={t('channels.embed')} value={channel.embed} />;
  if (!channel.hookUrl) return <p>{t('channels.ready')}</p>;
  return <Secret title={t('channels.hook')} value={channel.hookUrl} />;
}
