import { Button, Group, Modal, NativeSelect, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { createCard, type FieldInput, getFacets, listPeople } from '../../../../server/cards/contract.ts';
import { listBooks } from '../../../../server/delegation/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { queryClient, reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useForm } from '../../ui/useForm.ts';
import type { Kind } from './queries.ts';

interface NewContactForm {
  kind: Kind;
  given: string;
  family: string;
  full: string;
  organization: string;
  title: string;
  email: string;
  phone: string;
  bookId: string;
}

interface NewContactProps {
  kind: Kind;
  /** What is known already: a name as people write it, an address, a number. */
  said?: { name?: string; email?: string; phone?: string };
  /** One stays where one is, instead of going to the new contact's page. */
  stay?: boolean;
  onClose: () => void;
}

export default function NewContact({ kind, said = {}, stay = false, onClose }: NewContactProps) {
  const navigate = useNavigate();
  const mine = (useQuery(reading(listBooks, {})).data?.items ?? []).filter((book) => book.mine);
  const [given = '', ...family] = (said.name ?? '').trim().split(/\s+/);
  const empty = {
    kind,
    given,
    family: family.join(' '),
    full: '',
    organization: '',
    title: '',
    email: said.email ?? '',
    phone: said.phone ?? '',
    bookId: '',
  };
  const { values, set, submit, sending, error, problem } = useForm<NewContactForm>(empty, async (form) => {
    const { personId } = await call(createCard, {
      kind: form.kind,
      fields: fieldsOf(form),
      bookId: form.bookId || undefined,
    });
    await refresh(listPeople, getFacets);
    if (stay) {
      // Whatever stands on the screen may know them now.
      await queryClient.invalidateQueries();
      return onClose();
    }
    await navigate({ to: '/people/$personId', params: { personId } });
  });
  const field = (
    key: Exclude<keyof NewContactForm, 'kind' | 'bookId'>,
    label: string,
    type = 'text',
    required = false,
  ) => (
    <TextInput
      data-autofocus={key === 'given' || undefined}
      label={label}
      name={key}
      type={type}
      error={problem(key)}
      required={required}
      withAsterisk={false}
      value={values[key]}
      onChange={(event) => set(key, event.currentTarget.value)}
    />
  );
  return (
    <Modal opened onClose={onClose} title={t('contacts.new')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <SegmentedControl
            aria-label={t('contacts.new.kind')}
            value={values.kind}
            onChange={(next) => set('kind', next === 'person' ? 'person' : 'organization')}
            data={[
              { value: 'person', label: t('contacts.new.person') },
              { value: 'organization', label: t('contacts.new.organization') },
            ]}
          />
          {values.kind === 'person' ? (
            <>
              <Group grow>
                {field('given', t('contacts.field.name.given'))}
                {field('family', t('contacts.field.name.family'), 'text', values.given === '')}
              </Group>
              <Group grow>
                {field('organization', t('contacts.kind.organization'))}
                {field('title', t('contacts.kind.title'))}
              </Group>
            </>
          ) : (
            field('full', t('contacts.field.organization.name'), 'text', true)
          )}
          {field('email', t('contacts.kind.email'), 'email')}
          {field('phone', t('contacts.kind.phone'), 'tel')}
          {mine.length > 1 && (
            <NativeSelect
              label={t('contacts.new.book')}
              value={values.bookId || mine.find(({ main }) => main)?.id}
              data={mine.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(event) => set('bookId', event.currentTarget.value)}
            />
          )}
          <ErrorNotice error={error} />
          <Button type="submit" loading={sending}>
            {t('contacts.new.submit')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function fieldsOf(form: NewContactForm): FieldInput[] {
  const person = form.kind === 'person';
  const fields: (FieldInput | false)[] = [
    { kind: 'name', value: person ? filled({ given: form.given, family: form.family }) : { full: form.full.trim() } },
    person && form.organization !== '' && { kind: 'organization', value: { name: form.organization } },
    person && form.title !== '' && { kind: 'title', value: { value: form.title } },
    form.email !== '' && { kind: 'email', value: { value: form.email } },
    form.phone !== '' && { kind: 'phone', value: { raw: form.phone } },
  ];
  return fields.filter((field) => field !== false);
}

const filled = (words: Record<string, string>) =>
  Object.fromEntries(Object.entries(words).filter(([, word]) => word.trim() !== ''));
