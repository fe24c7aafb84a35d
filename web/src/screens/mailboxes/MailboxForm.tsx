import { Alert, Button, Modal, NativeSelect, NumberInput, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addConnection, listPlaces } from '../../../../server/connectors/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { booksQuery } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import classes from './Mailboxes.module.css';
import { refreshMailboxes } from './queries.ts';
import { problemWords } from './sentences.ts';
import { type Draft, guessHost, securities, settingsOf } from './settings.ts';

interface MailboxFormProps {
  kind: 'imap' | 'drop_box';
  onClose: () => void;
}

/** Connects a mailbox: an address and an app password do for most providers. */
export function MailboxForm({ kind, onClose }: MailboxFormProps) {
  const books = useQuery(booksQuery).data?.items.filter(({ mine }) => mine) ?? [];
  const main = books.find((one) => one.main)?.id;
  const [bookId, setBookId] = useState<string>();
  const form = useForm<Draft>(
    { address: '', user: '', password: '', host: '', port: 993, security: 'tls' },
    async (draft) => {
      const entered = { kind, settings: settingsOf(kind, draft), secret: { password: draft.password } };
      const [place] = (await call(listPlaces, entered)).items;
      const name = draft.address.trim();
      await call(addConnection, { ...entered, name, place: place?.id ?? '', bookId: bookId ?? main ?? '' });
      await refreshMailboxes();
      say(t('mailboxes.connected', { name }));
      onClose();
    },
  );
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(kind === 'imap' ? 'mailboxes.connect' : 'mailboxes.dropBox.setUp')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <AccountFields form={form} kind={kind} />
          <ServerFields form={form} />
          {kind === 'imap' && books.length > 1 && (
            <NativeSelect
              label={t('mailboxes.book')}
              value={bookId ?? main}
              onChange={(event) => setBookId(event.currentTarget.value)}
              data={books.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
          <Refusal error={form.error} kind={kind} />
          <Button type="submit" loading={form.sending}>
            {t('mailboxes.connectNow')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

const plain = { withAsterisk: false, required: true } as const;

function AccountFields({ form: { values, set, problem }, kind }: { form: Form<Draft>; kind: 'imap' | 'drop_box' }) {
  return (
    <>
      <TextInput
        {...plain}
        data-autofocus
        name="address"
        type="email"
        label={t(kind === 'imap' ? 'mailboxes.address' : 'mailboxes.dropBox.addressOf')}
        value={values.address}
        error={problem('address')}
        onChange={(event) => {
          const address = event.currentTarget.value;
          if (values.host === guessHost(values.address)) set('host', guessHost(address));
          set('address', address);
        }}
      />
      <PasswordInput
        {...plain}
        name="password"
        label={t('mailboxes.password')}
        description={t('mailboxes.passwordHint')}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': t('mailboxes.password') }}
        value={values.password}
        error={problem('password')}
        onChange={(event) => set('password', event.currentTarget.value)}
      />
    </>
  );
}

function ServerFields({ form: { values, set, problem } }: { form: Form<Draft> }) {
  return (
    <>
      <div className={classes.pair}>
        <TextInput
          {...plain}
          name="host"
          label={t('mailboxes.host')}
          placeholder="imap.example.org"
          value={values.host}
          error={problem('host')}
          onChange={(event) => set('host', event.currentTarget.value)}
        />
        <NumberInput
          label={t('mailboxes.port')}
          min={1}
          max={65_535}
          hideControls
          value={values.port}
          error={problem('port')}
          onChange={(port) => set('port', Number(port))}
        />
      </div>
      <NativeSelect
        label={t('mailboxes.security')}
        value={values.security}
        onChange={(event) => set('security', securities.find((one) => one === event.currentTarget.value) ?? 'tls')}
        data={securities.map((value) => ({ value, label: t(`mailboxes.security.${value}`) }))}
      />
      <TextInput
        name="user"
        label={t('mailboxes.user')}
        description={t('mailboxes.userHint')}
        autoComplete="off"
        value={values.user}
        error={problem('user')}
        onChange={(event) => set('user', event.currentTarget.value)}
      />
    </>
  );
}

export function Refusal({ error, kind }: { error: unknown; kind: string }) {
  const problem = error instanceof ApiError && error.code === 'connection_failed' ? error.fields.problem : undefined;
  if (problem === undefined) return <ErrorNotice error={error} />;
  return (
    <Alert color="red" variant="light" role="alert">
      {problemWords(problem, kind)}
    </Alert>
  );
}
