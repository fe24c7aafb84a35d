import { Button, Checkbox, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { type Planned, previewAnswers, type Raised, sendAnswers } from '../../../../server/decisions/loop-contract.ts';
import { call } from '../../api.ts';
import { spoken, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Decisions.module.css';
import { refreshCases } from './queries.ts';
import { plannedWords } from './words.ts';

interface Dialog {
  caseId: string;
  people: Raised[];
  onClose: () => void;
}

interface Draft {
  fr: string;
  en: string;
  byColleagues: boolean;
}

const wordsOf = ({ fr, en, byColleagues }: Draft) => ({
  texts: { ...(fr.trim() ? { fr } : {}), ...(en.trim() ? { en } : {}) },
  byColleagues,
});

/** What all of them are told: written once, seen for each before anything leaves. */
export function AnswerDialog({ caseId, people, onClose }: Dialog) {
  const handed = people.find(({ answer }) => answer?.kind === 'handed')?.answer?.text ?? '';
  const [draft, keep] = useState<Draft>({
    ...{ fr: t('decisions.loop.start', {}), en: '', byColleagues: true },
    ...(spoken() === 'en' ? { fr: '', en: t('decisions.loop.start', {}) } : {}),
    ...(handed ? { [spoken()]: handed } : {}),
  });
  const [plan, look] = useState<Planned[]>();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('decisions.loop.answerAll', { count: people.length })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      {plan ? (
        <Preview {...{ caseId, draft, plan, onClose }} onBack={() => look(undefined)} />
      ) : (
        <Write {...{ caseId, people, draft }} onKeep={keep} onLook={look} />
      )}
    </Modal>
  );
}

interface WriteProps extends Omit<Dialog, 'onClose'> {
  draft: Draft;
  onKeep: (draft: Draft) => void;
  onLook: (plan: Planned[]) => void;
}

function Write({ caseId, people, draft, onKeep, onLook }: WriteProps) {
  const form = useForm(draft, async (values) => {
    onKeep(values);
    const keys = people.map(({ key }) => key);
    onLook((await call(previewAnswers, { caseId, keys, ...wordsOf(values) })).items);
  });
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack gap="sm">
        <p className={classes.small}>{t('decisions.loop.variables')}</p>
        {(['fr', 'en'] as const).map((language) => (
          <Textarea
            key={language}
            name={language}
            autosize
            minRows={4}
            maxRows={12}
            maxLength={10_000}
            label={t(`decisions.loop.text.${language}`)}
            value={form.values[language]}
            error={form.problem(language)}
            onChange={({ currentTarget }) => form.set(language, currentTarget.value)}
          />
        ))}
        <Checkbox
          label={t('decisions.loop.byColleagues')}
          description={t('decisions.loop.byColleagues.help')}
          checked={form.values.byColleagues}
          onChange={({ currentTarget }) => form.set('byColleagues', currentTarget.checked)}
        />
        <ErrorNotice error={form.error} />
        <Group justify="flex-end">
          <Button
            type="submit"
            loading={form.sending}
            disabled={form.values.fr.trim() === '' && form.values.en.trim() === ''}
          >
            {t('decisions.loop.preview')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PreviewProps {
  caseId: string;
  draft: Draft;
  plan: Planned[];
  onBack: () => void;
  onClose: () => void;
}

/** Each one as it will be, with all reasons where it will not. */
function Preview({ caseId, draft, plan, onBack, onClose }: PreviewProps) {
  const leaving = plan.filter(({ way }) => way !== 'none');
  const form = useForm({}, async () => {
    const targets = leaving.map(({ key, seen }) => ({ key, seen }));
    const { items } = await call(sendAnswers, { caseId, targets, ...wordsOf(draft) });
    await refreshCases();
    const done = items.filter(({ became }) => became !== 'refused' && became !== 'newer' && became !== 'earlier');
    say(t('decisions.loop.sent', { done: done.length, left: plan.length - done.length }));
    onClose();
  });
  return (
    <form onSubmit={form.submit}>
      <ul className={classes.people}>
        {plan.map((one) => (
          <li key={one.key}>
            <strong>{one.name || t('conversations.visitor')}</strong>
            {plannedWords(one).map((line) => (
              <p key={line} className={classes.small} data-refused={one.way === 'none' || undefined}>
                {line}
              </p>
            ))}
            {one.way !== 'none' && (
              <p dir="auto" className={classes.words}>
                {one.text}
              </p>
            )}
          </li>
        ))}
      </ul>
      <ErrorNotice error={form.error} />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onBack}>
          {t('decisions.loop.back')}
        </Button>
        <Button type="submit" loading={form.sending} disabled={leaving.length === 0}>
          {t('decisions.loop.send', { count: leaving.length })}
        </Button>
      </Group>
    </form>
  );
}
