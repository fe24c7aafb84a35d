import { Button, Group, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { type Person, updatePerson } from '../../../../server/cards/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { type Draft, fieldFrom, type WritableKind } from './draft.ts';
import { writtenSince } from './EditValue.tsx';
import classes from './Person.module.css';
import { refreshPerson } from './queries.ts';
import { ValueFields } from './ValueFields.tsx';

const addable: WritableKind[] = ['phone', 'email', 'title', 'organization', 'address', 'url', 'birthday', 'category'];

/** A value more: it is written on my own card of this person. */
export function AddValue({ person }: { person: Person }) {
  const [kind, setKind] = useState<WritableKind | null>(null);
  if (kind !== null) return <AddForm key={kind} person={person} kind={kind} onDone={() => setKind(null)} />;
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        <Button
          variant="subtle"
          size="compact-md"
          className="no-print"
          leftSection={<IconPlus size={16} aria-hidden />}
        >
          {t('contacts.add')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {addable.map((one) => (
          <Menu.Item key={one} onClick={() => setKind(one)}>
            {t(`contacts.kind.${one}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function AddForm({ person, kind, onDone }: { person: Person; kind: WritableKind; onDone: () => void }) {
  const form = useForm<Draft>({}, async (draft) => {
    const after = await call(updatePerson, { personId: person.id, set: [fieldFrom(kind, draft)] });
    await refreshPerson(person.id);
    onDone();
    offerUndo(t('contacts.saved'), async () => {
      await call(updatePerson, { personId: person.id, remove: writtenSince(person, after) });
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
