import { Button } from '@mantine/core';
import { IconPlus, IconTopologyStar3 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { createMapOfOpportunity } from '../../../../server/maps/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import classes from './Maps.module.css';
import { MapsList, NewMap } from './MapsList.tsx';
import { mapsOfOpportunityQuery } from './queries.ts';

/** The power maps of an opportunity. */
export function OpportunityMapsPage() {
  const { opportunityId } = useParams({ from: '/members/opportunities/$opportunityId/maps' });
  const { data, error, refetch } = useQuery(mapsOfOpportunityQuery(opportunityId));
  const [beginning, begin] = useState(false);
  const button = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => begin(true)}>
      {t('maps.newMap')}
    </Button>
  );
  return (
    <Page
      title={data ? t('maps.mapsOfOpportunity', { name: data.name }) : t('maps.maps')}
      width="reading"
      lead={
        <>
          {t('maps.mapsLead')}
          <span className={classes.ways}>
            <TextLink to="/opportunities/$opportunityId" params={{ opportunityId }}>
              {t('maps.toOpportunity')}
            </TextLink>
          </span>
        </>
      }
      actions={data?.canBegin && data.items.length > 0 && button}
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {data?.items.length === 0 && (
        <EmptyState
          icon={<IconTopologyStar3 />}
          title={t('maps.mapsNone')}
          text={t(data.canBegin ? 'maps.mapsNoneOpportunity' : 'maps.mapsNobody')}
          action={data.canBegin ? button : <ToOpportunity opportunityId={opportunityId} />}
        />
      )}
      {data && data.items.length > 0 && <MapsList items={data.items} />}
      {beginning && (
        <NewMap create={(name) => call(createMapOfOpportunity, { opportunityId, name })} onClose={() => begin(false)} />
      )}
    </Page>
  );
}

/** Where nobody can be read yet, somebody is added on the opportunity's page. */
function ToOpportunity({ opportunityId }: { opportunityId: string }) {
  return (
    <ButtonLink to="/opportunities/$opportunityId" params={{ opportunityId }}>
      {t('maps.toOpportunity')}
    </ButtonLink>
  );
}
