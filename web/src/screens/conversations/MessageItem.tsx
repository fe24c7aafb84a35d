import { Button } from '@mantine/core';
import { IconAlertTriangle, IconRobot, IconStarFilled } from '@tabler/icons-react';
import { useState } from 'react';
import { type FullConversation, type Message, settleDoubt } from '../../../../server/conversations/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { sayError } from '../../ui/undo.tsx';
import { MessageReading } from '../voices/MessageReading.tsx';
import classes from './Conversations.module.css';
import { Files } from './Files.tsx';
import { refreshConversation } from './queries.ts';
import { eventWords, heldWords, nameOf, natureOf, shortTime } from './words.ts';

interface MessageItemProps {
  message: Message;
  /** What was said before it. */
  before: Message | undefined;
  conversation: FullConversation;
}

/** One message: theirs at the left, ours at the right, what is among ourselves set apart. */
export function MessageItem({ message, before, conversation }: MessageItemProps) {
  if (message.kind === 'event')
    return (
      <p className={classes.event}>
        {eventWords(message)} <time dateTime={message.at}>{shortTime(message.at)}</time>
      </p>
    );
  const spoken = spokenBy(message, conversation);
  const follows = before?.kind === message.kind && spokenBy(before, conversation) === spoken;
  return (
    <article className={classes.message} data-kind={message.kind} data-failed={isLost(message) || undefined}>
      {!follows && <h3 className={classes.speaker}>{spoken}</h3>}
      <div className={classes.bubble}>
        {message.kind === 'note' && !message.held && (
          <span className={classes.noteMark}>{t('conversations.message.note')}</span>
        )}
        {message.subject && message.subject !== conversation.subject && (
          <strong className={classes.said}>{message.subject}</strong>
        )}
        <Rating message={message} />
        <Said message={message} />
        <Files files={message.files} />
        {message.others.length > 0 && (
          <p className={classes.small}>{t('conversations.message.others', { names: message.others.join(', ') })}</p>
        )}
        {message.url && (
          <a className={classes.small} href={message.url} target="_blank" rel="noopener noreferrer nofollow">
            {t(message.held?.direction ? 'notes.held.recording' : 'conversations.message.public')}
          </a>
        )}
      </div>
      <Foot message={message} />
      {isTheirs(message) && conversation.mayAnswer && (
        <MessageReading conversationId={conversation.id} messageId={message.id} at={message.at} />
      )}
      <Trouble message={message} conversation={conversation} />
    </article>
  );
}

/** What the other side said: written by them, or noted by us. */
const isTheirs = ({ kind, automatic, held, text }: Message): boolean =>
  text !== '' && ((kind === 'in' && !automatic) || (kind === 'note' && held !== null));

const isLost = ({ state }: Message): boolean => state === 'failed' || state === 'refused' || state === 'in_doubt';

function spokenBy(message: Message, conversation: FullConversation): string {
  if (message.kind === 'in') return message.authorName ?? nameOf(conversation);
  return message.author?.name || t('conversations.message.elsewhere');
}

function Rating({ message: { rating } }: { message: Message }) {
  if (!rating) return null;
  return (
    <span className={classes.rating} role="img" aria-label={t('conversations.message.rating', rating)}>
      {Array.from({ length: Math.min(10, rating.of) }, (_, star) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: stars have nothing but their place
        <IconStarFilled key={star} size={14} data-lit={star < rating.value || undefined} aria-hidden />
      ))}
    </span>
  );
}

function Said({ message }: { message: Message }) {
  const [quoted, showQuoted] = useState(false);
  const [formatted, format] = useState(false);
  const { text, html, nature, deletedAt } = message;
  if (deletedAt) return <p className={classes.gone}>{t('conversations.message.deleted')}</p>;
  return (
    <>
      {nature && (
        <span className={classes.small}>{[natureOf(nature), heldWords(message)].filter(Boolean).join(' · ')}</span>
      )}
      {formatted && html ? (
        <Formatted html={html} />
      ) : (
        text !== '' && (
          <p className={classes.text} dir="auto">
            {text}
          </p>
        )
      )}
      {quoted && (
        <blockquote className={classes.quoted} dir="auto">
          {message.quoted}
        </blockquote>
      )}
      {(message.quoted || html) && (
        <p className={classes.toggles}>
          {message.quoted && (
            <Button variant="subtle" size="compact-xs" onClick={() => showQuoted(!quoted)} aria-expanded={quoted}>
              {t(quoted ? 'conversations.message.hideQuoted' : 'conversations.message.quoted')}
            </Button>
          )}
          {html && (
            <Button variant="subtle" size="compact-xs" onClick={() => format(!formatted)} aria-pressed={formatted}>
              {t(formatted ? 'conversations.message.plain' : 'conversations.message.formatted')}
            </Button>
          )}
        </p>
      )}
    </>
  );
}

/** What somebody else laid out stands in a frame of its own: no script, no form, nothing from elsewhere (it was made harmless, too). */
function Formatted({ html }: { html: string }) {
  const page = `<!doctype html><meta charset="utf-8"><style>body{font:15px/1.5 system-ui,sans-serif;margin:8px;color:#292622;background:#fff;overflow-wrap:anywhere}img{max-width:100%}</style>${html}`;
  return (
    <iframe
      className={classes.frame}
      sandbox=""
      srcDoc={page}
      title={t('conversations.message.frame')}
      referrerPolicy="no-referrer"
    />
  );
}

function Foot({ message }: { message: Message }) {
  const { at, editedAt, state, automatic, reactions } = message;
  return (
    <p className={classes.foot}>
      {automatic && !message.held?.direction && (
        <span className={classes.machine}>
          <IconRobot size={14} aria-hidden /> {t('conversations.message.automatic')}
        </span>
      )}
      <time dateTime={at} title={longInstant(at)}>
        {shortTime(at)}
      </time>
      {editedAt && <span>{t('conversations.message.edited')}</span>}
      {state && !message.held?.direction && <span>{t(`conversations.state.${state}`)}</span>}
      {reactions.length > 0 && (
        <span role="img" aria-label={t('conversations.message.reactions', { emojis: reactions.join(' ') })}>
          {reactions.join(' ')}
        </span>
      )}
    </p>
  );
}

/** Why it did not leave, and what can be done. */
function Trouble({ message, conversation }: { message: Message; conversation: FullConversation }) {
  const { state, refusals, answer, id: messageId } = message;
  if (!isLost(message)) return null;
  const settle = async (arrived: boolean) => {
    try {
      await call(settleDoubt, { conversationId: conversation.id, messageId, arrived });
      await refreshConversation(conversation.id);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <div className={classes.trouble}>
      <IconAlertTriangle size={16} aria-hidden />
      <div>
        {state === 'in_doubt' && <p>{t('conversations.message.inDoubt')}</p>}
        {answer && <p>{told(`channels.refusal.${answer}`) ?? told(`connections.problem.${answer}`)}</p>}
        {refusals.map((reason) => (
          <p key={reason}>{t(`conversations.refusal.${reason}`)}</p>
        ))}
        {conversation.mayAnswer && state !== 'refused' && (
          <p className={classes.toggles}>
            {state === 'in_doubt' && (
              <Button variant="default" size="compact-xs" onClick={() => void settle(true)}>
                {t('conversations.message.arrived')}
              </Button>
            )}
            <Button variant="default" size="compact-xs" onClick={() => void settle(false)}>
              {t('conversations.message.again')}
            </Button>
          </p>
        )}
      </div>
    </div>
  );
}
