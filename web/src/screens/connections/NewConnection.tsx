import { Button, Checkbox, Modal, NativeSelect, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import {
  addConnection,
  listConnections,
  listKinds,
  listPlaces,
  type Place,
} from '../../../../server/connectors/contract.ts';
import { createBook, listBooks } from '../../../../server/delegation/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { booksQuery, reading, refresh } from '../../queries.ts';
import { Loading } from '../../ui/Loading.tsx';
import { useForm } from '../../ui/useForm.ts';
import { openAccount } from './opening.ts';
import { Problem } from './Problem.tsx';
import { effectOf, serviceOf } from './sentences.ts';

const services = [
  'google_contacts',
  'microsoft_contacts',
  'google',
  'icloud',
  'nextcloud',
  'fastmail',
  'other',
  'file_at_address',
  'file_in_folder',
] as const;
type Service = (typeof services)[number];

const kindOf = (service: Service): string =>
  service.startsWith('file_') || service.endsWith('_contacts') ? service : 'address_book';

/** A password made for a program is the way round, where Google's own page does not open the account. */
const isWayRound = (service: Service, kinds: readonly string[]): boolean =>
  service === 'google' && kinds.includes('google_contacts');

/** Services whose address only their members know. */
const asksAddress = (service: Service): boolean =>
  service === 'nextcloud' || service === 'other' || service === 'file_at_address';

interface Account {
  kind: string;
  settings: Record<string, string>;
  secret: Record<string, string>;
}

interface Entered {
  service: Service;
  address: string;
  username: string;
  password: string;
}

function toAccount({ service, address, username, password }: Entered): Account {
  const kind = kindOf(service);
  if (service === 'file_in_folder') return { kind, settings: {}, secret: {} };
  if (service === 'file_at_address') return { kind, settings: { url: address, username }, secret: { password } };
  return { kind, settings: { service, username, ...(asksAddress(service) && { address }) }, secret: { password } };
}

/** An account that its service's page has opened: what of it comes into which book. */
export function OpenedAccount({
  kind,
  authorisation,
  onClose,
}: {
  kind: string;
  authorisation: string;
  onClose: () => void;
}) {
  const account = { kind, settings: {}, secret: { authorisation } };
  const { data, error } = useQuery({
    queryKey: [listPlaces.name, authorisation],
    queryFn: () => call(listPlaces, account),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Modal opened onClose={onClose} title={t('connections.add')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <Problem error={error} />
      {!data && !error && <Loading lines={3} />}
      {data && <Choice account={account} name={data.items[0]?.name ?? ''} places={data.items} onClose={onClose} />}
    </Modal>
  );
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

const nameOf = (service: Service, username: string): string =>
  service === 'other' ? username : t(`connections.service.${service}`);

interface CredentialsProps {
  onFound: (found: { account: Account; name: string; places: Place[] }) => void;
}

function Credentials({ onFound }: CredentialsProps) {
  const known = useQuery(reading(listKinds, {})).data?.items;
  if (!known) return <Loading lines={3} />;
  return <Entry known={known} onFound={onFound} />;
}

function Entry({ known, onFound }: CredentialsProps & { known: Output<typeof listKinds>['items'] }) {
  const kinds = known.map(({ kind }) => kind);
  const offered = services.filter((service) => kinds.includes(kindOf(service)) && !isWayRound(service, kinds));
  const first = { service: offered[0]!, address: '', username: '', password: '' };
  const form = useForm<Entered>(first, async (entered) => {
    if (opensOf(entered.service)) return openAccount(entered.service);
    const account = toAccount(entered);
    const { items } = await call(listPlaces, account);
    const { service, username } = entered;
    const name = kindOf(service) !== 'address_book' ? (items[0]?.name ?? '') : nameOf(service, username);
    onFound({ account, name, places: items });
  });
  const { values, set, problem } = form;
  const opensOf = (service: Service) => known.find(({ kind }) => kind === service)?.opens ?? null;
  const opens = opensOf(values.service);
  const isFile = values.service === 'file_at_address';
  const text = (name: 'address' | 'username') => ({
    name,
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
          data={offered.map((value) => ({ value, label: t(`connections.service.${value}`) }))}
        />
        <Text size="sm" c="dimmed">
          {t(`connections.hint.${values.service}`)}
        </Text>
        {asksAddress(values.service) && (
          <TextInput
            {...text('address')}
            label={t(isFile ? 'connections.fileAddress' : 'connections.address')}
            description={t(isFile ? 'connections.fileAddressHint' : 'connections.addressHint')}
            inputMode="url"
            required
          />
        )}
        {values.service !== 'file_in_folder' && !opens && (
          <>
            <TextInput
              {...text('username')}
              label={t('connections.user')}
              {...(isFile && { description: t('connections.optional') })}
              autoComplete="off"
              required={!isFile}
            />
            <PasswordInput
              name="password"
              label={t('connections.password')}
              required={!isFile}
              withAsterisk={false}
              autoComplete="off"
              value={values.password}
              error={problem('password')}
              onChange={(event) => set('password', event.currentTarget.value)}
            />
          </>
        )}
        <Problem error={form.error} />
        <Button type="submit" loading={form.sending}>
          {opens ? t('connections.openAt', { service: serviceOf(opens) }) : t('connections.look')}
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
    onClose();
    await router.navigate({ to: '/settings/connections/$connectionId', params: { connectionId } });
  });
  const { values, set, problem } = form;
  const place = places.find(({ id }) => id === values.place);
  const isFile = account.kind.startsWith('file_');
  if (!place) return <Text>{t(isFile ? 'connections.noFile' : 'connections.noPlace')}</Text>;
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack>
        <NativeSelect
          data-autofocus
          label={t(isFile ? 'connections.file' : 'connections.place')}
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
        <Text size="sm">{effectOf({ kind: account.kind, twoWay: values.twoWay })}</Text>
        <Problem error={form.error} />
        <Button type="submit" loading={form.sending}>
          {t('connections.connect')}
        </Button>
      </Stack>
    </form>
  );
}
