import { ActionIcon, Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { previewSending, type Refusal, type Survey, sendSurvey } from '../../../../server/surveys/contract.ts';
import { call } from '../../api.ts';
import { type Locale, spoken, t, told } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { PersonChoice } from '../opportunities/choosing.tsx';
import { mostAsked, SegmentPeople } from '../segments/SegmentPeople.tsx';
import { refreshSurveys } from './queries.ts';
import classes from './Surveys.module.css';

interface AskContactsProps {
  survey: Survey;
  /** Who is chosen beforehand. */
  personIds?: readonly string[];
  opportunityId?: string;
  onClose: () => void;
}

const reasonWords = (reason: Refusal): string => told(`surveys.refusal.${reason}`) ?? told(`gate.${reason}`) ?? reason;

/** Asks contacts by mail; the gate says for each whether it lets them be asked, and why not. */
export function AskContacts({ survey, personIds = [], opportunityId, onClose }: AskContactsProps) {
  const [chosen, choose] = useState<readonly string[]>(personIds);
  const [picks, pick] = useState(0);
  // Of a segment that is taken piece by piece more is left.
  const [more, setMore] = useState(false);
  const preview = useQuery({
    ...reading(previewSending, { surveyId: survey.id, personIds: [...chosen] }),
    enabled: chosen.length > 0,
    placeholderData: (before) => before,
  });
  const items = (preview.data?.items ?? []).filter(({ personId }) => chosen.includes(personId));
  const allowed = items.filter((one) => one.allowed);
  const refused = items.filter((one) => !one.allowed).map(({ personId }) => personId);
  const begin = {
    subject: t('surveys.ask.subject.default'),
    text: t('surveys.ask.text.default'),
    locale: spoken() as Locale,
  };
  const form = useForm(begin, async (words) => {
    const asked = await call(sendSurvey, {
      ...{ surveyId: survey.id, personIds: allowed.map(({ personId }) => personId), ...words },
      ...(opportunityId ? { opportunityId } : {}),
    });
    await refreshSurveys();
    say(t('surveys.ask.sent', { count: asked.items.filter((one) => one.allowed).length }));
    if (!more) return onClose();
    choose([]);
  });
  const { values, set } = form;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('surveys.ask')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <PersonChoice
            key={picks}
            onChange={(personId) => {
              if (!personId) return;
              choose([...new Set([...chosen, personId])].slice(0, mostAsked));
              pick(picks + 1);
            }}
          />
          <SegmentPeople chosen={chosen} refused={refused} choose={choose} onMore={setMore} />
          <ul className={classes.chosenList} aria-label={t('surveys.ask.people')}>
            {items.map(({ personId, name, reasons }) => (
              <li key={personId} className={classes.chosen}>
                <div>
                  <strong dir="auto">{name || t('contacts.nameless')}</strong>
                  {reasons.length === 0 ? (
                    <p className={classes.quiet}>{t('surveys.ask.allowed')}</p>
                  ) : (
                    <ul>
                      {reasons.map((reason) => (
                        <li key={reason}>{reasonWords(reason)}</li>
                      ))}
                    </ul>
                  )}
                </div>
                <ActionIcon
                  aria-label={t('surveys.ask.remove', { name })}
                  onClick={() => choose(chosen.filter((one) => one !== personId))}
                >
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
          <NativeSelect
            label={t('surveys.ask.locale')}
            value={values.locale}
            data={[
              { value: 'fr', label: 'Français' },
              { value: 'en', label: 'English' },
            ]}
            onChange={({ currentTarget }) => set('locale', currentTarget.value as Locale)}
          />
          <TextInput
            name="subject"
            required
            withAsterisk={false}
            maxLength={200}
            label={t('surveys.ask.subject')}
            value={values.subject}
            error={form.problem('subject')}
            onChange={({ currentTarget }) => set('subject', currentTarget.value)}
          />
          <Textarea
            name="text"
            required
            withAsterisk={false}
            autosize
            minRows={5}
            maxLength={10_000}
            label={t('surveys.ask.text')}
            value={values.text}
            error={form.problem('text')}
            onChange={({ currentTarget }) => set('text', currentTarget.value)}
          />
          <p className={classes.quiet}>{t('surveys.ask.told')}</p>
          <ErrorNotice error={form.error ?? preview.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending} disabled={allowed.length === 0}>
              {t('surveys.ask.send', { count: allowed.length })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
