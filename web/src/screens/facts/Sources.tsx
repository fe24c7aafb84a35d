import { Badge, Button, Menu, Table, UnstyledButton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FactSource, Health } from '../../../../server/facts/sources-contract.ts';
import { ago, number } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { DatabaseForm, problemWords } from './DatabaseForm.tsx';
import classes from './Facts.module.css';
import { healthQuery, kindsQuery } from './queries.ts';
import { SourceForm } from './SourceForm.tsx';
import { kindName } from './words.ts';

type Kind = 'tag' | 'hook' | 'database';
type Editing = FactSource | Kind;

/** Where facts come from, how that goes, and what is not taken. */
export function Sources() {
  const admin = useMe().role === 'admin';
  const { data, error, refetch } = useQuery(healthQuery);
  const [editing, edit] = useState<Editing>();
  const none = data?.sources.length === 0;
  const add = admin && <Add onAdd={edit} />;
  return (
    <Page title={t('facts.sources')} lead={t('facts.sources.lead')} width="reading" actions={none ? undefined : add}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={4} />}
      {none && (
        <EmptyState
          icon={<IconPlus size={40} stroke={1.4} />}
          title={t('facts.sources.none')}
          text={t('facts.sources.none.text')}
          action={add || undefined}
        />
      )}
      {data && !none && (
        <>
          <dl className={classes.figuresAlone}>
            <Figure words={t('facts.visitors.known')} value={data.known} />
            <Figure words={t('facts.visitors.anonymous')} value={data.anonymous} />
          </dl>
          <Lines>
            {data.sources.map((source) => (
              <li key={source.id}>
                <SourceLine source={source} onEdit={admin ? () => edit(source) : undefined} />
              </li>
            ))}
          </Lines>
          <Refused refused={data.refused} />
        </>
      )}
      {editing && <Form editing={editing} onClose={() => edit(undefined)} />}
    </Page>
  );
}

function Form({ editing, onClose }: { editing: Editing; onClose: () => void }) {
  if (editing === 'database') return <DatabaseForm source={undefined} onClose={onClose} />;
  if (typeof editing !== 'string' && editing.kind === 'database')
    return <DatabaseForm source={editing} onClose={onClose} />;
  return <SourceForm editing={editing} onClose={onClose} />;
}

function Figure({ words, value }: { words: string; value: number }) {
  return (
    <div>
      <dt>{words}</dt>
      <dd>{number(value)}</dd>
    </div>
  );
}

function Add({ onAdd }: { onAdd: (kind: Kind) => void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button leftSection={<IconPlus size={18} aria-hidden />}>{t('facts.source.add')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onAdd('tag')}>{t('facts.source.tag')}</Menu.Item>
        <Menu.Item onClick={() => onAdd('hook')}>{t('facts.source.hook')}</Menu.Item>
        <Menu.Item onClick={() => onAdd('database')}>{t('facts.source.database')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export const sourceName = ({ kind, name }: Pick<FactSource, 'kind' | 'name'>): string =>
  kind === 'product' ? (told(`facts.part.${name}`) ?? name) : name;

function SourceLine({ source, onEdit }: { source: FactSource; onEdit: (() => void) | undefined }) {
  const { kind, ended, lastAt, recent, kept, counted, refused, database } = source;
  const isHeld = database && !ended && database.state !== 'ok';
  const said = [
    t('facts.recent', { count: recent }),
    ...(counted > 0 ? [t('facts.counted', { count: counted })] : []),
    ...(refused > 0 ? [t('facts.refusedCount', { count: refused })] : []),
  ];
  const words = (
    <>
      <span>
        <strong dir="auto">{sourceName(source)}</strong>{' '}
        <Badge color="gray" variant="light" tt="none">
          {t(`facts.source.${kind}`)}
        </Badge>{' '}
        {ended && (
          <Badge color="gray" variant="light" tt="none">
            {t('facts.source.ended')}
          </Badge>
        )}
        {isHeld && (
          <Badge color={database.state === 'attention' ? 'red' : 'yellow'} variant="light" tt="none">
            {t(`facts.database.state.${database.state}`)}
          </Badge>
        )}
        <p>{said.join(' · ')}</p>
        {isHeld && database.problem && <p>{problemWords(database.problem)}</p>}
      </span>
      <span className={classes.figures}>
        {number(kept)}
        <p>{lastAt ? ago(lastAt) : t('facts.never')}</p>
      </span>
    </>
  );
  if (!onEdit || (kind !== 'tag' && kind !== 'hook' && kind !== 'database'))
    return <div className={classes.line}>{words}</div>;
  return (
    <UnstyledButton
      className={classes.line}
      aria-label={t('facts.source.edit', { source: sourceName(source) })}
      onClick={onEdit}
    >
      {words}
    </UnstyledButton>
  );
}

function Refused({ refused }: { refused: Health['refused'] }) {
  const kinds = new Map(useQuery(kindsQuery).data?.items.map((kind) => [kind.key, kind]));
  if (refused.length === 0) return null;
  return (
    <Section title={t('facts.refused.title')} lead={t('facts.refused.lead')}>
      <div className={classes.table}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('facts.refused.source')}</Table.Th>
              <Table.Th>{t('facts.refused.kind')}</Table.Th>
              <Table.Th>{t('facts.refused.why')}</Table.Th>
              <Table.Th style={{ textAlign: 'right' }}>{t('facts.refused.count')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {refused.map(({ source, kindKey, code, field, count, lastAt }) => {
              const kind = kinds.get(kindKey);
              return (
                <Table.Tr key={`${source} ${kindKey} ${code} ${field}`}>
                  <Table.Td>{told(`facts.part.${source}`) ?? source}</Table.Td>
                  <Table.Td>{kind ? kindName(kind) : '–'}</Table.Td>
                  <Table.Td>{t(`facts.refused.${code}`, { field })}</Table.Td>
                  <Table.Td className={classes.figures}>
                    {number(count)}
                    <p className={classes.quiet}>{ago(lastAt)}</p>
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </div>
    </Section>
  );
}
