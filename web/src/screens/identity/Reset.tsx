import { Alert, Button, Stack } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { resetPassword } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { tokenInFragment } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Door } from './Door.tsx';
import { NewPasswordField } from './fields.tsx';

export function Reset() {
  const router = useRouter();
  const [token] = useState(tokenInFragment);
  const form = useForm({ password: '' }, async ({ password }) => {
    await call(resetPassword, { token: token ?? '', password });
    say(t('identity.reset.done'));
    await router.navigate({ to: '/sign-in', search: {}, replace: true });
  });
  return (
    <Door title={t('identity.reset.title')} lead={t('identity.reset.text')}>
      {token === null ? (
        <Alert color="red">{t('identity.reset.noToken')}</Alert>
      ) : (
        <form onSubmit={form.submit} noValidate>
          <Stack>
            <NewPasswordField
              label={t('identity.newPassword')}
              value={form.values.password}
              onChange={(password) => form.set('password', password)}
              error={form.problem('password')}
            />
            <ErrorNotice error={form.error} />
            <Button type="submit" loading={form.sending}>
              {t('identity.reset.submit')}
            </Button>
          </Stack>
        </form>
      )}
    </Door>
  );
}
