import {
  ActionIcon,
  Alert,
  Button,
  Checkbox,
  Menu,
  NativeSelect,
  SegmentedControl,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listBooks, purpose } from '../../../../server/delegation/contract.ts';
import { type MessageKey, t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { channelsQuery } from '../conversations/queries.ts';
import { setupQuery } from '../outreach/queries.ts';
import classes from './FormFields.module.css';
import {
  type Consent,
  type FormDraft,
  isOwn,
  knownKinds,
  type Language,
  languagesOf,
  moved,
  newConsent,
  newQuestion,
  ownKinds,
  type Question,
  type QuestionKind,
  typeChoices,
  type Words,
} from './formDraft.ts';

interface FormFieldsProps {
  draft: FormDraft;
  change: (next: Partial<FormDraft>) => void;
  /** What is wrong, by where it stands in the settings (`fields.2.label`). */
  problems: Record<string, string>;
}

/** What a form asks, says and does with what is sent. */
export function FormFields({ draft, change, problems }: FormFieldsProps) {
  const common = { draft, change, problems };
  return (
    <>
      <div>
        <span className={classes.label}>{t('channels.form.languages')}</span>
        <SegmentedControl
          fullWidth
          aria-label={t('channels.form.languages')}
          value={draft.languages}
          onChange={(next) => change({ languages: next as FormDraft['languages'] })}
          data={(['fr', 'en', 'both'] as const).map((value) => ({
            value,
            label: t(`channels.form.language.${value}`),
          }))}
        />
      </div>
      <InLanguages {...common} of="title" />
      <InLanguages {...common} of="intro" rows={2} />
      <Questions {...common} />
      <Missing {...common} />
      <Consents {...common} />
      <Switch
        label={t('channels.form.confirm')}
        description={t('channels.form.confirmLead')}
        checked={draft.confirm}
        error={
          problems.confirm &&
          t(problems.confirm === 'profile' ? 'channels.form.profileProblem' : 'channels.form.confirmProblem')
        }
        onChange={({ currentTarget }) => change({ confirm: currentTarget.checked })}
      />
      <InLanguages {...common} of="thanks" rows={2} />
      <Where {...common} />
    </>
  );
}

const counts = ['1', '2', '3', '4', '5'];

/** What the collection plan wants and is missing. */
function Missing({ draft: { profile }, change }: FormFieldsProps) {
  return (
    <>
      <Switch
        label={t('channels.form.profile')}
        description={t('channels.form.profileLead')}
        checked={profile !== null && profile !== undefined}
        onChange={({ currentTarget }) =>
          change(currentTarget.checked ? { profile: { most: 2 }, confirm: true } : { profile: null })
        }
      />
      {profile && (
        <NativeSelect
          label={t('channels.form.profileMost')}
          value={String(profile.most)}
          data={counts}
          onChange={({ currentTarget }) => change({ profile: { most: Number(currentTarget.value) } })}
        />
      )}
    </>
  );
}

interface WordsProps {
  label: string;
  words: Words;
  languages: readonly Language[];
  onChange: (next: Words) => void;
  description?: string;
  rows?: number;
  error?: string | undefined;
}

/** Words in each language of the form. */
function WordsInput({ label, words, languages, onChange, description, rows, error }: WordsProps) {
  return (
    <div className={classes.pair}>
      {languages.map((language) => {
        const common = {
          label: languages.length > 1 ? t(`channels.form.in.${language}`, { label }) : label,
          lang: language,
          value: words[language],
          description,
          error: error && words[language].trim() === '' ? error : undefined,
        };
        const set = (value: string) => onChange({ ...words, [language]: value });
        return rows ? (
          <Textarea
            key={language}
            {...common}
            autosize
            minRows={rows}
            onChange={({ currentTarget }) => set(currentTarget.value)}
          />
        ) : (
          <TextInput key={language} {...common} onChange={({ currentTarget }) => set(currentTarget.value)} />
        );
      })}
    </div>
  );
}

function InLanguages({
  draft,
  change,
  problems,
  of,
  rows,
}: FormFieldsProps & { of: 'title' | 'intro' | 'thanks'; rows?: number }) {
  return (
    <WordsInput
      label={t(`channels.form.${of}`)}
      words={draft[of]}
      languages={languagesOf(draft)}
      onChange={(next) => change({ [of]: next })}
      {...(rows ? { rows } : {})}
      error={problems[of] && t('channels.form.lacking')}
    />
  );
}

function Questions({ draft, change, problems }: FormFieldsProps) {
  const { fields } = draft;
  const set = (at: number, next: Partial<Question>) =>
    change({ fields: fields.map((field, no) => (no === at ? { ...field, ...next } : field)) });
  const left = knownKinds.filter((kind) => !fields.some((field) => field.kind === kind));
  const add = (kind: QuestionKind) => change({ fields: [...fields, newQuestion(draft, kind)] });
  return (
    <fieldset className={classes.group}>
      <legend>{t('channels.form.questions')}</legend>
      <ol className={classes.list}>
        {fields.map((field, no) => (
          <li key={field.key} className={classes.item}>
            <OneQuestion
              field={field}
              languages={languagesOf(draft)}
              set={(next) => set(no, next)}
              problem={(of) => problems[`fields.${no}.${of}`]}
            />
            <Order
              name={nameOf(field)}
              first={no === 0}
              last={no === fields.length - 1}
              move={(by) => change({ fields: moved(fields, no, by) })}
              remove={() => change({ fields: fields.filter((one) => one !== field) })}
            />
          </li>
        ))}
      </ol>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="default" leftSection={<IconPlus size={18} aria-hidden />}>
            {t('channels.form.ask')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {[...left, ...ownKinds].map((kind) => (
            <Menu.Item key={kind} onClick={() => add(kind)}>
              {t(`channels.form.kind.${kind}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </fieldset>
  );
}

const nameOf = ({ kind, label }: Question): string => label.fr || label.en || t(`channels.form.kind.${kind}`);

interface OneQuestionProps {
  field: Question;
  languages: readonly Language[];
  set: (next: Partial<Question>) => void;
  problem: (of: string) => string | undefined;
}

function OneQuestion({ field, languages, set, problem }: OneQuestionProps) {
  const { kind, label, choices, required } = field;
  return (
    <div className={classes.question}>
      <strong>{t(`channels.form.kind.${kind}`)}</strong>
      {isOwn(kind) && (
        <WordsInput
          label={t('channels.form.question')}
          words={label}
          languages={languages}
          onChange={(next) => set({ label: next })}
          error={problem('label') && t('channels.form.lacking')}
        />
      )}
      {kind === 'choice' && (
        <div className={classes.pair}>
          {languages.map((language) => (
            <Textarea
              key={language}
              lang={language}
              autosize
              minRows={2}
              label={
                languages.length > 1
                  ? t(`channels.form.in.${language}`, { label: t('channels.form.choices') })
                  : t('channels.form.choices')
              }
              description={t('channels.form.choicesLead')}
              value={choices.map((choice) => choice[language]).join('\n')}
              error={problem('choices') && t('channels.form.choicesProblem')}
              onChange={({ currentTarget }) => set({ choices: typeChoices(choices, language, currentTarget.value) })}
            />
          ))}
        </div>
      )}
      <Checkbox
        label={t('channels.form.required')}
        checked={required}
        onChange={({ currentTarget }) => set({ required: currentTarget.checked })}
      />
    </div>
  );
}

interface OrderProps {
  name: string;
  first: boolean;
  last: boolean;
  move: (by: -1 | 1) => void;
  remove: () => void;
}

function Order({ name, first, last, move, remove }: OrderProps) {
  return (
    <div className={classes.order}>
      <ActionIcon
        variant="subtle"
        size={40}
        disabled={first}
        aria-label={t('channels.form.up', { name })}
        onClick={() => move(-1)}
      >
        <IconArrowUp size={18} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        size={40}
        disabled={last}
        aria-label={t('channels.form.down', { name })}
        onClick={() => move(1)}
      >
        <IconArrowDown size={18} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        size={40}
        color="red"
        aria-label={t('channels.form.remove', { name })}
        onClick={remove}
      >
        <IconTrash size={18} aria-hidden />
      </ActionIcon>
    </div>
  );
}

function Consents({ draft, change, problems }: FormFieldsProps) {
  const { consents } = draft;
  const set = (at: number, next: Partial<Consent>) =>
    change({ consents: consents.map((one, no) => (no === at ? { ...one, ...next } : one)) });
  // Whoever ticks is asked whether it was them, unless somebody decides otherwise afterwards.
  const add = () =>
    change({ consents: [...consents, newConsent(draft)], ...(consents.length === 0 ? { confirm: true } : {}) });
  return (
    <fieldset className={classes.group}>
      <legend>{t('channels.form.consents')}</legend>
      <p className={classes.lead}>{t('channels.form.consentsLead')}</p>
      <ul className={classes.list}>
        {consents.map(({ key, purpose: what, words }, no) => (
          <li key={key} className={classes.item}>
            <div className={classes.question}>
              <NativeSelect
                label={t('channels.form.purpose')}
                value={what}
                onChange={({ currentTarget }) => set(no, { purpose: currentTarget.value })}
                data={purpose.options.map((value) => ({ value, label: t(`grant.purposeName.${value}` as MessageKey) }))}
              />
              <WordsInput
                label={t('channels.form.consentWords')}
                words={words}
                languages={languagesOf(draft)}
                rows={2}
                onChange={(next) => set(no, { words: next })}
                error={problems[`consents.${no}.words`] && t('channels.form.lacking')}
              />
            </div>
            <Order
              name={words.fr || words.en || t('channels.form.consentWords')}
              first={no === 0}
              last={no === consents.length - 1}
              move={(by) => change({ consents: moved(consents, no, by) })}
              remove={() => change({ consents: consents.filter((one) => one.key !== key) })}
            />
          </li>
        ))}
      </ul>
      <Button variant="default" leftSection={<IconPlus size={18} aria-hidden />} onClick={add}>
        {t('channels.form.addConsent')}
      </Button>
    </fieldset>
  );
}

/** From where it is answered, where cards go, and on which sites it may stand. */
function Where({ draft, change, problems }: FormFieldsProps) {
  const companyMail = useQuery(setupQuery).data;
  const mailboxes = (useQuery(channelsQuery).data?.items ?? []).filter(
    ({ kind, mine, state }) => kind === 'mail' && !mine && state !== 'ended',
  );
  const books = (useQuery(reading(listBooks, {})).data?.items ?? []).filter(
    ({ holder }) => holder.kind === 'workspace',
  );
  return (
    <>
      <NativeSelect
        label={t('channels.form.mailbox')}
        description={t('channels.form.mailboxLead')}
        value={draft.mailboxId ?? ''}
        onChange={({ currentTarget }) => change({ mailboxId: currentTarget.value || null })}
        data={[
          { value: '', label: t('channels.form.companyMail') },
          ...mailboxes.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      {draft.mailboxId === null && companyMail?.setup === null && (
        <Alert color="yellow" role="status">
          {t('channels.form.noMail')} <Link to="/settings/mail">{t('channels.form.setMail')}</Link>
        </Alert>
      )}
      <NativeSelect
        label={t('channels.form.book')}
        description={t('channels.form.bookLead')}
        value={draft.bookId ?? ''}
        onChange={({ currentTarget }) => change({ bookId: currentTarget.value || null })}
        data={[
          { value: '', label: t('channels.form.noBook') },
          ...books.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <Textarea
        label={t('channels.form.origins')}
        description={t('channels.form.originsLead')}
        autosize
        minRows={2}
        value={draft.origins.join('\n')}
        error={Object.keys(problems).some((at) => at.startsWith('origins')) && t('error.field.invalid')}
        onChange={({ currentTarget }) => change({ origins: currentTarget.value.split('\n') })}
      />
    </>
  );
}
