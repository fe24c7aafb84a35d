import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../server/kernel/contract.ts';
import { createDirectoryToken, endDirectoryToken, listDirectoryTokens } from '../../../../server/scim/contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Secret } from '../settings/Secret.tsx';
import classes from '../settings/Settings.module.css';

type Made = Output<typeof createDirectoryToken>;
type Token = Made['directoryToken'];

/** With what the company's directory is let in. */
export function DirectoryTokens() {
  const { data, error, refetch } = useQuery(reading(listDirectoryTokens, {}));
  const [making, { open, close }] = useDisclosure();
  const [made, setMade] = useState<Made | null>(null);
  const add = (
    <Button variant="default" leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('directory.make')}
    </Button>
  );
  return (
    <Section title={t('directory.title')} lead={t('directory.lead')} actions={add}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data && (
        <>
          <p className={classes.quiet}>{t('directory.address')}</p>
          <code className={classes.secret}>{data.address}</code>
        </>
      )}
      {made && (
        <Secret title={t('directory.ready', { name: made.directoryToken.name })} value={made.token}>
          {t('directory.once')}
        </Secret>
      )}
      {data?.items.length === 0 && <p className={classes.quiet}>{t('directory.none')}</p>}
      {data && data.items.length > 0 && (
        <Lines>
          {data.items.map((token) => (
            <TokenLine key={token.id} token={token} />
          ))}
        </Lines>
      )}
      {making && <NewToken onClose={close} onMade={setMade} />}
    </Section>
  );
}

function TokenLine({ token: { id, name, lastUsedAt } }: { token: Token }) {
  const end = async () => {
    try {
      await call(endDirectoryToken, { tokenId: id });
      await refresh(listDirectoryTokens);
      say(t('directory.ended', { name }));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        <strong>{name}</strong>
        <span className={classes.quiet}>
          {lastUsedAt === null ? t('directory.neverUsed') : t('directory.used', { when: ago(lastUsedAt) })}
        </span>
      </div>
      <Button variant="subtle" color="red" onClick={() => void end()} aria-label={t('directory.endOne', { name })}>
        {t('directory.end')}
      </Button>
    </li>
  );
}

function NewToken({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const form = useForm({ name: '' }, async (values) => {
    onMade(await call(createDirectoryToken, values));
    await refresh(listDirectoryTokens);
    onClose();
  });
  return (
    <Modal opened onClose={onClose} title={t('directory.make')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('directory.name')}
            placeholder={t('directory.nameExample')}
            required
            withAsterisk={false}
            value={form.values.name}
            error={form.problem('name')}
            onChange={(event) => form.set('name', event.currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('directory.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
