import { Button, Checkbox, MultiSelect, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Way, ways } from '../../../../server/outreach/ways-contract.ts';
import type { Definition, Node, Problem } from '../../../../server/scenarios/contract.ts';
import { t } from '../../i18n.ts';
import { membersQuery } from '../plan/queries.ts';
import { Builder } from '../segments/Builder.tsx';
import { languageQuery } from '../segments/queries.ts';
import { inOrder, led, waysOf } from './editing.ts';
import { attributesQuery, contentsQuery, surveysQuery } from './queries.ts';
import classes from './Scenarios.module.css';
import { nodeSentence, numbersOf, problemWords, wayName, weekdays } from './words.ts';

interface Props<N extends Node = Node> {
  node: N;
  onChange: (node: N) => void;
}
type Of<K extends Node['kind']> = Props<Extract<Node, { kind: K }>>;

const number = (value: string | number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.round(Number(value) || least)));

/** The condition, as a sentence with blanks or as text, in the language of segments. */
export function FilterField({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const language = useQuery(languageQuery({ kind: 'mine' })).data;
  return language ? <Builder language={language} text={text} onChange={onChange} /> : null;
}

function WaitFields({ node, byDay, onChange }: Of<'wait'> & { byDay: boolean }) {
  const { for: span, until } = node;
  return (
    <>
      <Checkbox
        label={t('scenarios.wait.atLeast')}
        checked={span !== null}
        onChange={({ currentTarget }) =>
          onChange({ ...node, for: currentTarget.checked ? { n: 3, unit: 'days' } : null })
        }
      />
      {span && (
        <div className={classes.row}>
          <NumberInput
            label={t('scenarios.wait.long')}
            min={1}
            max={1000}
            value={span.n}
            onChange={(value) => onChange({ ...node, for: { ...span, n: number(value, 1, 1000) } })}
          />
          <NativeSelect
            aria-label={t('scenarios.wait.unit')}
            value={span.unit}
            data={(['minutes', 'hours', 'days', 'weeks'] as const).map((unit) => ({
              value: unit,
              label: t(`scenarios.unit.${unit}`),
            }))}
            onChange={({ currentTarget }) =>
              onChange({ ...node, for: { ...span, unit: currentTarget.value as 'days' } })
            }
          />
        </div>
      )}
      <Checkbox
        label={t('scenarios.wait.untilWall')}
        checked={until !== null}
        onChange={({ currentTarget }) =>
          onChange({ ...node, until: currentTarget.checked ? { weekdays: [], time: '09:00', theirDay: byDay } : null })
        }
      />
      {until && (
        <>
          {(byDay || until.theirDay) && (
            <Checkbox
              label={t('scenarios.wait.theirDay')}
              checked={until.theirDay}
              onChange={({ currentTarget }) =>
                onChange({ ...node, until: { ...until, weekdays: [], theirDay: currentTarget.checked } })
              }
            />
          )}
          {!until.theirDay && (
            <MultiSelect
              label={t('scenarios.wait.days')}
              placeholder={until.weekdays.length === 0 ? t('scenarios.wait.anyDay') : undefined}
              data={weekdays()}
              value={until.weekdays.map(String)}
              onChange={(days) => onChange({ ...node, until: { ...until, weekdays: days.map(Number).sort() } })}
            />
          )}
          <TextInput
            type="time"
            label={t('scenarios.wait.time')}
            value={until.time}
            onChange={({ currentTarget }) =>
              currentTarget.value && onChange({ ...node, until: { ...until, time: currentTarget.value } })
            }
          />
        </>
      )}
    </>
  );
}

function SplitFields({ node, onChange }: Of<'split'>) {
  const { parts } = node;
  const set = (at: number, percent: number) =>
    onChange({ ...node, parts: parts.map((part, no) => (no === at ? { ...part, percent } : part)) });
  return (
    <>
      {parts.map(({ percent }, at) => (
        <NumberInput
          // biome-ignore lint/suspicious/noArrayIndexKey: shares go by their place
          key={at}
          label={t('scenarios.way.part', { no: at + 1 })}
          suffix=" %"
          min={0}
          max={100}
          value={percent}
          onChange={(value) => set(at, number(value, 0, 100))}
        />
      ))}
      <div className={classes.row}>
        {parts.length < 5 && (
          <Button
            variant="default"
            size="compact-md"
            onClick={() => onChange({ ...node, parts: [...parts, { percent: 0, next: parts[0]!.next }] })}
          >
            {t('scenarios.split.more')}
          </Button>
        )}
        {parts.length > 2 && (
          <Button variant="default" size="compact-md" onClick={() => onChange({ ...node, parts: parts.slice(0, -1) })}>
            {t('scenarios.split.less')}
          </Button>
        )}
      </div>
    </>
  );
}

function MessageFields({ node, onChange }: Of<'message'>) {
  const contents = useQuery(contentsQuery).data?.items.filter(({ kind }) => kind === node.channel) ?? [];
  const surveys = useQuery(surveysQuery).data?.items.filter(({ id, closed }) => !closed || id === node.surveyId) ?? [];
  return (
    <>
      <NativeSelect
        label={t('scenarios.message.channel')}
        value={node.channel}
        data={ways.map((value) => ({ value, label: t(`content.kind.${value}`) }))}
        onChange={({ currentTarget }) =>
          onChange({ ...node, channel: currentTarget.value as Way, contentId: null, contentVersion: null })
        }
      />
      <NativeSelect
        label={t('scenarios.message.content')}
        description={t('scenarios.message.hint')}
        value={node.contentId ?? ''}
        data={[
          { value: '', label: t('scenarios.choose') },
          ...contents.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={({ currentTarget }) =>
          onChange({ ...node, contentId: currentTarget.value || null, contentVersion: null })
        }
      />
      {node.channel === 'letter' && <p className={classes.quiet}>{t('scenarios.message.letter')}</p>}
      {node.channel === 'email' && (surveys.length > 0 || node.surveyId) && (
        <NativeSelect
          label={t('scenarios.message.survey')}
          description={t('scenarios.message.survey.hint')}
          value={node.surveyId ?? ''}
          data={[
            { value: '', label: t('scenarios.message.noSurvey') },
            ...surveys.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget }) => onChange({ ...node, surveyId: currentTarget.value || null })}
        />
      )}
    </>
  );
}

function TaskFields({ node, onChange }: Of<'task'>) {
  const members = useQuery(membersQuery).data?.items.filter(({ status }) => status === 'active') ?? [];
  return (
    <>
      <TextInput
        label={t('scenarios.task.title')}
        maxLength={200}
        value={node.title}
        onChange={({ currentTarget }) => onChange({ ...node, title: currentTarget.value })}
      />
      <Textarea
        label={t('scenarios.task.note.label')}
        autosize
        minRows={2}
        maxLength={2000}
        value={node.note}
        onChange={({ currentTarget }) => onChange({ ...node, note: currentTarget.value })}
      />
      <NativeSelect
        label={t('scenarios.task.owner')}
        value={node.owner}
        data={(['holder', 'owner', 'member'] as const).map((owner) => ({
          value: owner,
          label: t(`scenarios.task.owner.${owner}`),
        }))}
        onChange={({ currentTarget }) => onChange({ ...node, owner: currentTarget.value as 'owner' })}
      />
      {node.owner === 'member' && (
        <NativeSelect
          label={t('scenarios.task.member')}
          value={node.memberId ?? ''}
          data={[
            { value: '', label: t('scenarios.choose') },
            ...members.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget }) => onChange({ ...node, memberId: currentTarget.value || null })}
        />
      )}
      <NumberInput
        label={t('scenarios.task.due')}
        min={0}
        max={365}
        value={node.dueInDays}
        onChange={(value) => onChange({ ...node, dueInDays: number(value, 0, 365) })}
      />
    </>
  );
}

function AskFields({ node, onChange }: Of<'ask_holder'>) {
  return (
    <>
      <Textarea
        label={t('scenarios.ask.words')}
        description={t('scenarios.ask.hint')}
        autosize
        minRows={2}
        maxLength={1000}
        value={node.words}
        onChange={({ currentTarget }) => onChange({ ...node, words: currentTarget.value })}
      />
      <NumberInput
        label={t('scenarios.ask.within')}
        min={1}
        max={60}
        value={node.withinDays}
        onChange={(value) => onChange({ ...node, withinDays: number(value, 1, 60) })}
      />
    </>
  );
}

function AttributeFields({ node, onChange }: Of<'attribute'>) {
  const attributes = useQuery(attributesQuery).data?.items ?? [];
  const chosen = attributes.find(({ key }) => key === node.attribute);
  const read = (text: string) => {
    if (chosen?.type === 'number' && text !== '' && !Number.isNaN(Number(text))) return Number(text);
    return chosen?.type === 'boolean' ? text === 'true' : text;
  };
  return (
    <>
      <NativeSelect
        label={t('scenarios.attribute.which')}
        value={node.attribute}
        data={[
          { value: '', label: t('scenarios.choose') },
          ...attributes.map(({ key, name }) => ({ value: key, label: name })),
        ]}
        onChange={({ currentTarget }) => onChange({ ...node, attribute: currentTarget.value, value: '' })}
      />
      {chosen?.type === 'boolean' || chosen?.type === 'choice' ? (
        <NativeSelect
          label={t('scenarios.attribute.value')}
          value={String(node.value)}
          data={[
            { value: '', label: t('scenarios.choose') },
            ...(chosen.type === 'boolean'
              ? (['true', 'false'] as const).map((value) => ({ value, label: t(`scenarios.attribute.${value}`) }))
              : chosen.choices.map((one) => ({
                  value: one.key,
                  label: one[document.documentElement.lang === 'en' ? 'en' : 'fr'],
                }))),
          ]}
          onChange={({ currentTarget }) => onChange({ ...node, value: read(currentTarget.value) })}
        />
      ) : (
        <TextInput
          label={t('scenarios.attribute.value')}
          type={chosen?.type === 'date' ? 'date' : 'text'}
          value={String(node.value)}
          onChange={({ currentTarget }) => onChange({ ...node, value: read(currentTarget.value) })}
        />
      )}
    </>
  );
}

function Fields({ node, byDay, onChange }: Props & { byDay: boolean }) {
  switch (node.kind) {
    case 'wait':
      return <WaitFields node={node} byDay={byDay} onChange={onChange} />;
    case 'condition':
      return <FilterField text={node.filter} onChange={(filter) => onChange({ ...node, filter })} />;
    case 'split':
      return <SplitFields node={node} onChange={onChange} />;
    case 'message':
      return <MessageFields node={node} onChange={onChange} />;
    case 'task':
      return <TaskFields node={node} onChange={onChange} />;
    case 'ask_holder':
      return <AskFields node={node} onChange={onChange} />;
    case 'attribute':
      return <AttributeFields node={node} onChange={onChange} />;
    case 'webhook':
      return (
        <TextInput
          label={t('scenarios.webhook.url')}
          description={t('scenarios.webhook.hint')}
          maxLength={2000}
          value={node.url}
          onChange={({ currentTarget }) => onChange({ ...node, url: currentTarget.value })}
        />
      );
    default:
      return <p className={classes.quiet}>{t(`scenarios.ends.${node.kind}`)}</p>;
  }
}

interface FormProps extends Props {
  definition: Definition;
  names: Record<string, string>;
  problems: readonly Problem[];
  mayChange: boolean;
  onRemove: () => void;
}

/** One step: what it does, and where its ways lead. */
export function StepForm({ node, definition, names, problems, mayChange, onChange, onRemove }: FormProps) {
  const numbers = numbersOf(definition);
  const targets = inOrder(definition).filter(({ id }) => id !== node.id);
  return (
    <fieldset className={classes.form} disabled={!mayChange} style={{ border: 0, margin: 0 }}>
      <h2 style={{ margin: 0 }}>
        {t('scenarios.stepNo', { no: numbers.get(node.id)!, kind: t(`scenarios.kind.${node.kind}`) })}
      </h2>
      {problems.map((one) => (
        <p key={`${one.code} ${one.about}`} className={classes.problem}>
          {problemWords(one)}
        </p>
      ))}
      <TextInput
        label={t('scenarios.stepName')}
        maxLength={80}
        value={node.name}
        onChange={({ currentTarget }) => onChange({ ...node, name: currentTarget.value })}
      />
      <Fields node={node} byDay={definition.entry.kind === 'date'} onChange={onChange} />
      {waysOf(node).map(({ way, to }) => (
        <NativeSelect
          key={way}
          label={t('scenarios.then', { way: wayName(way) })}
          value={to ?? ''}
          data={[
            { value: '', label: way === 'refused' ? t('scenarios.asOthers') : t('scenarios.choose') },
            ...targets.map((one) => ({ value: one.id, label: `${numbers.get(one.id)}. ${nodeSentence(one, names)}` })),
          ]}
          onChange={({ currentTarget }) => onChange(led(node, way, currentTarget.value || null))}
        />
      ))}
      {mayChange && (
        <Button variant="default" color="red" style={{ alignSelf: 'flex-start' }} onClick={onRemove}>
          {t('scenarios.removeStep')}
        </Button>
      )}
    </fieldset>
  );
}
