import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { listPasskeys, removePasskey } from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh, statusQuery } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { PasswordField } from '../identity/fields.tsx';
import { makePasskey, passkeysWork } from '../identity/passkey.ts';
import classes from './Settings.module.css';

type Passkey = Output<typeof listPasskeys>['items'][number];

/** Not there where the browser offers none, unless there are some to be removed. */
export function Passkeys() {
  const works = passkeysWork(useQuery(statusQuery).data?.passkeyHost);
  const { data, error, refetch } = useQuery(reading(listPasskeys, {}));
  const [making, { open, close }] = useDisclosure();
  const items = data?.items ?? [];
  if (!works && items.length === 0) return null;
  const add = works && (
    <Button variant="default" leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('settings.passkey.new')}
    </Button>
  );
  return (
    <Section title={t('settings.passkeys')} lead={t('settings.passkeys.lead')} actions={add}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {items.length > 0 && (
        <Lines>
          {items.map((passkey) => (
            <PasskeyLine key={passkey.id} passkey={passkey} />
          ))}
        </Lines>
      )}
      {making && <NewPasskey onClose={close} />}
    </Section>
  );
}

function PasskeyLine({ passkey: { id, name, createdAt } }: { passkey: Passkey }) {
  const remove = async () => {
    try {
      await call(removePasskey, { passkeyId: id });
      await refresh(listPasskeys);
      say(t('settings.passkey.removed', { name }));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        <strong>{name}</strong>
        <span className={classes.quiet}>{t('settings.passkey.since', { date: longDate(createdAt) })}</span>
      </div>
      <Button
        variant="subtle"
        color="red"
        aria-label={t('settings.passkey.removeOne', { name })}
        onClick={() => void remove()}
      >
        {t('settings.passkey.remove')}
      </Button>
    </li>
  );
}

function NewPasskey({ onClose }: { onClose: () => void }) {
  const form = useForm({ name: '', password: '' }, async ({ name, password }) => {
    const made = await makePasskey(name, password);
    if (made === null) return;
    await refresh(listPasskeys);
    say(t('settings.passkey.added', { name }));
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('settings.passkey.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('settings.passkey.name')}
            placeholder={t('settings.passkey.example')}
            maxLength={100}
            required
            withAsterisk={false}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <PasswordField
            label={t('settings.me.current')}
            value={values.password}
            onChange={(password) => set('password', password)}
            error={problem('password')}
          />
          {problem('password') === undefined && <ErrorNotice error={form.error} />}
          <Button type="submit" loading={form.sending}>
            {t('settings.factor.continue')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
