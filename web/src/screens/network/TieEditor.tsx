import { Button, Checkbox, Modal, NativeSelect, Select, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listPeople, type Person } from '../../../../server/cards/contract.ts';
import { tieKinds } from '../../../../server/cards/tie-contract.ts';
import { declareTie, listTies } from '../../../../server/relations/paths-contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';

/** What can be said of two persons: each kind, and the other way round where it has a direction. */
const choices = tieKinds.flatMap((kind) =>
  kind === 'reports_to' || kind === 'assists' || kind === 'introduced_by' ? [kind, `${kind} back`] : [kind],
);
const strengths = { 25: 'weak', 50: 'good', 80: 'strong' } as const;

interface Draft {
  otherId: string;
  choice: string;
  strength: number;
  shared: boolean;
  note: string;
}

/** Says what ties a person to another. */
export function TieEditor({ person, onClose }: { person: Pick<Person, 'id' | 'name'>; onClose: () => void }) {
  const [typed, type] = useState('');
  const found = useQuery({
    ...reading(listPeople, { q: typed, kind: 'person', limit: 10 }),
    enabled: typed.length > 1,
  });
  const [known, know] = useState<{ value: string; label: string } | null>(null);
  const empty: Draft = { otherId: '', choice: 'works_with', strength: 50, shared: false, note: '' };
  const form = useForm(empty, async ({ choice, ...draft }) => {
    const [kind, back] = choice.split(' ') as [(typeof tieKinds)[number], string | undefined];
    await call(declareTie, { personId: person.id, ...draft, kind, backward: back !== undefined });
    await refresh(listTies);
    say(t('network.tieSaid'));
    onClose();
  });
  const people = (found.data?.items ?? [])
    .filter(({ id }) => id !== person.id)
    .map(({ id, name, organization }) => ({ value: id, label: [name, organization].filter(Boolean).join(' · ') }));
  const data = known && !people.some(({ value }) => value === known.value) ? [known, ...people] : people;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('network.tieOf', { name: person.name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <NativeSelect
            data-autofocus
            label={t('network.field.kind')}
            value={form.values.choice}
            data={choices.map((value) => {
              const [kind, back] = value.split(' ') as ['knows', string | undefined];
              return { value, label: t(`network.tie.${kind}`, { forward: String(back === undefined) }) };
            })}
            onChange={({ currentTarget: { value } }) => form.set('choice', value)}
          />
          <Select
            searchable
            name="otherId"
            label={t('network.field.other')}
            placeholder={t('network.field.otherExample')}
            nothingFoundMessage={typed.length > 1 && found.isSuccess ? t('network.nobody', { sought: typed }) : null}
            data={data}
            // What the server found is shown as it comes.
            filter={({ options }) => options}
            value={form.values.otherId || null}
            error={form.problem('otherId')}
            onSearchChange={type}
            onChange={(value, option) => {
              know(value ? { value, label: option?.label ?? '' } : null);
              form.set('otherId', value ?? '');
            }}
          />
          <NativeSelect
            label={t('network.field.strength')}
            value={String(form.values.strength)}
            data={Object.entries(strengths).map(([value, word]) => ({ value, label: t(`network.band.${word}`) }))}
            onChange={({ currentTarget: { value } }) => form.set('strength', Number(value))}
          />
          <Textarea
            label={t('relations.note')}
            description={t('relations.noteHint', { name: person.name })}
            autosize
            minRows={2}
            value={form.values.note}
            onChange={({ currentTarget: { value } }) => form.set('note', value)}
          />
          <Checkbox
            label={t('network.field.shared')}
            description={t('network.field.sharedHint')}
            checked={form.values.shared}
            onChange={({ currentTarget: { checked } }) => form.set('shared', checked)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} disabled={form.values.otherId === ''}>
            {t('network.saveTie')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
