import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { apiBase } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { myDepartureQuery } from './queries.ts';
import { WhatHappens } from './WhatHappens.tsx';

/** For who is about to leave: what would stay, what would go, and taking along what is theirs. */
export function MyDeparture() {
  const { data, error, refetch } = useQuery(myDepartureQuery);
  return (
    <Page title={t('leaving.mine')} width="reading" lead={t('leaving.mineLead')}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.departure && <WhatHappens departure={data.departure} />}
      <Section title={t('leaving.export')} lead={t('leaving.exportHint')}>
        <Button component="a" download href={`${apiBase}/people/export?format=vcf&mine=true`}>
          {t('leaving.export')}
        </Button>
      </Section>
    </Page>
  );
}
