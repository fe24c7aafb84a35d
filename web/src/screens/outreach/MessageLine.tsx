import { Button, Group, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { cancelMessage, type Message, type OwnMessage, settleDoubt } from '../../../../server/outreach/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Outreach.module.css';
import { refreshMessages } from './queries.ts';
import { LaterReasons, Reasons } from './Reasons.tsx';
import { answerWords, bounceWords, purposeWords, stateWords, whenWords } from './words.ts';

interface MessageLineProps {
  message: Message | OwnMessage;
  /** Says to whom it went; not on the page of that person. */
  withContact?: boolean;
}

/** A message and what became of it; one in doubt with its two ways out. */
export function MessageLine({ message, withContact = false }: MessageLineProps) {
  const own = 'subject' in message ? message : undefined;
  const [open, setOpen] = useState(false);
  return (
    <li className={classes.message}>
      <div className={classes.head}>
        <strong>
          {own ? (
            <UnstyledButton className={classes.subject} aria-expanded={open} onClick={() => setOpen(!open)}>
              {own.subject ?? t('mail.erased')}
            </UnstyledButton>
          ) : (
            (message.author ?? purposeWords(message))
          )}
        </strong>
        <span className={classes.state} data-state={message.state}>
          {stateWords(message)}
        </span>
      </div>
      <p className={classes.quiet}>
        {withContact && own?.contact && (
          <>
            <TextLink underline="always" to="/people/$personId" params={{ personId: own.contact.id }} size="sm">
              {own.contact.name || t('contacts.nameless')}
            </TextLink>
            {' · '}
          </>
        )}
        {purposeWords(message)} · <time title={longInstant(message.createdAt)}>{whenWords(message)}</time>
      </p>
      {message.reasons.length > 0 && <Reasons reasons={message.reasons} />}
      {message.waits.length > 0 && <LaterReasons reasons={message.waits} />}
      {message.answer !== null && message.state !== 'sent' && (
        <p className={classes.quiet}>{answerWords(message.answer)}</p>
      )}
      {message.bounce !== null && (
        <p className={classes.quiet}>{t('mail.bounced', { reason: bounceWords(message.bounce) })}</p>
      )}
      {open && <p className={classes.text}>{own?.content ? t('mail.message.content') : own?.text}</p>}
      <Ways message={message} />
    </li>
  );
}

/** What can still be done about it. */
function Ways({ message: { id, state, mine } }: { message: Message }) {
  const act = async (work: Promise<unknown>, word: string) => {
    try {
      await work;
      say(word);
    } catch (error) {
      sayError(error);
    }
    await refreshMessages();
  };
  if (state === 'queued' && mine)
    return (
      <Button
        variant="subtle"
        size="compact-sm"
        onClick={() => void act(call(cancelMessage, { messageId: id }), t('mail.cancelled'))}
      >
        {t('mail.cancel')}
      </Button>
    );
  if (state !== 'in_doubt') return null;
  const settle = (arrived: boolean) => void act(call(settleDoubt, { messageId: id, arrived }), t('mail.doubtSettled'));
  return (
    <>
      <p className={classes.quiet}>{t('mail.doubt')}</p>
      <Group gap="xs" mt={6}>
        <Button variant="default" size="compact-md" onClick={() => settle(true)}>
          {t('mail.arrived')}
        </Button>
        <Button variant="default" size="compact-md" onClick={() => settle(false)}>
          {t('mail.again')}
        </Button>
      </Group>
    </>
  );
}
