import { Button, FileButton, Group, Modal, Stack, TextInput } from '@mantine/core';
import { IconPhoto, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  changeImage,
  type Image,
  imagesPath,
  listImageUses,
  removeImage,
  restoreImage,
} from '../../../../server/content/contract.ts';
import { apiBase, call, query, upload } from '../../api.ts';
import { fileSize } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import classes from './Content.module.css';
import { ContentTabs } from './ContentTabs.tsx';
import { imagesQuery, refreshImages } from './queries.ts';

/** Kinds that are offered; what a file is, the server sees by its octets. */
const accepted = 'image/png,image/jpeg,image/gif,image/webp';

/** Puts images into the library. @param onAdded the last of them */
export function UploadButton({ onAdded }: { onAdded?: (image: Image) => void }) {
  const [busy, work] = useState(false);
  const add = async (files: File[]) => {
    work(true);
    try {
      let last: Image | undefined;
      for (const file of files) {
        const name = file.name.replace(/\.\w{1,5}$/, '').slice(0, 120) || t('content.images.one');
        last = await upload<Image>(`${apiBase}${imagesPath}${query({ name })}`, file);
      }
      await refreshImages();
      if (last) onAdded?.(last);
    } catch (error) {
      sayError(error);
    } finally {
      work(false);
    }
  };
  return (
    <FileButton
      multiple
      accept={accepted}
      onChange={(files) => void add(files)}
      inputProps={{ 'aria-label': t('content.images.add') }}
    >
      {(props) => (
        <Button {...props} loading={busy} leftSection={<IconUpload size={18} aria-hidden />}>
          {t('content.images.add')}
        </Button>
      )}
    </FileButton>
  );
}

/** The library: pictures for mails, as large as a mail needs them. */
export function Images() {
  const { data, error, refetch } = useQuery(imagesQuery);
  const [opened, open] = useState<Image | null>(null);
  return (
    <>
      <ContentTabs />
      <Page
        title={t('content.images.title')}
        lead={t('content.images.lead')}
        actions={data?.items.length ? <UploadButton /> : undefined}
      >
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={4} />}
        {data?.items.length === 0 && (
          <EmptyState
            icon={<IconPhoto size={40} stroke={1.4} />}
            title={t('content.images.none')}
            text={t('content.images.none.text')}
            action={<UploadButton />}
          />
        )}
        {data && <Grid images={data.items} onPick={open} />}
        {opened && <ImageDialog image={opened} onClose={() => open(null)} />}
      </Page>
    </>
  );
}

export function Grid({ images, onPick }: { images: readonly Image[]; onPick: (image: Image) => void }) {
  return (
    <ul className={classes.grid}>
      {images.map((image) => (
        <li key={image.id}>
          <button type="button" className={classes.tile} onClick={() => onPick(image)}>
            <img src={image.url} alt="" loading="lazy" />
            <span dir="auto">{image.name}</span>
            <span className={classes.quiet}>
              {image.width} × {image.height} · {fileSize(image.size)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function ImageDialog({ image, onClose }: { image: Image; onClose: () => void }) {
  const uses = useQuery(reading(listImageUses, { imageId: image.id })).data;
  const form = useForm({ name: image.name, fr: image.alt.fr, en: image.alt.en }, async ({ name, fr, en }) => {
    await call(changeImage, { imageId: image.id, name, alt: { fr, en } });
    await refreshImages();
    say(t('content.saved'));
    onClose();
  });
  const remove = async () => {
    try {
      await call(removeImage, { imageId: image.id });
      await refreshImages();
      onClose();
      offerUndo(t('content.images.removed', { name: image.name }), async () => {
        await call(restoreImage, { imageId: image.id });
        await refreshImages();
      });
    } catch (error) {
      sayError(error);
    }
  };
  const { values, set } = form;
  const field = (key: 'name' | 'fr' | 'en', label: string) => (
    <TextInput
      name={key}
      required={key === 'name'}
      withAsterisk={false}
      maxLength={key === 'name' ? 120 : 300}
      label={label}
      value={values[key]}
      error={form.problem(key)}
      onChange={({ currentTarget }) => set(key, currentTarget.value)}
    />
  );
  return (
    <Modal opened onClose={onClose} title={image.name} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <form onSubmit={form.submit} noValidate>
        <Stack gap="sm">
          <img src={image.url} alt={image.alt.en || image.alt.fr} className={classes.chosenImage} />
          {uses && (
            <p className={classes.quiet}>
              {t('content.images.uses', {
                count: uses.names.length,
                names: uses.names.join(', '),
                others: uses.others,
              })}
            </p>
          )}
          <fieldset className={classes.plainFields} disabled={!image.mine}>
            <Stack gap="sm">
              {field('name', t('content.images.name'))}
              {field('fr', t('content.images.alt.fr'))}
              {field('en', t('content.images.alt.en'))}
            </Stack>
          </fieldset>
          <ErrorNotice error={form.error} />
          {image.mine && (
            <Group justify="space-between">
              <Button variant="subtle" color="red" onClick={() => void remove()}>
                {t('content.images.remove')}
              </Button>
              <Button type="submit" loading={form.sending}>
                {t('shell.save')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Modal>
  );
}
