import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Menu,
  NativeSelect,
  SegmentedControl,
  Stack,
  Textarea,
} from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Language } from '../../../../server/segments/contract.ts';
import {
  type Filter,
  FilterSyntaxError,
  parseFilter,
  printFilter,
} from '../../../../server/segments/language-contract.ts';
import { t } from '../../i18n.ts';
import { Condition } from './Condition.tsx';
import classes from './Segments.module.css';
import { problemWords } from './words.ts';

/** What begins a new condition of a sort. */
const beginnings = (language: Language): Record<string, Filter | undefined> => ({
  field: { is: 'test', value: { is: 'name', name: 'city' }, op: '=', to: [''] },
  fact: language.kinds[0] && {
    ...{ is: 'test', op: '>=', to: [1] },
    value: { is: 'count', of: { kind: language.kinds[0].key, where: [], last: { n: 12, unit: 'months' } } },
  },
  sequence: language.kinds[0] && {
    is: 'did',
    steps: [
      { no: false, within: null, of: { kind: language.kinds[0].key, where: [], last: null } },
      { no: true, within: { n: 30, unit: 'days' }, of: { kind: language.kinds[0].key, where: [], last: null } },
    ],
  },
  message: {
    ...{ is: 'test', op: '>=', to: [1] },
    value: {
      is: 'count',
      of: { kind: 'message', where: [{ property: 'tone', op: '=', to: ['negative'] }], last: { n: 3, unit: 'months' } },
    },
  },
  opportunity: {
    ...{ is: 'test', op: '>=', to: [1] },
    value: {
      is: 'count',
      of: { kind: 'opportunity', where: [{ property: 'state', op: '=', to: ['open'] }], last: null },
    },
  },
  known: { is: 'test', value: { is: 'name', name: 'tie' }, op: '>=', to: ['good'] },
  consent: { is: 'test', value: { is: 'name', name: 'consent.email' }, op: '!=', to: ['objected'] },
  stage: language.stages[0] && {
    is: 'test',
    value: { is: 'name', name: 'stage' },
    op: '=',
    to: [language.stages[0].key],
  },
  measure: language.measures[0] && {
    is: 'test',
    value: { is: 'name', name: language.measures[0].key },
    op: '>=',
    to: [1],
  },
  group: language.groups[0] && {
    is: 'test',
    value: { is: 'name', name: 'group' },
    op: '=',
    to: [language.groups[0].key],
  },
  category: { is: 'test', value: { is: 'name', name: 'category' }, op: '=', to: [''] },
  segment: language.segments[0] && { is: 'in', segment: language.segments[0].key },
});

interface Props {
  language: Language;
  text: string;
  onChange: (text: string) => void;
}

/** The same condition as a sentence with blanks, and as text. */
export function Builder(props: Props) {
  const tree = readTree(props.text);
  const [asText, showText] = useState(!tree.filter);
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label={t('segments.how')}
        style={{ alignSelf: 'flex-start' }}
        value={asText || !tree.filter ? 'text' : 'blanks'}
        onChange={(value) => showText(value === 'text')}
        data={[
          { value: 'blanks', label: t('segments.how.blanks'), disabled: !tree.filter },
          { value: 'text', label: t('segments.how.text') },
        ]}
      />
      {asText || !tree.filter ? (
        <Textarea
          autosize
          minRows={3}
          spellCheck={false}
          label={t('segments.text')}
          description={t('segments.text.hint')}
          classNames={{ input: classes.code }}
          value={props.text}
          error={tree.problem}
          onChange={({ currentTarget }) => props.onChange(currentTarget.value)}
        />
      ) : (
        <Blanks {...props} filter={tree.filter} />
      )}
    </Stack>
  );
}

function readTree(text: string): { filter?: Filter; problem?: string } {
  if (text.trim() === '') return { filter: { is: 'all', of: [] } };
  try {
    return { filter: parseFilter(text) };
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
    return { problem: problemWords({ problem: error.problem, about: error.found, at: error.at }) };
  }
}

/** One condition stands as it is; several in a list that all, or any, of must hold. */
const listOf = (filter: Filter): { is: 'all' | 'any'; of: Filter[] } =>
  filter.is === 'all' || filter.is === 'any' ? filter : { is: 'all', of: filter.is === 'everyone' ? [] : [filter] };

function together({ is, of }: { is: 'all' | 'any'; of: Filter[] }): string {
  if (of.length === 0) return 'everyone';
  return printFilter(of.length === 1 ? of[0]! : { is, of });
}

function Blanks({ language, filter, onChange }: Props & { filter: Filter }) {
  // Of one condition alone it is remembered here whether all or any is meant.
  const [joined, join] = useState<'all' | 'any'>(listOf(filter).is);
  const { of } = listOf(filter);
  const is = of.length > 1 ? listOf(filter).is : joined;
  const write = (next: Filter[], by = is) => onChange(together({ is: by, of: next }));
  return (
    <>
      <Group gap="xs">
        <NativeSelect
          aria-label={t('segments.join')}
          value={is}
          onChange={({ currentTarget }) => {
            join(currentTarget.value as 'all');
            write(of, currentTarget.value as 'all');
          }}
          data={[
            { value: 'all', label: t('segments.join.all') },
            { value: 'any', label: t('segments.join.any') },
          ]}
        />
      </Group>
      <ul className={classes.builder}>
        {of.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition is known by its place.
          <li key={at} className={classes.row}>
            <Checkbox
              label={t('segments.not')}
              checked={one.is === 'not'}
              onChange={({ currentTarget }) =>
                write(of.with(at, currentTarget.checked ? { is: 'not', of: one } : (one as { of: Filter }).of))
              }
            />
            <Condition
              language={language}
              filter={one.is === 'not' ? one.of : one}
              onChange={(next) => write(of.with(at, one.is === 'not' ? { is: 'not', of: next } : next))}
            />
            <ActionIcon aria-label={t('segments.remove')} onClick={() => write(of.filter((_, no) => no !== at))}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Add language={language} onAdd={(next) => write([...of, next])} />
    </>
  );
}

function Add({ language, onAdd }: { language: Language; onAdd: (filter: Filter) => void }) {
  const all = Object.entries(beginnings(language));
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="light" style={{ alignSelf: 'flex-start' }} leftSection={<IconPlus size={16} aria-hidden />}>
          {t('segments.add')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {all.map(([sort, filter]) => (
          <Menu.Item key={sort} disabled={!filter} onClick={() => filter && onAdd(filter)}>
            {t(`segments.sort.${sort as 'field'}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
