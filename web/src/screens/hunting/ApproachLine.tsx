import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Approach, decide, editApproach, outcomes, sayOutcome } from '../../../../server/hunting/contract.ts';
import { call } from '../../api.ts';
import { calendarDay, longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Face } from '../../ui/Face.tsx';
import { TextLink } from '../../ui/links.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { photoOf } from '../contacts/queries.ts';
import classes from './Hunting.module.css';
import { refreshHunts } from './queries.ts';

interface ApproachLineProps {
  huntId: string;
  approach: Approach;
  /** Decisions are taken no more. */
  ended: boolean;
  endsOn: string;
}

/** One contact of mine: who it is, what they would read, and what I decide. */
export function ApproachLine({ huntId, approach, ended, endsOn }: ApproachLineProps) {
  const [editing, edit] = useState(false);
  const { name, organization, title, state, contributed, strength } = approach;
  const said = [
    title,
    organization,
    strength && t(`hunting.strength.${strength}`),
    contributed && t('hunting.contributed'),
  ];
  return (
    <li className={classes.approach} aria-label={name}>
      <div className={classes.head}>
        <Face
          id={approach.personId}
          name={name}
          photo={photoOf({ id: approach.personId, photo: approach.photo })}
          size={40}
        />
        <div className={classes.who}>
          <TextLink to="/people/$personId" params={{ personId: approach.personId }} dir="auto">
            {name || t('contacts.nameless')}
          </TextLink>
          <p className={classes.quiet}>{said.filter(Boolean).join(' · ')}</p>
        </div>
        {state !== 'proposed' && <span className={classes.quiet}>{t(`hunting.state.${state}`)}</span>}
      </div>
      {editing ? (
        <Editor huntId={huntId} approach={approach} onClose={() => edit(false)} />
      ) : (
        <>
          <Letter approach={approach} />
          <Standing approach={approach} />
          {state === 'written' ? (
            <Outcome huntId={huntId} approach={approach} />
          ) : (
            <Deciding huntId={huntId} approach={approach} ended={ended} endsOn={endsOn} onEdit={() => edit(true)} />
          )}
        </>
      )}
    </li>
  );
}

function Letter({ approach: { subject, letter, missing } }: { approach: Approach }) {
  if (letter === null)
    return (
      <p className={classes.doubt}>
        {t('hunting.missing', { what: missing.map((one) => told(`content.variable.${one}`) ?? one).join(', ') })}
      </p>
    );
  return (
    <div className={classes.letter} dir="auto">
      <p className={classes.subject}>{subject}</p>
      {letter}
    </div>
  );
}

/** Why it cannot be written, or when it leaves. */
function Standing({ approach: { state, reasons, dueAt, untilOn, delivery } }: { approach: Approach }) {
  const lines = [
    ...reasons.map((one) => told(`hunting.reason.${one}`) ?? told(`gate.${one}`) ?? one),
    ...(dueAt ? [t('hunting.leaves', { at: longInstant(dueAt) })] : []),
    ...(untilOn ? [t('hunting.again', { day: calendarDay(untilOn) })] : []),
    ...(state === 'written' && delivery ? [told(`hunting.delivery.${delivery}`) ?? delivery] : []),
  ];
  return lines.length > 0 ? <p className={classes.quiet}>{lines.join(' ')}</p> : null;
}

const nextWeek = (endsOn: string): string => {
  const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  return day < endsOn ? day : endsOn;
};

function Deciding({ huntId, approach, ended, endsOn, onEdit }: ApproachLineProps & { onEdit: () => void }) {
  const { id, state, reasons, letter, name } = approach;
  const send = async (decision: 'accept' | 'postpone' | 'withdraw' | 'back') => {
    await call(decide, {
      huntId,
      approachIds: [id],
      decision,
      ...(decision === 'postpone' && { untilOn: nextWeek(endsOn) }),
    });
    await refreshHunts();
  };
  const act = async (decision: 'accept' | 'postpone' | 'withdraw') => {
    try {
      await send(decision);
      offerUndo(t(`hunting.decided.${decision}`, { name }), () => send('back'));
    } catch (error) {
      sayError(error);
    }
  };
  const open = state === 'proposed' || state === 'refused';
  const canPostpone = endsOn > new Date().toISOString().slice(0, 10);
  return (
    <div className={classes.acts}>
      {open && !ended && (
        <>
          <Button
            disabled={letter === null || (state === 'proposed' && reasons.length > 0)}
            onClick={() => void act('accept')}
          >
            {t('hunting.accept')}
          </Button>
          <Button variant="default" onClick={onEdit}>
            {t('hunting.edit')}
          </Button>
          {canPostpone && (
            <Button variant="subtle" onClick={() => void act('postpone')}>
              {t('hunting.postpone')}
            </Button>
          )}
        </>
      )}
      {open && (
        <Button variant="subtle" color="gray" onClick={() => void act('withdraw')}>
          {t('hunting.withdraw')}
        </Button>
      )}
      {!open && (
        <Button variant="default" onClick={() => void send('back').catch(sayError)}>
          {t(state === 'accepted' ? 'hunting.stop' : 'hunting.back')}
        </Button>
      )}
    </div>
  );
}

function Outcome({ huntId, approach: { id, name, outcome, outcomeSeen } }: { huntId: string; approach: Approach }) {
  const note = async (value: string) => {
    try {
      await call(sayOutcome, { huntId, approachId: id, outcome: (value || null) as (typeof outcomes)[number] | null });
    } catch (error) {
      sayError(error);
    }
    await refreshHunts();
  };
  return (
    <NativeSelect
      label={t('hunting.outcome')}
      aria-label={t('hunting.outcome.of', { name })}
      description={outcomeSeen ? t('hunting.outcome.seen') : undefined}
      value={outcome ?? ''}
      data={[
        { value: '', label: t('hunting.outcome.none') },
        ...outcomes.map((one) => ({ value: one, label: t(`hunting.outcome.${one}`) })),
      ]}
      onChange={({ currentTarget }) => void note(currentTarget.value)}
    />
  );
}

function Editor({ huntId, approach, onClose }: { huntId: string; approach: Approach; onClose: () => void }) {
  const form = useForm({ subject: approach.subject ?? '', letter: approach.letter ?? '' }, async (said) => {
    await call(editApproach, { huntId, approachId: approach.id, ...said });
    await refreshHunts();
    onClose();
  });
  const again = async () => {
    await call(editApproach, { huntId, approachId: approach.id, subject: null, letter: null }).catch(sayError);
    await refreshHunts();
    onClose();
  };
  return (
    <form onSubmit={form.submit} noValidate className={classes.form}>
      <TextInput
        name="subject"
        required
        withAsterisk={false}
        maxLength={300}
        label={t('hunting.subject')}
        value={form.values.subject}
        error={form.problem('subject')}
        onChange={({ currentTarget }) => form.set('subject', currentTarget.value)}
      />
      <Textarea
        name="letter"
        required
        withAsterisk={false}
        autosize
        minRows={6}
        maxLength={10_000}
        label={t('hunting.letter')}
        value={form.values.letter}
        error={form.problem('letter')}
        onChange={({ currentTarget }) => form.set('letter', currentTarget.value)}
      />
      <ErrorNotice error={form.error} />
      <div className={classes.acts}>
        <Button type="submit" loading={form.sending}>
          {t('shell.save')}
        </Button>
        {approach.edited && (
          <Button variant="subtle" onClick={() => void again()}>
            {t('hunting.edit.again')}
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          {t('shell.cancel')}
        </Button>
      </div>
    </form>
  );
}
