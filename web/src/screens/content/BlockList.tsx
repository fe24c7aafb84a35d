import { ActionIcon, Button, Group, Menu } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconCopy, IconGripVertical, IconPlus, IconTrash } from '@tabler/icons-react';
import { type DragEvent, type KeyboardEvent, useContext, useRef } from 'react';
import type { Block, BlockKind, Language } from '../../../../server/content/blocks-contract.ts';
import type { Finding } from '../../../../server/content/contract.ts';
import { ofLetter } from '../../../../server/content/kinds-contract.ts';
import { t } from '../../i18n.ts';
import { offerUndo } from '../../ui/undo.tsx';
import classes from './Content.module.css';
import { ReaderUnknown } from './LiquidField.tsx';
import * as tree from './tree.ts';

interface BlockListProps {
  blocks: readonly Block[];
  language: Language;
  chosen: string | null;
  findings: readonly Finding[];
  /** They are a reusable block’s: those that hold others of their kind are not offered. */
  part?: boolean;
  /** They stand on paper: what nobody could press or follow there is not offered. */
  paper?: boolean;
  onChoose: (id: string | null) => void;
  onChange: (blocks: Block[]) => void;
}

/** The blocks in their order: chosen, moved, doubled and removed by keyboard, by touch or by mouse. */
export function BlockList(props: BlockListProps) {
  const { blocks, chosen, language, part = false, onChoose, onChange } = props;
  const latest = useRef(blocks);
  latest.current = blocks;
  const root = useRef<HTMLDivElement>(null);
  /** After something was done to a block, its line has the focus. */
  const focus = (id: string) =>
    setTimeout(() => root.current?.querySelector<HTMLElement>(`[data-block="${id}"]`)?.focus(), 0);
  const add = (kind: BlockKind, into: { id: string; list: number } | null) => {
    const block = tree.newBlock(kind, language);
    const beside = chosen && into === null && tree.parentOf(blocks, chosen) === null && tree.findBlock(blocks, chosen);
    onChange(beside ? tree.addAfter(blocks, beside.id, block) : tree.addBlock(blocks, into, block));
    onChoose(block.id);
  };
  const acts: Acts = {
    move: (id, by) => {
      onChange(tree.moveBlock(blocks, id, by));
      focus(id);
    },
    double: (id) => {
      const made = tree.duplicateBlock(blocks, id);
      onChange(made.blocks);
      onChoose(made.id);
      focus(made.id);
    },
    remove: (id) => {
      const before = [...blocks];
      onChange(tree.removeBlock(blocks, id));
      onChoose(null);
      offerUndo(t('content.block.removed'), async () => {
        onChange(before);
        onChoose(id);
      });
    },
    drop: (id, before) => onChange(tree.dropBefore(latest.current, id, before, part)),
    add,
  };
  return (
    <div ref={root}>
      <p className={classes.quiet} id="block-keys">
        {t('content.blocks.keys')}
      </p>
      <List {...props} part={part} list={blocks} acts={acts} parent={null} at={0} />
    </div>
  );
}

interface Acts {
  move: (id: string, by: -1 | 1) => void;
  double: (id: string) => void;
  remove: (id: string) => void;
  drop: (id: string, before: string) => void;
  add: (kind: BlockKind, into: { id: string; list: number } | null) => void;
}
type ListProps = BlockListProps & { list: readonly Block[]; acts: Acts; parent: Block | null; at: number };

function List(props: ListProps) {
  const { list, acts, parent, at, part, paper = false } = props;
  const unknown = useContext(ReaderUnknown);
  const kinds = tree
    .kindsIn(parent, part)
    .filter((kind) => !paper || kind === 'section' || (ofLetter as readonly string[]).includes(kind))
    .filter((kind) => !unknown || kind !== 'section');
  const label =
    parent?.kind === 'columns'
      ? t('content.columns.no', { no: at + 1 })
      : parent
        ? t('content.section.blocks')
        : t('content.blocks');
  return (
    <>
      <ol className={classes.blocks} aria-label={label}>
        {list.map((block, no) => (
          <li key={block.id}>
            <Line {...props} block={block} first={no === 0} last={no === list.length - 1} />
            {tree.listsOf(block).map((within, inner) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <div key={inner} className={classes.within}>
                {block.kind === 'columns' && (
                  <p className={classes.quiet}>{t('content.columns.no', { no: inner + 1 })}</p>
                )}
                <List {...props} list={within} parent={block} at={inner} />
              </div>
            ))}
          </li>
        ))}
      </ol>
      <Menu position="bottom-start" width={220}>
        <Menu.Target>
          <Button variant="subtle" size="compact-md" leftSection={<IconPlus size={16} aria-hidden />}>
            {parent ? t('content.block.addIn', { where: label }) : t('content.block.add')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {kinds.map((kind) => (
            <Menu.Item key={kind} onClick={() => acts.add(kind, parent && { id: parent.id, list: at })}>
              {t(`content.block.${kind}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function Line({
  block,
  chosen,
  findings,
  acts,
  first,
  last,
  onChoose,
}: ListProps & { block: Block; first: boolean; last: boolean }) {
  const { id, kind } = block;
  const own = findings.filter(({ blockId }) => blockId === id);
  const name = [t(`content.block.${kind}`), tree.excerptOf(block)].filter(Boolean).join(': ');
  const keys = (event: KeyboardEvent) => {
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      acts.move(id, event.key === 'ArrowUp' ? -1 : 1);
    }
    if (event.key === 'Delete') acts.remove(id);
  };
  const drag = {
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.stopPropagation();
      event.dataTransfer.setData('text/plain', id);
      event.dataTransfer.effectAllowed = 'move';
    },
    onDragOver: (event: DragEvent) => event.preventDefault(),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      event.stopPropagation();
      acts.drop(event.dataTransfer.getData('text/plain'), id);
    },
  };
  return (
    <div className={classes.block} data-chosen={chosen === id || undefined} {...drag}>
      <IconGripVertical size={16} aria-hidden className={classes.grip} />
      <button
        type="button"
        data-block={id}
        className={classes.blockName}
        aria-pressed={chosen === id}
        aria-describedby="block-keys"
        onClick={() => onChoose(id)}
        onKeyDown={keys}
      >
        <span>{t(`content.block.${kind}`)}</span>
        <span className={classes.quiet} dir="auto">
          {tree.excerptOf(block)}
        </span>
        {own.length > 0 && (
          <span className={own.some(({ weight }) => weight === 'stop') ? classes.stop : classes.advice}>
            {t('content.findings.count', { count: own.length })}
          </span>
        )}
      </button>
      {chosen === id && (
        <Group gap={2} wrap="nowrap">
          <ActionIcon aria-label={t('content.block.up', { name })} disabled={first} onClick={() => acts.move(id, -1)}>
            <IconArrowUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon aria-label={t('content.block.down', { name })} disabled={last} onClick={() => acts.move(id, 1)}>
            <IconArrowDown size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon aria-label={t('content.block.double', { name })} onClick={() => acts.double(id)}>
            <IconCopy size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon aria-label={t('content.block.remove', { name })} onClick={() => acts.remove(id)}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      )}
    </div>
  );
}
