import {
  ActionIcon,
  Button,
  Checkbox,
  NumberInput,
  SegmentedControl,
  Select,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconMicrophone, IconPlayerStop, IconTrash, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { z } from 'zod';
import { getPerson } from '../../../../server/cards/contract.ts';
import { countConversations, listConversations, type readers } from '../../../../server/conversations/contract.ts';
import {
  getNoteSetup,
  manners,
  recordingPath,
  saveNoteSetup,
  writeFieldNote,
} from '../../../../server/conversations/notes-contract.ts';
import { listPastMeetings, settleMeeting } from '../../../../server/correspondents/contract.ts';
import { listMembers, listTeams } from '../../../../server/identity/contract.ts';
import { ApiError, apiBase, call, query, upload } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Page } from '../../ui/Page.tsx';
import { say } from '../../ui/undo.tsx';
import { PersonChoice } from '../opportunities/choosing.tsx';
import classes from './FieldNote.module.css';
import { PastMeetings } from './PastMeetings.tsx';
import { clock, type Recorder, useRecorder } from './useRecorder.ts';

type Readers = z.output<typeof readers>;
type Manner = (typeof manners)[number];

/** What a note says besides its voice. */
interface Draft {
  noteId: string;
  manner: Manner;
  people: { id: string; contactPointId?: string }[];
  /** As the field of the browser has it, local. */
  at: string;
  minutes: number | null;
  direction: 'in' | 'out';
  text: string;
  /** Null: as I have chosen for all. */
  share: string | null;
  always: boolean;
  meeting: string | null;
}

/** A time as `datetime-local` takes it. */
const localTime = (at: Date): string =>
  new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

const newDraft = (personId: string | undefined): Draft => ({
  ...{ noteId: crypto.randomUUID(), manner: 'call', people: personId ? [{ id: personId }] : [] },
  ...{
    at: localTime(new Date()),
    minutes: null,
    direction: 'out',
    text: '',
    share: null,
    always: false,
    meeting: null,
  },
});

/** `workspace`, `team <id>`, `member <id>`, `nobody`: as a choice has it. */
const wordOf = (share: Readers): string =>
  share.kind === 'team' ? `team ${share.teamId}` : share.kind === 'member' ? `member ${share.memberId}` : share.kind;

function readersOf(word: string): Readers {
  const [kind, id] = word.split(' ') as [Readers['kind'], string];
  if (kind === 'team') return { kind, teamId: id };
  return kind === 'member' ? { kind, memberId: id } : { kind };
}

/** A call, a video meeting, a visit: what was said, in ten seconds. */
export function FieldNote() {
  const { person }: { person?: string } = useSearch({ strict: false });
  const [draft, setDraft] = useState(() => newDraft(person));
  const change = (next: Partial<Draft>) => setDraft((before) => ({ ...before, ...next }));
  const recorder = useRecorder();
  const { keep, keeping, error, missing } = useKeeping(draft, recorder);
  const meetings = useQuery(reading(listPastMeetings, {})).data?.items ?? [];
  return (
    <Page title={t('notes.title')} width="reading">
      {draft.meeting === null && !person && (
        <PastMeetings
          meetings={meetings}
          onChoose={({ meeting, at, minutes, people }) =>
            change({ meeting, at: localTime(new Date(at)), minutes, people, manner: 'video' })
          }
        />
      )}
      <form
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void keep();
        }}
      >
        <SegmentedControl
          fullWidth
          size="md"
          aria-label={t('notes.how')}
          value={draft.manner}
          onChange={(next) => change({ manner: next as Manner })}
          data={manners.map((value) => ({ value, label: t(`notes.how.${value}`) }))}
        />
        <WithWhom people={draft.people} onChange={(people) => change({ people })} />
        {missing === 'people' && <p role="alert">{t('notes.withWhom')}</p>}
        <Textarea
          label={t('notes.text')}
          description={t('notes.textLead')}
          autosize
          minRows={4}
          maxLength={20_000}
          value={draft.text}
          error={missing === 'text' && t('notes.wordless')}
          onChange={({ currentTarget }) => change({ text: currentTarget.value })}
        />
        <VoiceOf recorder={recorder} />
        <When draft={draft} change={change} />
        <WhoReads draft={draft} change={change} />
        <Refused error={error} />
        <Button type="submit" size="md" loading={keeping} disabled={recorder.recording}>
          {t('notes.save')}
        </Button>
      </form>
    </Page>
  );
}

/** Writes the note, then its voice: where the voice does not arrive, the note stands, and keeping it again brings the voice. */
function useKeeping(draft: Draft, { voice }: Recorder) {
  const navigate = useNavigate();
  const [keeping, setKeeping] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [missing, setMissing] = useState<'people' | 'text' | null>(null);
  async function keep(): Promise<void> {
    const lacks = draft.people.length === 0 ? 'people' : draft.text.trim() === '' && !voice ? 'text' : null;
    setMissing(lacks);
    if (lacks) return;
    setKeeping(true);
    setError(null);
    try {
      const share = draft.share === null ? undefined : readersOf(draft.share);
      if (share && draft.always) await call(saveNoteSetup, { share });
      const { noteId, manner, people, at, minutes, direction, text } = draft;
      const { conversationIds } = await call(writeFieldNote, {
        ...{ noteId, manner, text, minutes, at: new Date(at).toISOString() },
        with: people.map(({ id: personId, ...point }) => ({ personId, ...point })),
        direction: manner === 'call' ? direction : null,
        ...(share ? { share } : {}),
      });
      if (voice) {
        const type = voice.sound.type.split(';')[0]!;
        const name = `voice.${type.split('/')[1] ?? 'webm'}`;
        const path = apiBase + recordingPath.replace(':conversationId', conversationIds[0]!);
        await upload(path + query({ name, type }), voice.sound);
      }
      if (draft.meeting) await call(settleMeeting, { meeting: draft.meeting });
      await refresh(listConversations, countConversations, listPastMeetings, getNoteSetup);
      say(t('notes.done'));
      await navigate({ to: '/conversations/$conversationId', params: { conversationId: conversationIds[0]! } });
    } catch (problem) {
      setError(problem);
    } finally {
      setKeeping(false);
    }
  }
  return { keep, keeping, error, missing };
}

