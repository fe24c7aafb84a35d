import { Alert, Button, SegmentedControl, Switch } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import type { Language } from '../../../../server/content/blocks-contract.ts';
import type { Finding } from '../../../../server/content/contract.ts';
import type { Kind } from '../../../../server/content/kinds-contract.ts';
import { t, told } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { PersonChoice } from '../opportunities/choosing.tsx';
import classes from './Content.module.css';
import type { Trial } from './useTrial.ts';

interface PreviewProps {
  kind: Kind;
  trial: Trial;
  language: Language;
}

/** What an SMS or an agreed text says on somebody’s phone, and how long it is. */
export function ShortPreview({ kind, trial, language }: PreviewProps) {
  const { data, error, commercial, set } = trial;
  return (
    <section aria-label={t('content.preview')} className={classes.preview}>
      {kind === 'sms' && (
        <Switch
          mb="sm"
          label={t('content.sms.commercial')}
          description={t('content.sms.commercial.help')}
          checked={commercial}
          onChange={({ currentTarget }) => set({ commercial: currentTarget.checked })}
        />
      )}
      <PersonChoice
        focus={false}
        label={t('content.preview.person')}
        onChange={(personId) => set({ personId: personId ?? undefined })}
      />
      <ErrorNotice error={error} />
      <SetAside trial={trial} />
      {data?.mail && (
        <p className={classes.bubble} lang={language} dir="auto">
          {data.mail.text}
        </p>
      )}
      {data?.sms && (
        <p className={classes.quiet} role="status">
          {t('content.sms.count', {
            ...{ segments: data.sms.segments, units: data.sms.units, left: data.sms.left },
            alphabet: data.sms.alphabet,
          })}
        </p>
      )}
    </section>
  );
}

/** A letter as it is printed, for one of my contacts or somebody made up. */
export function LetterPreview({ trial }: { trial: Trial }) {
  const { data, error, set } = trial;
  const pdf = data?.pdf ?? null;
  const url = useMemo(() => {
    if (pdf === null) return null;
    return URL.createObjectURL(
      new Blob([Uint8Array.from(atob(pdf), (sign) => sign.charCodeAt(0))], { type: 'application/pdf' }),
    );
  }, [pdf]);
  // The browser keeps a file until it is told that nobody looks at it any more.
  useEffect(() => () => (url === null ? undefined : URL.revokeObjectURL(url)), [url]);
  return (
    <section aria-label={t('content.preview')} className={classes.preview}>
      <PersonChoice
        focus={false}
        label={t('content.preview.person')}
        onChange={(personId) => set({ personId: personId ?? undefined })}
      />
      <ErrorNotice error={error} />
      <SetAside trial={trial} />
      {url && (
        <>
          <p>
            <Button component="a" href={url} target="_blank" variant="default">
              {t('content.letter.open')}
            </Button>
          </p>
          <iframe title={t('content.letter.title')} src={url} className={classes.paper} />
        </>
      )}
    </section>
  );
}

/** Why nothing would be sent to whom it is shown for. */
function SetAside({ trial: { data } }: { trial: Trial }) {
  if (!data?.aside) return null;
  const { reason, variable } = data.aside;
  return (
    <Alert color="amber" title={t('content.aside')}>
      {t(`content.aside.${reason}`, { variable: variable ? t(`content.variable.${variable}`) : '' })}
    </Alert>
  );
}

/** What somebody reads: in the light or the dark, on a desk or a phone, as one of my contacts or somebody made up. */
export function Preview({ kind, trial, language }: PreviewProps) {
  const { data, error, wide, dark, set } = trial;
  return (
    <section aria-label={t('content.preview')} className={classes.preview}>
      <div className={classes.previewSettings}>
        <SegmentedControl
          aria-label={t('content.preview.width')}
          value={wide ? 'desk' : 'phone'}
          data={[
            { value: 'desk', label: t('content.preview.desk') },
            { value: 'phone', label: t('content.preview.phone') },
          ]}
          onChange={(value) => set({ wide: value === 'desk' })}
        />
        <Switch
          label={t('content.preview.dark')}
          checked={dark}
          onChange={({ currentTarget }) => set({ dark: currentTarget.checked })}
        />
      </div>
      {kind !== 'page' && (
        <PersonChoice
          focus={false}
          label={t('content.preview.person')}
          onChange={(personId) => set({ personId: personId ?? undefined })}
        />
      )}
      <ErrorNotice error={error} />
      <SetAside trial={trial} />
      {data?.mail && (
        <>
          <p className={classes.previewSubject} lang={language} dir="auto">
            <span className={classes.quiet}>{t(kind === 'page' ? 'content.page.title' : 'content.subject')}</span>{' '}
            {data.mail.subject}
          </p>
          <div className={classes.frame}>
            <iframe
              title={t('content.preview')}
              sandbox=""
              srcDoc={data.mail.html}
              className={classes.mail}
              style={{ width: wide ? 640 : 375 }}
            />
          </div>
          {kind !== 'page' && (
            <details>
              <summary>{t('content.preview.text')}</summary>
              <pre className={classes.plain} lang={language} dir="auto">
                {data.mail.text}
              </pre>
            </details>
          )}
        </>
      )}
    </section>
  );
}

/** Braces mean something in catalogues. */
const example = '{{ person.givenName | default: "…" }}';

const wordsOf = ({ kind, about, instead }: Finding): string => {
  const variable = told(`content.variable.${about}`) ?? about;
  return t(`content.finding.${kind}`, {
    about: kind === 'no_fallback' ? variable : about,
    instead,
    given: instead === '' ? 'no' : 'yes',
    clients: instead
      .split(' ')
      .map((one) => told(`content.client.${one}`) ?? one)
      .join(', '),
    example,
  });
};

/** What the checker says; each leads to its block. */
export function Findings({ findings, onChoose }: { findings: readonly Finding[]; onChoose: (id: string) => void }) {
  return (
    <section aria-label={t('content.findings')} className={classes.findings}>
      <h2>{t('content.findings')}</h2>
      {findings.length === 0 && <p className={classes.quiet}>{t('content.findings.none')}</p>}
      <ul>
        {findings.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two of a kind may stand at one block
          <li key={at}>
            <span className={one.weight === 'stop' ? classes.stop : classes.advice}>
              {t(`content.weight.${one.weight}`)}
            </span>{' '}
            {one.blockId === null ? (
              wordsOf(one)
            ) : (
              <button type="button" className={classes.findingLink} onClick={() => onChoose(one.blockId!)}>
                {wordsOf(one)}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
