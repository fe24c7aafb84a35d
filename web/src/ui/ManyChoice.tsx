import { MultiSelect, type MultiSelectProps } from '@mantine/core';
import { useState } from 'react';

/** Chooses several of a list. It closes after each choice: left open, it would lie over the button that follows it. */
export function ManyChoice({ onChange, ...others }: MultiSelectProps & { onChange: (chosen: string[]) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <MultiSelect
      {...others}
      dropdownOpened={open}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      onChange={(chosen) => {
        setOpen(false);
        onChange(chosen);
      }}
    />
  );
}
