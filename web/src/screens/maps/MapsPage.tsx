import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTopologyStar3 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { createMap } from '../../../../server/maps/contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { useForm } from '../../ui/useForm.ts';
import { personQuery } from '../contacts/queries.ts';
import classes from './Maps.module.css';
import { mapsQuery, refreshMaps } from './queries.ts';

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
      {data && data.items.length > 0 && (
        <Lines>
          {data.items.map(({ id, name, author, mine, shared, changedBy, changedAt }) => (
            <li key={id} className={classes.entry}>
              <TextLink to="/maps/$mapId" params={{ mapId: id }} fw={600}>
                {name}
              </TextLink>
              <span className={classes.quiet}>
                {[
                  mine ? t(shared ? 'maps.isShared' : 'maps.isPrivate') : t('maps.byAuthor', { name: author.name }),
                  t('maps.changedBy', { name: changedBy.name, ago: ago(changedAt) }),
                ].join(' · ')}
              </span>
            </li>
          ))}
        </Lines>
      )}
      {beginning && <NewMap organizationId={personId} onClose={() => begin(false)} />}
    </Page>
  );
}

function NewMap({ organizationId, onClose }: { organizationId: string; onClose: () => void }) {
  const navigate = useNavigate();
  const form = useForm({ name: '' }, async ({ name }) => {
    const { id: mapId } = await call(createMap, { organizationId, name });
    await refreshMaps();
    await navigate({ to: '/maps/$mapId', params: { mapId } });
  });
  return (
    <Modal opened onClose={onClose} title={t('maps.newMap')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={t('maps.mapName')}
            description={t('maps.mapNameHint')}
            maxLength={120}
            value={form.values.name}
            onChange={(event) => form.set('name', event.currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} disabled={form.values.name.trim() === ''}>
            {t('maps.create')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
