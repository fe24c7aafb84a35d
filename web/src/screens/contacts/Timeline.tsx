import { ActionIcon, Button, Textarea } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import {
  addNote,
  type FieldInput,
  getCard,
  type listHistory,
  type Person,
  removeNote,
  updateCard,
} from '../../../../server/cards/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { ago, longInstant } from '../../format.ts';
import { spoken, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { historyQuery, refreshPerson } from './queries.ts';
import classes from './Timeline.module.css';

type Item = Output<typeof listHistory>['items'][number];

/** Notes and changes, newest first. */
export function Timeline({ person }: { person: Person }) {
  const { data, error, refetch } = useQuery(historyQuery(person.id));
  return (
    <section aria-label={t('contacts.timeline')} className={classes.timeline}>
      <h2 className={classes.title}>{t('contacts.timeline')}</h2>
      <NewNote personId={person.id} />
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      <ol className={classes.items}>
        {data?.items.map((item) => (
          <li
            key={item.note?.id ?? item.at + item.kind + item.cardId}
            className={classes.item}
            data-note={item.note ? true : undefined}
          >
            <Happening item={item} person={person} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Happening({ item, person }: { item: Item; person: Person }) {
  const who = item.memberName ?? 'nobody';
  const source = person.cards.find(({ id }) => id === item.cardId)?.source.name ?? 'none';
  // What the lines below tell in full is not named here too.
  const told = new Set(item.changes.map(({ kind }) => kind));
  const kinds = item.fields
    .filter((field) => !told.has(field))
    .map((field) => t(`contacts.kind.${field}`).toLocaleLowerCase(spoken()));
  const what = new Intl.ListFormat(spoken(), { type: 'conjunction' }).format(kinds);
  return (
    <>
      {item.note ? (
        <div className={classes.head}>
          <strong>{item.memberName}</strong>
          {item.note.mine && <RemoveNote note={item.note} personId={person.id} />}
        </div>
      ) : (
        <span>
          {t(`contacts.history.${item.kind}`, {
            who,
            source,
            what: what || 'none',
            acceptor: item.acceptedBy ?? 'nobody',
          })}
        </span>
      )}
      {item.changes.length > 0 && (
        <ul className={classes.changes}>
          {item.changes.map((change) => (
            <li key={`${change.kind} ${change.before} ${change.after}`}>
              {changeOf(change)}
              {item.cardId !== null && change.giveBack !== null && (
                <GiveBack personId={person.id} cardId={item.cardId} no={change.giveBack} />
              )}
            </li>
          ))}
        </ul>
      )}
      {item.note && <p className={classes.note}>{item.note.text}</p>}
      <time dateTime={item.at} title={longInstant(item.at)} className={classes.when}>
        {ago(item.at)}
      </time>
    </>
  );
}

function changeOf({ kind: field, before, after }: Item['changes'][number]): string {
  const kind = t(`contacts.kind.${field}`);
  if (before === null) return t('contacts.history.came', { kind, after: after ?? '' });
  return after === null
    ? t('contacts.history.went', { kind, before })
    : t('contacts.history.from', { kind, before, after });
}

/** What the source said stands there again; the correction can be brought back for a while. */
function GiveBack({ personId, cardId, no }: { personId: string; cardId: string; no: number }) {
  const giveBack = async () => {
    try {
      const corrected = (await call(getCard, { cardId })).fields.find((field) => field.no === no);
      await call(updateCard, { cardId, restore: [no] });
      await refreshPerson(personId);
      offerUndo(t('contacts.history.givenBack'), async () => {
        const field = corrected && ({ kind: corrected.kind, value: corrected.value } as FieldInput);
        await call(updateCard, { cardId, ...(field ? { set: [{ no, field }] } : { remove: [no] }) });
        await refreshPerson(personId);
      });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Button variant="subtle" size="compact-sm" ml={6} className="no-print" onClick={() => void giveBack()}>
      {t('contacts.history.giveBack')}
    </Button>
  );
}

function NewNote({ personId }: { personId: string }) {
  const form = useForm({ text: '' }, async ({ text }) => {
    await call(addNote, { personId, text });
    form.set('text', '');
    await refreshPerson(personId);
  });
  return (
    <form onSubmit={form.submit} noValidate className="no-print">
      <Textarea
        aria-label={t('contacts.note.label')}
        placeholder={t('contacts.note.example')}
        autosize
        minRows={2}
        maxRows={10}
        value={form.values.text}
        onChange={(event) => form.set('text', event.currentTarget.value)}
        onKeyDown={(event) =>
          event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.currentTarget.form?.requestSubmit()
        }
      />
      <ErrorNotice error={form.error} />
      {form.values.text.trim() !== '' && (
        <Button type="submit" size="sm" mt="xs" loading={form.sending}>
          {t('contacts.note.save')}
        </Button>
      )}
    </form>
  );
}

function RemoveNote({ note, personId }: { note: NonNullable<Item['note']>; personId: string }) {
  const remove = async () => {
    try {
      await call(removeNote, { noteId: note.id });
      await refreshPerson(personId);
      offerUndo(t('contacts.note.removed'), async () => {
        await call(addNote, { personId, text: note.text });
        await refreshPerson(personId);
      });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <ActionIcon size="sm" className="no-print" aria-label={t('contacts.note.remove')} onClick={() => void remove()}>
      <IconTrash size={16} aria-hidden />
    </ActionIcon>
  );
}
