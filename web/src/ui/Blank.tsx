import { IconChevronDown } from '@tabler/icons-react';
import classes from './Blank.module.css';

interface BlankProps {
  /** What the blank asks for, to those who hear the sentence. */
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** A blank in a sentence, filled by choosing. The browser's own list: it works under any thumb. */
export function BlankChoice({
  label,
  value,
  choices,
  onChange,
}: BlankProps & { choices: { value: string; label: string }[] }) {
  return (
    <span className={classes.choice}>
      <select
        aria-label={label}
        className={classes.blank}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <IconChevronDown size={14} aria-hidden className={classes.arrow} />
    </span>
  );
}

export function BlankText({ label, value, onChange, onDone }: BlankProps & { onDone: () => void }) {
  return (
    <input
      aria-label={label}
      className={classes.blank}
      size={Math.max(8, value.length)}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onBlur={onDone}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  );
}

/** A whole number, from 1 on where nothing else is said. */
export function BlankNumber({
  label,
  value,
  onChange,
  min = 1,
  max = 100_000,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max?: number;
}) {
  return (
    <input
      type="number"
      min={min}
      max={max}
      aria-label={label}
      className={classes.blank}
      value={value}
      onChange={(event) => onChange(Math.min(max, Math.max(min, Math.trunc(event.currentTarget.valueAsNumber) || min)))}
    />
  );
}

export function BlankDate({ label, value, onChange }: BlankProps) {
  return (
    <input
      type="date"
      aria-label={label}
      className={classes.blank}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
