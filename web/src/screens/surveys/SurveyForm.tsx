import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { listTeams } from '../../../../server/identity/contract.ts';
import {
  addSurvey,
  kinds,
  type Question,
  questionKinds,
  type Survey,
  updateSurvey,
} from '../../../../server/surveys/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { type Form, useForm } from '../../ui/useForm.ts';
import { refreshSurveys } from './queries.ts';
import classes from './Surveys.module.css';

interface Draft {
  kind: Survey['kind'];
  name: string;
  introFr: string;
  introEn: string;
  questions: Question[];
  audience: string;
  anonymous: boolean;
  openLink: boolean;
  pauseDays: number;
}

const newId = () => `q${Math.random().toString(36).slice(2, 8)}`;
const ask = (kind: Question['kind'], fr: string, en: string, required: boolean): Question => ({
  ...{ id: newId(), kind, text: { fr, en }, choices: [], required },
});

/** What a kind begins with; all of it can be changed. */
const preset = (kind: Survey['kind']): Question[] =>
  kind === 'free'
    ? [ask('text', '', '', false)]
    : [
        ask(kind, t(`surveys.preset.${kind}.fr`), t(`surveys.preset.${kind}.en`), true),
        ask('text', t('surveys.preset.why.fr'), t('surveys.preset.why.en'), false),
      ];

const audienceOf = (chosen: string) =>
  chosen === 'mine' || chosen === 'workspace'
    ? { kind: chosen as 'mine' | 'workspace' }
    : { kind: 'team' as const, id: chosen };

