import { Button, Loader, NativeSelect, TextInput } from '@mantine/core';
import { IconCamera, IconPhoto } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { listBooks } from '../../../../server/delegation/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { CardForm } from './CardForm.tsx';
import { addPictures, type Picture, usePictures } from './pictures.ts';
import classes from './Scan.module.css';
import { useMeeting } from './session.ts';

/** Business cards, one after the other: take the picture, look at what was read, keep it. */
export function Scan() {
  const pictures = usePictures();
  const { place, setPlace, bookId, setBookId } = useMeeting();
  const mine = (useQuery(reading(listBooks, {})).data?.items ?? []).filter((book) => book.mine);
  const book = mine.find(({ id }) => id === bookId) ?? mine.find(({ main }) => main);
  const open = pictures.filter(({ state }) => state !== 'kept');
  const shown = open.find(({ state }) => state === 'ready' || state === 'keeping');
  useWarning(open.length > 0);
  return (
    <Page title={t('scan.title')} lead={shown ? undefined : t('scan.lead')}>
      {shown && (
        <>
          <Progress pictures={pictures} />
          <CardForm
            key={shown.key}
            picture={shown}
            bookId={book?.id}
            note={place.trim() === '' ? undefined : t('scan.note', { place: place.trim() })}
          />
        </>
      )}
      <div className={classes.session}>
        <TextInput
          label={t('scan.place')}
          description={t('scan.placeHint')}
          placeholder={t('scan.placeExample')}
          maxLength={200}
          value={place}
          onChange={(event) => setPlace(event.currentTarget.value)}
        />
        {mine.length > 1 && (
          <NativeSelect
            label={t('scan.book')}
            description={t('scan.bookHint')}
            value={book?.id ?? ''}
            data={mine.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(event) => setBookId(event.currentTarget.value)}
          />
        )}
      </div>
      <Take busy={shown !== undefined} />
      {!shown && <Progress pictures={pictures} />}
      <Kept pictures={pictures.filter(({ state }) => state === 'kept')} />
    </Page>
  );
}

/** Two ways to the same: the camera where there is one under the thumb, and files. */
function Take({ busy }: { busy: boolean }) {
  const camera = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    addPictures([...(input.files ?? [])]);
    input.value = '';
  };
  return (
    <div className={classes.take}>
      <Button
        size="md"
        className={classes.camera}
        variant={busy ? 'default' : 'filled'}
        leftSection={<IconCamera size={20} aria-hidden />}
        onClick={() => camera.current?.click()}
      >
        {t('scan.take')}
      </Button>
      <Button
        size="md"
        className={classes.files}
        variant="default"
        leftSection={<IconPhoto size={20} aria-hidden />}
        onClick={() => files.current?.click()}
      >
        {t('scan.choose')}
      </Button>
      <input
        ref={camera}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        onChange={(event) => take(event.currentTarget)}
      />
      <input ref={files} type="file" accept="image/*" multiple hidden onChange={(event) => take(event.currentTarget)} />
    </div>
  );
}

function Progress({ pictures }: { pictures: readonly Picture[] }) {
  const reads = pictures.filter(({ state }) => state === 'waiting' || state === 'reading').length;
  const ready = pictures.filter(({ state }) => state === 'ready' || state === 'keeping').length;
  const last = pictures.filter(({ state }) => state === 'kept').at(-1);
  return (
    <div className={classes.progress} role="status">
      {last && <span>{t('scan.keptOne', { name: last.title })}</span>}
      {reads > 0 && (
        <span className={classes.reading}>
          <Loader size="xs" aria-hidden /> {t('scan.reading', { count: reads })}
        </span>
      )}
      {ready > 1 && <span>{t('scan.ready', { count: ready })}</span>}
    </div>
  );
}

function Kept({ pictures }: { pictures: readonly Picture[] }) {
  if (pictures.length === 0) return null;
  return (
    <Section title={t('scan.kept', { count: pictures.length })}>
      <ul className={classes.kept}>
        {pictures.toReversed().map(({ key, url, title, personId }) => (
          <li key={key}>
            <img src={url} alt="" />
            <TextLink to="/people/$personId" params={{ personId: personId! }}>
              {title}
            </TextLink>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Pictures that are not confirmed are nowhere but in this page. */
function useWarning(due: boolean): void {
  useEffect(() => {
    if (!due) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [due]);
}
