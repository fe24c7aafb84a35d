import { ActionIcon, Button, NativeSelect, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { type Reason, reasons } from '../../../../server/opportunities/contract.ts';
import type { Language } from '../../../../server/segments/contract.ts';
import {
  type Filter,
  fieldTypes,
  type Literal,
  messageKind,
  type Op,
  opportunityKind,
  opportunityStates,
  type Pattern,
  type PropertyTest,
  parseFilter,
  printFilter,
  type Span,
  type Step,
  type units,
  type Value,
} from '../../../../server/segments/language-contract.ts';
import { t } from '../../i18n.ts';
import classes from './Segments.module.css';
import { bandOptions, dealStageName, fieldNames, kindName, stageName, unitOptions, usualSpan } from './words.ts';

interface Props<T> {
  language: Language;
  filter: T;
  onChange: (filter: Filter) => void;
}

type Test = Extract<Filter, { is: 'test' }>;
type Pick = { value: string; label: string };

/** What something compared is, how it may be compared, and with what. */
interface Shape {
  type: 'text' | 'number' | 'date' | 'boolean' | 'choice';
  ops: readonly Op[];
  choices?: Pick[];
}

const opsOf = {
  text: ['=', '!=', 'contains', 'starts', 'known', 'unknown'],
  number: ['>=', '<=', '=', '>', '<', 'known', 'unknown'],
  date: ['>=', '<=', '=', 'known', 'unknown'],
  boolean: ['=', 'known', 'unknown'],
  choice: ['=', '!=', 'known', 'unknown'],
} as const satisfies Record<Shape['type'], readonly Op[]>;

const scales = ['importance', 'influence', 'stance', 'closeness'];
const roles = [
  'prescriber',
  'decider',
  'economic_buyer',
  'technical_validator',
  'user',
  'buyer',
  'ally',
  'opponent',
  'gatekeeper',
  'assistant',
];

function shapeOf(name: string, language: Language): Shape {
  if (name in fieldTypes) {
    const type = fieldTypes[name as keyof typeof fieldTypes];
    return { type, ops: opsOf[type] };
  }
  if (name === 'tie') return { type: 'choice', ops: ['>=', '='], choices: bandOptions() };
  if (name === 'stage')
    return {
      type: 'choice',
      ops: ['=', '!='],
      choices: language.stages.map((one) => ({ value: one.key, label: stageName(one) })),
    };
  if (name.startsWith('consent.'))
    return {
      type: 'choice',
      ops: ['=', '!='],
      choices: (['given', 'objected', 'unknown'] as const).map((value) => ({
        value,
        label: t(`segments.consent.${value}`),
      })),
    };
  if (name === 'viewpoint.role')
    return {
      type: 'choice',
      ops: ['=', '!='],
      choices: roles.map((value) => ({ value, label: t(`relations.role.${value as 'user'}`) })),
    };
  if (name === 'group')
    return {
      type: 'choice',
      ops: opsOf.choice,
      choices: language.groups.map(({ key, name: label }) => ({ value: key, label })),
    };
  if (name === 'category') return { type: 'text', ops: ['=', '!=', 'known', 'unknown'] };
  const attribute = language.attributes.find(({ key }) => key === name);
  if (attribute?.type === 'choice')
    return {
      type: 'choice',
      ops: opsOf.choice,
      choices: attribute.choices.map(({ key, name: label }) => ({ value: key, label })),
    };
  const type = attribute ? (attribute.type as 'text') : 'number';
  return { type, ops: opsOf[type] };
}

const usualLiteral = ({ type, choices }: Shape): Literal =>
  choices
    ? (choices[0]?.value ?? '')
    : type === 'number'
      ? 1
      : type === 'boolean'
        ? true
        : type === 'date'
          ? new Date().toISOString().slice(0, 10)
          : '';

/** One condition as a sentence with blanks; what no blanks are there for, as text. */
export function Condition({ language, filter, onChange }: Props<Filter>) {
  if (filter.is === 'test' && filter.value.is === 'name')
    return <NameTest language={language} filter={{ ...filter, value: filter.value }} onChange={onChange} />;
  if (filter.is === 'test' && filter.value.is === 'count')
    return <CountTest language={language} filter={filter} of={filter.value.of} onChange={onChange} />;
  if (filter.is === 'did') return <Steps language={language} filter={filter} onChange={onChange} />;
  if (filter.is === 'in')
    return (
      <>
        <span>{t('segments.in')}</span>
        <Select
          className={classes.wide}
          aria-label={t('segments.in')}
          value={filter.segment}
          data={optionsOf(language.segments)}
          onChange={(value) => value && onChange({ is: 'in', segment: value })}
        />
      </>
    );
  return <AsText filter={filter} onChange={onChange} />;
}

const optionsOf = (list: readonly { key: string; name: string }[]): Pick[] =>
  list.map(({ key, name }) => ({ value: key, label: name }));

function AsText({ filter, onChange }: Omit<Props<Filter>, 'language'>) {
  const [text, write] = useState(printFilter(filter));
  const [wrong, setWrong] = useState(false);
  return (
    <Textarea
      autosize
      className={classes.wide}
      classNames={{ input: classes.code }}
      aria-label={t('segments.text')}
      value={text}
      error={wrong ? t('segments.unreadable') : undefined}
      onChange={({ currentTarget }) => write(currentTarget.value)}
      onBlur={() => {
        try {
          onChange(parseFilter(text));
          setWrong(false);
        } catch {
          setWrong(true);
        }
      }}
    />
  );
}

function NameTest({ language, filter, onChange }: Props<Test & { value: Extract<Value, { is: 'name' }> }>) {
  const { name } = filter.value;
  const shape = shapeOf(name, language);
  const data = [
    {
      group: t('segments.group.fields'),
      items: fieldNames.map((value) => ({ value, label: t(`segments.field.${value}`) })),
    },
    { group: t('segments.group.attributes'), items: optionsOf(language.attributes) },
    { group: t('segments.group.measures'), items: optionsOf(language.measures) },
    {
      group: t('segments.group.relation'),
      items: (
        [
          'stage',
          'tie',
          'viewpoint.role',
          ...scales.map((one) => `viewpoint.${one}`),
          'consent.email',
          'consent.phone',
          'group',
          'category',
        ] as const
      ).map((value) => ({ value, label: t(`segments.field.${value as 'stage'}`) })),
    },
  ].filter(({ items }) => items.length > 0);
  const changeName = (next: string | null) => {
    if (!next) return;
    const shaped = shapeOf(next, language);
    onChange({ is: 'test', value: { is: 'name', name: next }, op: shaped.ops[0]!, to: [usualLiteral(shaped)] });
  };
  return (
    <>
      <Select
        searchable
        className={classes.middle}
        aria-label={t('segments.what')}
        value={name}
        data={data}
        onChange={changeName}
      />
      <OpAndLiteral
        shape={shape}
        op={filter.op}
        to={filter.to}
        onChange={(op, to) => onChange({ ...filter, op, to })}
      />
    </>
  );
}

interface OpProps {
  shape: Shape;
  op: Op;
  to: readonly Literal[];
  onChange: (op: Op, to: Literal[]) => void;
}

function OpAndLiteral({ shape, op, to, onChange }: OpProps) {
  const ops = shape.ops.includes(op) ? shape.ops : [...shape.ops, op];
  const bare = op === 'known' || op === 'unknown';
  const change = (next: Op) =>
    onChange(next, next === 'known' || next === 'unknown' ? [] : [to[0] ?? usualLiteral(shape)]);
  return (
    <>
      <NativeSelect
        aria-label={t('segments.op')}
        value={op}
        onChange={({ currentTarget }) => change(currentTarget.value as Op)}
        data={ops.map((value) => ({ value, label: t(`segments.op.${value}`) }))}
      />
      {!bare && (
        <LiteralInput
          shape={shape}
          value={to.length > 1 ? to.join(', ') : to[0]!}
          onChange={(one) => onChange(op, [one])}
        />
      )}
    </>
  );
}

function LiteralInput({
  shape,
  value,
  onChange,
}: {
  shape: Shape;
  value: Literal;
  onChange: (value: Literal) => void;
}) {
  const label = t('segments.value');
  if (shape.choices)
    return (
      <NativeSelect
        aria-label={label}
        value={String(value)}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        data={shape.choices}
      />
    );
  if (shape.type === 'number')
    return (
      <NumberInput
        className={classes.narrow}
        aria-label={label}
        decimalScale={6}
        value={Number(value)}
        onChange={(next) => onChange(Number(next) || 0)}
      />
    );
  if (shape.type === 'boolean')
    return (
      <NativeSelect
        aria-label={label}
        value={String(value)}
        onChange={({ currentTarget }) => onChange(currentTarget.value === 'true')}
        data={[
          { value: 'true', label: t('segments.yes') },
          { value: 'false', label: t('segments.no') },
        ]}
      />
    );
  return (
    <TextInput
      className={classes.wide}
      type={shape.type === 'date' ? 'date' : 'text'}
      aria-label={label}
      value={String(value)}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

const messageKindOf = () => ({
  ...{ key: messageKind, name: t('segments.messages'), hasAmount: false },
  properties: [
    { key: 'topic', name: t('segments.topic'), type: 'text' as const, choices: [] },
    {
      ...{ key: 'tone', name: t('segments.tone'), type: 'choice' as const },
      choices: (['negative', 'neutral', 'positive'] as const).map((key) => ({ key, name: t(`segments.tone.${key}`) })),
    },
  ],
});

/** Each reason once, as it is said of what was lost, or else of what was won. */
const reasonChoices = () =>
  (['lost', 'won'] as const)
    .flatMap((outcome) => reasons[outcome].map((key) => ({ key, outcome })))
    .filter(({ key }, at, all) => all.findIndex((one) => one.key === key) === at)
    .map(({ key, outcome }) => ({
      key: key as Reason,
      name: t(`opportunities.reason.${outcome}.${key}` as 'opportunities.reason.won.price'),
    }));

const opportunityKindOf = (language: Language) => {
  const choice = (key: string, name: string, choices: { key: string; name: string }[]) => ({
    ...{ key, name, type: 'choice' as const, choices },
  });
  const plain = (key: string, name: string, type: 'text' | 'number' | 'date') => ({ key, name, type, choices: [] });
  return {
    ...{ key: opportunityKind, name: t('segments.opportunities'), hasAmount: false },
    properties: [
      choice(
        'state',
        t('segments.opportunity.state'),
        opportunityStates.map((key) => ({ key, name: t(`opportunities.state.${key}`) })),
      ),
      choice(
        'stage',
        t('segments.opportunity.stage'),
        language.dealStages.map((one) => ({ key: one.key, name: dealStageName(one) })),
      ),
      plain('amount', t('segments.amount'), 'number'),
      plain('currency', t('segments.opportunity.currency'), 'text'),
      plain('expected', t('segments.opportunity.expected'), 'date'),
      plain('opened', t('segments.opportunity.opened'), 'date'),
      plain('closed', t('segments.opportunity.closed'), 'date'),
      choice('reason', t('segments.opportunity.reason'), reasonChoices()),
      choice(
        'role',
        t('segments.opportunity.role'),
        roles.map((key) => ({ key, name: t(`relations.role.${key as 'user'}`) })),
      ),
    ],
  };
};

const kindsOf = (language: Language) => [
  ...language.kinds.map((kind) => ({ ...kind, name: kindName(kind) })),
  messageKindOf(),
  opportunityKindOf(language),
];

function CountTest({ language, filter, of, onChange }: Props<Test> & { of: Pattern }) {
  const change = (next: Pattern) => onChange({ ...filter, value: { is: 'count', of: next } });
  return (
    <>
      <PatternBlanks language={language} of={of} onChange={change} />
      <OpAndLiteral
        shape={{ type: 'number', ops: ['>=', '<=', '='] }}
        op={filter.op}
        to={filter.to}
        onChange={(op, to) => onChange({ ...filter, op, to })}
      />
      <span>{t('segments.times')}</span>
      <SpanBlanks span={of.last} onChange={(last) => change({ ...of, last })} />
    </>
  );
}

interface PatternProps {
  language: Language;
  of: Pattern;
  onChange: (of: Pattern) => void;
}

/** Which facts are meant: of a kind, with these properties. */
function PatternBlanks({ language, of, onChange }: PatternProps) {
  const kinds = kindsOf(language);
  const kind = kinds.find(({ key }) => key === of.kind);
  const amount = { key: 'amount', name: t('segments.amount'), type: 'number' as const, choices: [] };
  const properties = [...(kind?.hasAmount ? [amount] : []), ...(kind?.properties ?? [])];
  const first = properties[0];
  const shape = ({ property }: PropertyTest): Shape => {
    const found = properties.find(({ key }) => key === property);
    const type = found?.type ?? 'text';
    if (type === 'choice')
      return {
        type,
        ops: opsOf.choice,
        choices: (found?.choices ?? []).map(({ key, name }) => ({ value: key, label: name })),
      };
    return { type, ops: opsOf[type] };
  };
  return (
    <>
      <NativeSelect
        aria-label={t('segments.fact')}
        value={of.kind}
        onChange={({ currentTarget }) => onChange({ kind: currentTarget.value, where: [], last: of.last })}
        data={optionsOf(kinds)}
      />
      {of.where.map((test, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a property is known by its place.
        <span key={at} style={{ display: 'contents' }}>
          <span>{t('segments.where')}</span>
          <NativeSelect
            aria-label={t('segments.property')}
            value={test.property}
            data={optionsOf(properties)}
            onChange={({ currentTarget }) => {
              const property = currentTarget.value;
              const shaped = shape({ ...test, property });
              onChange({
                ...of,
                where: of.where.with(at, { property, op: shaped.ops[0]!, to: [usualLiteral(shaped)] }),
              });
            }}
          />
          <OpAndLiteral
            shape={shape(test)}
            op={test.op}
            to={test.to}
            onChange={(op, to) => onChange({ ...of, where: of.where.with(at, { ...test, op, to }) })}
          />
          <ActionIcon
            aria-label={t('segments.remove')}
            onClick={() => onChange({ ...of, where: of.where.filter((_, no) => no !== at) })}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </span>
      ))}
      {first && (
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => {
            const test: PropertyTest = { property: first.key, op: '=', to: [''] };
            onChange({ ...of, where: [...of.where, { ...test, to: [usualLiteral(shape(test))] }] });
          }}
        >
          {t('segments.where.add')}
        </Button>
      )}
    </>
  );
}

/** Within the last so long, or ever. */
function SpanBlanks({ span, onChange }: { span: Span | null; onChange: (span: Span | null) => void }) {
  return (
    <>
      <NativeSelect
        aria-label={t('segments.when')}
        value={span ? 'last' : 'ever'}
        onChange={({ currentTarget }) => onChange(currentTarget.value === 'last' ? usualSpan : null)}
        data={[
          { value: 'last', label: t('segments.when.last') },
          { value: 'ever', label: t('segments.when.ever') },
        ]}
      />
      {span && <SpanInput span={span} onChange={onChange} />}
    </>
  );
}

function SpanInput({ span, onChange }: { span: Span; onChange: (span: Span) => void }) {
  return (
    <>
      <NumberInput
        className={classes.narrow}
        aria-label={t('segments.length')}
        min={1}
        max={10_000}
        allowDecimal={false}
        value={span.n}
        onChange={(n) => onChange({ ...span, n: Math.max(1, Number(n) || 1) })}
      />
      <NativeSelect
        aria-label={t('segments.unit')}
        value={span.unit}
        onChange={({ currentTarget }) => onChange({ ...span, unit: currentTarget.value as (typeof units)[number] })}
        data={unitOptions()}
      />
    </>
  );
}

type Did = Extract<Filter, { is: 'did' }>;

function Steps({ language, filter, onChange }: Props<Did>) {
  const { steps } = filter;
  const write = (at: number, next: Step) => onChange({ is: 'did', steps: steps.with(at, next) });
  return (
    <>
      {steps.map((step, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place.
        <span key={at} style={{ display: 'contents' }}>
          {at > 0 && (
            <NativeSelect
              aria-label={t('segments.then')}
              value={step.no ? 'no' : 'yes'}
              onChange={({ currentTarget }) => write(at, { ...step, no: currentTarget.value === 'no' })}
              data={[
                { value: 'yes', label: t('segments.then.yes') },
                ...(at === steps.length - 1 ? [{ value: 'no', label: t('segments.then.no') }] : []),
              ]}
            />
          )}
          <PatternBlanks language={language} of={step.of} onChange={(of) => write(at, { ...step, of })} />
          {at > 0 && (
            <>
              <NativeSelect
                aria-label={t('segments.when')}
                value={step.within ? 'within' : 'ever'}
                onChange={({ currentTarget }) =>
                  write(at, { ...step, within: currentTarget.value === 'within' ? { n: 30, unit: 'days' } : null })
                }
                data={[
                  { value: 'within', label: t('segments.when.within') },
                  { value: 'ever', label: t('segments.when.ever') },
                ]}
              />
              {step.within && <SpanInput span={step.within} onChange={(within) => write(at, { ...step, within })} />}
            </>
          )}
        </span>
      ))}
    </>
  );
}
