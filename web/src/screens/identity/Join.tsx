import { Button, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { acceptInvitation, getInvitation } from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { queryClient, reading } from '../../queries.ts';
import { adopt, tokenInFragment } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useForm } from '../../ui/useForm.ts';
import { CodeField, codeOf, useCodeQuestion } from './code.tsx';
import { Door } from './Door.tsx';
import { EmailField, NameField, NewPasswordField } from './fields.tsx';

export function Join() {
  const [token] = useState(() => tokenInFragment() ?? '');
  const { data: invitation, error } = useQuery(reading(getInvitation, { token }));
  if (error) {
    return (
      <Door title="Entregent">
        <ErrorNotice error={error} />
      </Door>
    );
  }
  if (!invitation) return null;
  const { workspace, invitedBy } = invitation;
  return (
    <Door title={t('identity.join.title', { workspace })} lead={t('identity.join.text', { invitedBy })}>
      <JoinForm token={token} invitation={invitation} />
    </Door>
  );
}

function JoinForm({ token, invitation }: { token: string; invitation: Output<typeof getInvitation> }) {
  const router = useRouter();
  const { asked, withCode } = useCodeQuestion();
  const empty = { name: '', email: invitation.email ?? '', password: '', code: '' };
  const form = useForm(empty, async ({ code, ...values }) => {
    const input = { ...values, ...codeOf({ code }), token, locale: currentLanguage() };
    const me = await withCode(() => call(acceptInvitation, input));
    if (me === null) return;
    queryClient.clear();
    await adopt(me);
    await router.navigate({ to: '/imports', replace: true });
  });
  const { values, set, problem } = form;
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack>
        <NameField value={values.name} onChange={(name) => set('name', name)} error={problem('name')} />
        <EmailField value={values.email} onChange={(email) => set('email', email)} error={problem('email')} />
        <NewPasswordField
          value={values.password}
          onChange={(password) => set('password', password)}
          error={problem('password')}
        />
        {asked && (
          <CodeField
            value={values.code}
            onChange={(code) => set('code', code)}
            error={problem('code')}
            hint={t('identity.codeHint')}
          />
        )}
        <ErrorNotice error={form.error} />
        <Button type="submit" loading={form.sending}>
          {t('identity.join.submit')}
        </Button>
      </Stack>
    </form>
  );
}
