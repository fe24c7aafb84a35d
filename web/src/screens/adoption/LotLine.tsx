import { Button, Group, Textarea } from '@mantine/core';
import { useState } from 'react';
import {
  addLesson,
  getMyParts,
  getPlan,
  type Lot,
  removeLesson,
  removeLot,
  restoreLot,
} from '../../../../server/adoption/contract.ts';
import { call } from '../../api.ts';
import { ago, calendarDay, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import classes from './Adoption.module.css';

const toldOf = (count: number | null): string => (count === null ? t('adoption.untold') : number(count));

/** A lot: its teams, how ready they are, what came of it, what was learnt. Of teams together, never of one. */
export function LotLine({ lot, admin, onEdit }: { lot: Lot; admin: boolean; onEdit: () => void }) {
  const { id: lotId, name, startsOn, state, teams, people, readiness, figures, goal, sources, lessons } = lot;
  const remove = async () => {
    try {
      await call(removeLot, { lotId });
      await refresh(getPlan, getMyParts);
      offerUndo(t('adoption.removed', { name }), () =>
        call(restoreLot, { lotId }).then(() => refresh(getPlan, getMyParts)),
      );
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <li className={classes.lot}>
      <div className={classes.head}>
        <h3 dir="auto">{name}</h3>
        <span className={classes.state} data-state={state}>
          {t(`adoption.state.${state}`)}
        </span>
        <span className={classes.quiet}>{t('adoption.from', { date: calendarDay(startsOn) })}</span>
      </div>
      <p className={classes.quiet}>
        {teams.map((team) => team.name).join(', ')} ·{' '}
        {t('adoption.people', { text: toldOf(people), known: people ?? 0 })}
      </p>
      {goal && <p>{goal}</p>}
      {sources && <p className={classes.quiet}>{t('adoption.brings', { sources })}</p>}
      {lot.parts.length > 0 && (
        <p className={classes.quiet}>
          {t('adoption.opens', { parts: lot.parts.map((part) => t(`adoption.part.${part}`)).join(', ') })}
        </p>
      )}
      <dl className={classes.figures}>
        {readiness.map(({ check, done }) => (
          <div key={check}>
            <dt>{t(`adoption.check.${check}`)}</dt>
            <dd>
              {people !== null && done !== null && (
                <meter min={0} max={people} value={Math.min(done, people)} aria-hidden className={classes.meter} />
              )}
              {toldOf(done)}
            </dd>
          </div>
        ))}
        {(['active', 'cards', 'lentCards', 'uses', 'introductions'] as const).map((figure) => (
          <div key={figure}>
            <dt>{t(`adoption.figure.${figure}`)}</dt>
            <dd>{toldOf(figures[figure])}</dd>
          </div>
        ))}
      </dl>
      {lessons.map((lesson) => (
        <LessonLine key={lesson.id} lesson={lesson} admin={admin} />
      ))}
      {admin && (
        <Group gap={4}>
          <Button variant="subtle" size="compact-sm" onClick={onEdit} aria-label={t('adoption.editOne', { name })}>
            {t('adoption.edit')}
          </Button>
          <NewLesson lotId={lotId} />
          <Button
            variant="subtle"
            size="compact-sm"
            color="red"
            onClick={() => void remove()}
            aria-label={t('adoption.removeOne', { name })}
          >
            {t('adoption.remove')}
          </Button>
        </Group>
      )}
    </li>
  );
}

function LessonLine({ lesson, admin }: { lesson: Lot['lessons'][number]; admin: boolean }) {
  const remove = () =>
    call(removeLesson, { lessonId: lesson.id })
      .then(() => refresh(getPlan))
      .catch(sayError);
  return (
    <blockquote className={classes.lesson}>
      {lesson.text}
      <footer className={classes.quiet}>
        {t('adoption.lessonBy', { name: lesson.author, when: ago(lesson.at) })}
        {admin && (
          <Button variant="subtle" size="compact-xs" color="red" onClick={() => void remove()}>
            {t('adoption.deleteLesson')}
          </Button>
        )}
      </footer>
    </blockquote>
  );
}

function NewLesson({ lotId }: { lotId: string }) {
  const [text, setText] = useState<string | null>(null);
  const save = async () => {
    try {
      await call(addLesson, { lotId, text: text ?? '' });
      await refresh(getPlan);
      setText(null);
    } catch (error) {
      sayError(error);
    }
  };
  if (text === null)
    return (
      <Button variant="subtle" size="compact-sm" onClick={() => setText('')}>
        {t('adoption.lesson')}
      </Button>
    );
  return (
    <div className={classes.newLesson}>
      <Textarea
        autoFocus
        autosize
        minRows={2}
        maxLength={2000}
        label={t('adoption.lessonLabel')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group mt={6}>
        <Button size="compact-md" disabled={text.trim() === ''} onClick={() => void save()}>
          {t('adoption.save')}
        </Button>
        <Button size="compact-md" variant="subtle" onClick={() => setText(null)}>
          {t('adoption.cancel')}
        </Button>
      </Group>
    </div>
  );
}
