import { ActionIcon, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react';
import { type Stage, saveStages } from '../../../../server/opportunities/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Opportunities.module.css';
import { refreshOpportunities } from './queries.ts';
import { stageName } from './words.ts';

interface Line {
  id?: string;
  name: string;
  /** As it was shown: a name that is left alone stays the reader's language's. */
  shown: string;
  probability: string;
  at: number;
}

const percentOf = (text: string): number => Math.min(100, Math.max(0, Math.trunc(Number(text)) || 0));

/** Which stages there are, in order. For admins. */
export function Stages({ stages, onClose }: { stages: readonly Stage[]; onClose: () => void }) {
  const before = stages
    .filter(({ ended }) => !ended)
    .map((stage, at): Line => {
      const name = stageName(stage);
      return { id: stage.id, name, shown: name, probability: String(stage.probability), at };
    });
  const form = useForm({ lines: before }, async ({ lines }) => {
    await call(saveStages, {
      stages: lines.map(({ id, name, shown, probability }) => ({
        ...(id ? { id } : {}),
        ...(name.trim() === shown ? {} : { name }),
        probability: percentOf(probability),
      })),
    });
    await refreshOpportunities();
    say(t('opportunities.stages.saved'));
    onClose();
  });
  const { lines } = form.values;
  const set = (changed: Line[]) => form.set('lines', changed);
  const edit = (at: number, change: Partial<Line>) =>
    set(lines.map((line, index) => (index === at ? { ...line, ...change } : line)));
  const swap = (at: number, other: number) => set(lines.toSpliced(at, 1).toSpliced(other, 0, lines[at]!));
  const add = () =>
    set([...lines, { name: '', shown: '', probability: '50', at: Math.max(-1, ...lines.map(({ at }) => at)) + 1 }]);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('opportunities.stages')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <p className={classes.lead}>{t('opportunities.stages.lead')}</p>
          <ol className={classes.stages}>
            {lines.map((line, at) => (
              <li key={line.at} className={classes.stageLine}>
                <TextInput
                  name={`stage${line.at}`}
                  required
                  maxLength={80}
                  aria-label={t('opportunities.stages.name', { n: at + 1 })}
                  value={line.name}
                  onChange={(event) => edit(at, { name: event.currentTarget.value })}
                />
                <TextInput
                  type="number"
                  min={0}
                  max={100}
                  rightSection="%"
                  aria-label={t('opportunities.stages.probability', { name: line.name })}
                  value={line.probability}
                  onChange={(event) => edit(at, { probability: event.currentTarget.value })}
                />
                <span className={classes.stageActs}>
                  <ActionIcon
                    aria-label={t('opportunities.stages.up', { name: line.name })}
                    disabled={at === 0}
                    onClick={() => swap(at, at - 1)}
                  >
                    <IconArrowUp size={18} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    aria-label={t('opportunities.stages.down', { name: line.name })}
                    disabled={at === lines.length - 1}
                    onClick={() => swap(at, at + 1)}
                  >
                    <IconArrowDown size={18} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    aria-label={t('opportunities.stages.remove', { name: line.name })}
                    disabled={lines.length === 1}
                    onClick={() => set(lines.toSpliced(at, 1))}
                  >
                    <IconX size={18} aria-hidden />
                  </ActionIcon>
                </span>
              </li>
            ))}
          </ol>
          <ErrorNotice error={form.error} />
          <Group justify="space-between">
            <Button
              variant="subtle"
              leftSection={<IconPlus size={16} aria-hidden />}
              disabled={lines.length >= 30}
              onClick={add}
            >
              {t('opportunities.stages.add')}
            </Button>
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
