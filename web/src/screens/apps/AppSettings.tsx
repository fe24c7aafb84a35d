import { Button, Stack, Switch, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { changeSettings, getSettings } from '../../../../server/apps/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { appSettingsQuery } from './queries.ts';

/** What the company allows programs that no admin has registered, and sites that show a person in a frame. */
export function AppSettings() {
  const { data, error } = useQuery(appSettingsQuery);
  return (
    <Section title={t('apps.settings')}>
      <ErrorNotice error={error} />
      {data && <Form key={JSON.stringify(data)} settings={data} />}
    </Section>
  );
}

function Form({ settings }: { settings: Output<typeof getSettings> }) {
  const start = { selfRegistration: settings.selfRegistration, embedOrigins: settings.embedOrigins.join('\n') };
  const form = useForm(start, async ({ selfRegistration, embedOrigins }) => {
    await call(changeSettings, { selfRegistration, embedOrigins: embedOrigins.split(/\s+/).filter(Boolean) });
    await refresh(getSettings);
    say(t('apps.settings.saved'));
  });
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack align="flex-start">
        <Switch
          label={t('apps.selfRegistration')}
          description={t('apps.selfRegistrationHint')}
          checked={form.values.selfRegistration}
          onChange={(event) => form.set('selfRegistration', event.currentTarget.checked)}
        />
        <Textarea
          name="embedOrigins"
          w="100%"
          label={t('apps.embed')}
          description={t('apps.embedHint')}
          placeholder="https://mail.example.org"
          autosize
          minRows={2}
          value={form.values.embedOrigins}
          error={form.problem('embedOrigins')}
          onChange={(event) => form.set('embedOrigins', event.currentTarget.value)}
        />
        <ErrorNotice error={form.error} />
        <Button type="submit" loading={form.sending}>
          {t('shell.save')}
        </Button>
      </Stack>
    </form>
  );
}
