import {
  ActionIcon,
  Button,
  Group,
  NativeSelect,
  NumberInput,
  SegmentedControl,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Language, languages } from '../../../../server/content/blocks-contract.ts';
import { getLetterhead, saveLetterhead } from '../../../../server/content/letterhead-contract.ts';
import {
  getHouseStyle,
  type HouseRules,
  readingLevels,
  saveHouseStyle,
} from '../../../../server/content/style-contract.ts';
import { call } from '../../api.ts';
import { spoken, t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Content.module.css';
import { ContentTabs } from './ContentTabs.tsx';
import { houseStyleQuery } from './queries.ts';

/** How the company writes; the checker of the editor reads it. */
export function HouseStylePage() {
  const { data, error, refetch } = useQuery(houseStyleQuery);
  const [language, speak] = useState<Language>(spoken());
  return (
    <>
      <ContentTabs />
      <Page title={t('content.style.title')} lead={t('content.style.lead')} width="reading">
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={4} />}
        <SegmentedControl
          aria-label={t('content.language')}
          value={language}
          data={languages.map((one) => ({ value: one, label: t(`content.language.${one}`) }))}
          onChange={(value) => speak(value as Language)}
        />
        {data && <RulesForm key={`${language} ${data[language].version}`} language={language} {...data[language]} />}
        <LetterheadForm />
      </Page>
    </>
  );
}

function RulesForm({ language, rules, version }: { language: Language; rules: HouseRules; version: number }) {
  const admin = useMe().role === 'admin';
  const form = useForm(rules, async (values) => {
    const avoid = values.avoid.filter(({ word }) => word.trim() !== '');
    await call(saveHouseStyle, {
      language,
      version,
      rules: { ...values, avoid, use: values.use.filter((one) => one.trim() !== '') },
    });
    await refresh(getHouseStyle);
    say(t('content.saved'));
  });
  const { values, set } = form;
  const avoid = (at: number, next: Partial<HouseRules['avoid'][number]>) =>
    set(
      'avoid',
      values.avoid.map((one, no) => (no === at ? { ...one, ...next } : one)),
    );
  return (
    <form onSubmit={form.submit} noValidate>
      {!admin && <p className={classes.quiet}>{t('content.style.admins')}</p>}
      <fieldset disabled={!admin} className={classes.plainFields}>
        <Stack gap="md" mt="md">
          {language === 'fr' && (
            <NativeSelect
              label={t('content.style.address')}
              value={values.address ?? ''}
              data={[
                { value: '', label: t('content.style.address.any') },
                { value: 'vous', label: t('content.style.address.vous') },
                { value: 'tu', label: t('content.style.address.tu') },
              ]}
              onChange={({ currentTarget }) => set('address', (currentTarget.value || null) as HouseRules['address'])}
            />
          )}
          <NativeSelect
            label={t('content.style.level')}
            value={values.level ?? ''}
            data={[
              ...readingLevels.map((value) => ({ value, label: t(`content.style.level.${value}`) })),
              { value: '', label: t('content.style.level.any') },
            ]}
            onChange={({ currentTarget }) => set('level', (currentTarget.value || null) as HouseRules['level'])}
          />
          <NumberInput
            label={t('content.style.longest')}
            min={8}
            max={80}
            value={values.longest}
            onChange={(value) =>
              typeof value === 'number' && set('longest', Math.min(80, Math.max(8, Math.round(value))))
            }
          />
          <div>
            <h2>{t('content.style.avoid')}</h2>
            <ul className={classes.pairs}>
              {values.avoid.map((one, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
                <li key={at}>
                  <TextInput
                    aria-label={t('content.style.avoid.word', { no: at + 1 })}
                    placeholder={t('content.style.avoid.placeholder')}
                    maxLength={80}
                    value={one.word}
                    onChange={({ currentTarget }) => avoid(at, { word: currentTarget.value })}
                  />
                  <TextInput
                    aria-label={t('content.style.avoid.instead', { no: at + 1 })}
                    placeholder={t('content.style.instead.placeholder')}
                    maxLength={120}
                    value={one.instead}
                    onChange={({ currentTarget }) => avoid(at, { instead: currentTarget.value })}
                  />
                  <ActionIcon
                    aria-label={t('content.style.avoid.remove', { no: at + 1 })}
                    onClick={() => set('avoid', values.avoid.toSpliced(at, 1))}
                  >
                    <IconX size={16} aria-hidden />
                  </ActionIcon>
                </li>
              ))}
            </ul>
            <Button
              variant="subtle"
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => set('avoid', [...values.avoid, { word: '', instead: '' }])}
            >
              {t('content.style.avoid.add')}
            </Button>
          </div>
          <TextInput
            label={t('content.style.use')}
            description={t('content.style.use.help')}
            value={values.use.join(', ')}
            onChange={({ currentTarget }) =>
              set(
                'use',
                currentTarget.value
                  .split(',')
                  .map((one) => one.trimStart().slice(0, 80))
                  .slice(0, 200),
              )
            }
          />
          <ErrorNotice error={form.error} />
          {admin && (
            <Group justify="flex-end">
              <Button type="submit" loading={form.sending}>
                {t('shell.save')}
              </Button>
            </Group>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}

/** What stands at the head of the company’s letters. */
function LetterheadForm() {
  const { data } = useQuery(reading(getLetterhead, {}));
  return data ? <HeadFields key={data.version} {...data} /> : null;
}

function HeadFields({ lines, place, version }: { lines: string[]; place: string; version: number }) {
  const admin = useMe().role === 'admin';
  const form = useForm({ lines: lines.join('\n'), place }, async (values) => {
    const kept = values.lines
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    await call(saveLetterhead, { lines: kept, place: values.place, version });
    await refresh(getLetterhead);
    say(t('content.letterhead.saved'));
  });
  return (
    <form onSubmit={form.submit} noValidate aria-label={t('content.letterhead.title')}>
      <h2>{t('content.letterhead.title')}</h2>
      <Stack gap="sm">
        <p className={classes.quiet}>{t('content.letterhead.lead')}</p>
        <Textarea
          autosize
          minRows={3}
          readOnly={!admin}
          label={t('content.letterhead.lines')}
          description={t('content.letterhead.lines.help')}
          value={form.values.lines}
          error={form.problem('lines')}
          onChange={({ currentTarget }) => form.set('lines', currentTarget.value)}
        />
        <TextInput
          readOnly={!admin}
          maxLength={40}
          label={t('content.letterhead.place')}
          description={t('content.letterhead.place.help')}
          value={form.values.place}
          onChange={({ currentTarget }) => form.set('place', currentTarget.value)}
        />
        <ErrorNotice error={form.error} />
        {admin && (
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}
