import { ActionIcon, Button, Group, Modal, NativeSelect, NumberInput, Stack, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addMeasure,
  changeMeasure,
  checkScore,
  type Measure,
  type MeasureDefinition,
  removeMeasure,
} from '../../../../server/segments/contract.ts';
import { call } from '../../api.ts';
import { number, percent } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { keyOf } from '../attributes/key.ts';
import { measuresQuery, refreshSegments } from './queries.ts';
import classes from './Segments.module.css';
import { SegmentsTabs } from './SegmentsTabs.tsx';
import { problemWords } from './words.ts';

const signed = (points: number): string => (points > 0 ? `+${number(points)}` : number(points));

/** What is computed of people: aggregates, and scores whose rules anybody can read. */
export function Measures() {
  const me = useMe();
  const { data, error, refetch } = useQuery(measuresQuery);
  const [open, show] = useState<Measure | 'aggregate' | 'score' | null>(null);
  const [checked, check] = useState<Measure | null>(null);
  const may = me.role === 'admin' || me.role === 'marketing';
  const buttons = may && (
    <Group gap="xs">
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => show('score')}>
        {t('segments.measures.score')}
      </Button>
      <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => show('aggregate')}>
        {t('segments.measures.aggregate')}
      </Button>
    </Group>
  );
  return (
    <>
      <SegmentsTabs />
      <Page
        title={t('segments.measures.title')}
        lead={t('segments.measures.lead')}
        width="reading"
        actions={buttons || undefined}
      >
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {data?.items.length === 0 && <p>{t('segments.measures.none')}</p>}
        {data && data.items.length > 0 && (
          <Lines>
            {data.items.map((one) => (
              <li key={one.id} style={{ padding: '12px 16px' }}>
                <Group justify="space-between" gap="xs">
                  <strong dir="auto">
                    {one.name} <span className={`${classes.quiet} ${classes.code}`}>{one.key}</span>
                  </strong>
                  {may && (
                    <Group gap={4}>
                      {one.definition.kind === 'score' && (
                        <Button variant="subtle" size="compact-sm" onClick={() => check(one)}>
                          {t('segments.check')}
                        </Button>
                      )}
                      <Button variant="subtle" size="compact-sm" onClick={() => show(one)}>
                        {t('segments.edit')}
                      </Button>
                    </Group>
                  )}
                </Group>
                {one.meaning !== '' && <p className={classes.quiet}>{one.meaning}</p>}
                <Definition definition={one.definition} />
                {one.problem && <p className={classes.quiet}>{problemWords(one.problem)}</p>}
              </li>
            ))}
          </Lines>
        )}
        {open && <MeasureForm of={open} onClose={() => show(null)} />}
        {checked && <Check measure={checked} onClose={() => check(null)} />}
      </Page>
    </>
  );
}

