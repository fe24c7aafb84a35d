import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { createBook, listBooks, renameBook } from '../../../../server/delegation/contract.ts';
import { listMembers } from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { booksQuery, reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { BookLine, OtherBook } from './BookLine.tsx';

export type Book = Output<typeof listBooks>['items'][number];

/** The unit of delegation: what I keep in each book, and who may see it. */
export function Books() {
  const { data, error, refetch } = useQuery(booksQuery);
  const [edited, edit] = useState<Book | 'new' | null>(null);
  const mine = data?.items.filter((book) => book.mine) ?? [];
  const others = data?.items.filter((book) => !book.mine) ?? [];
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => edit('new')}>
      {t('settings.book.new')}
    </Button>
  );
  return (
    <Page title={t('shell.books')} width="reading" lead={t('settings.books.lead')} actions={add}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={4} />}
      {data && (
        <Section title={t('settings.books.mine')}>
          <Lines as="div">
            {mine.map((book) => (
              <BookLine key={book.id} book={book} onRename={() => edit(book)} />
            ))}
          </Lines>
        </Section>
      )}
      {others.length > 0 && (
        <Section title={t('settings.books.others')}>
          <Lines as="div">
            {others.map((book) => (
              <OtherBook key={book.id} book={book} />
            ))}
          </Lines>
        </Section>
      )}
      {edited === 'new' && <NewBook onClose={() => edit(null)} />}
      {edited !== null && edited !== 'new' && <RenameBook book={edited} onClose={() => edit(null)} />}
    </Page>
  );
}

function NewBook({ onClose }: { onClose: () => void }) {
  const admin = useMe().role === 'admin';
  const members = useQuery({ ...reading(listMembers, {}), enabled: admin }).data?.items ?? [];
  const empty: { name: string; stewardIds: string[] } = { name: '', stewardIds: [] };
  const form = useForm(empty, async ({ name, stewardIds }) => {
    await call(createBook, { name, ...(stewardIds.length > 0 && { stewardIds }) });
    await refresh(listBooks);
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('settings.book.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <BookName value={form.values.name} onChange={(name) => form.set('name', name)} error={form.problem('name')} />
          {admin && (
            <ManyChoice
              label={t('settings.book.stewards')}
              description={t('settings.book.stewardsHint')}
              searchable
              value={form.values.stewardIds}
              onChange={(stewardIds) => form.set('stewardIds', stewardIds)}
              data={members.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('settings.book.create')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function RenameBook({ book, onClose }: { book: Book; onClose: () => void }) {
  const write = (name: string) => call(renameBook, { bookId: book.id, name }).then(() => refresh(listBooks));
  const form = useForm({ name: book.name }, async ({ name }) => {
    await write(name);
    onClose();
    offerUndo(t('settings.book.renamed', { name }), () => write(book.name));
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('settings.book.rename', { name: book.name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <BookName value={form.values.name} onChange={(name) => form.set('name', name)} error={form.problem('name')} />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending}>
            {t('shell.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function BookName({
  value,
  onChange,
  error,
}: {
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
}) {
  return (
    <TextInput
      data-autofocus
      name="name"
      label={t('settings.book.name')}
      placeholder={t('settings.book.example')}
      required
      withAsterisk={false}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
