import { Badge, Button, FileButton, Group, NativeSelect, Stack, Table, TextInput } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  columnTargets,
  type FactImport,
  importsPath,
  listImports,
  previewImport,
  runImport,
  undoImport,
} from '../../../../server/facts/imports-contract.ts';
import type { Input, Output } from '../../../../server/kernel/contract.ts';
import { apiBase, call, query, upload } from '../../api.ts';
import { longInstant, number } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Facts.module.css';
import { kindsQuery, refreshFacts } from './queries.ts';
import { fieldName, kindName } from './words.ts';

type Options = Omit<Input<typeof previewImport>, 'importId'>;

/** Milliseconds after which it is looked again how far a file is brought in. */
const lookAgain = 1000;

/** Files of facts: what is understood of one before anything is brought in, and what came of the others. */
export function Files() {
  const { data, error, refetch } = useQuery({
    ...reading(listImports, {}),
    refetchInterval: ({ state }) => (state.data?.items.some((one) => one.state === 'queued') ? lookAgain : false),
  });
  const [waiting, setWaiting] = useState<{ id: string; name: string }>();
  const put = async (file: File | null) => {
    if (!file) return;
    try {
      const { id } = await upload<{ id: string }>(apiBase + importsPath + query({ fileName: file.name }), file);
      setWaiting({ id, name: file.name });
    } catch (failure) {
      sayError(failure);
    }
  };
  const button = (
    <FileButton onChange={(file) => void put(file)} accept=".csv,.tsv,.txt,.xlsx,.gz">
      {(props) => (
        <Button {...props} leftSection={<IconFileImport size={18} aria-hidden />}>
          {t('facts.file.choose')}
        </Button>
      )}
    </FileButton>
  );
  const none = data?.items.length === 0 && !waiting;
  const done = () => {
    setWaiting(undefined);
    void refresh(listImports);
  };
  return (
    <Page
      title={t('facts.files')}
      lead={t('facts.files.lead')}
      width="reading"
      actions={none || waiting ? undefined : button}
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={3} />}
      {waiting && <Preview key={waiting.id} {...waiting} onDone={done} onCancel={() => setWaiting(undefined)} />}
      {none && (
        <EmptyState
          icon={<IconFileImport size={40} stroke={1.4} />}
          title={t('facts.files.none')}
          text={t('facts.files.none.text')}
          action={button}
        />
      )}
      {data && data.items.length > 0 && (
        <Section title={t('facts.files.past')}>
          <Lines>
            {data.items.map((one) => (
              <li key={one.id}>
                <FileLine file={one} />
              </li>
            ))}
          </Lines>
        </Section>
      )}
    </Page>
  );
}

interface PreviewProps {
  id: string;
  name: string;
  onDone: () => void;
  onCancel: () => void;
}

