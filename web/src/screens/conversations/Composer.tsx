import { ActionIcon, Button, FileButton, Menu, MultiSelect, SegmentedControl, Textarea } from '@mantine/core';
import { IconChevronDown, IconPaperclip, IconX } from '@tabler/icons-react';
import { type RefObject, useRef, useState } from 'react';
import {
  addNote,
  type ConversationFile,
  type FullConversation,
  putFilePath,
  reply,
} from '../../../../server/conversations/contract.ts';
import { ApiError, apiBase, call, query, upload } from '../../api.ts';
import { number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { queryClient } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { sayError, sayProblem } from '../../ui/undo.tsx';
import { OfferMenu } from '../surveys/OfferMenu.tsx';
import classes from './Conversations.module.css';
import { messagesQuery, refreshConversation } from './queries.ts';
import { SavedReplyMenu } from './SavedReplyMenu.tsx';
import { nameOf } from './words.ts';

type Mode = 'reply' | 'note';
type Afterwards = 'open' | 'pending' | 'closed';

const draftKey = (conversationId: string, mode: Mode) => `draft ${mode} ${conversationId}`;

/** A text that is begun is there again when one comes back to it, in this tab. */
function useDraft(conversationId: string, mode: Mode) {
  const [text, setText] = useState(() => sessionStorage.getItem(draftKey(conversationId, mode)) ?? '');
  const write = (next: string) => {
    setText(next);
    if (next === '') sessionStorage.removeItem(draftKey(conversationId, mode));
    else sessionStorage.setItem(draftKey(conversationId, mode), next);
  };
  return [text, write] as const;
}

/** Where one answers, or writes down something for colleagues. */
export function Composer({ conversation }: { conversation: FullConversation }) {
  const { mayAnswer, refusals } = conversation;
  const [mode, setMode] = useState<Mode>(mayAnswer && refusals.length === 0 ? 'reply' : 'note');
  const box = useRef<HTMLTextAreaElement>(null);
  const choose = (next: Mode) => {
    setMode(next);
    setTimeout(() => box.current?.focus());
  };
  return (
    <div className={classes.composer} data-mode={mode} data-composer>
      {mayAnswer && (
        <SegmentedControl
          size="xs"
          aria-label={t('conversations.reply')}
          value={mode}
          onChange={(next) => choose(next as Mode)}
          data={(['reply', 'note'] as const).map((value) => ({ value, label: t(`conversations.${value}`) }))}
        />
      )}
      <button type="button" hidden data-write="reply" onClick={() => mayAnswer && choose('reply')} />
      <button type="button" hidden data-write="note" onClick={() => choose('note')} />
      {mode === 'reply' ? (
        <Reply key="reply" conversation={conversation} box={box} />
      ) : (
        <Note key="note" conversation={conversation} box={box} />
      )}
    </div>
  );
}

interface WritingProps {
  conversation: FullConversation;
  box: RefObject<HTMLTextAreaElement | null>;
}

/** The last message that stands on the screen. */
function lastSeen(conversationId: string): string | undefined {
  const data = queryClient.getQueryData(messagesQuery(conversationId).queryKey);
  return data?.pages[0]?.items.find(({ kind }) => kind === 'in' || kind === 'out')?.id;
}

function Reply({ conversation, box }: WritingProps) {
  const { id, refusals, capabilities } = conversation;
  const [text, write] = useDraft(id, 'reply');
  const [files, setFiles] = useState<ConversationFile[]>([]);
  const [busy, setBusy] = useState(false);
  const tooLong = capabilities.mostCharacters !== null && text.length > capabilities.mostCharacters;
  const ready = text.trim() !== '' && !tooLong && refusals.length === 0 && !busy;
  const send = async (afterwards: Afterwards = 'pending') => {
    if (!ready) return;
    setBusy(true);
    try {
      const after = lastSeen(id);
      await call(reply, {
        conversationId: id,
        text,
        fileIds: files.map((one) => one.id),
        afterwards,
        ...(after ? { after } : {}),
      });
      write('');
      setFiles([]);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'conflict') sayProblem(t('conversations.changed'));
      else sayError(error);
    }
    setBusy(false);
    await refreshConversation(id);
    box.current?.focus();
  };
  if (refusals.length > 0)
    return (
      <div className={classes.refusals}>
        <strong>{t('conversations.refusals')}</strong>
        {refusals.map((reason) => (
          <p key={reason}>{t(`conversations.refusal.${reason}`)}</p>
        ))}
      </div>
    );
  return (
    <>
      <Textarea
        ref={box}
        aria-label={t('conversations.reply.label')}
        placeholder={t('conversations.reply.placeholder', { name: nameOf(conversation) })}
        autosize
        minRows={2}
        maxRows={10}
        value={text}
        description={capabilities.public ? t('conversations.reply.public') : undefined}
        error={
          tooLong
            ? t('conversations.length', { count: number(text.length), most: number(capabilities.mostCharacters!) })
            : undefined
        }
        onChange={({ currentTarget }) => write(currentTarget.value)}
        onKeyDown={onSend(() => void send())}
      />
      <Attached files={files} onRemove={(gone) => setFiles(files.filter((one) => one.id !== gone))} />
      <div className={classes.composerFoot}>
        {capabilities.files && <Attach conversationId={id} files={files} onFiles={setFiles} />}
        <SavedReplyMenu conversationId={id} onText={(more) => write(text.trim() === '' ? more : `${text}\n${more}`)} />
        <OfferMenu conversationId={id} onText={(more) => write(text.trim() === '' ? more : `${text}\n\n${more}`)} />
        <Button.Group ml="auto">
          <Button size="compact-md" disabled={!ready} loading={busy} onClick={() => void send()}>
            {t('conversations.send')}
          </Button>
          <OtherSends disabled={!ready} onSend={(afterwards) => void send(afterwards)} />
        </Button.Group>
      </div>
    </>
  );
}

