import { Button, Modal, NativeSelect, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addConnection, listPlaces, type Place } from '../../../../server/connectors/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { booksQuery } from '../../queries.ts';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { Refusal } from './MailboxForm.tsx';
import { refreshMailboxes } from './queries.ts';
import { type CalendarDraft, calendarServices, calendarSettingsOf } from './settings.ts';

const empty: CalendarDraft = { service: 'address', url: '', address: '', username: '', password: '', addresses: '' };

/** Connects a calendar: its account is tried first; where it has several, one says which. */
export function CalendarForm({ onClose }: { onClose: () => void }) {
  const books = useQuery(booksQuery).data?.items.filter(({ mine }) => mine) ?? [];
  const main = books.find((one) => one.main)?.id ?? '';
  const [places, setPlaces] = useState<Place[]>();
  const [chosen, setChosen] = useState('');
  const form = useForm(empty, async (draft) => {
    const entered = calendarSettingsOf(draft);
    const there = places ?? (await call(listPlaces, entered)).items;
    const place = there.find(({ id }) => id === chosen) ?? (there.length === 1 ? there[0] : undefined);
    if (!place) {
      setChosen(there[0]?.id ?? '');
      return setPlaces(there);
    }
    await call(addConnection, { ...entered, name: place.name, place: place.id, bookId: main });
    await refreshMailboxes();
    say(t('mailboxes.calendars.connected', { name: place.name }));
    onClose();
  });
  const kind = form.values.service === 'address' ? 'calendar_at_address' : 'calendar';
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('mailboxes.calendars.connect')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          {places ? <Choice places={places} chosen={chosen} choose={setChosen} /> : <AccountFields form={form} />}
          <Refusal error={form.error} kind={kind} />
          <Button type="submit" loading={form.sending} disabled={places?.length === 0}>
            {t('mailboxes.connectNow')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

interface ChoiceProps {
  places: readonly Place[];
  chosen: string;
  choose: (id: string) => void;
}

function Choice({ places, chosen, choose }: ChoiceProps) {
  if (places.length === 0) return <Text>{t('mailboxes.calendars.noneThere')}</Text>;
  return (
    <NativeSelect
      data-autofocus
      label={t('mailboxes.calendars.which')}
      value={chosen}
      onChange={(event) => choose(event.currentTarget.value)}
      data={places.map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}

const plain = { withAsterisk: false, required: true } as const;

function AccountFields({ form: { values, set, problem } }: { form: Form<CalendarDraft> }) {
  const { service } = values;
  const text = (name: 'url' | 'address' | 'username' | 'addresses') => ({
    name,
    value: values[name],
    error: problem(name),
    onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value),
  });
  return (
    <>
      <NativeSelect
        data-autofocus
        label={t('mailboxes.calendars.service')}
        value={service}
        onChange={(event) => set('service', calendarServices.find((one) => one === event.currentTarget.value)!)}
        data={calendarServices.map((value) => ({ value, label: t(`mailboxes.calendars.service.${value}`) }))}
      />
      <Text size="sm" c="dimmed">
        {t(`mailboxes.calendars.hint.${service}`)}
      </Text>
      {service === 'address' && (
        <TextInput
          {...text('url')}
          {...plain}
          label={t('mailboxes.calendars.url')}
          inputMode="url"
          autoComplete="off"
        />
      )}
      {(service === 'nextcloud' || service === 'other') && (
        <TextInput {...text('address')} {...plain} label={t('mailboxes.calendars.server')} inputMode="url" />
      )}
      {service !== 'address' && (
        <>
          <TextInput {...text('username')} {...plain} label={t('mailboxes.user')} autoComplete="off" />
          <PasswordInput
            {...plain}
            name="password"
            label={t('mailboxes.password')}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': t('mailboxes.password') }}
            value={values.password}
            error={problem('password')}
            onChange={(event) => set('password', event.currentTarget.value)}
          />
        </>
      )}
      <TextInput
        {...text('addresses')}
        label={t('mailboxes.calendars.addresses')}
        description={t('mailboxes.calendars.addressesHint')}
        inputMode="email"
      />
    </>
  );
}