function Preview({ id, name, onDone, onCancel }: PreviewProps) {
  const [options, setOptions] = useState<Options>({ kind: 'order', system: '', currency: 'EUR', dayFirst: true });
  // Left empty, it is the file itself.
  const said = { ...options, system: options.system || 'file' };
  const { data, error } = useQuery({
    queryKey: [previewImport.name, id, said],
    queryFn: () => call(previewImport, { importId: id, ...said }),
    placeholderData: (before) => before,
  });
  const kinds = (useQuery(kindsQuery).data?.items ?? []).filter(({ ended }) => !ended);
  const kind = kinds.find(({ key }) => key === options.kind);
  const set = (next: Options) => setOptions((before) => ({ ...before, ...next }));
  const run = () =>
    call(runImport, { importId: id, ...said, targets: data?.columns.map(({ target }) => target) })
      .then(async () => {
        say(t('facts.file.running', { name }));
        onDone();
        await refreshFacts();
      })
      .catch(sayError);
  const targets = [
    { value: '', label: t('facts.target.none') },
    ...columnTargets.map((value) => ({ value, label: t(`facts.target.${value}`) })),
    ...(kind?.fields ?? []).map((field) => ({ value: `prop:${field.key}`, label: fieldName(field) })),
  ];
  return (
    <Section title={name} lead={t('facts.file.check')}>
      <Stack gap="md">
        <Group align="flex-end" wrap="wrap">
          <NativeSelect
            label={t('facts.mapping.kind')}
            value={options.kind}
            data={kinds.map((one) => ({ value: one.key, label: kindName(one) }))}
            onChange={({ currentTarget }) => set({ kind: currentTarget.value, targets: undefined })}
          />
          <TextInput
            label={t('facts.file.system')}
            description={t('facts.file.system.help')}
            value={options.system}
            maxLength={41}
            onChange={({ currentTarget }) =>
              set({ system: currentTarget.value.toLowerCase().replaceAll(/[^a-z0-9_.-]/g, '') })
            }
          />
          <NativeSelect
            label={t('facts.file.dates')}
            value={options.dayFirst ? 'day' : 'month'}
            data={[
              { value: 'day', label: t('facts.file.dates.day') },
              { value: 'month', label: t('facts.file.dates.month') },
            ]}
            onChange={({ currentTarget }) => set({ dayFirst: currentTarget.value === 'day' })}
          />
        </Group>
        <ErrorNotice error={error} />
        {data && (
          <>
            <Columns
              columns={data.columns}
              targets={targets}
              onChange={(at, target) =>
                set({
                  targets: data.columns.map((one, no) =>
                    no === at ? target : one.target === target ? '' : one.target,
                  ),
                })
              }
            />
            <p role="status">{t('facts.file.read', { lines: data.lines, good: data.good })}</p>
            <Problems problems={data.problems} more={data.problemCount - data.problems.length} />
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('shell.cancel')}
          </Button>
          <Button disabled={!data || data.good === 0} onClick={() => void run()}>
            {t('facts.file.run', { count: data?.good ?? 0 })}
          </Button>
        </Group>
      </Stack>
    </Section>
  );
}

interface ColumnsProps {
  columns: Output<typeof previewImport>['columns'];
  targets: { value: string; label: string }[];
  onChange: (at: number, target: string) => void;
}

function Columns({ columns, targets, onChange }: ColumnsProps) {
  return (
    <div className={classes.table}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('facts.file.column')}</Table.Th>
            <Table.Th>{t('facts.file.means')}</Table.Th>
            <Table.Th>{t('facts.file.examples')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map(({ header, target, examples }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
            <Table.Tr key={at}>
              <Table.Td dir="auto">{header}</Table.Td>
              <Table.Td>
                <NativeSelect
                  miw={210}
                  aria-label={t('facts.file.meansOf', { header })}
                  value={target}
                  data={targets}
                  onChange={({ currentTarget }) => onChange(at, currentTarget.value)}
                />
              </Table.Td>
              <Table.Td className={classes.quiet} dir="auto">
                {examples.join(' · ')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Problems({ problems, more }: { problems: FactImport['problems']; more: number }) {
  if (problems.length === 0) return null;
  return (
    <details>
      <summary>{t('facts.file.problems', { count: problems.length + more })}</summary>
      <ul>
        {problems.map(({ line, code, message }) => (
          // Who has a table before them does not know the fields of the API by their names.
          <li key={line}>
            {t('facts.file.problem', { line, message: told(`facts.file.refused.${code}`) ?? message })}
          </li>
        ))}
      </ul>
    </details>
  );
}

function FileLine({ file }: { file: FactImport }) {
  const { id, fileName, state, report, problems, createdAt, undoableUntil } = file;
  const undo = () =>
    call(undoImport, { importId: id })
      .then(() => Promise.all([refresh(listImports), refreshFacts()]))
      .catch(sayError);
  return (
    <div className={classes.line}>
      <div>
        <strong dir="auto">{fileName}</strong>{' '}
        <Badge color="gray" variant="light" tt="none">
          {t(`facts.file.state.${state}`)}
        </Badge>
        <p>{longInstant(createdAt)}</p>
        {report && state !== 'undone' && (
          <p>
            {t('facts.file.report', {
              ...{ kept: number(report.kept), changed: number(report.changed) },
              ...{ unchanged: number(report.unchanged), refused: number(report.refused) },
            })}
          </p>
        )}
        <Problems problems={problems} more={0} />
      </div>
      {undoableUntil && (
        <Button variant="default" size="compact-md" onClick={() => void undo()}>
          {t('facts.file.undo')}
        </Button>
      )}
    </div>
  );
}
