import { ActionIcon } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { listBooks, type Sharing, shareBook } from '../../../../server/delegation/contract.ts';
import { listTeams } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { BlankChoice } from '../../ui/Blank.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { offerUndo } from '../../ui/undo.tsx';
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
          <strong>{book.name}</strong>{' '}
          <TextLink to="/people" search={{ bookId: book.id }} size="sm">
            {t('contacts.cards', { count: book.cards ?? 0 })}
          </TextLink>
        </div>
        <ActionIcon aria-label={t('settings.book.rename', { name: book.name })} onClick={onRename}>
          <IconPencil size={18} aria-hidden />
        </ActionIcon>
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
      <ErrorNotice error={share.error} />
    </section>
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
