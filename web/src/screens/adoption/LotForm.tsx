import { Button, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import {
  addLot,
  changeLot,
  getMyParts,
  getPlan,
  type Lot,
  lotStates,
  type Part,
  parts,
} from '../../../../server/adoption/contract.ts';
import { listTeams } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ManyChoice } from '../../ui/ManyChoice.tsx';
import { useForm } from '../../ui/useForm.ts';

/** Which teams begin when, with which sources and parts. */
export function LotForm({ lot, onClose }: { lot: Lot | null; onClose: () => void }) {
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const initial = {
    name: lot?.name ?? '',
    startsOn: lot?.startsOn ?? new Date().toISOString().slice(0, 10),
    state: lot?.state ?? ('planned' as const),
    teamIds: lot?.teamIds ?? [],
    sources: lot?.sources ?? '',
    parts: lot?.parts ?? [],
    goal: lot?.goal ?? '',
  };
  const form = useForm(initial, async (values) => {
    await (lot ? call(changeLot, { ...values, lotId: lot.id, version: lot.version }) : call(addLot, values));
    await refresh(getPlan, getMyParts);
    onClose();
  });
  const { values, set, problem } = form;
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={lot?.name ?? t('adoption.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            name="name"
            label={t('adoption.name')}
            placeholder={t('adoption.example')}
            required
            withAsterisk={false}
            maxLength={100}
            value={values.name}
            error={problem('name')}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <TextInput
            type="date"
            name="startsOn"
            label={t('adoption.startsOn')}
            required
            withAsterisk={false}
            value={values.startsOn}
            error={problem('startsOn')}
            onChange={(event) => set('startsOn', event.currentTarget.value)}
          />
          <NativeSelect
            label={t('adoption.stateOf')}
            description={t('adoption.stateText')}
            value={values.state}
            onChange={(event) => set('state', event.currentTarget.value as Lot['state'])}
            data={lotStates.map((state) => ({ value: state, label: t(`adoption.state.${state}`) }))}
          />
          <ManyChoice
            label={t('adoption.teams')}
            value={values.teamIds}
            onChange={(teamIds) => set('teamIds', teamIds)}
            data={teams.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <ManyChoice
            label={t('adoption.partsOf')}
            value={values.parts}
            onChange={(chosen) => set('parts', chosen as Part[])}
            data={parts.map((part) => ({ value: part, label: t(`adoption.part.${part}`) }))}
          />
          <TextInput
            label={t('adoption.sources')}
            placeholder={t('adoption.sourcesExample')}
            maxLength={500}
            value={values.sources}
            onChange={(event) => set('sources', event.currentTarget.value)}
          />
          <Textarea
            label={t('adoption.goal')}
            autosize
            minRows={2}
            maxLength={500}
            value={values.goal}
            onChange={(event) => set('goal', event.currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Button type="submit" loading={form.sending} disabled={values.teamIds.length === 0}>
            {t('adoption.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
