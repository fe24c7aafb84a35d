import { Button, Group, NativeSelect, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { decide, type FullCase, type Outcome, outcomes } from '../../../../server/decisions/contract.ts';
import { listMembers } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { refreshCases } from './queries.ts';
import { outcomeName } from './words.ts';

/** What becomes of it, by whom, until when. Whoever decided meanwhile is not overwritten: the page shows it. */
export function DecisionForm({ of }: { of: FullCase }) {
  const me = useMe();
  const members = useQuery(reading(listMembers, {})).data?.items ?? [];
  const start = {
    outcome: of.proposed ?? of.outcome ?? ('will_do' as Outcome),
    ...{ words: of.words, ownerId: of.owner?.id ?? me.memberId, dueOn: of.dueOn ?? '' },
  };
  const form = useForm(start, async ({ outcome, words, ownerId, dueOn }) => {
    await call(decide, { caseId: of.id, version: of.version, outcome, words, ownerId, dueOn: dueOn || null });
    await refreshCases();
    say(t('decisions.decided'));
  });
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
          <NativeSelect
            label={t('decisions.outcome')}
            value={form.values.outcome}
            data={outcomes.map((one) => ({ value: one, label: outcomeName(one) }))}
            onChange={({ currentTarget }) => form.set('outcome', currentTarget.value as Outcome)}
          />
          <NativeSelect
            label={t('decisions.owner')}
            value={form.values.ownerId}
            error={form.problem('ownerId')}
            data={members
              .filter(({ status }) => status === 'active')
              .map(({ id, name }) => ({ value: id, label: name }))}
            onChange={({ currentTarget }) => form.set('ownerId', currentTarget.value)}
          />
          <TextInput
            type="date"
            label={t('decisions.due')}
            value={form.values.dueOn}
            error={form.problem('dueOn')}
            onChange={({ currentTarget }) => form.set('dueOn', currentTarget.value)}
          />
        </SimpleGrid>
        <Textarea
          name="words"
          autosize
          minRows={2}
          label={t('decisions.words')}
          description={t('decisions.words.help')}
          value={form.values.words}
          onChange={({ currentTarget }) => form.set('words', currentTarget.value)}
        />
        <ErrorNotice error={form.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={form.sending}>
            {t('decisions.decide')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
