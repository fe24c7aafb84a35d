import { Button, Stack, TextInput } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { setUp } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { queryClient } from '../../queries.ts';
import { adopt, tokenInFragment } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Door } from './Door.tsx';
import { CountryField, EmailField, NameField, NewPasswordField } from './fields.tsx';

export function SetUp() {
  const [token] = useState(tokenInFragment);
  if (token === null) return <Door title={t('identity.setUp.noToken.title')}>{t('identity.setUp.noToken.text')}</Door>;
  return (
    <Door title={t('identity.setUp.title')} lead={t('identity.setUp.text')}>
      <SetUpForm token={token} />
    </Door>
  );
}

function SetUpForm({ token }: { token: string }) {
  const router = useRouter();
  const form = useForm({ workspace: '', country: 'FR', name: '', email: '', password: '' }, async (values) => {
    const me = await call(setUp, { ...values, token, locale: currentLanguage() });
    queryClient.clear();
    await adopt(me);
    await router.navigate({ to: '/imports', replace: true });
  });
  const { values, set, problem } = form;
  return (
    <form onSubmit={form.submit}>
      <Stack>
        <TextInput
          label={t('identity.workspace')}
          description={t('identity.workspaceHint')}
          autoComplete="organization"
          required
          withAsterisk={false}
          value={values.workspace}
          error={problem('workspace')}
          onChange={(event) => set('workspace', event.currentTarget.value)}
        />
        <CountryField
          value={values.country}
          onChange={(country) => set('country', country)}
          error={problem('country')}
        />
        <NameField value={values.name} onChange={(name) => set('name', name)} error={problem('name')} />
        <EmailField value={values.email} onChange={(email) => set('email', email)} error={problem('email')} />
        <NewPasswordField
          value={values.password}
          onChange={(password) => set('password', password)}
          error={problem('password')}
        />
        <ErrorNotice error={form.error} />
        <Button type="submit" loading={form.sending}>
          {t('identity.setUp.submit')}
        </Button>
      </Stack>
    </form>
  );
}
