import { ActionIcon, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconCheck, IconPencil } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { approveSending } from '../../../../server/campaigns/contract.ts';
import { type FullCampaign, giveStep, moveStep, type StepState } from '../../../../server/plan/contract.ts';
import { ApiError, call } from '../../api.ts';
import { calendarDay, longDate } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo, sayProblem } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { refreshSending, sendingQuery } from '../campaigns/queries.ts';
import { sayWhyNot } from '../campaigns/words.ts';
import { today } from './days.ts';
import { useMemberChoices } from './Forms.tsx';
import classes from './Plan.module.css';
import { refreshPlan } from './queries.ts';

/** The production of a campaign as a line of steps: who answers for each, until when, and what is done. */
export function Workflow({ campaign }: { campaign: FullCampaign }) {
  const [giving, give] = useState<StepState | null>(null);
  return (
    <>
      <ol className={classes.steps} aria-label={t('plan.workflow')}>
        {campaign.steps.map((state) => (
          <Step key={state.step} campaign={campaign} state={state} onGive={() => give(state)} />
        ))}
      </ol>
      {giving && <GiveForm campaign={campaign} state={giving} onClose={() => give(null)} />}
    </>
  );
}

/** The checker of contents has something against it. */
class Stopped extends Error {
  readonly count: number;
  constructor(count: number) {
    super('stopped');
    this.count = count;
  }
}

interface StepProps {
  campaign: FullCampaign;
  state: StepState;
  onGive: () => void;
}

function Step({ campaign, state, onGive }: StepProps) {
  const { step, responsible, dueOn, done, may } = state;
  const { id: campaignId } = campaign;
  const name = t(`plan.step.${step}`);
  // What is to be sent is sealed by the approval.
  const sending = useQuery(sendingQuery(campaignId));
  const sent = sending.data?.sending;
  const approves = step === 'approval' && sent !== null && sent !== undefined;
  // Of a scenario what one has seen is approved, on its own page.
  const looksFirst = campaign.kind === 'scenario' && step === 'approval' && !done;
  const send = async (isDone: boolean) => {
    if (isDone && approves) {
      // What the page shows is what is approved: where it has changed since, the answer says so.
      const { edition, contents } = sent;
      const { stops } = await call(approveSending, { campaignId, edition, contents });
      if (stops.length > 0) throw new Stopped(stops.length);
    } else await call(moveStep, { campaignId, step, done: isDone });
    await Promise.all([refreshPlan(), refreshSending()]);
  };
  const move = useMutation({
    mutationFn: send,
    onSuccess: (_done, isDone) =>
      isDone
        ? offerUndo(t('plan.step.done', { what: name }), () => send(false))
        : offerUndo(t('plan.step.reopened', { what: name }), () => send(true)),
    onError: (error) => {
      const why = error instanceof ApiError ? told(`plan.may.${error.fields.step}`) : undefined;
      if (error instanceof Stopped) sayProblem(t('campaigns.stops', { count: error.count }));
      else if (why) sayProblem(why);
      else sayWhyNot(error);
    },
  });
  const current = campaign.step === step;
  const late = !done && dueOn !== null && dueOn < today();
  return (
    <li
      className={classes.step}
      data-done={done !== null}
      data-current={current}
      aria-current={current ? 'step' : undefined}
    >
      <p className={classes.stepName}>
        <span className={classes.dot} aria-hidden>
          {done && <IconCheck size={14} stroke={3} />}
        </span>
        {name}
        {campaign.mine && (
          <ActionIcon className="no-print" size="sm" aria-label={t('plan.step.give', { what: name })} onClick={onGive}>
            <IconPencil size={16} aria-hidden />
          </ActionIcon>
        )}
      </p>
      {!done && (
        <p className={classes.quiet}>
          {responsible ? responsible.name : t('plan.step.nobody')}
          {dueOn && (
            <>
              {', '}
              <span data-late={late} className={classes.due}>
                {t(late ? 'plan.step.late' : 'plan.step.due', { day: calendarDay(dueOn) })}
              </span>
            </>
          )}
        </p>
      )}
      {done && (
        <p className={classes.quiet}>
          {t('plan.step.doneBy', { who: done.by ?? t('plan.move.product'), day: longDate(done.at) })}
        </p>
      )}
      {(may === 'four_eyes' || may === 'day') && !done && <p className={classes.quiet}>{t(`plan.may.${may}`)}</p>}
      {may === 'yes' && looksFirst && (
        <Button
          className="no-print"
          size="compact-md"
          variant={current ? 'filled' : 'default'}
          renderRoot={(props) => (
            <Link to="/plan/scenarios/$scenarioId" params={{ scenarioId: campaignId }} {...props} />
          )}
        >
          {t('scenarios.lookAndApprove')}
        </Button>
      )}
      {may === 'yes' && !looksFirst && (
        <Button
          className="no-print"
          size="compact-md"
          variant={current ? 'filled' : 'default'}
          // Before it is known what is sent, the step would be approved, and nothing sealed.
          loading={move.isPending || (step === 'approval' && sending.isPending)}
          onClick={() => move.mutate(done === null)}
          aria-label={t(done ? 'plan.step.reopenOf' : 'plan.step.doOf', { what: name })}
        >
          {t(done ? 'plan.step.reopen' : step === 'approval' ? 'plan.step.approve' : 'plan.step.do')}
        </Button>
      )}
    </li>
  );
}

function GiveForm({ campaign, state, onClose }: { campaign: FullCampaign; state: StepState; onClose: () => void }) {
  const { step, responsible, dueOn } = state;
  const members = useMemberChoices();
  const first = { responsibleId: responsible?.id ?? '', dueOn: dueOn ?? '' };
  const form = useForm(first, async (said) => {
    const send = (draft: typeof first) =>
      call(giveStep, {
        ...{ campaignId: campaign.id, step },
        ...{ responsibleId: draft.responsibleId || null, dueOn: draft.dueOn || null },
      });
    await send(said);
    await refreshPlan();
    onClose();
    offerUndo(t('plan.step.given', { what: t(`plan.step.${step}`) }), async () => {
      await send(first);
      await refreshPlan();
    });
  });
  const { values, set, problem } = form;
  const writer = campaign.steps.find((one) => one.step === 'content')?.responsible?.id;
  const both = step === 'approval' && values.responsibleId !== '' && values.responsibleId === writer;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('plan.step.give', { what: t(`plan.step.${step}`) })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <NativeSelect
            label={t('plan.step.responsible')}
            value={values.responsibleId}
            error={problem('responsibleId') ?? (both ? t('plan.may.writer') : undefined)}
            data={[{ value: '', label: t('plan.step.nobody') }, ...members]}
            onChange={({ currentTarget }) => set('responsibleId', currentTarget.value)}
          />
          <TextInput
            type="date"
            label={t('plan.step.dueOn')}
            description={t('plan.step.task')}
            value={values.dueOn}
            error={problem('dueOn')}
            onChange={({ currentTarget }) => set('dueOn', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
