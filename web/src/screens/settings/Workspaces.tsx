import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { createWorkspace } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { goToWorkspace, useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { CountryField } from '../identity/fields.tsx';
import classes from './Settings.module.css';

/** The workspaces I belong to, for whoever has more than one; an admin may make another. */
export function Workspaces() {
  const me = useMe();
  const [making, { open, close }] = useDisclosure();
  const admin = me.role === 'admin';
  if (me.workspaces.length < 2 && !admin) return null;
  const create = admin && (
    <Button variant="default" leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('settings.workspaces.new')}
    </Button>
  );
  return (
    <Section title={t('shell.workspaces')} lead={t('settings.workspaces.lead')} actions={create}>
      <Lines>
        {me.workspaces.map(({ id, name }) => (
          <li key={id} className={classes.line}>
            <div className={classes.main}>
              <strong>{name}</strong>
              {id === me.workspace.id && <span className={classes.quiet}>{t('settings.workspaces.here')}</span>}
            </div>
            {id !== me.workspace.id && (
              <Button
                variant="default"
                size="sm"
                aria-label={t('settings.workspaces.openOne', { name })}
                onClick={() => void goToWorkspace(id).catch(sayError)}
              >
                {t('settings.workspaces.open')}
              </Button>
            )}
          </li>
        ))}
      </Lines>
      {making && <NewWorkspace onClose={close} />}
    </Section>
  );
}

function NewWorkspace({ onClose }: { onClose: () => void }) {
  const { country } = useMe().workspace;
  const { values, set, submit, sending, error, problem } = useForm({ name: '', country }, async (form) => {
    const { id } = await call(createWorkspace, form);
    await goToWorkspace(id);
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('settings.workspaces.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('settings.workspaces.name')}
            placeholder={t('settings.workspaces.example')}
            required
            withAsterisk={false}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <CountryField value={values.country} onChange={(to) => set('country', to)} error={problem('country')} />
          <ErrorNotice error={error} />
          <Button type="submit" loading={sending}>
            {t('settings.workspaces.create')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
