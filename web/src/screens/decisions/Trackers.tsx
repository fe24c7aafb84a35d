import { Button, Group, Modal, NativeSelect, PasswordInput, Stack, TextInput } from '@mantine/core';
import { IconArrowLeft, IconPlus, IconTicket } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addTracker,
  endTracker,
  listTrackers,
  type TrackerLine,
  trackerKinds,
} from '../../../../server/decisions/trackers-contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { RemoveDialog } from '../../ui/RemoveDialog.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Decisions.module.css';
import { trackersQuery } from './queries.ts';

type Kind = (typeof trackerKinds)[number];

/** What each kind asks for; the rest it knows by itself. */
const asks: Record<Kind, { settings: string[]; secret: string[] }> = {
  github: { settings: ['repository', 'url'], secret: ['token', 'signing'] },
  gitlab: { settings: ['project', 'url'], secret: ['token', 'signing'] },
  jira: { settings: ['url', 'project', 'issueType', 'email'], secret: ['token', 'signing'] },
  webhook: { settings: ['url'], secret: ['signing'] },
};
/** The kind's own address, unless one has a server of one's own. */
const optional: Record<string, string[]> = { github: ['url'], gitlab: ['url'], jira: ['issueType'] };

/** Issue trackers that decisions are handed to. For admins. */
export function Trackers() {
  const { data, error, refetch } = useQuery(trackersQuery);
  const [adding, add] = useState(false);
  const [ending, end] = useState<TrackerLine>();
  return (
    <Page
      title={t('decisions.trackers')}
      lead={t('decisions.trackers.lead')}
      width="reading"
      actions={
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => add(true)}>
          {t('decisions.trackers.add')}
        </Button>
      }
    >
      <ButtonLink
        to="/voices/decisions"
        variant="subtle"
        color="gray"
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        {t('decisions.title')}
      </ButtonLink>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.items.length === 0 && (
        <EmptyState
          icon={<IconTicket size={40} stroke={1.4} />}
          title={t('decisions.trackers.none')}
          text={t('decisions.trackers.none.text')}
        />
      )}
      <ul className={classes.thresholds}>
        {data?.items.map((tracker) => (
          <li key={tracker.id}>
            <Group justify="space-between" wrap="nowrap">
              <strong>{tracker.name}</strong>
              <Button variant="subtle" size="compact-sm" onClick={() => end(tracker)}>
                {t('decisions.trackers.end')}
              </Button>
            </Group>
            <p className={classes.small}>
              {t(`decisions.trackers.kind.${tracker.kind}`)} – {Object.values(tracker.settings).join(' · ')}
            </p>
            <TextInput readOnly label={t('decisions.trackers.hook')} value={tracker.hookUrl} />
          </li>
        ))}
      </ul>
      {adding && <NewTracker onClose={() => add(false)} />}
      {ending && (
        <RemoveDialog
          title={t('decisions.trackers.endOf', { name: ending.name })}
          text={t('decisions.trackers.end.text')}
          action={t('decisions.trackers.end')}
          done={t('decisions.trackers.ended')}
          remove={async () => {
            await call(endTracker, { trackerId: ending.id });
            await refresh(listTrackers);
          }}
          onClose={() => end(undefined)}
        />
      )}
    </Page>
  );
}

function NewTracker({ onClose }: { onClose: () => void }) {
  const start: Record<string, string> & { kind: Kind } = {
    ...{ kind: 'github' as Kind, name: '', repository: '', project: '', url: '', email: '', issueType: '' },
    ...{ token: '', signing: '' },
  };
  const form = useForm(start, async (values) => {
    const { settings, secret } = asks[values.kind];
    const pick = (keys: string[]) =>
      Object.fromEntries(keys.flatMap((key) => (values[key] ? [[key, values[key]!]] : [])));
    const { kind, name } = values;
    await call(addTracker, { kind, name: name ?? '', settings: pick(settings), secret: pick(secret) });
    await refresh(listTrackers);
    say(t('decisions.trackers.added'));
    onClose();
  });
  const { kind } = form.values;
  const field = (key: string) => {
    const props = {
      name: key,
      required: !(optional[kind] ?? []).includes(key),
      withAsterisk: false,
      label: t(`decisions.trackers.${key}` as 'decisions.trackers.url'),
      value: form.values[key] ?? '',
      error: form.problem(key),
      onChange: ({ currentTarget }: React.ChangeEvent<HTMLInputElement>) => form.set(key, currentTarget.value),
    };
    return key === 'token' || key === 'signing' ? (
      <PasswordInput key={key} {...props} autoComplete="off" />
    ) : (
      <TextInput key={key} {...props} />
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('decisions.trackers.add')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <NativeSelect
            label={t('decisions.trackers.kind')}
            value={kind}
            data={trackerKinds.map((one) => ({ value: one, label: t(`decisions.trackers.kind.${one}`) }))}
            onChange={({ currentTarget }) => form.set('kind', currentTarget.value as Kind)}
          />
          {field('name')}
          {[...asks[kind].settings, ...asks[kind].secret].map(field)}
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('decisions.trackers.connect')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
