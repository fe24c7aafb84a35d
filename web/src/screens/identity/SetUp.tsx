import { Button, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { setUp } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { queryClient, statusQuery } from '../../queries.ts';
import { adopt, tokenInFragment } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { Door } from './Door.tsx';
import { CountryField, EmailField, NameField, NewPasswordField } from './fields.tsx';

export function SetUp() {
  const [token] = useState(tokenInFragment);
  const status = useQuery(statusQuery).data;
  if (token === null) return <Door title={t('identity.setUp.noToken.title')}>{t('identity.setUp.noToken.text')}</Door>;
  if (!status) return null;
  const { demo } = status;
  return (
    <Door
      title={t(demo ? 'identity.setUp.demoTitle' : 'identity.setUp.title')}
      lead={t(demo ? 'identity.setUp.demo' : 'identity.setUp.text')}
    >
      <SetUpForm token={token} demo={demo} />
    </Door>
  );
}

const empty = { workspace: '', country: 'FR', name: '', email: '', password: '' };

/** In the demo a place is kept in a company that is there already: only who takes it is asked. */
function SetUpForm({ token, demo }: { token: string; demo: boolean }) {
  const router = useRouter();
  const form = useForm(empty, async ({ workspace, country, ...newcomer }) => {
    const me = await call(setUp, {
      ...newcomer,
      ...(demo ? {} : { workspace, country }),
      token,
      locale: currentLanguage(),
    });
    queryClient.clear();
    await adopt(me);
    await router.navigate({ to: demo ? '/people' : '/imports', replace: true });
  });
  const { values, set, problem } = form;
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack>
        {!demo && <Company form={form} />}
        <NameField value={values.name} onChange={(name) => set('name', name)} error={problem('name')} />
        <EmailField value={values.email} onChange={(email) => set('email', email)} error={problem('email')} />
        <NewPasswordField
          value={values.password}
          onChange={(password) => set('password', password)}
          error={problem('password')}
        />
        <ErrorNotice error={form.error} />
        <Button type="submit" loading={form.sending}>
          {t(demo ? 'identity.setUp.enter' : 'identity.setUp.submit')}
        </Button>
      </Stack>
    </form>
  );
}

function Company({ form }: { form: Form<typeof empty> }) {
  const { values, set, problem } = form;
  return (
    <>
      <TextInput
        name="workspace"
        label={t('identity.workspace')}
        description={t('identity.workspaceHint')}
        autoComplete="organization"
        required
        withAsterisk={false}
        value={values.workspace}
        error={problem('workspace')}
        onChange={(event) => set('workspace', event.currentTarget.value)}
      />
      <CountryField value={values.country} onChange={(country) => set('country', country)} error={problem('country')} />
    </>
  );
}
