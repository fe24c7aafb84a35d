import { ActionIcon, Menu, Textarea, TextInput } from '@mantine/core';
import { IconVariable } from '@tabler/icons-react';
import { createContext, useContext, useRef } from 'react';
import {
  isAlwaysThere,
  isLink,
  type VariableKey,
  variableKeys,
} from '../../../../server/content/variables-contract.ts';
import { t } from '../../i18n.ts';

interface LiquidFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  maxLength: number;
  lines?: boolean;
  /** The least lines that are shown. */
  rows?: number;
  description?: string;
  /** Only addresses are offered. */
  links?: boolean;
}

/** Nobody is known who will read what is written: there are no variables, and nothing is for some. */
export const ReaderUnknown = createContext(false);

/** How a variable is written where it is put: with a fall-back to fill in, unless it needs none. */
const written = (key: VariableKey): string =>
  isLink(key) || isAlwaysThere(key) || key.startsWith('event.') ? `{{ ${key} }}` : `{{ ${key} | default: "…" }}`;

/** A field in which variables can stand, with the dictionary to choose from. */
export function LiquidField({
  label,
  value,
  onChange,
  maxLength,
  lines,
  rows = 6,
  description,
  links,
}: LiquidFieldProps) {
  const field = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  const unknown = useContext(ReaderUnknown);
  const put = (key: VariableKey) => {
    const at = field.current?.selectionStart ?? value.length;
    const end = field.current?.selectionEnd ?? at;
    onChange((value.slice(0, at) + written(key) + value.slice(end)).slice(0, maxLength));
    setTimeout(() => field.current?.focus(), 0);
  };
  const menu = (
    <Menu position="bottom-end" width={300} withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={t('content.variables.insert', { label })}>
          <IconVariable size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {variableKeys
          .filter((key) => !links || isLink(key))
          .map((key) => (
            <Menu.Item key={key} onClick={() => put(key)}>
              {t(`content.variable.${key}`)}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
  const common = {
    ...{ label, value, maxLength, description },
    ...(unknown ? {} : { rightSection: menu, rightSectionPointerEvents: 'all' as const }),
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value),
  };
  return lines ? (
    <Textarea
      ref={field}
      autosize
      minRows={rows}
      maxRows={24}
      rightSectionProps={{ style: { alignItems: 'flex-start', paddingTop: 4 } }}
      {...common}
    />
  ) : (
    <TextInput ref={field} {...common} />
  );
}
