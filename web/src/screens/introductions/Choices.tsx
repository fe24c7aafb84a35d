import { Alert, Button, Group, NativeSelect, NumberInput, Stack, Textarea, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { Ask } from '../../../../server/introductions/contract.ts';
import { t } from '../../i18n.ts';
import { answer, decline } from './answer.ts';
import { Introducing } from './Introducing.tsx';
import classes from './Introductions.module.css';

const choices = ['introduce', 'pass_on', 'lend', 'tell', 'decline'] as const;
type Offered = (typeof choices)[number];
const usualDays = 7;

/** What a holder may do: one press to decline, the others with what they need. */
export function Choices({ ask }: { ask: Ask }) {
  const [chosen, choose] = useState<Offered | null>(null);
  const [contactId, setContact] = useState(ask.contactId ?? ask.contacts[0]!.id);
  if (ask.state === 'introducing') return <Introducing ask={ask} />;
  const take = (choice: Offered) => {
    if (choice === 'decline') void decline(ask);
    else if (choice === 'introduce')
      void answer(ask, 'introduce', { contactId }, t('introductions.askState.introducing'));
    else choose(chosen === choice ? null : choice);
  };
  return (
    <>
      {ask.contacts.length > 1 && (
        <NativeSelect
          label={t('introductions.which')}
          value={contactId}
          data={ask.contacts.map(({ id, name }) => ({ value: id, label: name || t('contacts.nameless') }))}
          onChange={(event) => setContact(event.currentTarget.value)}
        />
      )}
      <ul className={classes.choices}>
        {choices.map((choice) => (
          <li key={choice}>
            <UnstyledButton
              className={classes.choice}
              aria-expanded={choice === 'decline' || choice === 'introduce' ? undefined : chosen === choice}
              onClick={() => take(choice)}
            >
              <strong>{t(`introductions.choose.${choice}`)}</strong>
              <span className={classes.quiet}>{t(`introductions.choose.${choice}Hint`, { days: usualDays })}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {(chosen === 'pass_on' || chosen === 'lend' || chosen === 'tell') && (
        <Details key={chosen} ask={ask} choice={chosen} contactId={contactId} />
      )}
    </>
  );
}

interface DetailsProps {
  ask: Ask;
  choice: 'pass_on' | 'lend' | 'tell';
  contactId: string;
}

function Details({ ask, choice, contactId }: DetailsProps) {
  const [text, setText] = useState('');
  const [days, setDays] = useState(usualDays);
  const who = ask.asker.name;
  const contact = ask.contacts.find(({ id }) => id === contactId);
  // Lent without a number or an address, a contact is but a name: the words say how to reach them.
  const bare = choice === 'lend' && contact?.reachable === false;
  const needed = choice === 'tell' || bare;
  const send = () =>
    answer(
      ask,
      choice,
      {
        ...(choice === 'tell' ? {} : { contactId }),
        ...(text ? { text } : {}),
        ...(choice === 'lend' ? { days } : {}),
      },
      t('introductions.answered', { who }),
    );
  return (
    <Stack gap="sm" className={classes.step}>
      {choice === 'lend' && (
        <NumberInput
          label={t('introductions.days')}
          min={1}
          max={30}
          clampBehavior="strict"
          allowDecimal={false}
          value={days}
          onChange={(value) => setDays(Number(value) || 1)}
        />
      )}
      {bare && (
        <Alert color="yellow" variant="light">
          {t('introductions.bare', { name: contact.name || t('contacts.nameless'), who })}
        </Alert>
      )}
      <Textarea
        label={t(needed ? 'introductions.text' : 'introductions.textOptional', { who })}
        autosize
        minRows={2}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group>
        <Button disabled={needed && text.trim() === ''} onClick={() => void send()}>
          {t(`introductions.done.${choice}`)}
        </Button>
      </Group>
    </Stack>
  );
}
