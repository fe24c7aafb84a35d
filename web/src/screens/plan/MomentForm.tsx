import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import type { Programme } from '../../../../server/plan/contract.ts';
import {
  type Finding,
  type Journey,
  type Moment,
  saveMoment,
  setJourneyArchived,
} from '../../../../server/plan/journeys-contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { figuresOf } from './JourneyPage.tsx';
import { refreshPlan } from './queries.ts';

interface MomentFormProps {
  journey: Journey;
  programmes: readonly Programme[];
  stageId: string;
  moment?: Moment;
  /** By what it was found. */
  found?: Finding;
  onClose: () => void;
}

/** Marks a moment of truth, by oneself or as it was found, and says which programme serves it. */
export function MomentForm({ journey, programmes, stageId, moment, found, onClose }: MomentFormProps) {
  const proposed = found?.figures.kind === 'voices' ? found.figures.topic[currentLanguage()] : '';
  const first = {
    ...{ name: moment?.name ?? proposed, words: moment?.words ?? '' },
    ...{ stageId: moment?.stageId ?? stageId, programmeId: moment?.programmeId ?? '' },
  };
  const journeyId = journey.id;
  const setArchived = async (momentId: string, archived: boolean) => {
    await call(setJourneyArchived, { journeyId, momentId, archived });
    await refreshPlan();
  };
  const form = useForm(first, async (said) => {
    const send = (draft: typeof first, version?: number) =>
      call(saveMoment, {
        ...{ journeyId, ...draft, programmeId: draft.programmeId || null },
        ...(moment ? { momentId: moment.id, version: version ?? moment.version } : { found: found?.found ?? null }),
      });
    const { id } = await send(said);
    await refreshPlan();
    onClose();
    const back = async () => {
      if (!moment) return setArchived(id, true);
      await send(first, moment.version + 1);
      await refreshPlan();
    };
    offerUndo(t(moment ? 'plan.changed' : 'plan.moment.marked', { name: said.name }), back);
  });
  const remove = async ({ id, name }: Moment) => {
    await setArchived(id, true);
    onClose();
    offerUndo(t('plan.archived.done', { name }), () => setArchived(id, false));
  };
  const { values, set, problem } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(moment ? 'plan.moment.change' : 'plan.moment.mark')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          {found && <p>{figuresOf(found)}</p>}
          <TextInput
            name="name"
            required
            withAsterisk={false}
            maxLength={120}
            label={t('plan.moment.name')}
            value={values.name}
            error={problem('name')}
            onChange={({ currentTarget }) => set('name', currentTarget.value)}
          />
          {!found && (
            <NativeSelect
              label={t('plan.moment.stage')}
              value={values.stageId}
              data={journey.stages.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={({ currentTarget }) => set('stageId', currentTarget.value)}
            />
          )}
          <NativeSelect
            label={t('plan.moment.programme')}
            value={values.programmeId}
            error={problem('programmeId')}
            data={[
              { value: '', label: t('plan.moment.noProgramme') },
              ...programmes.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={({ currentTarget }) => set('programmeId', currentTarget.value)}
          />
          <Textarea
            label={t('plan.moment.words')}
            autosize
            minRows={2}
            maxLength={2000}
            value={values.words}
            onChange={({ currentTarget }) => set('words', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="space-between">
            {moment ? (
              <Button variant="subtle" color="gray" onClick={() => void remove(moment).catch(sayError)}>
                {t('plan.archive')}
              </Button>
            ) : (
              <span />
            )}
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
