import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Entry, listPeople } from '../../../../server/cards/contract.ts';
import { contribute } from '../../../../server/hunting/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { Face } from '../../ui/Face.tsx';
import { sayError } from '../../ui/undo.tsx';
import { photoOf } from '../contacts/queries.ts';
import classes from './Hunting.module.css';
import { refreshHunts } from './queries.ts';

/** Looks among my contacts, and puts one on my list with one press. */
export function Contribute({ huntId, onClose }: { huntId: string; onClose: () => void }) {
  const [words, setWords] = useState('');
  const [q] = useDebouncedValue(words.trim(), 150);
  const [told, tell] = useState<ReadonlyMap<string, 'added' | 'not_mine' | 'in_it'>>(new Map());
  const found = useQuery({
    ...reading(listPeople, { q, kind: 'person', limit: 20 }),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
  const items = q === '' ? [] : (found.data?.items ?? []);
  const add = async ({ id }: Entry) => {
    try {
      const { leftOut } = await call(contribute, { huntId, personIds: [id] });
      tell((before) => new Map(before).set(id, leftOut[0]?.reason ?? 'added'));
      await refreshHunts();
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('hunting.contribute')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Stack gap="sm">
        <p className={classes.quiet}>{t('hunting.contribute.text')}</p>
        <TextInput
          data-autofocus
          type="search"
          label={t('hunting.contribute.search')}
          value={words}
          onChange={({ currentTarget }) => setWords(currentTarget.value)}
        />
        <p className={classes.quiet} role="status">
          {q !== '' && found.isSuccess && items.length === 0 ? t('hunting.contribute.none') : ''}
        </p>
        <ul className={classes.lines} aria-label={t('hunting.contribute')}>
          {items.map((entry) => {
            const known = told.get(entry.id);
            return (
              <li key={entry.id} className={classes.head}>
                <Face id={entry.id} name={entry.name} photo={photoOf(entry)} />
                <span className={classes.who}>
                  {entry.name || t('contacts.nameless')}
                  <span className={classes.quiet}>
                    {' '}
                    {[entry.title, entry.organization].filter(Boolean).join(' · ')}
                  </span>
                </span>
                {known ? (
                  <span className={classes.quiet}>
                    {known === 'added' && <IconCheck size={16} aria-hidden />} {t(`hunting.contribute.${known}`)}
                  </span>
                ) : (
                  <Button
                    variant="light"
                    size="compact-md"
                    aria-label={t('hunting.contribute.named', { name: entry.name })}
                    onClick={() => void add(entry)}
                  >
                    {t('hunting.contribute.add')}
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      </Stack>
    </Modal>
  );
}
