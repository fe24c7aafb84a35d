import { ActionIcon, Button, Group, Stack } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { Block, Language, Saying } from '../../../../server/content/blocks-contract.ts';
import { t } from '../../i18n.ts';
import { ConditionForm } from './ConditionForm.tsx';
import classes from './Content.module.css';
import { LiquidField } from './LiquidField.tsx';
import { Suggest } from './Suggest.tsx';
import { newBlock, removeBlock, replaceBlock } from './tree.ts';

interface SmsFormProps {
  saying: Saying;
  blocks: readonly Block[];
  language: Language;
  onChange: (blocks: Block[]) => void;
}

/** The texts of an SMS, one below the other; some of them for some people alone. */
export function SmsForm({ saying, blocks, language, onChange }: SmsFormProps) {
  const add = (kind: 'text' | 'section') => onChange([...blocks, newBlock(kind, language)]);
  return (
    <Stack gap="sm">
      {blocks.map((block, at) => (
        <Piece
          key={block.id}
          block={block}
          no={at + 1}
          {...{ saying, language }}
          onChange={(next) => onChange(replaceBlock(blocks, next))}
          onRemove={blocks.length > 1 ? () => onChange(removeBlock(blocks, block.id)) : undefined}
        />
      ))}
      <Group gap="xs" className={classes.adding}>
        <Button variant="subtle" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => add('text')}>
          {t('content.sms.add')}
        </Button>
        <Button variant="subtle" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => add('section')}>
          {t('content.sms.addFor')}
        </Button>
      </Group>
    </Stack>
  );
}

interface PieceProps {
  saying: Saying;
  language: Language;
  block: Block;
  no: number;
  onChange: (next: Block) => void;
  onRemove: (() => void) | undefined;
}

function Piece({ saying, language, block, no, onChange, onRemove }: PieceProps) {
  const field = (of: Block, put: (next: Block) => void) =>
    of.kind === 'text' && (
      <div key={of.id} data-piece={of.id}>
        <LiquidField
          lines
          rows={3}
          label={t('content.sms.text', { no })}
          value={of.text}
          maxLength={2000}
          onChange={(text) => put({ ...of, text })}
        />
        <Suggest
          {...{ saying, language }}
          field="sms"
          blockId={of.id}
          value={of.text}
          onPick={(text) => put({ ...of, text })}
        />
      </div>
    );
  return (
    <div className={classes.piece}>
      {block.kind === 'section' ? (
        <Stack gap="xs">
          <ConditionForm condition={block.condition} onChange={(condition) => onChange({ ...block, condition })} />
          {block.blocks.map((inner, at) =>
            field(inner as Block, (next) =>
              onChange({ ...block, blocks: block.blocks.with(at, next as (typeof block.blocks)[number]) }),
            ),
          )}
        </Stack>
      ) : (
        field(block, onChange)
      )}
      {onRemove && (
        <ActionIcon aria-label={t('content.sms.remove', { no })} onClick={onRemove}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
    </div>
  );
}
