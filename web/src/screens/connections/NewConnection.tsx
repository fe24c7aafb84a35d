import { Button, Checkbox, Modal, NativeSelect, PasswordInput, Stack, Text, Textarea, TextInput } from '@mantine/core';
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
import { type Form, useForm } from '../../ui/useForm.ts';
import { visibilityOf } from '../opportunities/OpportunityEditor.tsx';
import { DealsChoice, noDeals } from './DealsChoice.tsx';
import { openAccount } from './opening.ts';
import { Problem } from './Problem.tsx';
import { effectOf, placeLabelOf, serviceOf } from './sentences.ts';
import {
  type Account,
  asked,
  type Entered,
  type Field,
  hintOf,
  isOptional,
  isWayRound,
  kindOf,
  labelOf,
  type Service,
  services,
  toAccount,
} from './services.ts';

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

/** A name that its member may change: what is read, where that tells it apart. */
function nameOf({ service, username }: Entered, [first]: Place[]): string {
  if (kindOf(service) !== 'address_book') return first?.name ?? '';
  return service === 'other' ? username : t(`connections.service.${service}`);
}

interface CredentialsProps {
  onFound: (found: { account: Account; name: string; places: Place[] }) => void;
}

const empty = { address: '', url: '', database: '', username: '', password: '', query: '', key: '' };

function Credentials({ onFound }: CredentialsProps) {
  const known = useQuery(reading(listKinds, {})).data?.items;
  if (!known) return <Loading lines={3} />;
  return <Entry known={known} onFound={onFound} />;
}

function Entry({ known, onFound }: CredentialsProps & { known: Output<typeof listKinds>['items'] }) {
  const kinds = known.map(({ kind }) => kind);
  const offered = services.filter((service) => kinds.includes(kindOf(service)) && !isWayRound(service, kinds));
  const opensOf = (service: Service) => known.find(({ kind }) => kind === service)?.opens ?? null;
  const form = useForm<Entered>({ service: offered[0]!, ...empty }, async (entered) => {
    if (opensOf(entered.service)) return openAccount(entered.service);
    const account = toAccount(entered);
    const { items } = await call(listPlaces, account);
    onFound({ account, name: nameOf(entered, items), places: items });
  });
  const { service } = form.values;
  const opens = opensOf(service);
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack>
        <NativeSelect
          data-autofocus
          label={t('connections.service')}
          value={service}
          onChange={(event) => form.set('service', event.currentTarget.value as Service)}
          data={offered.map((value) => ({ value, label: t(`connections.service.${value}`) }))}
        />
        <Text size="sm" c="dimmed">
          {t(`connections.hint.${service}`)}
        </Text>
        {asked[service].map((field) => (
          <Asked key={field} form={form} field={field} />
        ))}
        <Problem error={form.error} />
        <Button type="submit" loading={form.sending}>
          {opens ? t('connections.openAt', { service: serviceOf(opens) }) : t('connections.look')}
        </Button>
      </Stack>
    </form>
  );
}

function Asked({ form, field }: { form: Form<Entered>; field: Field }) {
  const { service } = form.values;
  const input = {
    name: field,
    label: labelOf(service, field),
    description: hintOf(service, field),
    required: !isOptional(service, field),
    withAsterisk: false,
    autoComplete: 'off',
    value: form.values[field],
    error: form.problem(field),
    onChange: (event: { currentTarget: { value: string } }) => form.set(field, event.currentTarget.value),
  };
  if (field === 'password')
    return <PasswordInput {...input} visibilityToggleButtonProps={{ 'aria-label': t('identity.showPassword') }} />;
  if (field === 'query') return <Textarea {...input} autosize minRows={4} maxRows={12} spellCheck={false} />;
  return <TextInput {...input} {...((field === 'address' || field === 'url') && { inputMode: 'url' as const })} />;
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
  const hasDeals = (useQuery(reading(listKinds, {})).data?.items ?? []).some(
    ({ kind, deals }) => kind === account.kind && deals,
  );
  const initial = { name, place: places[0]?.id ?? '', book: newBook, twoWay: false, ...noDeals };
  const form = useForm(initial, async (chosen) => {
    const bookId = chosen.book === newBook ? (await call(createBook, { name: chosen.name })).id : chosen.book;
    const { book: _chosen, withDeals, visibility, currency, ...rest } = chosen;
    const deals = withDeals ? { visibility: visibilityOf(visibility), currency } : null;
    const { id: connectionId } = await call(addConnection, { ...account, ...rest, bookId, deals });
    await refresh(listConnections, listBooks);
    onClose();
    await router.navigate({ to: '/settings/connections/$connectionId', params: { connectionId } });
  });
  const { values, set, problem } = form;
  const place = places.find(({ id }) => id === values.place);
  const placeLabel = placeLabelOf(account.kind);
  if (!place) return <Text>{t(account.kind.startsWith('file_') ? 'connections.noFile' : 'connections.noPlace')}</Text>;
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack>
        {placeLabel && (
          <NativeSelect
            data-autofocus
            label={placeLabel}
            value={values.place}
            onChange={(event) => set('place', event.currentTarget.value)}
            data={places.map(({ id, name: label }) => ({ value: id, label }))}
          />
        )}
        <TextInput
          name="name"
          data-autofocus={!placeLabel || undefined}
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
        {hasDeals && <DealsChoice values={values} set={set} problem={problem} />}
        <Text size="sm">{effectOf({ kind: account.kind, twoWay: values.twoWay })}</Text>
        <Problem error={form.error} />
        <Button type="submit" loading={form.sending}>
          {t('connections.connect')}
        </Button>
      </Stack>
    </form>
  );
}
