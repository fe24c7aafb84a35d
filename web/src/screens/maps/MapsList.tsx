import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { Output } from '../../../../server/kernel/contract.ts';
import type { listMaps } from '../../../../server/maps/contract.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { TextLink } from '../../ui/links.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Maps.module.css';
import { refreshMaps } from './queries.ts';

/** Power maps of one subject, the last changed first. */
export function MapsList({ items }: { items: Output<typeof listMaps>['items'] }) {
  return (
    <Lines>
      {items.map(({ id, name, author, mine, shared, changedBy, changedAt }) => (
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
  );
}

interface NewMapProps {
  /** Begins the map of this name. */
  create: (name: string) => Promise<{ id: string }>;
  onClose: () => void;
}

export function NewMap({ create, onClose }: NewMapProps) {
  const navigate = useNavigate();
  const form = useForm({ name: '' }, async ({ name }) => {
    const { id: mapId } = await create(name);
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
