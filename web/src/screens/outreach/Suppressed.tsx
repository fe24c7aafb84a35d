import { Button, Group, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { suppressAddress } from '../../../../server/outreach/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { healthQuery, refreshMessages } from './queries.ts';

/** The addresses nobody writes to: one is put on the list, or taken off, by typing it. */
export function Suppressed() {
  const { data } = useQuery(healthQuery);
  const wanted = useRef(true);
  const form = useForm({ email: '' }, async ({ email }) => {
    await call(suppressAddress, { email, suppressed: wanted.current });
    say(t(wanted.current ? 'mail.suppress.added' : 'mail.suppress.released'));
    form.set('email', '');
    await refreshMessages();
  });
  const button = (suppressed: boolean) => (
    <Button
      type="submit"
      variant={suppressed ? 'default' : 'subtle'}
      loading={form.sending && wanted.current === suppressed}
      disabled={form.values.email.trim() === ''}
      onClick={() => {
        wanted.current = suppressed;
      }}
    >
      {t(suppressed ? 'mail.suppress.add' : 'mail.suppress.release')}
    </Button>
  );
  return (
    <Section title={t('mail.suppress')} lead={t('mail.suppress.lead', { count: data?.suppressed ?? 0 })}>
      <form onSubmit={form.submit} noValidate>
        <Group align="flex-end">
          <TextInput
            flex="1 1 14rem"
            name="email"
            type="email"
            label={t('mail.suppress.address')}
            value={form.values.email}
            error={form.problem('email')}
            onChange={(event) => form.set('email', event.currentTarget.value)}
          />
          {button(true)}
          {button(false)}
        </Group>
      </form>
      <ErrorNotice error={form.error} />
    </Section>
  );
}
