import { Alert, Button, FileInput, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type ImportedFile,
  type ImportPreview,
  importFilePath,
  importKinds,
  importsPath,
  listImports,
  previewImport,
  reviewSources,
  runImport,
  undoImport,
} from '../../../../server/conversations/imports-contract.ts';
import { apiBase, call, query, upload } from '../../api.ts';
import { longInstant, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { queryClient, reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { channelsQuery } from '../conversations/queries.ts';
import { refreshChannels } from './Channels.tsx';
import classes from './ImportFiles.module.css';

type Kind = ImportedFile['kind'];

/** Files of what was said elsewhere: looked at first, brought in, and taken out again. */
export function ImportFiles() {
  const [kind, setKind] = useState<Kind>('reviews');
  return (
    <Page title={t('channels.import.title')} lead={t('channels.import.lead')} width="reading">
      <SegmentedControl
        fullWidth
        aria-label={t('channels.import.kind')}
        value={kind}
        onChange={(next) => setKind(next as Kind)}
        data={importKinds.map((value) => ({ value, label: t(`channels.import.kind.${value}`) }))}
        mb="md"
      />
      <OneFile key={kind} kind={kind} />
      <Imported />
    </Page>
  );
}

const beside = ['comments', 'users'] as const;

/** A file that is put there: what is understood of it, and where it goes. */
function OneFile({ kind }: { kind: Kind }) {
  const [importId, setImportId] = useState<string>();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  async function put(file: File | null): Promise<void> {
    if (!file) return;
    setBusy(true);
    setError(null);
    try {
      const { id } = await upload<{ id: string }>(apiBase + importsPath + query({ kind, fileName: file.name }), file);
      setImportId(id);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }
  async function putBeside(role: (typeof beside)[number], file: File | null): Promise<void> {
    if (!file || !importId) return;
    try {
      await upload(apiBase + importFilePath.replace(':importId', importId).replace(':role', role), file, 'PUT');
      await queryClient.invalidateQueries({ queryKey: reading(previewImport, { importId }).queryKey.slice(0, 1) });
    } catch (problem) {
      sayError(problem);
    }
  }
  return (
    <div className={classes.file}>
      <p>{t(`channels.import.about.${kind}`)}</p>
      <FileInput
        label={t(`channels.import.file.${kind}`)}
        placeholder={t('channels.import.choose')}
        accept={kind === 'whatsapp' ? '.txt' : '.csv,.xlsx'}
        disabled={busy}
        onChange={(file) => void put(file)}
      />
      {kind === 'zendesk' &&
        importId &&
        beside.map((role) => (
          <FileInput
            key={role}
            label={t(`channels.import.file.${role}`)}
            placeholder={t('channels.import.choose')}
            accept=".csv,.xlsx"
            onChange={(file) => void putBeside(role, file)}
          />
        ))}
      <ErrorNotice error={error} />
      {importId && <Understood key={importId} importId={importId} kind={kind} onDone={() => setImportId(undefined)} />}
    </div>
  );
}

interface UnderstoodProps {
  importId: string;
  kind: Kind;
  onDone: () => void;
}

/** What is understood, before anything is brought in. */
function Understood({ importId, kind, onDone }: UnderstoodProps) {
  const [source, setSource] = useState<(typeof reviewSources)[number]>('review');
  const [own, setOwn] = useState('');
  const { data, error } = useQuery(reading(previewImport, { importId, source, own }));
  // Who speaks is asked for without saying who is ours: the choice stays whole.
  const speakers =
    useQuery({ ...reading(previewImport, { importId }), enabled: kind === 'whatsapp' }).data?.speakers ?? [];
  return (
    <>
      {kind === 'reviews' && (
        <NativeSelect
          label={t('channels.import.source')}
          value={source}
          onChange={({ currentTarget }) => setSource(currentTarget.value as typeof source)}
          data={reviewSources.map((value) => ({ value, label: t(`channels.import.source.${value}`) }))}
        />
      )}
      {kind === 'whatsapp' && (
        <NativeSelect
          label={t('channels.import.own')}
          description={t('channels.import.ownLead')}
          value={own}
          onChange={({ currentTarget }) => setOwn(currentTarget.value)}
          data={[{ value: '', label: t('channels.import.nobody') }, ...speakers]}
        />
      )}
      <ErrorNotice error={error} />
      {data && (
        <>
          <Preview preview={data} />
          <Where importId={importId} kind={kind} source={source} own={own} onDone={onDone} />
        </>
      )}
    </>
  );
}

function Preview({ preview }: { preview: ImportPreview }) {
  const { messages, theirs, ours, people, from, to, ignored, samples } = preview;
  return (
    <Section title={t('channels.import.understood')}>
      <p>
        {t('channels.import.counts', {
          ...{ messages, messagesText: number(messages), theirs, theirsText: number(theirs) },
          ...{ ours, oursText: number(ours), people, peopleText: number(people) },
        })}
        {from && to && ` ${t('channels.import.times', { from: longInstant(from), to: longInstant(to) })}`}
      </p>
      <ul className={classes.samples}>
        {samples.map(({ name, direction, at, text, rating }, no) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: samples have nothing but their place
          <li key={no}>
            <strong>{direction === 'out' ? t('channels.import.us') : name || t('conversations.visitor')}</strong>{' '}
            {rating && `${number(rating.value)}/${number(rating.of)} `}
            <span dir="auto">{text}</span> <time dateTime={at}>{longInstant(at)}</time>
          </li>
        ))}
      </ul>
      <NotUnderstood problems={preview.problems} count={preview.problemCount} ignored={ignored} />
    </Section>
  );
}

interface NotUnderstoodProps {
  problems: ImportPreview['problems'];
  count: number;
  ignored: number;
}

/** What was not understood, with its row. */
function NotUnderstood({ problems, count, ignored }: NotUnderstoodProps) {
  if (count === 0 && ignored === 0) return null;
  return (
    <Alert color="amber" variant="light" title={t('channels.import.not')} mt="sm">
      {ignored > 0 && <p>{t('channels.import.ignored', { count: ignored, countText: number(ignored) })}</p>}
      <ul className={classes.problems}>
        {problems.slice(0, 20).map(({ row, code }) => (
          <li key={`${row} ${code}`}>
            {t('channels.import.row', { row: number(row), what: t(`channels.review.${code}`) })}
          </li>
        ))}
      </ul>
      {count > 20 && <p>{t('channels.import.more', { count: count - 20, countText: number(count - 20) })}</p>}
    </Alert>
  );
}

interface WhereProps extends UnderstoodProps {
  source: (typeof reviewSources)[number];
  own: string;
}

/** A channel that is there, or a new one. */
function Where({ importId, kind, source, own, onDone }: WhereProps) {
  const fit = kind === 'reviews' ? 'reviews' : 'imported';
  const there = (useQuery(channelsQuery).data?.items ?? []).filter((one) => one.kind === fit && one.state !== 'ended');
  const [channelId, choose] = useState('');
  const [name, setName] = useState(t(`channels.import.name.${kind}`));
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function run(): Promise<void> {
    setRunning(true);
    setError(null);
    try {
      await call(runImport, { importId, source, own, ...(channelId ? { channelId } : { name }) });
      await Promise.all([refreshChannels(), refresh(listImports)]);
      say(t('channels.import.begun'));
      onDone();
    } catch (problem) {
      setError(problem);
    } finally {
      setRunning(false);
    }
  }
  return (
    <div className={classes.file}>
      {there.length > 0 && (
        <NativeSelect
          label={t('channels.import.channel')}
          value={channelId}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
          data={[
            { value: '', label: t('channels.import.newChannel') },
            ...there.map((one) => ({ value: one.id, label: one.name })),
          ]}
        />
      )}
      {channelId === '' && (
        <TextInput
          label={t('channels.import.name')}
          description={t('channels.import.nameLead')}
          maxLength={80}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
      )}
      <ErrorNotice error={error} />
      <Button loading={running} disabled={channelId === '' && name.trim() === ''} onClick={() => void run()}>
        {t('channels.import.run')}
      </Button>
    </div>
  );
}

/** Milliseconds between two looks at what is under way. */
const lookAgain = 1500;

/** What was brought in, with what came of it. */
function Imported() {
  const { data } = useQuery({
    ...reading(listImports, {}),
    refetchInterval: ({ state }) => (state.data?.items.some((one) => one.state === 'queued') ? lookAgain : false),
  });
  if (!data || data.items.length === 0) return null;
  return (
    <Section title={t('channels.import.done')}>
      <ul className={classes.imports}>
        {data.items.map((one) => (
          <li key={one.id}>
            <OneImport one={one} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function OneImport({ one }: { one: ImportedFile }) {
  const { id: importId, fileName, channel, state, report, undoableUntil, createdAt } = one;
  const undo = () =>
    call(undoImport, { importId })
      .then(() => refresh(listImports))
      .then(() => say(t('channels.import.undone')), sayError);
  return (
    <>
      <p>
        <strong>{fileName}</strong> {channel && t('channels.import.on', { channel: channel.name })}{' '}
        <time dateTime={createdAt}>{longInstant(createdAt)}</time>
      </p>
      <p role="status">
        {state === 'done' && report
          ? t('channels.import.report', {
              ...{ kept: report.kept, keptText: number(report.kept) },
              ...{ known: report.known, knownText: number(report.known) },
            })
          : t(`channels.import.state.${state}`)}
      </p>
      {state === 'done' && report && (
        <NotUnderstood problems={report.problems} count={report.problemCount} ignored={report.ignored} />
      )}
      {undoableUntil && new Date(undoableUntil) > new Date() && (
        <Button variant="default" size="compact-md" onClick={() => void undo()}>
          {t('channels.import.undo')}
        </Button>
      )}
    </>
  );
}
