import { Modal, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Image } from '../../../../server/content/contract.ts';
import { t } from '../../i18n.ts';
import { Grid, UploadButton } from './Images.tsx';
import { imagesQuery } from './queries.ts';

/** Chooses an image of the library, or brings one. */
export function ImagePicker({ onPick, onClose }: { onPick: (image: Image) => void; onClose: () => void }) {
  const images = useQuery(imagesQuery).data?.items ?? [];
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('content.image.choose')}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Stack>
        <UploadButton onAdded={onPick} />
        <Grid images={images} onPick={onPick} />
      </Stack>
    </Modal>
  );
}
