import { Button, Checkbox, Group, NativeSelect, NumberInput, SegmentedControl, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Block, imageWidths, type Language } from '../../../../server/content/blocks-contract.ts';
import { t } from '../../i18n.ts';
import { ConditionForm } from './ConditionForm.tsx';
import classes from './Content.module.css';
import { ImagePicker } from './ImagePicker.tsx';
import { LiquidField } from './LiquidField.tsx';
import { imagesQuery, partsQuery } from './queries.ts';
import { newBlock } from './tree.ts';

interface BlockFormProps<B extends Block = Block> {
  block: B;
  language: Language;
  onChange: (next: Block) => void;
}

/** What the chosen block says. */
export function BlockForm({ block, language, onChange }: BlockFormProps) {
  switch (block.kind) {
    case 'heading':
      return (
        <Stack gap="sm">
          <LiquidField
            label={t('content.field.heading')}
            value={block.text}
            maxLength={300}
            onChange={(text) => onChange({ ...block, text })}
          />
          <SegmentedControl
            aria-label={t('content.field.level')}
            value={String(block.level)}
            data={[
              { value: '1', label: t('content.field.level.1') },
              { value: '2', label: t('content.field.level.2') },
            ]}
            onChange={(level) => onChange({ ...block, level: level === '1' ? 1 : 2 })}
          />
        </Stack>
      );
    case 'text':
      return (
        <LiquidField
          lines
          label={t('content.field.text')}
          description={t('content.field.text.help')}
          value={block.text}
          maxLength={20_000}
          onChange={(text) => onChange({ ...block, text })}
        />
      );
    case 'button':
      return (
        <Stack gap="sm">
          <LiquidField
            label={t('content.field.label')}
            value={block.label}
            maxLength={120}
            onChange={(label) => onChange({ ...block, label })}
          />
          <LiquidField
            links
            label={t('content.field.url')}
            value={block.url}
            maxLength={2000}
            onChange={(url) => onChange({ ...block, url })}
          />
        </Stack>
      );
    case 'image':
      return <ImageForm block={block} language={language} onChange={onChange} />;
    case 'spacer':
      return (
        <NumberInput
          label={t('content.field.height')}
          min={4}
          max={96}
          clampBehavior="strict"
          value={block.height}
          onChange={(height) =>
            typeof height === 'number' && height >= 4 && onChange({ ...block, height: Math.round(height) })
          }
        />
      );
    case 'divider':
      return <p className={classes.quiet}>{t('content.field.nothing')}</p>;
    case 'columns':
      return <ColumnsForm block={block} language={language} onChange={onChange} />;
    case 'section':
      return <ConditionForm condition={block.condition} onChange={(condition) => onChange({ ...block, condition })} />;
    case 'reusable':
      return <ReusableForm block={block} onChange={onChange} />;
  }
}

function ImageForm({ block, language, onChange }: BlockFormProps<Block & { kind: 'image' }>) {
  const [picking, pick] = useState(false);
  const chosen = useQuery(imagesQuery).data?.items.find(({ id }) => id === block.imageId);
  return (
    <Stack gap="sm">
      {chosen && <img src={chosen.url} alt="" className={classes.chosenImage} />}
      <Group>
        <Button variant="default" onClick={() => pick(true)}>
          {t(block.imageId ? 'content.image.change' : 'content.image.choose')}
        </Button>
      </Group>
      <Checkbox
        label={t('content.image.decorative')}
        description={t('content.image.decorative.help')}
        checked={block.decorative}
        onChange={({ currentTarget }) => onChange({ ...block, decorative: currentTarget.checked })}
      />
      {!block.decorative && (
        <LiquidField
          label={t('content.image.alt')}
          description={t('content.image.alt.help')}
          value={block.alt}
          maxLength={300}
          onChange={(alt) => onChange({ ...block, alt })}
        />
      )}
      <NativeSelect
        label={t('content.image.width')}
        value={block.width}
        data={imageWidths.map((value) => ({ value, label: t(`content.image.width.${value}`) }))}
        onChange={({ currentTarget }) => onChange({ ...block, width: currentTarget.value as typeof block.width })}
      />
      <LiquidField
        links
        label={t('content.image.url')}
        value={block.url}
        maxLength={2000}
        onChange={(url) => onChange({ ...block, url })}
      />
      {picking && (
        <ImagePicker
          onClose={() => pick(false)}
          onPick={(image) => {
            onChange({ ...block, imageId: image.id, alt: block.alt.trim() === '' ? image.alt[language] : block.alt });
            pick(false);
          }}
        />
      )}
    </Stack>
  );
}

function ColumnsForm({ block, language, onChange }: BlockFormProps<Block & { kind: 'columns' }>) {
  const two = block.columns.length === 2;
  const add = () =>
    onChange({ ...block, columns: [...block.columns, [newBlock('text', language)]] as typeof block.columns });
  // What stood in the third stands in the second then.
  const join = () =>
    onChange({ ...block, columns: [block.columns[0]!, [...block.columns[1]!, ...block.columns[2]!].slice(0, 12)] });
  return (
    <Stack gap="sm" align="flex-start">
      <p className={classes.quiet}>{t('content.columns.help')}</p>
      <Button variant="default" onClick={two ? add : join}>
        {t(two ? 'content.columns.three' : 'content.columns.two')}
      </Button>
    </Stack>
  );
}

function ReusableForm({ block, onChange }: { block: Block & { kind: 'reusable' }; onChange: (next: Block) => void }) {
  const parts = useQuery(partsQuery).data?.items ?? [];
  return (
    <NativeSelect
      label={t('content.field.part')}
      description={t('content.field.part.help')}
      value={block.partId ?? ''}
      data={[
        ...(block.partId && parts.some(({ id }) => id === block.partId)
          ? []
          : [{ value: block.partId ?? '', label: t('content.field.part.none') }]),
        ...parts.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={({ currentTarget }) => onChange({ ...block, partId: currentTarget.value || null })}
    />
  );
}
