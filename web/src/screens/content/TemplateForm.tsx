import { NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import {
  type Language,
  mostParameters,
  type Saying,
  type Template,
  templateCategories,
} from '../../../../server/content/blocks-contract.ts';
import { t } from '../../i18n.ts';
import classes from './Content.module.css';
import { LiquidField } from './LiquidField.tsx';
import { Suggest } from './Suggest.tsx';

/** Places of an agreed text, as its provider numbers them: as many fields as the highest number asks for. */
function withPlaces(template: Template, body: string): Template {
  const numbers = [...body.matchAll(/\{\{([1-9]\d?)\}\}/g)].map(([, no]) => Number(no));
  const count = Math.min(mostParameters, Math.max(0, ...numbers));
  const parameters = Array.from({ length: count }, (_, at) => template.parameters[at] ?? '');
  return { ...template, body, parameters };
}

interface TemplateFormProps {
  saying: Saying;
  language: Language;
  template: Template;
  onChange: (next: Template) => void;
}

/** A text that the provider has approved: which one, and what its places are filled with. */
export function TemplateForm({ saying, language, template, onChange }: TemplateFormProps) {
  const set = (next: Partial<Template>) => onChange({ ...template, ...next });
  return (
    <Stack gap="sm">
      <p className={classes.quiet}>{t('content.template.help')}</p>
      <TextInput
        label={t('content.template.name')}
        description={t('content.template.name.help')}
        maxLength={512}
        value={template.name}
        onChange={({ currentTarget }) => set({ name: currentTarget.value })}
      />
      <div className={classes.pair}>
        <TextInput
          label={t('content.template.locale')}
          maxLength={10}
          value={template.locale}
          onChange={({ currentTarget }) => set({ locale: currentTarget.value })}
        />
        <NativeSelect
          label={t('content.template.category')}
          value={template.category}
          data={templateCategories.map((value) => ({ value, label: t(`content.template.category.${value}`) }))}
          onChange={({ currentTarget }) => set({ category: currentTarget.value as Template['category'] })}
        />
      </div>
      <Textarea
        label={t('content.template.body')}
        description={t('content.template.body.help', { first: '{{1}}', second: '{{2}}' })}
        autosize
        minRows={4}
        maxRows={16}
        maxLength={1024}
        value={template.body}
        onChange={({ currentTarget }) => onChange(withPlaces(template, currentTarget.value))}
      />
      <Suggest
        {...{ saying, language }}
        field="agreed"
        blockId={null}
        value={template.body}
        note={t('content.suggest.agreed')}
        onPick={(body) => set({ body })}
      />
      {template.parameters.map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a place is its number
        <div key={at} data-piece={`p${at + 1}`}>
          <LiquidField
            label={t('content.template.place', { place: `{{${at + 1}}}` })}
            value={value}
            maxLength={300}
            onChange={(next) => set({ parameters: template.parameters.with(at, next) })}
          />
        </div>
      ))}
    </Stack>
  );
}
