import { CloseButton, Kbd, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { type Ref, useEffect, useRef, useState } from 'react';
import { t } from '../../i18n.ts';
import type { Kind } from './queries.ts';

interface SearchBoxProps {
  value: string;
  /** Called 150 ms after the last stroke. */
  onChange: (value: string) => void;
  kind: Kind;
  /** Arrow down or Enter: on to what was found. */
  onLeave: () => void;
  ref: Ref<HTMLInputElement>;
}

export function SearchBox({ value, onChange, kind, onLeave, ref }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  const tell = useDebouncedCallback((next: string) => {
    told.current = next.trim();
    onChange(next.trim());
  }, 150);
  useEffect(() => {
    // A saved view or Back changed the address: follow it. Our own strokes are there already.
    if (value !== told.current) {
      told.current = value;
      setText(value);
    }
  }, [value]);
  const write = (next: string) => {
    setText(next);
    tell(next);
  };
  return (
    <TextInput
      ref={ref}
      type="search"
      flex="1 1 16rem"
      maw={560}
      aria-label={t('contacts.search', { kind })}
      placeholder={t('contacts.searchExample')}
      leftSection={<IconSearch size={18} stroke={1.6} aria-hidden />}
      rightSection={
        text === '' ? (
          <Kbd size="xs" visibleFrom="sm">
            /
          </Kbd>
        ) : (
          <CloseButton size="sm" aria-label={t('contacts.searchClear')} onClick={() => write('')} />
        )
      }
      value={text}
      onChange={(event) => write(event.currentTarget.value)}
      onKeyDown={(event) => {
        if ((event.key !== 'ArrowDown' && event.key !== 'Enter') || event.nativeEvent.isComposing) return;
        event.preventDefault();
        onLeave();
      }}
    />
  );
}
