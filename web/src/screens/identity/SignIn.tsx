import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Navigate, useRouter, useSearch } from '@tanstack/react-router';
import { type Me, signIn } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { queryClient, statusQuery } from '../../queries.ts';
import { adopt, lastWorkspace } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useForm } from '../../ui/useForm.ts';
import { CompanyWay, WhyRefused } from '../sso/CompanyWay.tsx';
import { CodeField, codeOf, useCodeQuestion } from './code.tsx';
import { Door } from './Door.tsx';
import { EmailField, PasswordField } from './fields.tsx';
import { openByPasskey, passkeysWork } from './passkey.ts';

export function SignIn() {
  const router = useRouter();
  const { back, refused } = useSearch({ from: '/sign-in' });
  const status = useQuery(statusQuery);
  const { asked, withCode } = useCodeQuestion();
  const enter = async (me: Me) => {
    queryClient.clear();
    await adopt(me);
    await router.navigate({ href: back ?? '/' });
  };
  const form = useForm({ email: '', password: '', code: '' }, async ({ code, ...values }) => {
    const me = await withCode(() => call(signIn, { ...values, ...codeOf({ code }), ...lastWorkspace() }));
    if (me !== null) await enter(me);
  });
  const byPasskey = useMutation({
    mutationFn: async () => {
      const me = await openByPasskey();
      if (me !== null) await enter(me);
    },
  });
  if (status.data?.setUp === false) return <Navigate to="/setup" />;
  return (
    <Door title={t('identity.signIn.title')} lead={t('identity.signIn.text')}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          {refused && <WhyRefused code={refused} />}
          <EmailField
            value={form.values.email}
            onChange={(email) => form.set('email', email)}
            error={form.problem('email')}
          />
          <CompanyWay email={form.values.email} back={back} />
          <PasswordField
            value={form.values.password}
            onChange={(password) => form.set('password', password)}
            error={form.problem('password')}
          />
          {asked && (
            <CodeField
              value={form.values.code}
              onChange={(code) => form.set('code', code)}
              error={form.problem('code')}
              hint={t('identity.codeHint')}
            />
          )}
          <ErrorNotice error={form.error ?? byPasskey.error} />
          <Button type="submit" loading={form.sending}>
            {t('identity.signIn.submit')}
          </Button>
          {passkeysWork(status.data?.passkeyHost) && (
            <Button variant="default" loading={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
              {t('identity.passkey.open')}
            </Button>
          )}
          <Text size="sm" c="dimmed">
            {t('identity.signIn.forgotten')}
          </Text>
        </Stack>
      </form>
    </Door>
  );
}
