import { Anchor, Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconQrcode } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef } from 'react';
import { ApiError } from '../../api.ts';
import { type MessageKey, t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { changePicture, dropPicture, keepPicture, type Picture, readAgain, readAsOne } from './pictures.ts';
import { isDoubtful, type Row, shownKeys } from './rows.ts';
import classes from './Scan.module.css';

interface CardFormProps {
  picture: Picture;
  bookId: string | undefined;
  note: string | undefined;
}

/** What was read, to be looked at beside the picture; one tap keeps it. */
export function CardForm({ picture, bookId, note }: CardFormProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { key, kind, rows, error, state } = picture;
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    // The picture is above it on a phone.
    heading.current?.closest('section')?.scrollIntoView({ block: 'start' });
  }, []);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const empty = [...event.currentTarget.elements].find(
      (field): field is HTMLInputElement => field instanceof HTMLInputElement && field.required && !field.value.trim(),
    );
    if (empty) {
      empty.focus();
      changePicture(key, { error: new ApiError({ code: 'invalid_input', fields: { name: 'required' } }) });
    } else if (state === 'ready') void keepPicture(picture, { bookId, note });
  };
  const unread =
    error instanceof ApiError && error.code !== 'invalid_input' && rows.every((row) => row.confidence === null);
  return (
    <section className={classes.card} aria-labelledby={`card-${key}`}>
      <figure className={classes.picture}>
        <a href={picture.url} target="_blank" rel="noreferrer">
          <img src={picture.url} alt={t('scan.picture', { name: picture.name })} />
        </a>
      </figure>
      <form onSubmit={submit} noValidate className={classes.form}>
        <h2 id={`card-${key}`} tabIndex={-1} ref={heading} className={classes.heading}>
          {t('scan.look')}
        </h2>
        {picture.code && (
          <p className={classes.code}>
            <IconQrcode size={18} aria-hidden /> {t('scan.code')}
          </p>
        )}
        {picture.whole && (
          <p className={classes.code}>
            {t('scan.several')}{' '}
            <Anchor component="button" type="button" onClick={() => readAsOne(picture.whole!)}>
              {t('scan.oneCard')}
            </Anchor>
          </p>
        )}
        <ErrorNotice error={error} {...(unread && { onRetry: () => readAgain(key) })} />
        <SegmentedControl
          aria-label={t('contacts.new.kind')}
          value={kind}
          onChange={(next) => changePicture(key, { kind: next === 'person' ? 'person' : 'organization' })}
          data={[
            { value: 'person', label: t('contacts.new.person') },
            { value: 'organization', label: t('contacts.new.organization') },
          ]}
        />
        <div className={classes.rows}>
          {rows
            .filter((row) => kind === 'person' || (row.kind !== 'name' && row.kind !== 'title'))
            .map((row) => (
              <RowFields key={row.id} row={row} of={picture} />
            ))}
        </div>
        {note !== undefined && <p className={classes.note}>{t('scan.noteToo', { note })}</p>}
        <div className={classes.actions}>
          <Button type="submit" size="md" loading={state === 'keeping'}>
            {t('scan.keep')}
          </Button>
          <Button size="md" variant="default" disabled={state === 'keeping'} onClick={() => dropPicture(key)}>
            {t('scan.drop')}
          </Button>
        </div>
        {picture.lines.length > 0 && (
          <details className={classes.lines}>
            <summary>{t('scan.lines')}</summary>
            <pre>{picture.lines.join('\n')}</pre>
          </details>
        )}
      </form>
    </section>
  );
}

const inputTypes: Partial<Record<Row['kind'], string>> = { email: 'email', phone: 'tel' };

function RowFields({ row, of }: { row: Row; of: Picture }) {
  const set = (key: string, word: string) =>
    changePicture(of.key, {
      error: null,
      rows: of.rows.map((one) =>
        // What a person wrote is no guess any more.
        one.id === row.id ? { ...one, draft: { ...one.draft, [key]: word }, confidence: one.confidence && 1 } : one,
      ),
    });
  const keys = shownKeys(row);
  return (
    <div className={classes.row} data-kind={row.kind} data-doubtful={isDoubtful(row) || undefined}>
      {keys.map((key, at) => (
        <TextInput
          key={key}
          label={labelOf(row, key)}
          type={inputTypes[row.kind] ?? 'text'}
          inputMode={row.kind === 'url' ? 'url' : undefined}
          required={isRequired(row, key, of)}
          withAsterisk={false}
          value={row.draft[key] ?? ''}
          onChange={(event) => set(key, event.currentTarget.value)}
          description={
            isDoubtful(row) && at === 0 ? (
              <span className={classes.doubt}>
                <IconAlertTriangle size={16} aria-hidden /> {t('scan.doubtful')}
              </span>
            ) : undefined
          }
          inputWrapperOrder={['label', 'input', 'description', 'error']}
        />
      ))}
    </div>
  );
}

/** A person has a name, an organisation too. */
function isRequired({ kind, draft }: Row, key: string, of: Picture): boolean {
  if (of.kind === 'organization') return kind === 'organization';
  return kind === 'name' && (key === 'full' || (key === 'family' && !draft.given?.trim()));
}

function labelOf({ kind, draft }: Row, key: string): string {
  if (kind === 'phone')
    return draft.type === 'mobile' || draft.type === 'fax'
      ? t('scan.phone', { type: draft.type })
      : t('contacts.kind.phone');
  return kind === 'name' || kind === 'address'
    ? t(`contacts.field.${kind}.${key}` as MessageKey)
    : t(`contacts.kind.${kind}`);
}
