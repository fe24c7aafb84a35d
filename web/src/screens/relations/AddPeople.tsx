import { Button, Checkbox, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Entry, listPeople } from '../../../../server/cards/contract.ts';
import { addToGroup, type Group, type GroupRole, groupRoles } from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { Face } from '../../ui/Face.tsx';
import { sayError } from '../../ui/undo.tsx';
import { photoOf } from '../contacts/queries.ts';
import classes from './Groups.module.css';
import { sayPut } from './putting.ts';

/** Looks among my contacts, and adds one with one press. */
export function AddPeople({ group, onClose }: { group: Group; onClose: () => void }) {
  const [words, setWords] = useState('');
  const [q] = useDebouncedValue(words.trim(), 150);
  const [role, setRole] = useState<GroupRole>(group.kind === 'event' ? 'attendee' : 'member');
  const [shared, share] = useState(true);
  const [added, note] = useState<ReadonlySet<string>>(new Set());
  const found = useQuery({
    ...reading(listPeople, { q, kind: 'person', limit: 20 }),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
  const items = q === '' ? [] : (found.data?.items ?? []);
  const add = async ({ id }: Entry) => {
    try {
      await sayPut(group.id, await call(addToGroup, { groupId: group.id, personIds: [id], role, shared }));
      note((before) => new Set(before).add(id));
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t('groups.add')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <Stack gap="sm">
        <NativeSelect
          label={t('groups.role')}
          value={role}
          data={groupRoles.map((value) => ({ value, label: t(`groups.role.${value}`) }))}
          onChange={(event) => setRole(event.currentTarget.value as GroupRole)}
        />
        {group.visibleTo !== 'maker' && (
          <Checkbox
            label={t('groups.share')}
            description={t('groups.shareHint')}
            checked={shared}
            onChange={(event) => share(event.currentTarget.checked)}
          />
        )}
        <TextInput
          data-autofocus
          type="search"
          label={t('groups.addSearch')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <p className={classes.quiet} role="status">
          {q === '' ? t('groups.addHint') : found.isSuccess && items.length === 0 ? t('groups.addNone') : ''}
        </p>
        {items.length > 0 && (
          <ul className={classes.found} aria-label={t('groups.add')}>
            {items.map((entry) => (
              <li key={entry.id}>
                <Face id={entry.id} name={entry.name} photo={photoOf(entry)} />
                <span className={classes.said}>
                  {entry.name || t('contacts.nameless')}
                  <span className={classes.quiet}>{[entry.title, entry.organization].filter(Boolean).join(' · ')}</span>
                </span>
                {added.has(entry.id) ? (
                  <span className={classes.mine}>
                    <IconCheck size={16} aria-hidden /> {t('groups.isIn')}
                  </span>
                ) : (
                  <Button
                    variant="light"
                    size="compact-md"
                    aria-label={t('groups.addNamed', { name: entry.name })}
                    onClick={() => void add(entry)}
                  >
                    {t('groups.addOne')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Stack>
    </Modal>
  );
}