/** Makes a survey, or changes one. */
export function SurveyForm({ survey, onClose }: { survey?: Survey; onClose: () => void }) {
  const navigate = useNavigate();
  const before: Draft = {
    ...{ kind: survey?.kind ?? 'csat', name: survey?.name ?? '', questions: survey?.questions ?? preset('csat') },
    ...{ introFr: survey?.intro.fr ?? '', introEn: survey?.intro.en ?? '', pauseDays: survey?.pauseDays ?? 90 },
    ...{ audience: 'mine', anonymous: survey?.anonymous ?? false, openLink: survey ? survey.openUrl !== null : false },
  };
  const form = useForm(before, async ({ kind, audience, anonymous, introFr, introEn, ...said }) => {
    const all = { ...said, intro: { fr: introFr, en: introEn } };
    const kept = survey
      ? await call(updateSurvey, { surveyId: survey.id, ...all })
      : await call(addSurvey, { kind, anonymous, audience: audienceOf(audience), ...all });
    await refreshSurveys();
    say(t('surveys.saved'));
    onClose();
    if (!survey) void navigate({ to: '/voices/surveys/$surveyId', params: { surveyId: kept.id } });
  });
  const { values, set } = form;
  const fixed = survey !== undefined && survey.asked + survey.answers > 0;
  const change = (at: number, next: Partial<Question>) =>
    set(
      'questions',
      values.questions.map((one, no) => (no === at ? { ...one, ...next } : one)),
    );
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(survey ? 'surveys.change' : 'surveys.new')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          {!survey && <Beginning form={form} />}
          <TextInput
            name="name"
            required
            withAsterisk={false}
            maxLength={120}
            label={t('surveys.name')}
            value={values.name}
            error={form.problem('name')}
            onChange={({ currentTarget }) => set('name', currentTarget.value)}
          />
          {(['introFr', 'introEn'] as const).map((key) => (
            <Textarea
              key={key}
              autosize
              maxLength={2000}
              label={t(key === 'introFr' ? 'surveys.intro.fr' : 'surveys.intro.en')}
              value={values[key]}
              onChange={({ currentTarget }) => set(key, currentTarget.value)}
            />
          ))}
          {fixed ? (
            <p className={classes.quiet}>{t('surveys.fixed')}</p>
          ) : (
            <>
              {values.questions.map((one, at) => (
                <QuestionFields
                  key={one.id}
                  question={one}
                  no={at + 1}
                  onChange={(next) => change(at, next)}
                  {...(values.questions.length > 1 && {
                    onRemove: () =>
                      set(
                        'questions',
                        values.questions.filter((_, no) => no !== at),
                      ),
                  })}
                />
              ))}
              <Button
                variant="default"
                leftSection={<IconPlus size={16} aria-hidden />}
                disabled={values.questions.length >= 20}
                onClick={() => set('questions', [...values.questions, ask('text', '', '', false)])}
              >
                {t('surveys.question.add')}
              </Button>
            </>
          )}
          <Checkbox
            label={t('surveys.openLink')}
            checked={values.openLink}
            onChange={({ currentTarget }) => set('openLink', currentTarget.checked)}
          />
          <NumberInput
            label={t('surveys.pauseDays')}
            min={1}
            max={730}
            allowDecimal={false}
            value={values.pauseDays}
            onChange={(days) => set('pauseDays', Number(days) || 1)}
          />
          <ErrorNotice error={form.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** What stays as it is chosen here. */
function Beginning({ form: { values, set } }: { form: Form<Draft> }) {
  const me = useMe();
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const mine = teams.filter(({ members }) => members.some(({ id }) => id === me.memberId));
  return (
    <>
      <NativeSelect
        label={t('surveys.kind')}
        value={values.kind}
        data={kinds.map((value) => ({ value, label: t(`surveys.kind.${value}`) }))}
        onChange={({ currentTarget }) => {
          set('kind', currentTarget.value as Survey['kind']);
          set('questions', preset(currentTarget.value as Survey['kind']));
        }}
      />
      <NativeSelect
        label={t('surveys.audience')}
        value={values.audience}
        data={[
          { value: 'mine', label: t('surveys.audience.mine') },
          ...mine.map(({ id, name }) => ({ value: id, label: name })),
          ...(me.role === 'admin' || me.role === 'marketing'
            ? [{ value: 'workspace', label: t('surveys.audience.workspace') }]
            : []),
        ]}
        onChange={({ currentTarget }) => set('audience', currentTarget.value)}
      />
      <Checkbox
        label={t('surveys.anonymous')}
        description={t('surveys.anonymous.help')}
        checked={values.anonymous}
        onChange={({ currentTarget }) => set('anonymous', currentTarget.checked)}
      />
    </>
  );
}

interface QuestionFieldsProps {
  question: Question;
  no: number;
  onChange: (next: Partial<Question>) => void;
  onRemove?: () => void;
}

function QuestionFields({ question, no, onChange, onRemove }: QuestionFieldsProps) {
  const { kind, text, choices, required } = question;
  const listed = (language: 'fr' | 'en') => choices.map((one) => one[language]).join('\n');
  const choose = (language: 'fr' | 'en', lines: string[]) => {
    const [fr, en] = language === 'fr' ? [lines, listed('en').split('\n')] : [listed('fr').split('\n'), lines];
    const count = Math.max(fr.length, en.length);
    onChange({ choices: Array.from({ length: count }, (_, at) => ({ fr: fr[at] ?? '', en: en[at] ?? '' })) });
  };
  return (
    <fieldset className={classes.question}>
      <legend>{t('surveys.question', { no })}</legend>
      <Stack gap="xs">
        <Group wrap="nowrap" align="flex-end">
          <NativeSelect
            style={{ flex: 1 }}
            label={t('surveys.question.kind')}
            value={kind}
            data={questionKinds.map((value) => ({ value, label: t(`surveys.question.kind.${value}`) }))}
            onChange={({ currentTarget }) => {
              const next = currentTarget.value as Question['kind'];
              onChange({
                kind: next,
                choices:
                  next === 'choice'
                    ? [
                        { fr: '', en: '' },
                        { fr: '', en: '' },
                      ]
                    : [],
              });
            }}
          />
          {onRemove && (
            <ActionIcon
              size="lg"
              variant="default"
              aria-label={t('surveys.question.remove', { no })}
              onClick={onRemove}
            >
              <IconX size={18} aria-hidden />
            </ActionIcon>
          )}
        </Group>
        {(['fr', 'en'] as const).map((language) => (
          <TextInput
            key={language}
            name={`${question.id}${language}`}
            required
            withAsterisk={false}
            maxLength={300}
            label={t(`surveys.question.text.${language}`)}
            value={text[language]}
            onChange={({ currentTarget }) => onChange({ text: { ...text, [language]: currentTarget.value } })}
          />
        ))}
        {kind === 'choice' &&
          (['fr', 'en'] as const).map((language) => (
            <Textarea
              key={language}
              autosize
              minRows={2}
              label={t(`surveys.question.choices.${language}`)}
              value={listed(language)}
              onChange={({ currentTarget }) => choose(language, currentTarget.value.split('\n').slice(0, 12))}
            />
          ))}
        <Checkbox
          label={t('surveys.question.required')}
          checked={required}
          onChange={({ currentTarget }) => onChange({ required: currentTarget.checked })}
        />
      </Stack>
    </fieldset>
  );
}