function Refused({ error }: { error: unknown }) {
  const nowhere = error instanceof ApiError && Object.values(error.fields).includes('no_address');
  return nowhere ? <p role="alert">{t('notes.noAddress')}</p> : <ErrorNotice error={error} />;
}

/** Those it was with: the first is who said it. */
function WithWhom({ people, onChange }: { people: Draft['people']; onChange: (people: Draft['people']) => void }) {
  return (
    <div>
      {people.length > 0 && (
        <ul className={classes.people}>
          {people.map((one) => (
            <li key={one.id}>
              <PersonChip id={one.id} onRemove={() => onChange(people.filter(({ id }) => id !== one.id))} />
            </li>
          ))}
        </ul>
      )}
      {people.length < 10 && (
        <PersonChoice
          key={people.length}
          label={t('notes.person')}
          focus={people.length === 0}
          onChange={(id) => id && !people.some((one) => one.id === id) && onChange([...people, { id }])}
        />
      )}
    </div>
  );
}

function PersonChip({ id, onRemove }: { id: string; onRemove: () => void }) {
  const name = useQuery(reading(getPerson, { personId: id })).data?.name ?? '…';
  return (
    <span className={classes.chip}>
      {name}
      <ActionIcon variant="subtle" size={40} color="gray" aria-label={t('notes.remove', { name })} onClick={onRemove}>
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </span>
  );
}

function VoiceOf({ recorder }: { recorder: Recorder }) {
  const { able, recording, seconds, voice, refused, start, stop, discard } = recorder;
  if (!able) return null;
  if (voice)
    return (
      <p className={classes.voice}>
        <IconMicrophone size={18} aria-hidden /> {t('notes.recorded', { time: clock(voice.seconds) })}
        <Button
          variant="subtle"
          color="red"
          size="compact-md"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={discard}
        >
          {t('notes.discard')}
        </Button>
      </p>
    );
  return (
    <div>
      <Button
        variant={recording ? 'filled' : 'default'}
        color={recording ? 'red' : undefined}
        size="md"
        leftSection={recording ? <IconPlayerStop size={18} aria-hidden /> : <IconMicrophone size={18} aria-hidden />}
        onClick={() => (recording ? stop() : void start())}
      >
        {recording ? t('notes.recording', { time: clock(seconds) }) : t('notes.record')}
      </Button>
      {refused && <p role="alert">{t('notes.noMicrophone')}</p>}
    </div>
  );
}

interface PartProps {
  draft: Draft;
  change: (next: Partial<Draft>) => void;
}

function When({ draft, change }: PartProps) {
  return (
    <div className={classes.when}>
      <TextInput
        type="datetime-local"
        label={t('notes.at')}
        value={draft.at}
        max={localTime(new Date())}
        onChange={({ currentTarget }) => change({ at: currentTarget.value })}
      />
      <NumberInput
        label={t('notes.minutes')}
        min={0}
        max={1440}
        allowDecimal={false}
        value={draft.minutes ?? ''}
        onChange={(next) => change({ minutes: typeof next === 'number' ? next : null })}
      />
      {draft.manner === 'call' && (
        <Select
          label={t('notes.way')}
          allowDeselect={false}
          value={draft.direction}
          data={(['out', 'in'] as const).map((value) => ({ value, label: t(`notes.way.${value}`) }))}
          onChange={(next) => next && change({ direction: next as Draft['direction'] })}
        />
      )}
    </div>
  );
}

/** Mine until I share it; and whether the next ones are shared alike. */
function WhoReads({ draft, change }: PartProps) {
  const me = useMe();
  const setup = useQuery(reading(getNoteSetup, {})).data;
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const members = (useQuery(reading(listMembers, {})).data?.items ?? []).filter(
    ({ id, status }) => status === 'active' && id !== me.memberId,
  );
  const usual = setup ? wordOf(setup.share) : 'nobody';
  const value = draft.share ?? usual;
  return (
    <>
      <Select
        label={t('notes.readers')}
        allowDeselect={false}
        searchable={members.length > 8}
        value={value}
        data={[
          { value: 'nobody', label: t('notes.mine') },
          { value: 'workspace', label: t('channels.everybodyOf', { company: me.workspace.name }) },
          { group: t('channels.teams'), items: teams.map(({ id, name }) => ({ value: `team ${id}`, label: name })) },
          {
            group: t('channels.members'),
            items: members.map(({ id, name }) => ({ value: `member ${id}`, label: name })),
          },
        ]}
        onChange={(next) => next && change({ share: next })}
      />
      {value !== usual && (
        <Checkbox
          label={t('notes.always')}
          checked={draft.always}
          onChange={({ currentTarget }) => change({ always: currentTarget.checked })}
        />
      )}
    </>
  );
}
