import { Alert, Button, Group, Menu, Modal, Stack, TextInput } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { keepVersion, restoreVersion } from '../../../../server/maps/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Maps.module.css';
import { type PowerMap, refreshMaps } from './queries.ts';

interface VersionsProps {
  map: PowerMap;
  /** Shows the map as it was; undefined: as it is. */
  onLook: (revision: number | undefined) => void;
}

/** The states of before, to be looked at, and this one, to be kept. */
export function Versions({ map, onLook }: VersionsProps) {
  const [keeping, keep] = useState(false);
  return (
    <>
      <Menu position="bottom-start" width={320}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconHistory size={18} aria-hidden />} data-compact>
            {t('maps.versions')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes.versions}>
          <Menu.Item onClick={() => keep(true)}>{t('maps.keepVersion')}</Menu.Item>
          {map.versions.length > 0 && <Menu.Divider />}
          {map.versions.length > 0 && <Menu.Item onClick={() => onLook(undefined)}>{t('maps.versionNow')}</Menu.Item>}
          {map.versions.map(({ revision, at, member, label }) => (
            <Menu.Item key={revision} onClick={() => onLook(revision === map.revision ? undefined : revision)}>
              {label !== '' && <strong className={classes.label}>{label}</strong>}
              {t('maps.versionBy', { day: longInstant(at), name: member.name })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {keeping && <Keeping mapId={map.id} onClose={() => keep(false)} />}
    </>
  );
}

function Keeping({ mapId, onClose }: { mapId: string; onClose: () => void }) {
  const form = useForm({ label: '' }, async ({ label }) => {
    await call(keepVersion, { mapId, label });
    await refreshMaps();
    say(t('maps.versionKept'));
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={t('maps.keepVersion')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={t('maps.versionName')}
            maxLength={120}
            value={form.values.label}
            onChange={(event) => form.set('label', event.currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} disabled={form.values.label.trim() === ''}>
            {t('shell.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

/** That what is shown is not the map of now, and the ways from there. */
export function VersionNotice({ map, onLook }: VersionsProps) {
  const version = map.versions.find(({ revision }) => revision === map.shown);
  if (!version) return null;
  const day = longInstant(version.at);
  const restore = async () => {
    const before = map.revision;
    try {
      await call(restoreVersion, { mapId: map.id, revision: map.shown });
      onLook(undefined);
      await refreshMaps();
      offerUndo(t('maps.restored', { day }), async () => {
        await call(restoreVersion, { mapId: map.id, revision: before });
        await refreshMaps();
      });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Alert variant="light" color="gray" role="status" className={classes.tools}>
      <p className={classes.role}>
        {version.label === '' ? t('maps.lookingAt', { day }) : t('maps.lookingAtLabel', { day, label: version.label })}
      </p>
      <Group gap="xs">
        <Button size="sm" variant="default" onClick={() => onLook(undefined)}>
          {t('maps.backToNow')}
        </Button>
        <Button size="sm" variant="subtle" onClick={() => void restore()}>
          {t('maps.restore')}
        </Button>
      </Group>
    </Alert>
  );
}
