import { ActionIcon, Button, Group, Modal, MultiSelect, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import {
  type Journey,
  places,
  type Stage,
  saveJourney,
  setJourneyArchived,
  type Touchpoint,
} from '../../../../server/plan/journeys-contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { topicsQuery } from '../voices/queries.ts';
import { SegmentChoice } from './Forms.tsx';
import classes from './Journeys.module.css';
import { refreshPlan } from './queries.ts';

const newStage = (): Stage => ({ id: crypto.randomUUID(), name: '', segmentId: null, touchpoints: [] });
const newTouchpoint = (): Touchpoint => ({
  ...{ id: crypto.randomUUID(), name: '', channel: 'email', happens: '', emotion: 0, problems: '', topicIds: [] },
});

/** Puts one of a row elsewhere in it. */
function moved<T>(row: readonly T[], from: number, to: number): T[] {
  const rest = row.filter((_one, at) => at !== from);
  return [...rest.slice(0, to), row[from]!, ...rest.slice(to)];
}
const replaced = <T,>(row: readonly T[], at: number, one: T): T[] => row.map((each, no) => (no === at ? one : each));

/** Writes a journey as a whole: stages in order, each with its touchpoints. */
export function JourneyEditor({ journey, onClose }: { journey?: Journey | undefined; onClose: () => void }) {
  const first = {
    ...{ name: journey?.name ?? '', segmentId: journey?.segment?.id ?? '', target: journey?.target ?? '' },
    stages: journey?.stages ?? [newStage()],
  };
  const form = useForm(first, async (said) => {
    const send = (draft: typeof first, version?: number) =>
      call(saveJourney, {
        ...(journey ? { journeyId: journey.id, version: version ?? journey.version } : {}),
        ...{ ...draft, segmentId: draft.segmentId || null },
      });
    await send(said);
    await refreshPlan();
    onClose();
    if (journey)
      offerUndo(t('plan.changed', { name: said.name }), async () => {
        await send(first, journey.version + 1);
        await refreshPlan();
      });
  });
  const setArchived = async (archived: boolean) => {
    await call(setJourneyArchived, { journeyId: journey!.id, archived });
    await refreshPlan();
  };
  const { values, set, problem } = form;
  const { stages } = values;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t(journey ? 'plan.journey.change' : 'plan.add.journey')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <TextInput
            name="name"
            required
            withAsterisk={false}
            maxLength={120}
            label={t('plan.journey.name')}
            value={values.name}
            error={problem('name')}
            onChange={({ currentTarget }) => set('name', currentTarget.value)}
          />
          <div className={classes.pair}>
            <SegmentChoice
              label={t('plan.forSegment')}
              value={values.segmentId}
              named={journey?.segment}
              none={t('plan.segment.none')}
              onChange={(segmentId) => set('segmentId', segmentId)}
            />
            <TextInput
              label={t('plan.forWords')}
              maxLength={200}
              value={values.target}
              onChange={({ currentTarget }) => set('target', currentTarget.value)}
            />
          </div>
          {stages.map((stage, at) => (
            <StageFields
              key={stage.id}
              stage={stage}
              no={at + 1}
              segment={journey?.segments.find(({ id }) => id === stage.segmentId)}
              onChange={(next) => set('stages', replaced(stages, at, next))}
              onUp={at > 0 ? () => set('stages', moved(stages, at, at - 1)) : undefined}
              onDown={at < stages.length - 1 ? () => set('stages', moved(stages, at, at + 1)) : undefined}
              onRemove={
                stages.length > 1
                  ? () =>
                      set(
                        'stages',
                        stages.filter(({ id }) => id !== stage.id),
                      )
                  : undefined
              }
            />
          ))}
          <Group>
            <Button
              variant="default"
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => set('stages', [...stages, newStage()])}
            >
              {t('plan.stage.add')}
            </Button>
          </Group>
          <ErrorNotice error={form.error} />
          <Group justify="space-between">
            {journey ? (
              <Button
                variant="subtle"
                color="gray"
                onClick={() =>
                  void setArchived(true).then(() => {
                    onClose();
                    offerUndo(t('plan.archived.done', { name: journey.name }), () => setArchived(false));
                  }, sayError)
                }
              >
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

interface StageFieldsProps {
  stage: Stage;
  no: number;
  segment: Journey['segments'][number] | undefined;
  onChange: (stage: Stage) => void;
  onUp: (() => void) | undefined;
  onDown: (() => void) | undefined;
  onRemove: (() => void) | undefined;
}

function StageFields({ stage, no, segment, onChange, onUp, onDown, onRemove }: StageFieldsProps) {
  const { touchpoints } = stage;
  const set = (more: Partial<Stage>) => onChange({ ...stage, ...more });
  const name = stage.name || t('plan.stage.no', { no });
  return (
    <fieldset className={classes.fields}>
      <legend>{t('plan.stage.no', { no })}</legend>
      <div className={classes.pair}>
        <TextInput
          name={`stage-${stage.id}`}
          required
          withAsterisk={false}
          maxLength={80}
          label={t('plan.stage.name', { no })}
          value={stage.name}
          onChange={({ currentTarget }) => set({ name: currentTarget.value })}
        />
        <SegmentChoice
          label={t('plan.stage.segment')}
          value={stage.segmentId ?? ''}
          named={segment}
          none={t('plan.stage.noSegment')}
          onChange={(segmentId) => set({ segmentId: segmentId || null })}
        />
      </div>
      {touchpoints.map((touchpoint, at) => (
        <TouchpointFields
          key={touchpoint.id}
          touchpoint={touchpoint}
          onChange={(next) => set({ touchpoints: replaced(touchpoints, at, next) })}
          onRemove={() => set({ touchpoints: touchpoints.filter(({ id }) => id !== touchpoint.id) })}
        />
      ))}
      <Group gap="xs" mt="xs">
        <Button
          variant="default"
          size="compact-md"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => set({ touchpoints: [...touchpoints, newTouchpoint()] })}
        >
          {t('plan.touchpoint.add', { name })}
        </Button>
        {onUp && (
          <ActionIcon aria-label={t('plan.stage.up', { name })} onClick={onUp}>
            <IconArrowUp size={18} aria-hidden />
          </ActionIcon>
        )}
        {onDown && (
          <ActionIcon aria-label={t('plan.stage.down', { name })} onClick={onDown}>
            <IconArrowDown size={18} aria-hidden />
          </ActionIcon>
        )}
        {onRemove && (
          <ActionIcon aria-label={t('plan.stage.remove', { name })} onClick={onRemove}>
            <IconTrash size={18} aria-hidden />
          </ActionIcon>
        )}
      </Group>
    </fieldset>
  );
}

interface TouchpointFieldsProps {
  touchpoint: Touchpoint;
  onChange: (touchpoint: Touchpoint) => void;
  onRemove: () => void;
}

function TouchpointFields({ touchpoint, onChange, onRemove }: TouchpointFieldsProps) {
  const topics = useQuery(topicsQuery).data?.items ?? [];
  const set = (more: Partial<Touchpoint>) => onChange({ ...touchpoint, ...more });
  return (
    <div className={classes.touchpoint}>
      <div className={classes.pair}>
        <TextInput
          name={`touchpoint-${touchpoint.id}`}
          required
          withAsterisk={false}
          maxLength={120}
          label={t('plan.touchpoint.name')}
          value={touchpoint.name}
          onChange={({ currentTarget }) => set({ name: currentTarget.value })}
        />
        <NativeSelect
          label={t('plan.touchpoint.place')}
          value={touchpoint.channel}
          data={places.map((value) => ({ value, label: t(`plan.place.${value}`) }))}
          onChange={({ currentTarget }) => set({ channel: currentTarget.value as Touchpoint['channel'] })}
        />
        <NativeSelect
          label={t('plan.touchpoint.emotion')}
          value={String(touchpoint.emotion)}
          data={['2', '1', '0', '-1', '-2'].map((value) => ({
            value,
            label: t(`plan.emotion.${value}` as 'plan.emotion.0'),
          }))}
          onChange={({ currentTarget }) => set({ emotion: Number(currentTarget.value) })}
        />
        <MultiSelect
          label={t('plan.touchpoint.topics')}
          searchable
          maxValues={10}
          data={topics.map(({ id, name }) => ({ value: id, label: name[currentLanguage()] }))}
          value={touchpoint.topicIds}
          onChange={(topicIds) => set({ topicIds })}
        />
        <Textarea
          label={t('plan.touchpoint.happens')}
          autosize
          maxLength={1000}
          value={touchpoint.happens}
          onChange={({ currentTarget }) => set({ happens: currentTarget.value })}
        />
        <Textarea
          label={t('plan.touchpoint.problems')}
          autosize
          maxLength={1000}
          value={touchpoint.problems}
          onChange={({ currentTarget }) => set({ problems: currentTarget.value })}
        />
      </div>
      <ActionIcon aria-label={t('plan.touchpoint.remove', { name: touchpoint.name })} onClick={onRemove}>
        <IconTrash size={18} aria-hidden />
      </ActionIcon>
    </div>
  );
}
