import { ActionIcon, Group, Loader } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { createBook, deleteBook, listBooks, type Sharing, shareBook } from '../../../../server/delegation/contract.ts';
import { listTeams } from '../../../../server/identity/contract.ts';
import { ApiError, call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { BlankChoice } from '../../ui/Blank.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { offerUndo, sayError, sayProblem } from '../../ui/undo.tsx';
import type { Book } from './Books.tsx';
import classes from './Settings.module.css';
import { type Level, levelFor, withLevel } from './sharing.ts';

/** A book of mine, and who may see it: sentences with blanks. What one chooses holds at once. */
export function BookLine({ book, onRename }: { book: Book; onRename: () => void }) {
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const share = useShare(book);
  const shared = teams.filter(({ id }) => levelFor(book.sharing, id) !== 'private');
  const further = teams.filter(({ id }) => levelFor(book.sharing, id) === 'private');
  return (
    <section className={classes.book} aria-label={book.name}>
      <div className={classes.bookHead}>
        <div>
          <strong>{book.name}</strong> <CardLinks book={book} />
        </div>
        <Group gap={4} wrap="nowrap">
          <ActionIcon aria-label={t('settings.book.rename', { name: book.name })} onClick={onRename}>
            <IconPencil size={18} aria-hidden />
          </ActionIcon>
          {!book.main && book.cards === 0 && <DeleteBook book={book} />}
        </Group>
      </div>
      {book.holder.kind === 'workspace' && (
        <div className={classes.quiet}>
          {t('settings.book.keptBy', { names: book.holder.stewards.map(({ name }) => name).join(', ') })}
        </div>
      )}
      <p className={classes.sentence}>
        <Sentence
          of="settings.share.workspace"
          blanks={{
            level: (
              <LevelChoice
                label={t('settings.share.workspaceLabel')}
                value={levelFor(book.sharing, null)}
                onChange={(level) => share.mutate([null, level])}
              />
            ),
          }}
        />
        {shared.map((team) => (
          <span key={team.id}>
            {' '}
            <Sentence
              of="settings.share.team"
              values={{ team: team.name }}
              blanks={{
                level: (
                  <LevelChoice
                    label={t('settings.share.teamLabel', { team: team.name })}
                    value={levelFor(book.sharing, team.id)}
                    onChange={(level) => share.mutate([team.id, level])}
                  />
                ),
              }}
            />
          </span>
        ))}{' '}
        {further.length > 0 && (
          <BlankChoice
            label={t('settings.share.add')}
            value=""
            choices={[
              { value: '', label: t('settings.share.add') },
              ...further.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={(teamId) => teamId !== '' && share.mutate([teamId, 'read'])}
          />
        )}
      </p>
      <Following on={book.following || share.isPending} />
      <ErrorNotice error={share.error} />
    </section>
  );
}

/** How many cards there are, each number leading to the list that shows them. */
function CardLinks({ book }: { book: Book }) {
  const organizations = book.organizations ?? 0;
  const people = (book.cards ?? 0) - organizations;
  const search = { bookId: book.id };
  return (
    <span className={classes.quiet}>
      {(people > 0 || organizations === 0) && (
        <TextLink to="/people" search={search} size="sm">
          {organizations > 0 ? t('settings.book.people', { count: people }) : t('contacts.cards', { count: people })}
        </TextLink>
      )}
      {people > 0 && organizations > 0 && ' · '}
      {organizations > 0 && (
        <TextLink to="/organizations" search={search} size="sm">
          {t('settings.book.organizations', { count: organizations })}
        </TextLink>
      )}
    </span>
  );
}

/** What was lent reaches the lists of others within seconds: until then it says so. */
function Following({ on }: { on: boolean }) {
  return (
    <div role="status">
      {on && (
        <Group gap={8} mt={6} wrap="nowrap" className={classes.quiet}>
          <Loader size={14} aria-hidden />
          {t('settings.share.following')}
        </Group>
      )}
    </div>
  );
}

function DeleteBook({ book }: { book: Book }) {
  const remove = async () => {
    try {
      await call(deleteBook, { bookId: book.id });
      await refresh(listBooks);
      offerUndo(t('settings.book.deleted', { name: book.name }), async () => {
        const stewardIds = book.holder.kind === 'workspace' ? book.holder.stewards.map(({ id }) => id) : undefined;
        const { id: bookId } = await call(createBook, { name: book.name, ...(stewardIds && { stewardIds }) });
        if (book.sharing.length > 0) await call(shareBook, { bookId, sharing: book.sharing });
        await refresh(listBooks);
      });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'conflict') sayProblem(t('settings.book.inUse'));
      else sayError(error);
    }
  };
  return (
    <ActionIcon aria-label={t('settings.book.delete', { name: book.name })} onClick={() => void remove()}>
      <IconTrash size={18} aria-hidden />
    </ActionIcon>
  );
}

/** A book that somebody else lends me. */
export function OtherBook({ book }: { book: Book }) {
  const holder = book.holder.kind === 'member' ? book.holder.name : t('settings.share.workspaceName');
  return (
    <section className={classes.book} aria-label={book.name}>
      <TextLink to="/people" search={{ bookId: book.id }} fw={600}>
        {book.name}
      </TextLink>
      <div className={classes.quiet}>{t('settings.book.heldBy', { holder })}</div>
      <Following on={book.following} />
    </section>
  );
}

function LevelChoice({ label, value, onChange }: { label: string; value: Level; onChange: (level: Level) => void }) {
  const choices = (['private', 'discover', 'read'] as const).map((level) => ({
    value: level,
    label: t(`settings.level.${level}`),
  }));
  return <BlankChoice label={label} value={value} choices={choices} onChange={(level) => onChange(level as Level)} />;
}

function useShare(book: Book) {
  const write = (sharing: Sharing[]) => call(shareBook, { bookId: book.id, sharing }).then(() => refresh(listBooks));
  return useMutation({
    mutationFn: async ([teamId, level]: [string | null, Level]) => {
      await write(withLevel(book.sharing, teamId, level));
      offerUndo(t('settings.share.changed', { book: book.name }), () => write(book.sharing));
    },
  });
}
