import { Button, Checkbox, Modal, NativeSelect, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { addConnection, listConnections, listPlaces, type Place } from '../../../../server/connectors/contract.ts';
import { createBook, listBooks } from '../../../../server/delegation/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { booksQuery, refresh } from '../../queries.ts';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Problem } from './Problem.tsx';

const services = ['google', 'icloud', 'nextcloud', 'fastmail', 'other'] as const;
type Service = (typeof services)[number];

/** Services whose address only their members know. */
const asksAddress = (service: Service): boolean => service === 'nextcloud' || service === 'other';

interface Account {
  kind: 'address_book';
  settings: Record<string, string>;
  secret: Record<string, string>;
}

/** An account is tried first; then one says what of it comes into which book. */
export function NewConnection({ onClose }: { onClose: () => void }) {
  const [found, setFound] = useState<{ account: Account; name: string; places: Place[] } | null>(null);
  return (
    <Modal opened onClose={onClose} title={t('connections.add')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      {found ? <Choice {...found} onClose={onClose} /> : <Credentials onFound={setFound} />}
    </Modal>
  );
}

interface CredentialsProps {
  onFound: (found: { account: Account; name: string; places: Place[] }) => void;
}

function Credentials({ onFound }: CredentialsProps) {
  const initial = { service: 'google' as Service, address: '', username: '', password: '' };
  const form = useForm(initial, async ({ service, address, username, password }) => {
    const settings = { service, username, ...(asksAddress(service) ? { address } : {}) };
    const account: Account = { kind: 'address_book', settings, secret: { password } };
    const { items } = await call(listPlaces, account);
    const name = service === 'other' ? username : t(`connections.service.${service}`);
    onFound({ account, name, places: items });
  });
  const { values, set, problem } = form;
  const text = (name: 'address' | 'username') => ({
    name,
    required: true,
    withAsterisk: false,
    value: values[name],
    error: problem(name),
    onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value),
  });
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack>
        <NativeSelect
          data-autofocus
          label={t('connections.service')}
          value={values.service}
          onChange={(event) => set('service', event.currentTarget.value as Service)}
          data={services.map((value) => ({ value, label: t(`connections.service.${value}`) }))}
        />
        <Text size="sm" c="dimmed">
          {t(`connections.hint.${values.service}`)}
        </Text>
        {asksAddress(values.service) && (
          <TextInput
            {...text('address')}
            label={t('connections.address')}
            description={t('connections.addressHint')}
            inputMode="url"
          />
        )}
        <TextInput {...text('username')} label={t('connections.user')} autoComplete="off" />
        <PasswordInput
          name="password"
          label={t('connections.password')}
          required
          withAsterisk={false}
          autoComplete="off"
          value={values.password}
          error={problem('password')}
          onChange={(event) => set('password', event.currentTarget.value)}
        />
        <Problem error={form.error} />
        <Button type="submit" loading={form.sending}>
          {t('connections.look')}
        </Button>
      </Stack>
    </form>
  );
}

interface ChoiceProps {
  account: Account;
  name: string;
  places: Place[];
  onClose: () => void;
}

const newBook = 'new';

function Choice({ account, name, places, onClose }: ChoiceProps) {
  const router = useRouter();
  const books = (useQuery(booksQuery).data?.items ?? []).filter(({ mine }) => mine);
  const initial = { name, place: places[0]?.id ?? '', book: newBook, twoWay: false };
  const form = useForm(initial, async (chosen) => {
    const bookId = chosen.book === newBook ? (await call(createBook, { name: chosen.name })).id : chosen.book;
    const { book: _chosen, ...rest } = chosen;
    const { id: connectionId } = await call(addConnection, { ...account, ...rest, bookId });
    await refresh(listConnections, listBooks);
    say(t('connections.connected', { name: chosen.name }));
    onClose();
    await router.navigate({ to: '/settings/connections/$connectionId', params: { connectionId } });
  });
  const { values, set, problem } = form;
  const place = places.find(({ id }) => id === values.place);
  if (!place) return <Text>{t('connections.noPlace')}</Text>;
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack>
        <NativeSelect
          data-autofocus
          label={t('connections.place')}
          value={values.place}
          onChange={(event) => set('place', event.currentTarget.value)}
          data={places.map(({ id, name: label }) => ({ value: id, label }))}
        />
        <TextInput
          name="name"
          label={t('connections.name')}
          required
          withAsterisk={false}
          value={values.name}
          error={problem('name')}
          onChange={(event) => set('name', event.currentTarget.value)}
        />
        <NativeSelect
          label={t('connections.book')}
          value={values.book}
          onChange={(event) => set('book', event.currentTarget.value)}
          data={[
            { value: newBook, label: t('connections.newBook', { name: values.name }) },
            ...books.map(({ id, name: label }) => ({ value: id, label })),
          ]}
        />
        {place.writable && (
          <Checkbox
            label={t('connections.twoWay')}
            description={t('connections.twoWayText')}
            checked={values.twoWay}
            error={problem('twoWay')}
            onChange={(event) => set('twoWay', event.currentTarget.checked)}
          />
        )}
        <Text size="sm">{t(values.twoWay ? 'connections.does.writes' : 'connections.does.reads')}</Text>
        <Problem error={form.error} />
        <Button type="submit" loading={form.sending}>
          {t('connections.connect')}
        </Button>
      </Stack>
    </form>
  );
}
