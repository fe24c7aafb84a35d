import { Button, Group } from '@mantine/core';
import { IconArrowLeft, IconFileImport } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Input, Output } from '../../../../server/kernel/contract.ts';
import {
  type ImportRecord,
  limits,
  listImports,
  readImport,
  runImport,
  undoImport,
} from '../../../../server/opportunities/contract.ts';
import { ApiError, call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { type Choices, ImportChoices, noChoices } from './ImportChoices.tsx';
import classes from './ImportOpportunities.module.css';
import { visibilityOf } from './OpportunityEditor.tsx';
import { Problems } from './Problems.tsx';
import { refreshOpportunities } from './queries.ts';

export type Reading = Output<typeof readImport>;
type File = Pick<Input<typeof readImport>, 'fileName' | 'content'>;

/** Octets as base64, which JSON can carry. */
async function toFile(file: globalThis.File): Promise<File> {
  if (file.size > limits.octets) throw new ApiError({ code: 'invalid_input', fields: { content: 'too_many_lines' } });
  const url = await new Promise<string>((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(file);
  });
  return { fileName: file.name.slice(0, 255), content: url.slice(url.indexOf(',') + 1) };
}

/** What the server says of a file that it cannot read as opportunities. */
const wordOf = (error: unknown): string | undefined =>
  error instanceof ApiError && error.fields.content ? told(`error.field.${error.fields.content}`) : undefined;

/** A file of opportunities: what is understood of it, and then the import. */
export function ImportOpportunities() {
  const [file, setFile] = useState<File>();
  const [choices, setChoices] = useState<Choices>(noChoices);
  const [done, setDone] = useState<ImportRecord>();
  const read = useMutation({
    mutationFn: ({ from, by }: { from: File; by: Choices }) =>
      call(readImport, { ...from, ...by.reading, ...(by.reading.targets ? { targets: by.reading.targets } : {}) }),
  });
  const run = useMutation({
    mutationFn: async (from: File) => {
      const stages = (read.data?.stages ?? []).map(({ name, stageId }) => ({
        name,
        stageId: name in choices.stages ? choices.stages[name]! : stageId,
      }));
      const named = stages.filter(({ stageId }) => stageId !== '');
      return call(runImport, {
        ...from,
        ...choices.reading,
        visibility: visibilityOf(choices.visibility),
        stages: named
          .map(({ name, stageId }) => ({ name, stageId: stageId === 'new' ? null : stageId }))
          .filter(
            // What looks like none of ours, and about which nothing was said, goes to the first stage.
            ({ name, stageId }) => stageId !== null || choices.stages[name] === 'new',
          ),
      });
    },
    onSuccess: async (record) => {
      setDone(record);
      await refreshOpportunities();
    },
  });
  const begin = async (chosen: globalThis.File) => {
    setDone(undefined);
    run.reset();
    try {
      const from = await toFile(chosen);
      setFile(from);
      setChoices(noChoices);
      read.mutate({ from, by: noChoices });
    } catch (error) {
      sayError(error);
    }
  };
  const choose = (by: Choices, again: boolean) => {
    setChoices(by);
    if (again && file) read.mutate({ from: file, by });
  };
  const error = read.error ?? run.error;
  return (
    <Page title={t('opportunities.import.title')} width="wide" lead={t('opportunities.import.lead')}>
      <ButtonLink
        className={classes.back}
        to="/opportunities"
        variant="subtle"
        color="gray"
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        {t('opportunities.back')}
      </ButtonLink>
      <Chooser first={!file} onFile={(chosen) => void begin(chosen)} />
      {wordOf(error) ? (
        <p role="alert" className={classes.refused}>
          {wordOf(error)}
        </p>
      ) : (
        <ErrorNotice error={error} />
      )}
      {read.isPending && !read.data && <Loading lines={4} />}
      {done && <Done record={done} />}
      {file && read.data && !done && !read.error && (
        <>
          <ImportChoices fileName={file.fileName} reading={read.data} choices={choices} onChoose={choose} />
          <Group className={classes.go}>
            <Button
              size="md"
              loading={run.isPending || read.isPending}
              disabled={read.data.new + read.data.changed === 0}
              onClick={() => run.mutate(file)}
            >
              {t('opportunities.import.run')}
            </Button>
            {read.data.new + read.data.changed === 0 && (
              <span className={classes.quiet}>{t('opportunities.import.nothing')}</span>
            )}
          </Group>
        </>
      )}
      <Before />
    </Page>
  );
}

function Chooser({ first, onFile }: { first: boolean; onFile: (file: globalThis.File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={first ? classes.zone : classes.again}>
      <Button
        variant={first ? 'filled' : 'default'}
        leftSection={<IconFileImport size={18} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        {t(first ? 'opportunities.import.choose' : 'opportunities.import.another')}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,.xlsx,.gz"
        hidden
        onChange={(event) => {
          const [chosen] = event.currentTarget.files ?? [];
          if (chosen) onFile(chosen);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
}

const countsOf = ({ created, updated, unchanged }: ImportRecord): string =>
  t('opportunities.import.done', { created, updated, unchanged });

function Done({ record }: { record: ImportRecord }) {
  return (
    <section aria-live="polite" className={classes.done}>
      <p className={classes.counts}>{countsOf(record)}</p>
      <Problems problems={record.problems} count={record.problems.length} />
      <ButtonLink to="/opportunities" mt="sm">
        {t('opportunities.import.see')}
      </ButtonLink>
    </section>
  );
}

/** Imports of before, each with its way back. */
function Before() {
  const list = useInfiniteQuery({
    queryKey: [listImports.name, 'pages'],
    queryFn: ({ pageParam }) => call(listImports, { limit: 10, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  return (
    <Section title={t('opportunities.import.before')}>
      <Lines>
        {items.map((record) => (
          <ImportLine key={record.id} record={record} />
        ))}
      </Lines>
      {list.hasNextPage && (
        <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('opportunities.more')}
        </Button>
      )}
    </Section>
  );
}

function ImportLine({ record }: { record: ImportRecord }) {
  const undo = useMutation({
    mutationFn: () => call(undoImport, { importId: record.id }),
    onSuccess: async () => {
      await refreshOpportunities();
      say(t('opportunities.import.undoneNow'));
    },
    onError: sayError,
  });
  return (
    <li className={classes.line}>
      <div className={classes.said}>
        <strong>{record.fileName}</strong>
        <span className={classes.quiet}>
          {longInstant(record.at)} · {countsOf(record)}
        </span>
      </div>
      {record.undoneAt !== null && <span className={classes.quiet}>{t('opportunities.import.undone')}</span>}
      {record.undoableUntil !== null && (
        <Button
          variant="subtle"
          aria-label={t('opportunities.import.undoOf', { file: record.fileName })}
          loading={undo.isPending}
          onClick={() => undo.mutate()}
        >
          {t('opportunities.import.undo')}
        </Button>
      )}
    </li>
  );
}
