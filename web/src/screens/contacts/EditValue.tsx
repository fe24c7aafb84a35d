import { Button, Group } from '@mantine/core';
import {
  type FieldInput,
  type Person,
  type PersonValue,
  updateCard,
  updatePerson,
} from '../../../../server/cards/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { type Draft, draftOf, fieldFrom, isWritable } from './draft.ts';
import classes from './Person.module.css';
import { refreshPerson } from './queries.ts';
import { ValueFields } from './ValueFields.tsx';

interface EditValueProps {
  person: Person;
  value: PersonValue;
  onDone: () => void;
}

/** A value becomes fields where it stands. */
export function EditValue({ person, value, onDone }: EditValueProps) {
  const kind = isWritable(value.kind) ? value.kind : 'note';
  const form = useForm<Draft>(draftOf(value), async (draft) => {
    const takeBack = await write(person, value, fieldFrom(kind, draft));
    await refreshPerson(person.id);
    onDone();
    offerUndo(t('contacts.saved'), async () => {
      await takeBack();
      await refreshPerson(person.id);
    });
  });
  return (
    <form
      onSubmit={form.submit}
      noValidate
      className={classes.form}
      onKeyDown={(event) => event.key === 'Escape' && onDone()}
    >
      <ValueFields kind={kind} draft={form.values} set={form.set} problem={form.problem} autoFocus />
      <ErrorNotice error={form.error} />
      <Group gap="xs">
        <Button type="submit" size="sm" loading={form.sending}>
          {t('shell.save')}
        </Button>
        <Button size="sm" variant="subtle" color="gray" onClick={onDone}>
          {t('shell.cancel')}
        </Button>
      </Group>
    </form>
  );
}

/**
 * Corrects the value where it stands when the card is mine; else writes mine beside it, on my own card.
 * Gives what takes it back.
 */
async function write(person: Person, value: PersonValue, field: FieldInput): Promise<() => Promise<unknown>> {
  const place = value.provenance.find(({ cardId }) => person.cards.some(({ id, mine }) => id === cardId && mine));
  if (place !== undefined) {
    const { cardId, fieldNo: no } = place;
    await call(updateCard, { cardId, set: [{ no, field }] });
    // The source's own value is given back to it; a member's earlier one is written again.
    if (place.writtenBy === 'source') return () => call(updateCard, { cardId, restore: [no] });
    const before = { kind: value.kind, value: value.value } as FieldInput;
    return () => call(updateCard, { cardId, set: [{ no, field: before }] });
  }
  const instead = value.provenance.map(({ cardId, fieldNo }) => ({ cardId, fieldNo }));
  const after = await call(updatePerson, { personId: person.id, set: [field], instead });
  const remove = writtenSince(person, after);
  return () => call(updatePerson, { personId: person.id, remove });
}

/** Fields that members wrote in `after` and that were not there before. */
export function writtenSince(before: Person, after: Person): { cardId: string; fieldNo: number }[] {
  const places = (person: Person) =>
    person.values.flatMap(({ provenance }) => provenance.filter(({ writtenBy }) => writtenBy === 'member'));
  const known = new Set(places(before).map(({ cardId, fieldNo }) => `${cardId} ${fieldNo}`));
  return places(after)
    .filter(({ cardId, fieldNo }) => !known.has(`${cardId} ${fieldNo}`))
    .map(({ cardId, fieldNo }) => ({ cardId, fieldNo }));
}
