import { Alert, Button, Group, NativeSelect, NumberInput, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Output } from '../../../../server/kernel/contract.ts';
import {
  getMailSetup,
  type MailSetup,
  removeMailSetup,
  saveMailSetup,
  security as securities,
  sendTestMail,
} from '../../../../server/outreach/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import classes from './Outreach.module.css';
import { refreshMessages } from './queries.ts';
import { answerWords } from './words.ts';

type Kept = Output<typeof getMailSetup>['setup'];
/** As the fields hold it: empty means none. */
type Draft = Omit<MailSetup, 'username' | 'replyTo'> & { username: string; replyTo: string; password: string };

const draftOf = (setup: Kept): Draft => ({
  host: setup?.host ?? '',
  port: setup?.port ?? 587,
  security: setup?.security ?? 'starttls',
  username: setup?.username ?? '',
  password: '',
  senderName: setup?.senderName ?? '',
  senderAddress: setup?.senderAddress ?? '',
  replyTo: setup?.replyTo ?? '',
});

/** The mail server and the sender; then a test. */
export function SetupForm({ setup }: { setup: Kept }) {
  const form = useForm<Draft>(draftOf(setup), async ({ password, username, replyTo, ...rest }) => {
    await call(saveMailSetup, {
      ...rest,
      username: username.trim() || null,
      replyTo: replyTo.trim() || null,
      ...(password === '' ? {} : { password }),
    });
    await refresh(getMailSetup);
    say(t('mail.saved'));
  });
  const remove = async () => {
    try {
      await call(removeMailSetup, {});
      await refresh(getMailSetup);
      say(t('mail.removed'));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack mb={36}>
        <ServerFields form={form} kept={setup?.hasPassword ?? false} />
        <SenderFields form={form} />
        <ErrorNotice error={form.error} />
        <Group>
          <Button type="submit" loading={form.sending}>
            {t('shell.save')}
          </Button>
          {setup && (
            <Button variant="subtle" color="red" onClick={() => void remove()}>
              {t('mail.remove')}
            </Button>
          )}
        </Group>
        {setup && <Test />}
      </Stack>
    </form>
  );
}

type FieldsProps = { form: Form<Draft> };
const plain = { withAsterisk: false } as const;

function ServerFields({ form: { values, set, problem }, kept }: FieldsProps & { kept: boolean }) {
  return (
    <>
      <div className={classes.pair}>
        <TextInput
          {...plain}
          name="host"
          label={t('mail.host')}
          placeholder={t('mail.hostExample')}
          required
          value={values.host}
          error={problem('host')}
          onChange={(event) => set('host', event.currentTarget.value)}
        />
        <NumberInput
          {...plain}
          label={t('mail.port')}
          min={1}
          max={65_535}
          hideControls
          value={values.port}
          error={problem('port')}
          onChange={(port) => set('port', Number(port))}
        />
      </div>
      <NativeSelect
        label={t('mail.security')}
        value={values.security}
        error={problem('security')}
        onChange={(event) => set('security', event.currentTarget.value as Draft['security'])}
        data={securities.options.map((value) => ({ value, label: t(`mail.security.${value}`) }))}
      />
      <div className={classes.pair}>
        <TextInput
          name="username"
          label={t('mail.user')}
          description={t('mail.userHint')}
          autoComplete="off"
          value={values.username}
          error={problem('username')}
          onChange={(event) => set('username', event.currentTarget.value)}
        />
        <PasswordInput
          name="password"
          label={t('mail.password')}
          description={t(kept ? 'mail.passwordKept' : 'mail.passwordHint')}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('mail.password') }}
          value={values.password}
          error={problem('password')}
          onChange={(event) => set('password', event.currentTarget.value)}
        />
      </div>
    </>
  );
}

function SenderFields({ form: { values, set, problem } }: FieldsProps) {
  return (
    <>
      <div className={classes.pair}>
        <TextInput
          {...plain}
          name="senderName"
          label={t('mail.senderName')}
          required
          value={values.senderName}
          error={problem('senderName')}
          onChange={(event) => set('senderName', event.currentTarget.value)}
        />
        <TextInput
          {...plain}
          name="senderAddress"
          type="email"
          label={t('mail.senderAddress')}
          required
          value={values.senderAddress}
          error={problem('senderAddress')}
          onChange={(event) => set('senderAddress', event.currentTarget.value)}
        />
      </div>
      <TextInput
        name="replyTo"
        type="email"
        label={t('mail.replyTo')}
        description={t('mail.replyToHint')}
        value={values.replyTo}
        error={problem('replyTo')}
        onChange={(event) => set('replyTo', event.currentTarget.value)}
      />
    </>
  );
}

/** A message to oneself, and the mail server's own answer. */
function Test() {
  const test = useMutation({
    mutationFn: () => call(sendTestMail, {}),
    onSettled: () => refreshMessages(),
  });
  return (
    <div>
      <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
        {t('mail.test')}
      </Button>
      {test.data && (
        <Alert mt="sm" role="status" variant="light" color={test.data.answer === null ? 'teal' : 'yellow'}>
          {test.data.answer === null ? t('mail.test.sent', { to: test.data.to }) : answerWords(test.data.answer)}
        </Alert>
      )}
      <ErrorNotice error={test.error} />
    </div>
  );
}
