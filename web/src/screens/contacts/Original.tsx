import { Button, Loader, Modal } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { originalPath, type Person } from '../../../../server/cards/contract.ts';
import { ApiError, apiBase, problemIn } from '../../api.ts';
import { fileSize } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import classes from './Original.module.css';

/** Beyond this the octets are offered as a file only. */
const readable = 200_000;

/** The card as the source wrote it, octet for octet. */
export function Original({ card, onClose }: { card: Person['cards'][number]; onClose: () => void }) {
  const { mediaType = '', size = 0 } = card.original ?? {};
  const href = apiBase + originalPath.replace(':cardId', card.id);
  const shows = /^(text\/|message\/|application\/json)/.test(mediaType) && size <= readable;
  const isPicture = /^image\/(jpeg|png|webp)$/.test(mediaType);
  const text = useQuery({ queryKey: ['original', card.id], queryFn: () => fetchText(href), enabled: shows });
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside
      size="lg"
      title={t('contacts.original.title', { source: card.source.name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <p className={classes.lead}>{t('contacts.original.lead')}</p>
      <ErrorNotice error={text.error} />
      {text.isLoading && <Loader size="sm" role="status" aria-label={t('shell.loading')} />}
      {isPicture && <img src={href} alt={t('contacts.original.picture')} className={classes.picture} />}
      {text.data !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <pre className={classes.text} tabIndex={0}>
          {text.data}
        </pre>
      )}
      <Button component="a" href={href} download variant="default" leftSection={<IconDownload size={18} aria-hidden />}>
        {t('contacts.original.download', { size: fileSize(size) })}
      </Button>
    </Modal>
  );
}

async function fetchText(href: string): Promise<string> {
  const response = await fetch(href);
  const text = await response.text();
  if (!response.ok) throw new ApiError(problemIn(text, response.status));
  return text;
}
