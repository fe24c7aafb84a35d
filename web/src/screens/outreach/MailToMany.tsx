import { ActionIcon, Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type Locale, spoken, t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { PersonChoice } from '../opportunities/choosing.tsx';
import { mostAsked, SegmentPeople } from '../segments/SegmentPeople.tsx';
import classes from './MailToMany.module.css';

interface Item {
  personId: string;
  name: string;
  allowed: boolean;
  reasons: readonly string[];
}

interface Words {
  subject: string;
  text: string;
  locale: Locale;
}

interface MailToManyProps {
  title: string;
  /** Who is chosen beforehand. */
  personIds?: readonly string[];
  /** Asks for each whether the gate lets them be written to; its key begins with the operation's name. */
  preview: { key: readonly unknown[]; read: (personIds: string[]) => Promise<{ items: Item[] }> };
  send: (personIds: string[], words: Words) => Promise<{ items: { allowed: boolean }[] }>;
  begin: { subject: string; text: string };
  words: {
    allowed: string;
    /** What the button says, and what is said afterwards, of so many. */
    send: (count: number) => string;
    sent: (count: number) => string;
    /** Where a reason that is none of the gate's has its words. */
    refusals: string;
  };
  above?: ReactNode;
  hint?: string;
  onClose: () => void;
}

/** Writes one mail to people, or to a segment piece by piece; the gate says for each whether it lets them be written to, and why not. */
export function MailToMany({ personIds = [], preview, send, begin, words, ...shown }: MailToManyProps) {
  const [chosen, choose] = useState<readonly string[]>(personIds);
  const [picks, pick] = useState(0);
  // Of a segment that is taken piece by piece more is left.
  const [more, setMore] = useState(false);
  const asked = useQuery({
    queryKey: [...preview.key, chosen],
    queryFn: () => preview.read([...chosen]),
    enabled: chosen.length > 0,
    placeholderData: (before) => before,
  });
  const items = (asked.data?.items ?? []).filter(({ personId }) => chosen.includes(personId));
  const allowed = items.filter((one) => one.allowed).map(({ personId }) => personId);
  const refused = items.filter((one) => !one.allowed).map(({ personId }) => personId);
  const form = useForm({ ...begin, locale: spoken() as Locale }, async (said) => {
    const sent = await send(allowed, said);
    say(words.sent(sent.items.filter((one) => one.allowed).length));
    if (!more) return shown.onClose();
    choose([]);
  });
  const wordsOf = (reason: string) => told(`${words.refusals}.${reason}`) ?? told(`gate.${reason}`) ?? reason;
  return (
    <Modal
      opened
      onClose={shown.onClose}
      size="lg"
      title={shown.title}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          {shown.above}
          <PersonChoice
            key={picks}
            onChange={(personId) => {
              if (!personId) return;
              choose([...new Set([...chosen, personId])].slice(0, mostAsked));
              pick(picks + 1);
            }}
          />
          <SegmentPeople chosen={chosen} refused={refused} choose={choose} onMore={setMore} />
          <ul className={classes.chosenList} aria-label={t('surveys.ask.people')} aria-busy={asked.isFetching}>
            {items.map(({ personId, name, reasons }) => (
              <li key={personId} className={classes.chosen}>
                <div>
                  <strong dir="auto">{name || t('contacts.nameless')}</strong>
                  {reasons.length === 0 && <p className={classes.quiet}>{words.allowed}</p>}
                  <ul>
                    {reasons.map((reason) => (
                      <li key={reason}>{wordsOf(reason)}</li>
                    ))}
                  </ul>
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
          <Letter form={form} />
          {shown.hint && <p className={classes.quiet}>{shown.hint}</p>}
          <ErrorNotice error={form.error ?? asked.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={form.sending} disabled={allowed.length === 0}>
              {words.send(allowed.length)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Letter({ form: { values, set, problem } }: { form: ReturnType<typeof useForm<Words>> }) {
  return (
    <>
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
        error={problem('subject')}
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
        error={problem('text')}
        onChange={({ currentTarget }) => set('text', currentTarget.value)}
      />
    </>
  );
}
