import {
  Alert,
  Autocomplete,
  Badge,
  Button,
  Group,
  Modal,
  NativeSelect,
  PasswordInput,
  Stack,
  Table,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addDatabase,
  type DatabaseSettings,
  type DatabaseTrial,
  readDatabase,
  tryDatabase,
  updateDatabase,
} from '../../../../server/facts/databases-contract.ts';
import type { FactSource } from '../../../../server/facts/sources-contract.ts';
import { ApiError, call } from '../../api.ts';
import { ago } from '../../format.ts';
import { type MessageKey, t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import classes from './Facts.module.css';
import { kindsQuery, refreshFacts } from './queries.ts';
import { fieldName, kindName } from './words.ts';

type Draft = Omit<DatabaseSettings, 'every'> & { name: string; password: string; every: string };
type Columns = DatabaseSettings['columns'];

const usual: Omit<Draft, 'name' | 'password'> = {
  ...{ engine: 'postgresql', address: '', database: '', username: '', every: '60', customerSystem: '' },
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  query: 'select id, email, total, ordered_at, updated_at\nfrom orders\nwhere updated_at > :since',
  order: { column: 'updated_at', type: 'time' },
  columns: {
    ...{ externalId: 'id', at: 'ordered_at', kind: { fixed: 'order', column: '' }, email: 'email', phone: '' },
    ...{ customerId: '', amount: 'total', currency: { fixed: 'EUR', column: '' }, consent: '', props: {} },
  },
};

const settingsOf = ({ name: _name, password: _password, every, ...settings }: Draft): DatabaseSettings => ({
  ...settings,
  every: Number(every),
});

/** Sets up a database of the company that facts are read from, or changes one: where it is, what it is asked, which column says what. */
export function DatabaseForm({ source, onClose }: { source: FactSource | undefined; onClose: () => void }) {
  const database = source?.database ?? undefined;
  const [columns, setColumns] = useState<string[]>([]);
  const { every, ...rest } = database?.settings ?? { ...usual, every: Number(usual.every) };
  const form = useForm<Draft>(
    { name: source?.name ?? '', password: '', every: String(every), ...rest },
    async (draft) => {
      const { name, password } = draft;
      const settings = settingsOf(draft);
      if (source) await call(updateDatabase, { sourceId: source.id, name, settings, ...(password && { password }) });
      else await call(addDatabase, { name, settings, password });
      await refreshFacts();
      say(t('facts.source.saved', { source: name }));
      onClose();
    },
  );
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={source?.name ?? t('facts.source.database')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Stack gap="md">
        {source && <State source={source} onDone={onClose} />}
        <form onSubmit={form.submit} noValidate>
          <Stack gap="sm">
            <p>{t('facts.source.database.lead')}</p>
            <Where form={form} isNew={!source} />
            <Asked form={form} columns={columns} />
            <Said form={form} columns={columns} />
            <Trial draft={form.values} sourceId={source?.id} onColumns={setColumns} />
            <ErrorNotice error={form.error} />
            <Group justify="flex-end">
              <Button type="submit" loading={form.sending}>
                {t('shell.save')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Stack>
    </Modal>
  );
}

/** Why reading does not work, in words. */
export const problemWords = (problem: string): string =>
  told(`facts.database.problem.${problem}`) ?? told(`connections.problem.${problem}`) ?? problem;

/** How reading goes, and what can be done about it. */
function State({ source, onDone }: { source: FactSource; onDone: () => void }) {
  const { id: sourceId, ended } = source;
  const { state, problem, running, readAt, nextAt, report } = source.database!;
  const after = (work: Promise<unknown>) => void work.then(refreshFacts).then(onDone).catch(sayError);
  const said = [
    running ? t('facts.database.running') : readAt ? t('facts.database.read', { when: ago(readAt) }) : t('facts.never'),
    ...(nextAt && !running ? [t('facts.database.next', { when: ago(nextAt) })] : []),
    ...(report
      ? [t('facts.database.report', { kept: report.kept, changed: report.changed, refused: report.refused })]
      : []),
  ];
  return (
    <Section title={t(`facts.database.state.${ended ? 'ended' : state}`)}>
      <p>{said.join(' · ')}</p>
      {problem && <p role="alert">{problemWords(problem)}</p>}
      <Group gap="xs" mt="xs">
        {!ended && state !== 'paused' && (
          <>
            <Button variant="default" onClick={() => after(call(readDatabase, { sourceId, again: false }))}>
              {t('facts.database.readNow')}
            </Button>
            <Button variant="default" onClick={() => after(call(readDatabase, { sourceId, again: true }))}>
              {t('facts.database.readAgain')}
            </Button>
          </>
        )}
        {!ended && (
          <Button
            variant="default"
            onClick={() => after(call(updateDatabase, { sourceId, paused: state !== 'paused' }))}
          >
            {t(state === 'paused' ? 'facts.database.resume' : 'facts.database.pause')}
          </Button>
        )}
        <Button variant="default" onClick={() => after(call(updateDatabase, { sourceId, ended: !ended }))}>
          {t(ended ? 'facts.source.resume' : 'facts.source.end')}
        </Button>
      </Group>
    </Section>
  );
}

function Where({ form, isNew }: { form: Form<Draft>; isNew: boolean }) {
  const text = (name: 'name' | 'address' | 'database' | 'username', label: string, placeholder = '') => (
    <TextInput
      name={name}
      required
      withAsterisk={false}
      maxLength={name === 'name' ? 80 : 500}
      label={label}
      placeholder={placeholder}
      autoComplete="off"
      value={form.values[name]}
      error={form.problem(name)}
      onChange={({ currentTarget }) => form.set(name, currentTarget.value)}
    />
  );
  return (
    <>
      {text('name', t('facts.source.name'))}
      <NativeSelect
        label={t('facts.database.engine')}
        value={form.values.engine}
        data={[
          { value: 'postgresql', label: 'PostgreSQL' },
          { value: 'mysql', label: 'MySQL / MariaDB' },
        ]}
        onChange={({ currentTarget }) => form.set('engine', currentTarget.value as Draft['engine'])}
      />
      {text('address', t('facts.database.address'), 'db.exemple.fr')}
      {text('database', t('facts.database.database'))}
      {text('username', t('facts.database.username'))}
      <PasswordInput
        name="password"
        required={isNew}
        withAsterisk={false}
        label={t('facts.database.password')}
        description={isNew ? undefined : t('facts.database.passwordKept')}
        autoComplete="new-password"
        value={form.values.password}
        error={form.problem('password')}
        onChange={({ currentTarget }) => form.set('password', currentTarget.value)}
      />
    </>
  );
}

const spans = [5, 15, 60, 360, 1440];

function Asked({ form, columns }: { form: Form<Draft>; columns: readonly string[] }) {
  const { order, every, query } = form.values;
  const known = spans.includes(Number(every)) ? spans : [...spans, Number(every)].sort((a, b) => a - b);
  return (
    <>
      <Textarea
        name="query"
        required
        withAsterisk={false}
        autosize
        minRows={4}
        maxRows={16}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        label={t('facts.database.query')}
        description={t('facts.database.query.help')}
        value={query}
        error={form.problem('query')}
        onChange={({ currentTarget }) => form.set('query', currentTarget.value)}
      />
      <Group grow align="flex-start">
        <Autocomplete
          required
          withAsterisk={false}
          label={t('facts.database.order')}
          description={t('facts.database.order.help')}
          data={[...new Set(columns)]}
          value={order.column}
          onChange={(column) => form.set('order', { ...order, column })}
        />
        <NativeSelect
          label={t('facts.database.orderType')}
          description={t('facts.database.orderType.help')}
          value={order.type}
          data={[
            { value: 'time', label: t('facts.database.orderType.time') },
            { value: 'number', label: t('facts.database.orderType.number') },
          ]}
          onChange={({ currentTarget }) =>
            form.set('order', { ...order, type: currentTarget.value as Draft['order']['type'] })
          }
        />
      </Group>
      <NativeSelect
        label={t('facts.database.every')}
        value={every}
        data={known.map((minutes) => ({
          value: String(minutes),
          label: t('facts.database.minutes', { minutes, hours: minutes / 60 }),
        }))}
        onChange={({ currentTarget }) => form.set('every', currentTarget.value)}
      />
    </>
  );
}

const plain = ['externalId', 'at', 'email', 'phone', 'customerId', 'amount', 'consent'] as const;

/** Which column says what. */
function Said({ form, columns }: { form: Form<Draft>; columns: readonly string[] }) {
  const { columns: said, customerSystem, zone } = form.values;
  const kinds = (useQuery(kindsQuery).data?.items ?? []).filter(({ ended }) => !ended);
  const kind = kinds.find(({ key }) => key === said.kind.fixed);
  const data = [...new Set(columns)];
  const change = (next: Partial<Columns>) => form.set('columns', { ...said, ...next });
  return (
    <Section title={t('facts.database.columns')} lead={t('facts.database.columns.lead')}>
      <Stack gap="sm">
        <NativeSelect
          label={t('facts.mapping.kind')}
          value={said.kind.fixed}
          data={kinds.map((one) => ({ value: one.key, label: kindName(one) }))}
          onChange={({ currentTarget }) => change({ kind: { fixed: currentTarget.value, column: '' }, props: {} })}
        />
        {plain.map((name) => (
          <Autocomplete
            key={name}
            name={name}
            label={t(`facts.database.column.${name}` as MessageKey)}
            data={data}
            value={said[name]}
            error={form.problem(name as keyof Draft)}
            onChange={(column) => change({ [name]: column })}
          />
        ))}
        {said.customerId !== '' && (
          <TextInput
            name="customerSystem"
            label={t('facts.mapping.customerSystem')}
            value={customerSystem}
            error={form.problem('customerSystem')}
            onChange={({ currentTarget }) => form.set('customerSystem', currentTarget.value)}
          />
        )}
        <Autocomplete
          label={t('facts.mapping.currency')}
          data={data}
          value={said.currency.column || said.currency.fixed}
          onChange={(value) =>
            change({
              currency: /^[A-Z]{0,3}$/.test(value) ? { fixed: value, column: '' } : { fixed: '', column: value },
            })
          }
        />
        {kind?.fields.map((field) => (
          <Autocomplete
            key={field.key}
            label={fieldName(field)}
            data={data}
            value={said.props[field.key] ?? ''}
            onChange={(column) => change({ props: { ...said.props, [field.key]: column } })}
          />
        ))}
        <TextInput
          name="zone"
          required
          withAsterisk={false}
          label={t('facts.database.zone')}
          description={t('facts.database.zone.help')}
          value={zone}
          error={form.problem('zone')}
          onChange={({ currentTarget }) => form.set('zone', currentTarget.value)}
        />
      </Stack>
    </Section>
  );
}

/** The first rows as they would be taken, or why not. */
function Trial({
  draft,
  sourceId,
  onColumns,
}: {
  draft: Draft;
  sourceId: string | undefined;
  onColumns: (columns: string[]) => void;
}) {
  const [tried, setTried] = useState<DatabaseTrial>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const look = async () => {
    setBusy(true);
    setError(undefined);
    setTried(undefined);
    try {
      const { password } = draft;
      const input = { settings: settingsOf(draft), ...(password && { password }), ...(sourceId && { sourceId }) };
      const found = await call(tryDatabase, input);
      onColumns(found.columns);
      setTried(found);
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };
  const problems = tried?.rows.filter(({ problem }) => problem).length ?? 0;
  return (
    <>
      <Button variant="default" loading={busy} onClick={() => void look()}>
        {t('facts.database.try')}
      </Button>
      <Trouble error={error} />
      {tried && (
        <div role="status">
          <p>
            {tried.missing.length > 0
              ? t('facts.database.missing', { columns: tried.missing.join(', '), found: tried.columns.join(', ') })
              : t('facts.mapping.read', { count: tried.rows.length, problems })}
          </p>
          {tried.rows.length > 0 && <Rows {...tried} />}
        </div>
      )}
    </>
  );
}

/** What the database would not do, in words of its own; else what was entered wrongly. */
function Trouble({ error }: { error: unknown }) {
  const isRefused = error instanceof ApiError && error.code === 'connection_failed' && error.fields.problem;
  if (!isRefused) return <ErrorNotice error={error} />;
  return (
    <Alert color="red" variant="light" role="alert">
      {problemWords(isRefused)}
    </Alert>
  );
}

function Rows({ columns, rows }: DatabaseTrial) {
  return (
    <div className={classes.table}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('facts.database.taken')}</Table.Th>
            {columns.map((column, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name.
              <Table.Th key={at}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ cells, problem }, no) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have nothing else that is theirs alone.
            <Table.Tr key={no}>
              <Table.Td>
                {problem?.message ?? (
                  <Badge variant="light" tt="none">
                    {t('facts.database.takes')}
                  </Badge>
                )}
              </Table.Td>
              {cells.map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a row's cells stand in their places.
                <Table.Td key={at}>{cell ?? '–'}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
