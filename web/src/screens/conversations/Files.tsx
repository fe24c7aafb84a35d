import { IconFile, IconFileAlert } from '@tabler/icons-react';
import { type ConversationFile, filePath } from '../../../../server/conversations/contract.ts';
import { apiBase } from '../../api.ts';
import { fileSize } from '../../format.ts';
import { t } from '../../i18n.ts';
import classes from './Conversations.module.css';

const addressOf = (id: string) => apiBase + filePath.replace(':fileId', id);

/** What one is warned of, or why it is not here. */
function remarkOf({ state, reason }: ConversationFile): string | undefined {
  if (state === 'waiting') return t('conversations.file.waiting');
  if (state === 'refused')
    return t(reason === 'too_large' ? 'conversations.file.too_large' : 'conversations.file.refused');
  if (reason === 'dangerous') return t('conversations.file.dangerous');
  return reason === 'disagrees' ? t('conversations.file.disagrees') : undefined;
}

/** The files of a message: pictures are shown, sounds played, everything else is a download. */
export function Files({ files }: { files: readonly ConversationFile[] }) {
  if (files.length === 0) return null;
  return (
    <ul className={classes.files}>
      {files.map((file) => (
        <li key={file.id}>
          <OneFile file={file} />
        </li>
      ))}
    </ul>
  );
}

function OneFile({ file }: { file: ConversationFile }) {
  const { id, name, size, mediaType, shown, state } = file;
  const remark = remarkOf(file);
  if (shown && state === 'kept' && mediaType.startsWith('image/'))
    return (
      <a href={addressOf(id)} target="_blank" rel="noopener noreferrer">
        <img className={classes.picture} src={addressOf(id)} alt={name} loading="lazy" />
      </a>
    );
  if (shown && state === 'kept' && mediaType.startsWith('audio/'))
    // biome-ignore lint/a11y/useMediaCaption: a voice message of a customer has none
    return <audio controls preload="none" src={addressOf(id)} aria-label={name} />;
  const words = (
    <>
      {remark ? <IconFileAlert size={18} aria-hidden /> : <IconFile size={18} aria-hidden />}
      <span className={classes.fileName}>{name}</span>
      {size > 0 && <span className={classes.small}>{fileSize(size)}</span>}
      {remark && <span className={classes.small}>{remark}</span>}
    </>
  );
  if (state !== 'kept') return <span className={classes.file}>{words}</span>;
  return (
    <a
      className={classes.file}
      href={addressOf(id)}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={t('conversations.file.download', { name })}
    >
      {words}
    </a>
  );
}
