import { Button, Modal, Select, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../server/kernel/contract.ts';
import { addToGroup, type Group, listGroups } from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useForm } from '../../ui/useForm.ts';
import { GroupEditor } from './GroupEditor.tsx';
import { sayPut } from './putting.ts';

/** So many ids are taken at once by the server. */
const atOnce = 500;

interface PutInGroupProps {
  title: string;
  /** The persons, found when they are needed. */
  find: () => Promise<string[]>;
  onClose: () => void;
}

/** Adds persons to a group of choice, or to a new one. */
export default function PutInGroup({ title, find, onClose }: PutInGroupProps) {
  const [chosen, choose] = useState<Pick<Group, 'id' | 'name'>>();
  const [making, make] = useState(false);
  const [words, setWords] = useState('');
  const form = useForm({}, async () => {
    await putIn(chosen!.id, await find());
    onClose();
  });
  if (making) return <GroupEditor name={words} onClose={() => make(false)} onDone={choose} />;
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <GroupChoice chosen={chosen} onChoose={choose} onWords={setWords} />
          <Button variant="subtle" onClick={() => make(true)}>
            {t('groups.new')}
          </Button>
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} disabled={!chosen}>
            {t('groups.addOne')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

interface GroupChoiceProps {
  chosen: Pick<Group, 'id' | 'name'> | undefined;
  onChoose: (group: Pick<Group, 'id' | 'name'> | undefined) => void;
  onWords: (words: string) => void;
}

function GroupChoice({ chosen, onChoose, onWords }: GroupChoiceProps) {
  const [words, setWords] = useState(chosen?.name ?? '');
  const [q] = useDebouncedValue(words.trim(), 150);
  const asked = q === chosen?.name ? '' : q;
  const { data } = useQuery({
    ...reading(listGroups, { limit: 20, ...(asked && { q: asked }) }),
    placeholderData: keepPreviousData,
  });
  const found: Pick<Group, 'id' | 'name'>[] = data?.items ?? [];
  const shown = chosen && !found.some(({ id }) => id === chosen.id) ? [chosen, ...found] : found;
  return (
    <Select
      data-autofocus
      label={t('groups.choose')}
      description={t('groups.chooseHint')}
      nothingFoundMessage={t('groups.chooseNone')}
      searchable
      maxDropdownHeight={240}
      searchValue={words}
      onSearchChange={(next) => {
        setWords(next);
        onWords(next);
      }}
      // The server forgives accents and looks within names: what it found is shown.
      filter={({ options }) => options}
      value={chosen?.id ?? null}
      data={shown.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(id) => onChoose(shown.find((one) => one.id === id))}
    />
  );
}

/** What several calls put in is one, and taken back as one. */
async function putIn(groupId: string, personIds: readonly string[]): Promise<void> {
  let [batchId, added, already]: [string | undefined, number, number] = [undefined, 0, 0];
  for (let at = 0; at < personIds.length; at += atOnce) {
    const part = personIds.slice(at, at + atOnce);
    const put: Output<typeof addToGroup> = await call(addToGroup, {
      groupId,
      personIds: part,
      ...(batchId && { batchId }),
    });
    batchId = put.batchId;
    added += put.added;
    already += put.already;
  }
  if (batchId) await sayPut(groupId, { batchId, added, already });
}
