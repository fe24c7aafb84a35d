import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { IconTicket } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FullCase, Issue } from '../../../../server/decisions/contract.ts';
import {
  createIssue,
  draftIssue,
  settleIssue,
  type TrackerLine,
} from '../../../../server/decisions/trackers-contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Decisions.module.css';
import { refreshCases, trackersQuery } from './queries.ts';

/** Where the work is done: issues of this case in trackers, and a new one. */
export function Issues({ of }: { of: FullCase }) {
  const trackers = useQuery(trackersQuery).data?.items ?? [];
  const [making, make] = useState(false);
  if (of.issues.length === 0 && (trackers.length === 0 || !of.mayDecide)) return null;
  return (
    <Section
      title={t('decisions.issues')}
      actions={
        of.mayDecide &&
        trackers.length > 0 && (
          <Button
            variant="default"
            size="compact-md"
            leftSection={<IconTicket size={18} aria-hidden />}
            onClick={() => make(true)}
          >
            {t('decisions.issue.new')}
          </Button>
        )
      }
    >
      <ul className={classes.history}>
        {of.issues.map((issue) => (
          <IssueLine key={issue.id} caseId={of.id} issue={issue} mine={of.mayDecide} />
        ))}
      </ul>
      {making && <NewIssue of={of} trackers={trackers} onClose={() => make(false)} />}
    </Section>
  );
}

function IssueLine({ caseId, issue, mine }: { caseId: string; issue: Issue; mine: boolean }) {
  const { id: issueId, title, url, state, tracker } = issue;
  const settle = (arrived: boolean) =>
    call(settleIssue, { caseId, issueId, arrived }).then(refreshCases).catch(sayError);
  return (
    <li>
      {url ? (
        <a href={url} target="_blank" rel="noreferrer">
          {title}
        </a>
      ) : (
        <strong>{title}</strong>
      )}{' '}
      <span className={classes.small}>
        {tracker.name} – {t(`decisions.issue.${state}`)}
      </span>
      {mine && (state === 'in_doubt' || state === 'failed') && (
        <Group gap={4}>
          {state === 'in_doubt' && (
            <Button variant="subtle" size="compact-sm" onClick={() => void settle(true)}>
              {t('decisions.issue.arrived')}
            </Button>
          )}
          <Button variant="subtle" size="compact-sm" onClick={() => void settle(false)}>
            {t('decisions.issue.again')}
          </Button>
        </Group>
      )}
    </li>
  );
}

function NewIssue({ of, trackers, onClose }: { of: FullCase; trackers: TrackerLine[]; onClose: () => void }) {
  const draft = useQuery({
    ...reading(draftIssue, { caseId: of.id }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('decisions.issue.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <ErrorNotice error={draft.error} />
      {draft.data ? (
        <IssueForm of={of} trackers={trackers} draft={draft.data} onClose={onClose} />
      ) : (
        <Loading lines={5} />
      )}
    </Modal>
  );
}

interface IssueFormProps {
  of: FullCase;
  trackers: TrackerLine[];
  draft: { title: string; text: string };
  onClose: () => void;
}

/** Exactly what leaves, to be changed before it does. */
function IssueForm({ of, trackers, draft, onClose }: IssueFormProps) {
  const form = useForm({ ...draft, trackerId: trackers[0]!.id }, async (values) => {
    await call(createIssue, { caseId: of.id, ...values });
    await refreshCases();
    onClose();
  });
  return (
    <form onSubmit={form.submit} noValidate>
      <Stack gap="sm">
        <p className={classes.small}>{t('decisions.issue.leaves')}</p>
        <NativeSelect
          label={t('decisions.tracker')}
          value={form.values.trackerId}
          data={trackers.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={({ currentTarget }) => form.set('trackerId', currentTarget.value)}
        />
        <TextInput
          name="title"
          required
          withAsterisk={false}
          maxLength={200}
          label={t('decisions.issue.title')}
          value={form.values.title}
          error={form.problem('title')}
          onChange={({ currentTarget }) => form.set('title', currentTarget.value)}
        />
        <Textarea
          name="text"
          required
          withAsterisk={false}
          autosize
          minRows={6}
          maxRows={16}
          label={t('decisions.issue.text')}
          value={form.values.text}
          error={form.problem('text')}
          onChange={({ currentTarget }) => form.set('text', currentTarget.value)}
        />
        <ErrorNotice error={form.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={form.sending}>
            {t('decisions.issue.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
