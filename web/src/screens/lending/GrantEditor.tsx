import { Button, Group, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listApps } from '../../../../server/apps/contract.ts';
import { type Book, changeGrant, createGrant, type Grant } from '../../../../server/delegation/contract.ts';
import { listMembers, listProcesses, listTeams } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { BlankChoice, BlankDate } from '../../ui/Blank.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { type Draft, dayAhead, draftOf, endsBefore, type Level, newDraft, termsOf } from './draft.ts';
import { GrantPreview } from './GrantPreview.tsx';
import { LeftOut } from './LeftOut.tsx';
import classes from './Lending.module.css';
import { refreshGrants } from './queries.ts';
import { Writing } from './Writing.tsx';

/** The sentence by which a book is lent: one fills its blanks, and sees what it would open. */
export function GrantEditor({ book, grant, onClose }: { book: Book; grant?: Grant; onClose: () => void }) {
  const form = useForm<Draft>(grant ? draftOf(grant) : newDraft, async (draft) => {
    if (grant) await call(changeGrant, { grantId: grant.id, ...termsOf(draft) });
    else await call(createGrant, { bookId: book.id, ...termsOf(draft) });
    await refreshGrants();
    const made = draft.level === 'discover' ? 'lending.lentToFind' : 'lending.lent';
    say(t(grant ? 'lending.changed' : made, { book: book.name }));
    onClose();
  });
  const over = endsBefore(form.values);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(grant ? 'lending.changeBook' : 'lending.lendBook', { book: book.name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Blanks book={book} draft={form.values} set={form.set} />
        {form.values.level !== 'discover' && (
          <LeftOut except={form.values.except} onChange={(except) => form.set('except', except)} />
        )}
        {(form.values.level !== 'discover' || form.values.contact) && <Writing draft={form.values} set={form.set} />}
        {form.values.level !== 'discover' && (
          <Adding on={form.values.enrich} onChange={(enrich) => form.set('enrich', enrich)} />
        )}
        <GrantPreview book={book} draft={form.values} />
        {over && (
          <p className={classes.problem} role="alert">
            {t('lending.endsBefore')}
          </p>
        )}
        <ErrorNotice error={form.error} />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button type="submit" loading={form.sending} disabled={over}>
            {t(grant ? 'shell.save' : 'lending.lend')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

/** Whether what they correct is offered to the holder. */
function Adding({ on, onChange }: { on: boolean; onChange: (on: boolean) => void }) {
  const may = (
    <BlankChoice
      label={t('lending.blank.adding')}
      value={on ? 'yes' : 'no'}
      choices={(['no', 'yes'] as const).map((value) => ({ value, label: t(`lending.adding.${value}`) }))}
      onChange={(value) => onChange(value === 'yes')}
    />
  );
  return (
    <p className={classes.sentence}>
      <Sentence of="lending.adding" blanks={{ may }} />
    </p>
  );
}

interface BlanksProps {
  book: Book;
  draft: Draft;
  set: <K extends keyof Draft>(name: K, value: Draft[K]) => void;
}

function Blanks({ book, draft, set }: BlanksProps) {
  const levels = (['discover', 'read', 'export'] as const).map((level) => ({
    value: level,
    label: t(`lending.level.${level}`),
  }));
  const grantees = useGrantees();
  return (
    <p className={classes.sentence}>
      <Sentence
        of="lending.sentence"
        values={{ book: book.name }}
        blanks={{
          grantee: (
            <BlankChoice
              label={t('lending.blank.grantee')}
              value={draft.grantee}
              choices={grantees}
              onChange={(grantee) => set('grantee', grantee)}
            />
          ),
          level: (
            <BlankChoice
              label={t('lending.blank.level')}
              value={draft.level}
              choices={levels}
              onChange={(level) => set('level', level as Level)}
            />
          ),
          from: <Day which="from" value={draft.from} offered={dayAhead(1)} onChange={(day) => set('from', day)} />,
          until: (
            <Day which="until" value={draft.until} offered={dayAhead(183)} onChange={(day) => set('until', day)} />
          ),
        }}
      />
    </p>
  );
}

interface DayProps {
  which: 'from' | 'until';
  /** `YYYY-MM-DD`; empty: at once, or until withdrawn. */
  value: string;
  /** What is proposed when one wants a day. */
  offered: string;
  onChange: (day: string) => void;
}

function Day({ which, value, offered, onChange }: DayProps) {
  const label = t(`lending.blank.${which}`);
  return (
    <>
      <BlankChoice
        label={t(`lending.when.${which}`)}
        value={value === '' ? 'open' : 'day'}
        choices={[
          { value: 'open', label: t(`lending.open.${which}`) },
          { value: 'day', label: t(`lending.day.${which}`) },
        ]}
        onChange={(choice) => onChange(choice === 'open' ? '' : offered)}
      />
      {value !== '' && <BlankDate label={label} value={value} onChange={onChange} />}
    </>
  );
}

/** The company, its teams, its members but for oneself, its named uses, and the apps. */
function useGrantees(): { value: string; label: string }[] {
  const me = useMe();
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const members = useQuery(reading(listMembers, {})).data?.items ?? [];
  const processes = useQuery(reading(listProcesses, {})).data?.items ?? [];
  const apps = useQuery(reading(listApps, {})).data?.items ?? [];
  return [
    { value: 'workspace', label: t('lending.company') },
    ...teams.map(({ id, name }) => ({ value: `team:${id}`, label: t('lending.team', { name }) })),
    ...members
      .filter(({ id, status }) => id !== me.memberId && status === 'active')
      .map(({ id, name }) => ({ value: `member:${id}`, label: name })),
    ...processes
      .filter(({ over }) => !over)
      .map(({ id, name }) => ({ value: `process:${id}`, label: t('lending.process', { name }) })),
    ...apps.map(({ id, name, member }) => ({
      value: `app:${id}`,
      label: t('lending.app', { name, member: member.name }),
    })),
  ];
}
