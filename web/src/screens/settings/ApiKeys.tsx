import { Anchor, Button, Checkbox, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { createKey } from '../../../../server/apps/contract.ts';
import {
  apiScope,
  appKeyScope,
  createApiKey,
  deleteApiKey,
  listApiKeys,
} from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { ago, longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { booksQuery, reading, refresh } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { Page } from '../../ui/Page.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Secret } from './Secret.tsx';
import classes from './Settings.module.css';

type Made = Output<typeof createApiKey>;
type Key = Made['apiKey'];

export function ApiKeys() {
  const { data, error, refetch } = useQuery(reading(listApiKeys, {}));
  const [making, { open, close }] = useDisclosure();
  const [made, setMade] = useState<Made | null>(null);
  const none = data?.items.length === 0 && made === null;
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('settings.key.new')}
    </Button>
  );
  return (
    <Page title={t('shell.keys')} width="reading" lead={<Lead />} actions={!none && add}>
      {made && (
        <Secret title={t('settings.key.ready', { name: made.apiKey.name })} value={made.key}>
          {t('settings.key.once')}
        </Secret>
      )}
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={2} />}
      {none && (
        <EmptyState
          icon={<IconKey />}
          title={t('settings.keys.empty')}
          text={t('settings.keys.emptyText')}
          action={add}
        />
      )}
      {data && data.items.length > 0 && (
        <Lines>
          {data.items.map((key) => (
            <KeyLine key={key.id} apiKey={key} />
          ))}
        </Lines>
      )}
      {making && <NewKey onClose={close} onMade={setMade} />}
    </Page>
  );
}

function Lead() {
  return (
    <>
      {t('settings.keys.lead')}{' '}
      <Anchor href="/api/docs" underline="always">
        {t('shell.apiReference')}
      </Anchor>
    </>
  );
}

function KeyLine({ apiKey }: { apiKey: Key }) {
  const { id, name, start, scopes, appId, lastUsedAt, expiresAt } = apiKey;
  const end = async () => {
    try {
      await call(deleteApiKey, { apiKeyId: id });
      await refresh(listApiKeys);
      say(t('settings.key.ended', { name }));
    } catch (error) {
      sayError(error);
    }
  };
  const facts = [
    ...(appId === null ? [] : [t('settings.key.limited')]),
    lastUsedAt === null ? t('settings.key.neverUsed') : t('settings.key.used', { when: ago(lastUsedAt) }),
    expiresAt === null ? t('settings.key.forEver') : t('settings.key.until', { date: longDate(expiresAt) }),
  ];
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        <strong>{name}</strong>
        <span className={classes.quiet}>
          <code>{start}…</code> · {scopes.map((scope) => t(`settings.scope.${scope}`)).join(', ')}
        </span>
        <span className={classes.quiet}>{facts.join(' · ')}</span>
      </div>
      <Button variant="subtle" color="red" onClick={() => void end()} aria-label={t('settings.key.endOne', { name })}>
        {t('settings.key.end')}
      </Button>
    </li>
  );
}

interface Draft {
  name: string;
  scopes: string[];
  days: string;
  /** For some of one's books only. */
  limited: boolean;
  bookIds: string[];
}
const emptyKey: Draft = { name: '', scopes: ['contacts:read'], days: '365', limited: false, bookIds: [] };

/** What is lent to a key, for what it may do. */
const actsOf = (scopes: readonly string[]) =>
  scopes.includes('contacts:export') ? (['read', 'export'] as const).slice() : (['read'] as const).slice();

function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const form = useForm(emptyKey, async ({ name, scopes, days, limited, bookIds }) => {
    const expiry = days === '' ? {} : { expiresInDays: Number(days) };
    const all = { name, scopes: apiScope.options.filter((scope) => scopes.includes(scope)), ...expiry };
    const some = { name, scopes: appKeyScope.options.filter((scope) => scopes.includes(scope)), ...expiry };
    const acts = actsOf(some.scopes);
    onMade(await (limited ? call(createKey, { ...some, bookIds, acts }) : call(createApiKey, all)));
    await refresh(listApiKeys);
    onClose();
  });
  const { values, set, problem } = form;
  const books = useQuery(booksQuery).data?.items.filter(({ mine }) => mine) ?? [];
  const offered = values.limited
    ? appKeyScope.options.filter((scope) => scope !== 'contacts:contact')
    : apiScope.options;
  return (
    <Modal opened onClose={onClose} title={t('settings.key.new')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('settings.key.name')}
            placeholder={t('settings.key.example')}
            required
            withAsterisk={false}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <NativeSelect
            label={t('settings.key.books')}
            value={values.limited ? 'some' : 'all'}
            onChange={(event) => {
              set('limited', event.currentTarget.value === 'some');
              set('scopes', ['contacts:read']);
            }}
            data={[
              { value: 'all', label: t('settings.key.allBooks') },
              { value: 'some', label: t('settings.key.someBooks') },
            ]}
          />
          {values.limited && (
            <ManyChoice
              label={t('shell.books')}
              value={values.bookIds}
              onChange={(bookIds) => set('bookIds', bookIds)}
              data={books.map(({ id, name: label }) => ({ value: id, label }))}
            />
          )}
          <Checkbox.Group
            label={t('settings.key.may')}
            value={values.scopes}
            onChange={(scopes) => set('scopes', scopes)}
          >
            <Stack gap={8} mt={6}>
              {offered.map((scope) => (
                <Checkbox key={scope} value={scope} label={t(`settings.scope.${scope}`)} />
              ))}
            </Stack>
          </Checkbox.Group>
          <NativeSelect
            label={t('settings.key.expires')}
            value={values.days}
            onChange={(event) => set('days', event.currentTarget.value)}
            data={['30', '90', '365', ''].map((days) => ({
              value: days,
              label: days === '' ? t('settings.key.forEver') : t('settings.key.days', { days: Number(days) }),
            }))}
          />
          <ErrorNotice error={form.error} />
          <Button
            type="submit"
            loading={form.sending}
            disabled={values.scopes.length === 0 || (values.limited && values.bookIds.length === 0)}
          >
            {t('settings.key.create')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
