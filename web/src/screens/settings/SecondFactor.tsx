import { Anchor, Button, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import {
  confirmSecondFactor,
  getSecondFactor,
  prepareSecondFactor,
  removeSecondFactor,
} from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { CodeField } from '../identity/code.tsx';
import { PasswordField } from '../identity/fields.tsx';
import { Secret } from './Secret.tsx';
import classes from './Settings.module.css';

const Qr = lazy(() => import('../../ui/Qr.tsx').then((module) => ({ default: module.Qr })));

type Prepared = Output<typeof prepareSecondFactor>;

/** A code of an authenticator app, asked for after the password. */
export function SecondFactor() {
  const { data, error, refetch } = useQuery(reading(getSecondFactor, {}));
  const [opened, { open, close }] = useDisclosure();
  const [codes, setCodes] = useState<string[]>([]);
  const action = data && (
    <Button variant="default" onClick={open}>
      {t(data.on ? 'settings.factor.off' : 'settings.factor.on')}
    </Button>
  );
  return (
    <Section title={t('settings.factor')} lead={t('settings.factor.lead')} actions={action}>
      {codes.length > 0 && (
        <Secret title={t('settings.factor.codes')} value={codes.join('\n')}>
          {t('settings.factor.codesOnce')}
        </Secret>
      )}
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton height={24} />}
      {data && (
        <Text>
          {data.since === null
            ? t('settings.factor.isOff')
            : t('settings.factor.isOn', { date: longDate(data.since), count: data.recoveryCodesLeft })}
        </Text>
      )}
      {opened &&
        (data?.on ? (
          <SwitchOff onClose={close} onDone={() => setCodes([])} />
        ) : (
          <SwitchOn onClose={close} onDone={setCodes} />
        ))}
    </Section>
  );
}

function SwitchOn({ onClose, onDone }: { onClose: () => void; onDone: (recoveryCodes: string[]) => void }) {
  const [prepared, setPrepared] = useState<Prepared | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('settings.factor.on')}
      closeOnClickOutside={prepared === null}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      {prepared === null ? (
        <ByPassword
          label={t('settings.factor.continue')}
          send={async (password) => setPrepared(await call(prepareSecondFactor, { password }))}
        />
      ) : (
        <Confirm prepared={prepared} onClose={onClose} onDone={onDone} />
      )}
    </Modal>
  );
}

interface ConfirmProps {
  prepared: Prepared;
  onClose: () => void;
  onDone: (recoveryCodes: string[]) => void;
}

function Confirm({ prepared: { secret, uri }, onClose, onDone }: ConfirmProps) {
  const { values, set, submit, sending, error, problem } = useForm({ code: '' }, async ({ code }) => {
    const { recoveryCodes } = await call(confirmSecondFactor, { code });
    onDone(recoveryCodes);
    await refresh(getSecondFactor);
    onClose();
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{t('settings.factor.scan')}</Text>
        <Suspense fallback={<Skeleton height={208} width={208} />}>
          <Qr text={uri} label={t('settings.factor.qr')} />
        </Suspense>
        <div>
          <Text size="sm">{t('settings.factor.byHand')}</Text>
          <code className={classes.secret}>{secret.match(/.{1,4}/g)?.join(' ')}</code>
          <Anchor href={uri} size="sm" underline="always">
            {t('settings.factor.here')}
          </Anchor>
        </div>
        <CodeField
          value={values.code}
          onChange={(code) => set('code', code)}
          error={problem('code')}
          hint={t('settings.factor.codeHint')}
        />
        <ErrorNotice error={error} />
        <Button type="submit" loading={sending}>
          {t('settings.factor.confirm')}
        </Button>
      </Stack>
    </form>
  );
}

function SwitchOff({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('settings.factor.off')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Text mb="md">{t('settings.factor.offText')}</Text>
      <ByPassword
        label={t('settings.factor.off')}
        send={async (password) => {
          await call(removeSecondFactor, { password });
          await refresh(getSecondFactor);
          say(t('settings.factor.isOffNow'));
          onDone();
          onClose();
        }}
      />
    </Modal>
  );
}

/** What changes how one gets in is not done for whoever finds the page open. */
function ByPassword({ label, send }: { label: string; send: (password: string) => Promise<void> }) {
  const form = useForm({ password: '' }, ({ password }) => send(password));
  const { values, set, problem } = form;
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack>
        <PasswordField
          label={t('settings.me.current')}
          value={values.password}
          onChange={(password) => set('password', password)}
          error={problem('password')}
        />
        {problem('password') === undefined && <ErrorNotice error={form.error} />}
        <Button type="submit" loading={form.sending}>
          {label}
        </Button>
      </Stack>
    </form>
  );
}
