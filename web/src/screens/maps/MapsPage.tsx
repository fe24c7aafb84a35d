import { Button } from '@mantine/core';
import { IconPlus, IconTopologyStar3 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { createMap } from '../../../../server/maps/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { personQuery } from '../contacts/queries.ts';
import classes from './Maps.module.css';
import { MapsList, NewMap } from './MapsList.tsx';
import { mapsQuery } from './queries.ts';

/** The power maps of an organisation. */
export function MapsPage() {
  const { personId } = useParams({ from: '/members/people/$personId/maps' });
  const organization = useQuery(personQuery(personId)).data;
  const { data, error, refetch } = useQuery(mapsQuery(personId));
  const [beginning, begin] = useState(false);
  const button = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => begin(true)}>
      {t('maps.newMap')}
    </Button>
  );
  return (
    <Page
      title={organization ? t('maps.mapsOf', { name: organization.name }) : t('maps.maps')}
      width="reading"
      lead={
        <>
          {t('maps.mapsLead')}
          <span className={classes.ways}>
            <TextLink to="/people/$personId" params={{ personId }}>
              {t('maps.toContact')}
            </TextLink>
            <TextLink to="/people/$personId/chart" params={{ personId }}>
              {t('maps.chart')}
            </TextLink>
          </span>
        </>
      }
      actions={data && data.items.length > 0 && button}
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {data?.items.length === 0 && (
        <EmptyState
          icon={<IconTopologyStar3 />}
          title={t('maps.mapsNone')}
          text={t('maps.mapsNoneText')}
          action={button}
        />
      )}
      {data && data.items.length > 0 && <MapsList items={data.items} />}
      {beginning && (
        <NewMap create={(name) => call(createMap, { organizationId: personId, name })} onClose={() => begin(false)} />
      )}
    </Page>
  );
}