function Definition({ definition }: { definition: MeasureDefinition }) {
  if (definition.kind === 'aggregate') return <p className={classes.code}>{definition.value}</p>;
  return (
    <ul className={classes.why}>
      {definition.rules.map(({ points, filter, why }) => (
        <li key={`${points} ${filter}`}>
          <span className={classes.count}>{signed(points)}</span>
          <span>
            {why} <span className={`${classes.quiet} ${classes.code}`}>{filter}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

type Score = Extract<MeasureDefinition, { kind: 'score' }>;
interface Draft {
  key: string;
  name: string;
  meaning: string;
  unit: string;
  definition: MeasureDefinition;
}

const fresh = (kind: 'aggregate' | 'score'): Draft => ({
  ...{ key: '', name: '', meaning: '', unit: kind === 'score' ? '/ 100' : '' },
  definition:
    kind === 'score'
      ? { kind, base: 0, least: 0, most: 100, rules: [{ points: 10, filter: 'everyone', why: '' }] }
      : { kind, value: '' },
});

function MeasureForm({ of, onClose }: { of: Measure | 'aggregate' | 'score'; onClose: () => void }) {
  const existing = typeof of === 'string' ? null : of;
  const form = useForm<Draft>(existing ?? fresh(of as 'score'), async ({ key, name, meaning, unit, definition }) => {
    const entry = { name, meaning, unit, definition };
    if (existing) await call(changeMeasure, { measureId: existing.id, version: existing.version, ...entry });
    else await call(addMeasure, { key: key || keyOf(name), ...entry });
    await refreshSegments();
    say(t('segments.saved'));
    onClose();
  });
  const { values, set } = form;
  const { definition } = values;
  const remove = async () => {
    try {
      await call(removeMeasure, { measureId: existing!.id });
      await refreshSegments();
      onClose();
      const { key, name, meaning, unit } = existing!;
      offerUndo(t('segments.measures.removed'), async () => {
        await call(addMeasure, { key, name, meaning, unit, definition: existing!.definition });
        await refreshSegments();
      });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(`segments.measures.${definition.kind}`)}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <TextInput
            name="name"
            required
            withAsterisk={false}
            maxLength={120}
            label={t('segments.name')}
            value={values.name}
            error={form.problem('name')}
            onChange={({ currentTarget }) => set('name', currentTarget.value)}
          />
          {!existing && (
            <TextInput
              label={t('segments.key')}
              description={t('segments.key.hint')}
              placeholder={keyOf(values.name)}
              value={values.key}
              error={form.problem('key')}
              onChange={({ currentTarget }) => set('key', currentTarget.value)}
            />
          )}
          <Textarea
            autosize
            maxLength={1000}
            label={t('segments.meaning')}
            value={values.meaning}
            onChange={({ currentTarget }) => set('meaning', currentTarget.value)}
          />
          {definition.kind === 'aggregate' ? (
            <Textarea
              autosize
              required
              withAsterisk={false}
              name="value"
              classNames={{ input: classes.code }}
              label={t('segments.formula')}
              description={t('segments.formula.hint')}
              value={definition.value}
              error={form.problem('definition') ?? form.problem('value' as never)}
              onChange={({ currentTarget }) => set('definition', { ...definition, value: currentTarget.value })}
            />
          ) : (
            <Rules score={definition} onChange={(next) => set('definition', next)} />
          )}
          <ErrorNotice error={form.error} />
          <Group justify="space-between">
            {existing ? (
              <Button variant="subtle" color="red" onClick={() => void remove()}>
                {t('segments.measures.remove')}
              </Button>
            ) : (
              <span />
            )}
            <Button type="submit" loading={form.sending}>
              {t('segments.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Rules({ score, onChange }: { score: Score; onChange: (score: Score) => void }) {
  const { rules } = score;
  const write = (at: number, next: Partial<Score['rules'][number]>) =>
    onChange({ ...score, rules: rules.with(at, { ...rules[at]!, ...next }) });
  return (
    <>
      <ul className={classes.builder}>
        {rules.map((rule, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule is known by its place.
          <li key={at} className={classes.row}>
            <NumberInput
              className={classes.narrow}
              label={t('segments.points')}
              value={rule.points}
              min={-1000}
              max={1000}
              onChange={(points) => write(at, { points: Number(points) || 0 })}
            />
            <TextInput
              label={t('segments.because')}
              maxLength={200}
              value={rule.why}
              onChange={({ currentTarget }) => write(at, { why: currentTarget.value })}
            />
            <Textarea
              autosize
              className={classes.wide}
              classNames={{ input: classes.code }}
              label={t('segments.text')}
              value={rule.filter}
              onChange={({ currentTarget }) => write(at, { filter: currentTarget.value })}
            />
            <ActionIcon
              aria-label={t('segments.remove')}
              onClick={() => onChange({ ...score, rules: rules.filter((_, no) => no !== at) })}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Button
        variant="light"
        style={{ alignSelf: 'flex-start' }}
        onClick={() => onChange({ ...score, rules: [...rules, { points: 10, filter: 'everyone', why: '' }] })}
      >
        {t('segments.rule.add')}
      </Button>
    </>
  );
}

/** Whether a score, as it was, told what came. */
function Check({ measure, onClose }: { measure: Measure; onClose: () => void }) {
  const [outcome, setOutcome] = useState('');
  const [daysAgo, setDays] = useState('90');
  const run = useMutation({
    mutationFn: () => call(checkScore, { measureId: measure.id, outcome, daysAgo: Number(daysAgo) }),
  });
  const found = run.data;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('segments.check.title', { name: measure.name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Stack gap="sm">
        <p className={classes.quiet}>{t('segments.check.text')}</p>
        <NativeSelect
          label={t('segments.check.when')}
          value={daysAgo}
          onChange={({ currentTarget }) => setDays(currentTarget.value)}
          data={['30', '90', '180', '365'].map((value) => ({
            value,
            label: t('segments.check.days', { count: Number(value) }),
          }))}
        />
        <Textarea
          autosize
          classNames={{ input: classes.code }}
          label={t('segments.check.outcome')}
          placeholder="count(order last 3 months) > 0"
          value={outcome}
          onChange={({ currentTarget }) => setOutcome(currentTarget.value)}
        />
        <ErrorNotice error={run.error} />
        <Button
          style={{ alignSelf: 'flex-end' }}
          disabled={outcome.trim() === ''}
          loading={run.isPending}
          onClick={() => run.mutate()}
        >
          {t('segments.check')}
        </Button>
        {found?.problem && <p role="status">{problemWords(found.problem)}</p>}
        {found && !found.problem && (
          <>
            <p role="status">
              {found.auc === null ? t('segments.check.unsure') : t('segments.check.auc', { share: percent(found.auc) })}
            </p>
            <table className={classes.tenths}>
              <thead>
                <tr>
                  {(['scores', 'people', 'outcomes', 'share'] as const).map((key) => (
                    <th key={key} scope="col">
                      {t(`segments.check.${key}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {found.tenths.map((tenth) => (
                  <tr key={tenth.tenth}>
                    <th scope="row">
                      {number(tenth.least)} – {number(tenth.most)}
                    </th>
                    <td>{number(tenth.people)}</td>
                    <td>{number(tenth.outcomes)}</td>
                    <td>{percent(tenth.people === 0 ? 0 : tenth.outcomes / tenth.people)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Stack>
    </Modal>
  );
}
