import { Button, Checkbox, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, askForget, openLink } from '../../../../server/self-update/contract.ts';
import { ApiError, call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { answerOf, type Draft, emptyDraft, isTouched, useKept, type Visit } from './draft.ts';
import { HasLeft } from './HasLeft.tsx';
import { HeldValues } from './HeldValues.tsx';
import { Missing } from './Missing.tsx';
import type { Opened } from './MyDetails.tsx';
import classes from './OwnWord.module.css';
import { Wishes } from './Wishes.tsx';

interface DetailsProps {
  token: string;
  opened: Opened;
  visit: Visit;
  /** The visit is over: a new code opens another. */
  onOver: () => void;
}

/** Behind the code: what is held, what is wished, and the answer. */
export function Details({ token, opened, visit, onOver }: DetailsProps) {
  const [draft, setDraft] = useKept<Draft>(`draft ${visit.visit}`, emptyDraft);
  const [done, setDone] = useKept<'answered' | 'forgotten' | null>(`done ${visit.visit}`, null);
  const [refused, setRefused] = useState<unknown>(null);
  const [dueAt, setDueAt] = useKept(`due ${visit.visit}`, '');
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const { holder, workspace } = opened;
  if (done !== null)
    return (
      <Stack role="status" gap="md">
        <h2 className={classes.title}>{t('ownWord.send.thanks')}</h2>
        <p className={classes.text}>
          {done === 'answered'
            ? t('ownWord.send.done', { holder })
            : t('ownWord.forget.done', { workspace, date: longDate(dueAt) })}
        </p>
        <Button variant="default" onClick={onOver}>
          {t(done === 'answered' ? 'ownWord.send.again' : 'shell.back')}
        </Button>
      </Stack>
    );
  return (
    <Stack gap="xl">
      <HeldValues values={visit.values} holder={holder} draft={draft} set={set} />
      <HasLeft values={visit.values} holder={holder} draft={draft} set={set} />
      {visit.questions.length > 0 && (
        <Missing questions={visit.questions} workspace={workspace} draft={draft} set={set} error={refused} />
      )}
      {visit.preferences.length > 0 && (
        <Wishes preferences={visit.preferences} workspace={workspace} draft={draft} set={set} />
      )}
      {visit.tracking !== null && (
        <Checkbox
          label={t('ownWord.tracking', { workspace })}
          description={t('ownWord.tracking.help')}
          checked={draft.tracking ?? visit.tracking}
          onChange={({ currentTarget }) => set({ tracking: currentTarget.checked })}
        />
      )}
      <Send
        token={token}
        opened={opened}
        visit={visit}
        draft={draft}
        set={set}
        onSent={() => setDone('answered')}
        onRefused={setRefused}
        onOver={onOver}
      />
      <ForgetMe
        token={token}
        visit={visit}
        workspace={workspace}
        onAsked={(until) => {
          setDueAt(until);
          setDone('forgotten');
        }}
      />
    </Stack>
  );
}

interface SendProps extends DetailsProps {
  draft: Draft;
  set: (part: Partial<Draft>) => void;
  onSent: () => void;
  onRefused: (error: unknown) => void;
}

function Send({ token, opened, visit, draft, set, onSent, onRefused, onOver }: SendProps) {
  const sending = useMutation({
    mutationFn: () => call(answer, answerOf(token, visit, draft)),
    onSuccess: () => {
      void refresh(openLink);
      onSent();
    },
    onError: onRefused,
  });
  const over = overOf(sending.error);
  const touched = isTouched(draft);
  return (
    <div>
      <Checkbox
        checked={draft.share}
        onChange={(event) => set({ share: event.currentTarget.checked })}
        label={t('ownWord.share', { workspace: opened.workspace })}
        description={t('ownWord.shareHint', { holder: opened.holder })}
      />
      {over ? (
        <div role="alert" className={classes.became}>
          <p>{t(over)}</p>
          <Button variant="default" onClick={onOver}>
            {t('ownWord.page.sendAgain')}
          </Button>
        </div>
      ) : (
        <ErrorNotice error={sending.error} />
      )}
      <Button fullWidth mt="md" size="md" loading={sending.isPending} onClick={() => sending.mutate()}>
        {t(touched ? 'ownWord.send.changes' : 'ownWord.send.right')}
      </Button>
    </div>
  );
}

/** What is to be done anew with another code. */
function overOf(error: unknown): 'ownWord.page.over' | 'ownWord.page.changedMeanwhile' | null {
  if (!(error instanceof ApiError)) return null;
  if (error.code === 'unauthenticated') return 'ownWord.page.over';
  return error.code === 'conflict' ? 'ownWord.page.changedMeanwhile' : null;
}

interface ForgetProps {
  token: string;
  visit: Visit;
  workspace: string;
  onAsked: (dueAt: string) => void;
}

/** It cannot be taken back by one step, so it takes two. */
function ForgetMe({ token, visit, workspace, onAsked }: ForgetProps) {
  const [sure, beSure] = useState(false);
  const asking = useMutation({
    mutationFn: () => call(askForget, { token, visit: visit.visit }),
    onSuccess: ({ dueAt }) => {
      void refresh(openLink);
      onAsked(dueAt);
    },
  });
  return (
    <section aria-labelledby="forget" className={classes.forget}>
      <h2 id="forget" className={classes.title}>
        {t('ownWord.forget.title')}
      </h2>
      <p className={classes.text}>{t('ownWord.forget.lead', { workspace })}</p>
      <ErrorNotice error={asking.error} />
      {sure ? (
        <div className={classes.acts}>
          <Button color="red" loading={asking.isPending} onClick={() => asking.mutate()}>
            {t('ownWord.forget.sure')}
          </Button>
          <Button variant="subtle" color="gray" onClick={() => beSure(false)}>
            {t('shell.cancel')}
          </Button>
        </div>
      ) : (
        <Button variant="default" onClick={() => beSure(true)}>
          {t('ownWord.forget.button')}
        </Button>
      )}
    </section>
  );
}
