import { Button, UnstyledButton } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { GateRules } from '../../../../server/outreach/contract.ts';
import { number } from '../../format.ts';
import { type MessageKey, t } from '../../i18n.ts';
import { BlankChoice, BlankNumber } from '../../ui/Blank.tsx';
import classes from './Outreach.module.css';

/** The rules as they are being written. */
export interface Form {
  rules: GateRules;
  set(change: Partial<GateRules>): void;
  /** Else the sentences are read. */
  mayChange: boolean;
}

interface CountProps {
  form: Form;
  label: MessageKey;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max?: number;
}

export function Count({ form, label, value, onChange, min = 0, max = 1000 }: CountProps) {
  if (!form.mayChange) return <strong>{number(value)}</strong>;
  return <BlankNumber label={t(label)} value={value} min={min} max={max} onChange={onChange} />;
}

interface ChoiceProps {
  form: Form;
  label: MessageKey;
  value: string;
  choices: { value: string; label: string }[];
  onChange: (value: string) => void;
}

export function Choice({ form, label, value, choices, onChange }: ChoiceProps) {
  if (!form.mayChange) return <strong>{choices.find((choice) => choice.value === value)?.label ?? value}</strong>;
  return <BlankChoice label={t(label)} value={value} choices={choices} onChange={onChange} />;
}

export function Remove({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <UnstyledButton className={classes.remove} aria-label={label} onClick={onClick}>
      <IconX size={16} aria-hidden />
    </UnstyledButton>
  );
}

export function Add({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={onClick}>
      {label}
    </Button>
  );
}

export const yesNo = (of: 'personal' | 'ticket' | 'tracking') =>
  ['yes', 'no'].map((value) => ({ value, label: t(`pressure.${of}.${value as 'yes'}`) }));
