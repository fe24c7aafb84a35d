import { Button, Group, NativeSelect, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { changePassword, getSecondFactor, updateMe } from '../../../../server/identity/contract.ts';
import type { Input } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { adopt, useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { NewPasswordField, PasswordField } from '../identity/fields.tsx';
import { Devices } from './Devices.tsx';
import { Passkeys } from './Passkeys.tsx';
import { SecondFactor } from './SecondFactor.tsx';
import { Workspaces } from './Workspaces.tsx';

export function MySettings() {
  return (
    <Page title={t('shell.me')} width="reading">
      <Profile />
      <Ways />
      <Workspaces />
      <Devices />
    </Page>
  );
}

/** How one gets in. All of it begins with the password, which who comes by the company's own sign-in does not have. */
function Ways() {
  const { data } = useQuery(reading(getSecondFactor, {}));
  if (data?.hasPassword === false)
    return (
      <Section title={t('settings.me.noPassword')}>
        <Text>{t('settings.me.noPasswordText')}</Text>
      </Section>
    );
  return (
    <>
      <Password />
      <SecondFactor />
      <Passkeys />
    </>
  );
}

function Profile() {
  const me = useMe();
  const change = useMutation({ mutationFn: (input: Input<typeof updateMe>) => call(updateMe, input).then(adopt) });
  const rename = useForm({ name: me.name }, async ({ name }) => {
    const before = me.name;
    await adopt(await call(updateMe, { name }));
    offerUndo(t('settings.me.renamed'), async () => {
      rename.set('name', before);
      await adopt(await call(updateMe, { name: before }));
    });
  });
  return (
    <Section title={t('settings.me.profile')} lead={me.email}>
      <Stack>
        <form onSubmit={rename.submit} noValidate>
          <Group align="flex-end">
            <TextInput
              flex={1}
              name="name"
              error={rename.problem('name')}
              label={t('identity.name')}
              autoComplete="name"
              required
              withAsterisk={false}
              value={rename.values.name}
              onChange={(event) => rename.set('name', event.currentTarget.value)}
            />
            <Button
              type="submit"
              variant="default"
              loading={rename.sending}
              disabled={rename.values.name.trim() === me.name}
            >
              {t('shell.save')}
            </Button>
          </Group>
        </form>
        <NativeSelect
          label={t('shell.language')}
          maw={320}
          value={me.locale}
          onChange={(event) => change.mutate({ locale: event.currentTarget.value === 'fr' ? 'fr' : 'en' })}
          data={[
            { value: 'fr', label: 'Français' },
            { value: 'en', label: 'English' },
          ]}
        />
        <div>
          <Text id="theme" fw={600}>
            {t('settings.me.theme')}
          </Text>
          <SegmentedControl
            mt={4}
            aria-labelledby="theme"
            value={me.theme}
            onChange={(theme) => change.mutate({ theme: theme as typeof me.theme })}
            data={(['light', 'dark', 'system'] as const).map((value) => ({
              value,
              label: t(`settings.me.theme.${value}`),
            }))}
          />
        </div>
        <ErrorNotice error={change.error ?? rename.error} />
      </Stack>
    </Section>
  );
}

function Password() {
  const form = useForm({ current: '', password: '' }, async (values) => {
    await call(changePassword, values);
    form.set('current', '');
    form.set('password', '');
    say(t('settings.me.passwordChanged'));
  });
  const { values, set, problem } = form;
  return (
    <Section title={t('identity.password')} lead={t('settings.me.passwordLead')}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <PasswordField
            name="current"
            label={t('settings.me.current')}
            value={values.current}
            onChange={(word) => set('current', word)}
            error={problem('current')}
          />
          <NewPasswordField
            label={t('identity.newPassword')}
            value={values.password}
            onChange={(word) => set('password', word)}
            error={problem('password')}
          />
          <ErrorNotice error={form.error} />
          <Group>
            <Button type="submit" variant="default" loading={form.sending}>
              {t('settings.me.changePassword')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
