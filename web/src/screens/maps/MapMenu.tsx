import { ActionIcon, Button, Menu, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { updateMap } from '../../../../server/maps/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { type PowerMap, refreshMaps } from './queries.ts';

/** What its author does with a map as a whole; one whose author is here no more gets its name from others. */
export function MapMenu({ map }: { map: PowerMap }) {
  const [renaming, rename] = useState(false);
  const navigate = useNavigate();
  if (!map.renamable) return null;
  const { id: mapId, shared, mine } = map;
  const update = async (change: { shared?: boolean; removed?: boolean }) => {
    await call(updateMap, { mapId, ...change });
    await refreshMaps();
  };
  const share = async () => {
    try {
      await update({ shared: !shared });
      offerUndo(t(shared ? 'maps.unshared' : 'maps.shared'), () => update({ shared }));
    } catch (error) {
      sayError(error);
    }
  };
  const remove = async () => {
    try {
      await call(updateMap, { mapId, removed: true });
      const { kind, id } = map.subject;
      await (kind === 'opportunity'
        ? navigate({ to: '/opportunities/$opportunityId/maps', params: { opportunityId: id } })
        : navigate({ to: '/people/$personId/maps', params: { personId: id } }));
      await refreshMaps();
      offerUndo(t('maps.removed'), () => update({ removed: false }));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <>
      <Menu position="bottom-end" width={300} closeOnItemClick>
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label={t('maps.ofMap')}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mine && (
            <Menu.Item
              onClick={() => void share()}
              rightSection={<Switch checked={shared} readOnly tabIndex={-1} aria-hidden />}
            >
              {t('maps.sharing', { kind: map.subject.kind })}
            </Menu.Item>
          )}
          <Menu.Item onClick={() => rename(true)}>{t('maps.rename')}</Menu.Item>
          {mine && <Menu.Item onClick={() => void remove()}>{t('maps.remove')}</Menu.Item>}
          {mine && <Menu.Label>{t('maps.sharingHint')}</Menu.Label>}
        </Menu.Dropdown>
      </Menu>
      {renaming && <Renaming map={map} onClose={() => rename(false)} />}
    </>
  );
}

function Renaming({ map, onClose }: { map: PowerMap; onClose: () => void }) {
  const form = useForm({ name: map.name }, async ({ name }) => {
    await call(updateMap, { mapId: map.id, name });
    await refreshMaps();
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={t('maps.rename')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={t('maps.mapName')}
            maxLength={120}
            value={form.values.name}
            onChange={(event) => form.set('name', event.currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} disabled={form.values.name.trim() === ''}>
            {t('shell.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
