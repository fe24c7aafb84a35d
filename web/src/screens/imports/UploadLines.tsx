import { CloseButton, Progress, Text } from '@mantine/core';
import { IconFile } from '@tabler/icons-react';
import { maxUpload } from '../../../../server/sources/contract.ts';
import { fileSize } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import classes from './Imports.module.css';
import { forgetUpload, useUploads } from './uploads.ts';

/** Files on their way, and those that could not be sent. */
export function UploadLines() {
  const uploads = useUploads();
  if (uploads.length === 0) return null;
  return (
    <Lines>
      {uploads.map(({ key, fileName, sent, size, error, cancel }) => (
        <li key={key} className={classes.line}>
          <IconFile size={20} stroke={1.6} aria-hidden className={classes.icon} />
          <div className={classes.main}>
            <strong>{fileName}</strong>
            {error === null ? (
              <>
                <span className={classes.quiet}>
                  {t('imports.sent', { sent: fileSize(sent), size: fileSize(size) })}
                </span>
                <Progress
                  value={(100 * sent) / Math.max(1, size)}
                  size="sm"
                  aria-label={t('imports.sending', { file: fileName })}
                />
              </>
            ) : size > maxUpload ? (
              <Text role="alert">{t('imports.tooLarge', { limit: fileSize(maxUpload) })}</Text>
            ) : (
              <ErrorNotice error={error} />
            )}
          </div>
          <CloseButton
            aria-label={t(error === null ? 'imports.stopSending' : 'shell.close')}
            onClick={error === null ? cancel : () => forgetUpload(key)}
          />
        </li>
      ))}
    </Lines>
  );
}
