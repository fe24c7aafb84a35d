import { UnreadableFile } from '../server/formats/contact.ts';
import type { Translate } from '../server/kernel/messages.ts';

/** Why a file cannot be read, in a sentence. @throws what is no such reason */
export function reason(error: unknown, t: Translate): string {
  if (error instanceof UnreadableFile)
    return t(`unreadable.${error.code}`, { limit: 0, what: 'other', ...error.details });
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EISDIR') return t('read.folder');
  if (code === 'EACCES' || code === 'EPERM') return t('read.denied');
  if (code === 'ENOENT' || code === 'ENOTDIR') return t('read.notFound');
  throw error;
}
