import { Alert, Button, Group, NativeSelect, NumberInput, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Output } from '../../../../server/kernel/contract.ts';
import { type MailSetup, security as securities } from '../../../../server/outreach/contract.ts';
import { getReturnBox, removeReturnBox, saveReturnBox } from '../../../../server/outreach/returns-contract.ts';
import { ApiError, call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Outreach.module.css';

type Kept = Output<typeof getReturnBox>;

const problemWords = (code: string): string => told(`mail.returns.problem.${code}`) ?? t('mail.returns.problem.other');

/** Where mail that could not be delivered comes back to. */
export function Returns() {
  const { data, error, refetch } = useQuery(reading(getReturnBox, {}));
  if (!data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  return (
    <Section title={t('mail.returns')} lead={t('mail.returns.lead')}>
      <Stand kept={data} />
      <BoxForm key={data.box?.changedAt ?? 'new'} box={data.box} />
    </Section>
  );
}

function Stand({ kept: { box, bounced, given } }: { kept: Kept }) {
  if (!box) return <p className={classes.quiet}>{t('mail.returns.none')}</p>;
  const read = box.readAt ? t('mail.returns.read', { when: longInstant(box.readAt) }) : t('mail.returns.unread');
  return (
    <>
      <p className={classes.quiet}>
        {read} {t('mail.returns.counts', { bounced, given })}
      </p>
      {box.failure && (
        <Alert variant="light" color="yellow" mb="sm">
          {t('mail.returns.failure', { problem: problemWords(box.failure) })}
        </Alert>
      )}
    </>
  );
}

function BoxForm({ box }: { box: Kept['box'] }) {
  const first = {
    ...{ host: box?.host ?? '', port: box?.port ?? 993, security: (box?.security ?? 'tls') as MailSetup['security'] },
    ...{ username: box?.username ?? '', password: '' },
  };
  const form = useForm(first, async ({ password, ...rest }) => {
    await call(saveReturnBox, { ...rest, ...(password === '' ? {} : { password }) });
    await refresh(getReturnBox);
    say(t('mail.returns.saved'));
  });
  const { values, set, problem, error } = form;
  const remove = async () => {
    try {
      await call(removeReturnBox, {});
      await refresh(getReturnBox);
      say(t('mail.returns.removed'));
    } catch (failure) {
      sayError(failure);
    }
  };
  const unreached = error instanceof ApiError && error.code === 'connection_failed' ? error.fields.problem : undefined;
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack>
        <div className={classes.pair}>
          <TextInput
            label={t('mail.returns.host')}
            value={values.host}
            error={problem('host')}
            onChange={(event) => set('host', event.currentTarget.value)}
          />
          <NumberInput
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
          onChange={(event) => set('security', event.currentTarget.value as MailSetup['security'])}
          data={securities.options.map((value) => ({ value, label: t(`mail.security.${value}`) }))}
        />
        <div className={classes.pair}>
          <TextInput
            label={t('mail.user')}
            autoComplete="off"
            value={values.username}
            error={problem('username')}
            onChange={(event) => set('username', event.currentTarget.value)}
          />
          <PasswordInput
            label={t('mail.password')}
            description={t(box ? 'mail.passwordKept' : 'mail.passwordHint')}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('mail.password') }}
            value={values.password}
            error={problem('password')}
            onChange={(event) => set('password', event.currentTarget.value)}
          />
        </div>
        {unreached === undefined ? (
          <ErrorNotice error={error} />
        ) : (
          <Alert variant="light" color="red">
            {t('mail.returns.failure', { problem: problemWords(unreached) })}
          </Alert>
        )}
        <Group>
          <Button type="submit" variant="default" loading={form.sending}>
            {t('mail.returns.save')}
          </Button>
          {box && (
            <Button variant="subtle" color="red" onClick={() => void remove()}>
              {t('mail.returns.remove')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
