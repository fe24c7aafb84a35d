import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addSource,
  type FactSource,
  type Mapping,
  renewSecret,
  tryMapping,
  updateSource,
} from '../../../../server/facts/sources-contract.ts';
import { call } from '../../api.ts';
import { type MessageKey, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { Secret } from '../settings/Secret.tsx';
import classes from './Facts.module.css';
import { kindsQuery, refreshFacts } from './queries.ts';
import { fieldName, kindName } from './words.ts';

interface Draft {
  name: string;
  /** One a line. */
  origins: string;
  mapped: boolean;
  mapping: Mapping;
}

const noMapping: Mapping = {
  ...{ items: '', externalId: 'id', at: 'created_at', kind: { fixed: 'order', path: '' }, email: 'email', phone: '' },
  ...{ customerSystem: '', customerId: '', amount: '', currency: { fixed: 'EUR', path: '' }, props: {} },
};

/** Sets up a site with our tag, or a program that brings facts; or changes one. */
export function SourceForm({ editing, onClose }: { editing: FactSource | 'tag' | 'hook'; onClose: () => void }) {
  const [source, setSource] = useState(typeof editing === 'string' ? undefined : editing);
  const [secret, setSecret] = useState('');
  const kind = typeof editing === 'string' ? editing : (editing.kind as 'tag' | 'hook');
  const form = useForm<Draft>(
    {
      name: source?.name ?? '',
      origins: source?.origins.join('\n') ?? '',
      mapped: source?.mapping != null,
      mapping: source?.mapping ?? noMapping,
    },
    async ({ name, origins, mapped, mapping }) => {
      const sites = origins.split(/\s+/).filter(Boolean);
      const settings = { origins: kind === 'tag' ? sites : [], mapping: mapped && kind === 'hook' ? mapping : null };
      if (source) {
        await call(updateSource, { sourceId: source.id, name, settings });
        await refreshFacts();
        say(t('facts.source.saved', { source: name }));
        onClose();
        return;
      }
      const made = await call(addSource, { kind, name, settings });
      await refreshFacts();
      setSource(made.source);
      setSecret(made.secret);
    },
  );
  const renew = () =>
    call(renewSecret, { sourceId: source!.id })
      .then((made) => setSecret(made.secret))
      .catch(sayError);
  const end = () =>
    call(updateSource, { sourceId: source!.id, ended: !source!.ended })
      .then(refreshFacts)
      .then(onClose)
      .catch(sayError);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={source?.name ?? t(`facts.source.${kind}`)}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Stack gap="md">
        {source && <ToDo source={source} secret={secret} />}
        {!secret && (
          <form onSubmit={form.submit} noValidate>
            <Stack gap="sm">
              <p>{t(`facts.source.${kind}.lead`)}</p>
              <TextInput
                data-autofocus
                name="name"
                required
                withAsterisk={false}
                maxLength={80}
                label={t('facts.source.name')}
                value={form.values.name}
                error={form.problem('name')}
                onChange={({ currentTarget }) => form.set('name', currentTarget.value)}
              />
              {kind === 'tag' ? <Origins form={form} /> : <MappingFields form={form} />}
              <ErrorNotice error={form.error} />
              <Group justify="space-between">
                {source ? (
                  <Group gap="xs">
                    <Button variant="default" onClick={() => void end()}>
                      {t(source.ended ? 'facts.source.resume' : 'facts.source.end')}
                    </Button>
                    <Button variant="default" onClick={() => void renew()}>
                      {t('facts.source.renew')}
                    </Button>
                  </Group>
                ) : (
                  <span />
                )}
                <Button type="submit" loading={form.sending}>
                  {t('shell.save')}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
        {secret && <Button onClick={onClose}>{t('channels.done')}</Button>}
      </Stack>
    </Modal>
  );
}

const snippet = (url: string): string =>
  `<script>window.entregent=window.entregent||function(){(entregent.q=entregent.q||[]).push(arguments)}</script>\n<script async src="${url}"></script>`;

/** What is put on the pages of a site, or said to a program. */
function ToDo({ source, secret }: { source: FactSource; secret: string }) {
  if (source.kind === 'hook')
    return (
      <>
        <Secret title={t('facts.source.hook.url')} value={source.url!} />
        {secret && (
          <Secret title={t('facts.source.secret')} value={secret}>
            {t('facts.source.hook.secret')}
          </Secret>
        )}
      </>
    );
  return (
    <>
      <Secret title={t('facts.tag.snippet')} value={snippet(source.url!)}>
        {t('facts.tag.snippet.lead')}
      </Secret>
      <div>
        <p>{t('facts.tag.consent')}</p>
        <code className={classes.code}>entregent('consent', true)</code>
        <p>{t('facts.tag.more')}</p>
        <code className={classes.code}>
          {"entregent('event', 'download', { file: 'catalogue.pdf' })\nentregent('identify', token)"}
        </code>
      </div>
      {secret && (
        <Secret title={t('facts.source.secret')} value={secret}>
          {t('facts.tag.secret')}
        </Secret>
      )}
    </>
  );
}

function Origins({ form }: { form: Form<Draft> }) {
  return (
    <Textarea
      name="origins"
      required
      withAsterisk={false}
      autosize
      minRows={2}
      label={t('facts.source.origins')}
      description={t('facts.source.origins.help')}
      placeholder="https://www.exemple.fr"
      value={form.values.origins}
      error={form.problem('origins')}
      onChange={({ currentTarget }) => form.set('origins', currentTarget.value)}
    />
  );
}

const places = ['items', 'externalId', 'at', 'email', 'phone', 'customerSystem', 'customerId', 'amount'] as const;

/** Where what stands in JSON that others send, tried at once on an example. */
function MappingFields({ form }: { form: Form<Draft> }) {
  const { mapped, mapping } = form.values;
  const kinds = (useQuery(kindsQuery).data?.items ?? []).filter(({ ended }) => !ended);
  const kind = kinds.find(({ key }) => key === mapping.kind.fixed);
  const change = (next: Partial<Mapping>) => form.set('mapping', { ...mapping, ...next });
  return (
    <>
      <NativeSelect
        label={t('facts.mapping.form')}
        value={mapped ? 'mapped' : 'own'}
        data={[
          { value: 'own', label: t('facts.mapping.own') },
          { value: 'mapped', label: t('facts.mapping.mapped') },
        ]}
        onChange={({ currentTarget }) => form.set('mapped', currentTarget.value === 'mapped')}
      />
      {mapped && (
        <>
          <NativeSelect
            label={t('facts.mapping.kind')}
            value={mapping.kind.fixed}
            data={kinds.map((one) => ({ value: one.key, label: kindName(one) }))}
            onChange={({ currentTarget }) => change({ kind: { fixed: currentTarget.value, path: '' }, props: {} })}
          />
          {places.map((place) => (
            <TextInput
              key={place}
              label={t(`facts.mapping.${place}` as MessageKey)}
              value={mapping[place]}
              onChange={({ currentTarget }) => change({ [place]: currentTarget.value })}
            />
          ))}
          <TextInput
            label={t('facts.mapping.currency')}
            value={mapping.currency.path || mapping.currency.fixed}
            onChange={({ currentTarget: { value } }) =>
              change({
                currency: /^[A-Z]{0,3}$/.test(value) ? { fixed: value, path: '' } : { fixed: '', path: value },
              })
            }
          />
          {kind?.fields.map((field) => (
            <TextInput
              key={field.key}
              label={fieldName(field)}
              value={mapping.props[field.key] ?? ''}
              onChange={({ currentTarget }) =>
                change({ props: { ...mapping.props, [field.key]: currentTarget.value } })
              }
            />
          ))}
          <Trial mapping={mapping} />
        </>
      )}
    </>
  );
}

function Trial({ mapping }: { mapping: Mapping }) {
  const [example, setExample] = useState('');
  const [read, setRead] = useState<{ facts: unknown[]; problems: { no: number; message: string }[] }>();
  const look = () => call(tryMapping, { mapping, example }).then(setRead).catch(sayError);
  return (
    <>
      <Textarea
        autosize
        minRows={3}
        maxRows={12}
        label={t('facts.mapping.example')}
        description={t('facts.mapping.example.help')}
        value={example}
        onChange={({ currentTarget }) => setExample(currentTarget.value)}
      />
      <Button variant="default" disabled={example.trim() === ''} onClick={() => void look()}>
        {t('facts.mapping.try')}
      </Button>
      {read && (
        <div role="status">
          <p>{t('facts.mapping.read', { count: read.facts.length, problems: read.problems.length })}</p>
          {read.problems.map(({ no, message }) => (
            <p key={no}>{t('facts.mapping.problem', { no: no + 1, message })}</p>
          ))}
          <code className={classes.code}>{JSON.stringify(read.facts[0], null, 2)}</code>
        </div>
      )}
    </>
  );
}