const onSend = (send: () => void) => (event: React.KeyboardEvent) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send();
  } else if (event.key === 'Escape') (event.currentTarget as HTMLElement).blur();
};

function OtherSends({ disabled, onSend: send }: { disabled: boolean; onSend: (afterwards: Afterwards) => void }) {
  return (
    <Menu position="top-end">
      <Menu.Target>
        <Button size="compact-md" px={6} disabled={disabled} aria-label={t('conversations.sendMore')}>
          <IconChevronDown size={16} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => send('closed')}>{t('conversations.sendClose')}</Menu.Item>
        <Menu.Item onClick={() => send('open')}>{t('conversations.sendKeepOpen')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

interface AttachProps {
  conversationId: string;
  files: ConversationFile[];
  onFiles: (files: ConversationFile[]) => void;
}

const mostFiles = 10;

function Attach({ conversationId, files, onFiles }: AttachProps) {
  const [busy, setBusy] = useState(false);
  const add = async (chosen: File[]) => {
    if (files.length + chosen.length > mostFiles) return sayProblem(t('conversations.tooMany'));
    setBusy(true);
    const kept = [...files];
    try {
      for (const file of chosen) {
        const path = apiBase + putFilePath.replace(':conversationId', conversationId);
        kept.push(
          await upload<ConversationFile>(path + query({ name: file.name, type: file.type || undefined }), file),
        );
      }
    } catch (error) {
      sayError(error);
    }
    onFiles(kept);
    setBusy(false);
  };
  return (
    <FileButton multiple onChange={(chosen) => void add(chosen)}>
      {(props) => (
        <ActionIcon {...props} size="lg" loading={busy} aria-label={t('conversations.attach')}>
          <IconPaperclip size={18} aria-hidden />
        </ActionIcon>
      )}
    </FileButton>
  );
}

function Attached({ files, onRemove }: { files: readonly ConversationFile[]; onRemove: (id: string) => void }) {
  if (files.length === 0) return null;
  return (
    <ul className={classes.attached} aria-label={t('conversations.attached')}>
      {files.map(({ id, name }) => (
        <li key={id}>
          {name}
          <ActionIcon size="sm" aria-label={t('conversations.detach', { name })} onClick={() => onRemove(id)}>
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}

/** Whether an "@" that calls upon somebody was just typed: at the end of what stands before it, ahead of a word. */
const callsUpon = (text: string, caret: number): boolean => /(^|\s)@$/.test(text.slice(0, caret));

function Note({ conversation, box }: WritingProps) {
  const me = useMe();
  const { id, colleagues } = conversation;
  const [text, write] = useDraft(id, 'note');
  const [mentions, setMentions] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const whom = useRef<HTMLInputElement>(null);
  /** Where an "@" waits for its name. */
  const at = useRef<number | null>(null);
  const keep = async () => {
    if (text.trim() === '' || busy) return;
    setBusy(true);
    try {
      await call(addNote, { conversationId: id, text, mentions });
      write('');
      setMentions([]);
      await refreshConversation(id);
    } catch (error) {
      sayError(error);
    }
    setBusy(false);
  };
  const change = ({ value, selectionStart }: HTMLTextAreaElement) => {
    write(value);
    if (value.length <= text.length || !callsUpon(value, selectionStart)) return;
    at.current = selectionStart;
    whom.current?.focus();
  };
  const choose = (next: string[]) => {
    const added = colleagues.find((one) => next.includes(one.id) && !mentions.includes(one.id));
    setMentions(next);
    if (added === undefined || at.current === null) return;
    const named = `${text.slice(0, at.current)}${added.name} `;
    write(named + text.slice(at.current));
    box.current?.focus();
    // Once the field holds the name: one goes on writing behind it.
    setTimeout(() => box.current?.setSelectionRange(named.length, named.length));
  };
  return (
    <>
      <Textarea
        ref={box}
        aria-label={t('conversations.note.label')}
        placeholder={t('conversations.note.placeholder')}
        autosize
        minRows={2}
        maxRows={10}
        value={text}
        onChange={({ currentTarget }) => change(currentTarget)}
        onFocus={() => {
          at.current = null;
        }}
        onKeyDown={onSend(() => void keep())}
      />
      <div className={classes.composerFoot}>
        <MultiSelect
          ref={whom}
          size="xs"
          className={classes.mentions}
          aria-label={t('conversations.note.mentions')}
          placeholder={mentions.length === 0 ? t('conversations.note.mentions') : undefined}
          searchable
          selectFirstOptionOnChange
          value={mentions}
          onChange={choose}
          onKeyDown={({ key }) => {
            if (key === 'Escape') box.current?.focus();
          }}
          data={colleagues.filter((one) => one.id !== me.memberId).map((one) => ({ value: one.id, label: one.name }))}
        />
        <Button ml="auto" size="compact-md" disabled={text.trim() === ''} loading={busy} onClick={() => void keep()}>
          {t('conversations.saveNote')}
        </Button>
      </div>
    </>
  );
}
