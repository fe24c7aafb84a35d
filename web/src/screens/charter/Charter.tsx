import { Alert, Button, Group } from '@mantine/core';
import { IconScript } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { acceptCharter, getCharter } from '../../../../server/charter/contract.ts';
import { listGrants } from '../../../../server/delegation/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Prose } from '../../ui/Prose.tsx';
import { Section } from '../../ui/Section.tsx';
import { Acceptances, Documents } from './Oversight.tsx';
import { Publish } from './Publish.tsx';
import { charterQuery } from './queries.ts';
import { RulesInWords } from './RulesInWords.tsx';

type Found = Output<typeof getCharter>;

/** What members accept about contacts: to read, and for admins to write. */
export function Charter() {
  const { role } = useMe();
  const { data, error, refetch } = useQuery(charterQuery);
  const [writing, write] = useState(false);
  const admin = role === 'admin';
  const oversees = admin || role === 'auditor';
  const first = <Button onClick={() => write(true)}>{t(data?.charter ? 'charter.edit' : 'charter.first')}</Button>;
  return (
    <Page title={t('shell.charter')} width="reading" lead={t('charter.lead')} actions={admin && data?.charter && first}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={5} />}
      {data && !data.charter && (
        <EmptyState
          icon={<IconScript />}
          title={t('charter.none')}
          text={t('charter.noneText')}
          action={admin && first}
        />
      )}
      {data?.charter && <Text found={data} charter={data.charter} />}
      {oversees && data?.charter && <Acceptances />}
      {oversees && <Documents />}
      {writing && data && <Publish charter={data.charter} onClose={() => write(false)} />}
    </Page>
  );
}

function Text({ found, charter }: { found: Found; charter: NonNullable<Found['charter']> }) {
  const lend = useMutation({
    mutationFn: () => call(acceptCharter, { version: charter.version }),
    onSuccess: () => refresh(getCharter, listGrants),
  });
  const { version, publishedAt, publishedBy } = charter;
  return (
    <Section title={t('charter.published', { version, name: publishedBy, date: longDate(publishedAt) })}>
      {found.asks !== null && (
        <Alert color="yellow" title={t('charter.asks')} mb="md">
          <p>{found.asks}</p>
          <Button mt="xs" size="compact-md" loading={lend.isPending} onClick={() => lend.mutate()}>
            {t('charter.lendNow')}
          </Button>
          <ErrorNotice error={lend.error} />
        </Alert>
      )}
      <Prose below={2} text={currentLanguage() === 'fr' ? charter.textFr : charter.textEn} />
      <RulesInWords charter={charter} />
      {found.acceptedAt && <Group c="dimmed">{t('charter.accepted', { date: longDate(found.acceptedAt) })}</Group>}
    </Section>
  );
}
