import { Button, Checkbox, Modal, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDeviceMobile, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addDevice, type Device, endDevice, listDevices, updateDevice } from '../../../../server/dav/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { ago, longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from '../settings/Settings.module.css';
import { Connecting } from './Connecting.tsx';
import { Held } from './Held.tsx';

type Made = Output<typeof addDevice>;

/** Phones and programs that keep my address books here. */
export function Phones() {
  const { data, error, refetch } = useQuery(reading(listDevices, {}));
  const [adding, { open, close }] = useDisclosure();
  const [made, setMade] = useState<Made | null>(null);
  const none = data?.items.length === 0 && made === null;
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {t('phones.add')}
    </Button>
  );
  return (
    <Page title={t('phones.title')} width="reading" lead={t('phones.lead')} actions={!none && add}>
      <Held />
      {made && <Connecting made={made} />}
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={2} />}
      {none && (
        <EmptyState icon={<IconDeviceMobile />} title={t('phones.empty')} text={t('phones.emptyText')} action={add} />
      )}
      {data && data.items.length > 0 && (
        <Lines>
          {data.items.map((device) => (
            <Line key={device.id} device={device} />
          ))}
        </Lines>
      )}
      {adding && <NewDevice onClose={close} onMade={setMade} />}
    </Page>
  );
}

function Line({ device }: { device: Device }) {
  const { id, name, writes, lent, createdAt, lastUsedAt, client } = device;
  const end = useMutation({
    mutationFn: async () => {
      await call(endDevice, { deviceId: id });
      await refresh(listDevices);
      say(t('phones.ended', { name }));
    },
    onError: sayError,
  });
  const change = useMutation({
    mutationFn: async () => {
      await call(updateDevice, { deviceId: id, writes: !writes });
      await refresh(listDevices);
    },
    onError: sayError,
  });
  const lend = useMutation({
    mutationFn: async () => {
      await call(updateDevice, { deviceId: id, lent: !lent });
      await refresh(listDevices);
      say(t(lent ? 'phones.withoutLentDone' : 'phones.withLentDone', { name }));
    },
    onError: sayError,
  });
  const facts = [
    t(writes ? 'phones.writes' : 'phones.reads'),
    ...(lent ? [t('phones.lent')] : []),
    lastUsedAt === null ? t('phones.neverUsed') : t('phones.used', { when: ago(lastUsedAt) }),
    t('phones.since', { date: longDate(createdAt) }),
  ];
  return (
    <li className={classes.line}>
      <div className={classes.main}>
        <strong>{name}</strong>
        <span className={classes.quiet}>{facts.join(' · ')}</span>
        {client && <span className={classes.quiet}>{client}</span>}
      </div>
      <Button
        variant="subtle"
        loading={lend.isPending}
        onClick={() => lend.mutate()}
        aria-label={t(lent ? 'phones.withoutLentOne' : 'phones.withLentOne', { name })}
      >
        {t(lent ? 'phones.withoutLent' : 'phones.withLent')}
      </Button>
      <Button
        variant="subtle"
        loading={change.isPending}
        onClick={() => change.mutate()}
        aria-label={t(writes ? 'phones.readOnlyOne' : 'phones.letWriteOne', { name })}
      >
        {t(writes ? 'phones.readOnly' : 'phones.letWrite')}
      </Button>
      <Button
        variant="subtle"
        color="red"
        loading={end.isPending}
        onClick={() => end.mutate()}
        aria-label={t('phones.endOne', { name })}
      >
        {t('phones.end')}
      </Button>
    </li>
  );
}

function NewDevice({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const form = useForm({ name: '', writes: true }, async (values) => {
    onMade(await call(addDevice, values));
    await refresh(listDevices);
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Modal opened onClose={onClose} title={t('phones.add')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('phones.name')}
            placeholder={t('phones.example')}
            required
            withAsterisk={false}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <Checkbox
            label={t('phones.mayWrite')}
            description={t('phones.mayWriteText')}
            checked={values.writes}
            onChange={(event) => set('writes', event.currentTarget.checked)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('phones.create')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
